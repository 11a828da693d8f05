"""System checks: each finds what it is there for, and nothing in a sound installation."""

import re
import time
from pathlib import Path

import msgspec
import psycopg
import pytest
from django.core.checks import CheckMessage, Error, Warning, run_checks
from django.db import connection

from livecomments import checks
from livecomments.checks import clocks, deployment, packages
from livecomments.postgres import patience

ROOT = Path(__file__).parents[3]


def ids_of(messages):
    return [message.id.removeprefix("livecomments.") for message in messages]


# --- the list -------------------------------------------------------------------------------------


def test_every_id_is_explained_and_no_other():
    explained = re.findall(
        r"^\| `livecomments\.([EW]\d{3})` \|", (ROOT / "docs/CHECKS.md").read_text(), re.M
    )
    used = {
        found
        for file in (ROOT / "livecomments" / "checks").glob("*.py")
        for found in re.findall(r'"livecomments\.([EW]\d{3})"', file.read_text())
    }
    assert sorted(explained) == sorted(used)
    assert len(set(explained)) == len(explained)


# --- clocks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [-1, 1])
def test_clocks_that_differ_are_told(transactional_db, monkeypatch, hours):
    now = time.time
    monkeypatch.setattr(clocks.time, "time", lambda: now() + hours * 3_600)
    found = clocks.clock_problems()
    assert ids_of(found) == ["W006", "W006"]
    assert "3600." in found[0].msg or "3599." in found[0].msg


def test_a_slow_answer_is_no_skew(transactional_db, monkeypatch):
    asked = clocks._redis_time

    def slow():
        told = asked()
        time.sleep(0.2)
        return told

    monkeypatch.setattr(clocks, "SKEW_SECONDS", 0.1)
    monkeypatch.setattr(clocks, "_redis_time", slow)
    assert clocks.clock_problems() == []


# --- do the parts belong together? ----------------------------------------------------------------


@pytest.fixture
def kept(transactional_db):
    """What Redis knows of the installation."""
    deployment.cache.delete(deployment.KEY)
    yield deployment._kept
    deployment.cache.delete(deployment.KEY)
    patience.go_by("")
    connection.close()


def test_the_first_process_leaves_word_and_the_next_agrees(kept):
    assert deployment.deployment_problems(joining=False) == []
    assert kept() is None
    assert deployment.deployment_problems(joining=True) == []
    assert kept() == msgspec.structs.replace(deployment._ours(), redis=kept().redis)
    mark = kept().redis
    assert deployment.deployment_problems(joining=True) == []
    assert kept().redis == mark != ""


def test_redis_of_another_database_is_an_error_and_stays_theirs(kept):
    deployment.deployment_problems(joining=True)
    theirs = kept()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE livecomments_deployment SET id = gen_random_uuid() RETURNING id")
        assert str(cursor.fetchone()[0]) != theirs.database
    assert ids_of(deployment.deployment_problems(joining=True)) == ["E018"]
    assert kept() == theirs


def test_another_key_or_number_of_partitions_is_a_warning_once(kept, settings):
    deployment.deployment_problems(joining=True)
    settings.SECRET_KEY, settings.PARTITIONS = "another key that signs nothing", 7
    assert ids_of(deployment.deployment_problems(joining=True)) == ["W007", "W008"]
    assert deployment.deployment_problems(joining=True) == []
    assert settings.SECRET_KEY not in repr(kept())


def shown_as(name):
    """A connection to the database of the tests that shows this name."""
    at = connection.settings_dict
    return psycopg.connect(
        host=at["HOST"], port=at["PORT"], user=at["USER"], dbname=at["NAME"], application_name=name
    )


def test_processes_on_another_redis_are_told(kept):
    deployment.deployment_problems(joining=True)
    ours = f"{deployment.SHOWN_AS}{kept().redis}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW application_name")
        assert cursor.fetchone()[0] == ours
    with shown_as(ours), shown_as("psql"):
        assert deployment.deployment_problems(joining=True) == []
    with shown_as(f"{deployment.SHOWN_AS}another"):
        assert ids_of(deployment.deployment_problems(joining=True)) == ["W010"]


def test_a_database_without_the_table_is_not_judged(kept):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE livecomments_deployment RENAME TO elsewhere")
    try:
        assert deployment.deployment_problems(joining=True) == []
        assert kept() is None
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO livecomments_deployment")


# --- packages and limits --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "installed"), [("django", "5.2.18"), ("daphne", "4.2.2"), ("twisted", "26.3.9")]
)
def test_version_below_its_floor_is_an_error(monkeypatch, name, installed):
    monkeypatch.setattr(packages, "version", lambda asked: installed if asked == name else "99.0.0")
    [problem] = packages.check_version_floors(None)
    assert ids_of([problem]) == ["E006"]
    assert problem.msg == f"{name} {installed} is too old."


def test_installed_versions_are_above_their_floors():
    assert packages.check_version_floors(None) == []


@pytest.mark.parametrize(
    ("no_limits", "debug", "found"),
    [(True, False, ["W001"]), (True, True, []), (False, False, [])],
)
def test_limits_switched_off_are_a_deploy_warning(settings, no_limits, debug, found):
    settings.NO_LIMITS, settings.DEBUG = no_limits, debug
    assert ids_of(packages.check_limits_are_on(None)) == found


def test_limits_are_checked_on_deployment(settings):
    settings.NO_LIMITS = True
    assert "W001" in ids_of(run_checks(include_deployment_checks=True))
    assert "W001" not in ids_of(run_checks())


# --- when they are asked --------------------------------------------------------------------------


def test_servers_are_only_asked_where_a_database_is(monkeypatch):
    def asked(**options):
        raise AssertionError("a check without a database asked the servers")

    monkeypatch.setattr(checks, "server_problems", asked)
    assert checks.check_servers(None) == []
    assert checks.check_servers(None, databases=[]) == []


def test_a_check_with_a_database_asks_and_leaves_no_word(kept, set_redis):
    set_redis("appendfsync", "everysec")
    assert "E004" in ids_of(run_checks(databases=["default"]))
    assert kept() is None


@pytest.mark.parametrize(
    ("problem", "silenced", "refused"),
    [
        (Error("x", id="livecomments.E004"), [], True),
        (Error("x", id="livecomments.E004"), ["livecomments.E004"], False),
        (Error("x", id="livecomments.E001"), [], False),
        (Error("x", id="livecomments.E012"), [], False),
        (Warning("x", id="livecomments.W005"), [], False),
    ],
    ids=["broken", "silenced", "Redis away", "Postgres away", "warning"],
)
def test_a_start_is_refused_or_told(monkeypatch, caplog, settings, problem, silenced, refused):
    settings.SILENCED_SYSTEM_CHECKS = silenced
    monkeypatch.setattr(checks, "server_problems", lambda **options: [problem])
    found: list[CheckMessage] = checks.startup_problems()
    assert found == ([problem] if refused else [])
    assert len(caplog.records) == (0 if refused else 1)


def test_a_start_on_the_servers_of_the_tests_is_allowed(kept):
    assert checks.startup_problems() == []
    assert kept() is not None
