"""System checks: each finds what it is there for, and nothing in a sound installation."""

import pytest
from django.core.checks import run_checks
from redis.exceptions import RedisError, ResponseError

from livecomments import checks

SOUND = {"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "always"}


def ids_of(messages):
    return [message.id for message in messages]


def test_sound_redis_has_no_problems():
    assert checks.config_problems(SOUND) == []


@pytest.mark.parametrize(
    ("name", "value", "check_id"),
    [
        ("maxmemory-policy", "allkeys-lru", "livecomments.E002"),
        ("appendonly", "no", "livecomments.E003"),
        ("appendfsync", "everysec", "livecomments.E004"),
        ("appendfsync", "no", "livecomments.E004"),
    ],
)
def test_weaker_redis_is_an_error(name, value, check_id):
    [problem] = checks.config_problems(SOUND | {name: value})
    assert problem.id == check_id
    assert value in problem.msg


def test_redis_of_the_tests_passes():
    assert checks.redis_problems() == []


class StubRedis:
    """A Redis that answers what a test says."""

    def __init__(self, version="7.2.4", config=SOUND):
        self.version, self.config = version, config

    def info(self, section):
        return {"redis_version": self.version}

    def config_get(self, *names):
        if self.config is None:
            raise ResponseError("unknown command 'CONFIG'")
        return {name.encode(): value.encode() for name, value in self.config.items()}


def test_old_redis_is_an_error(monkeypatch):
    monkeypatch.setattr(checks, "get_redis_connection", lambda name: StubRedis("6.2.14"))
    assert ids_of(checks.redis_problems()) == ["livecomments.E005"]


def test_redis_that_hides_its_settings_is_a_warning(monkeypatch):
    monkeypatch.setattr(checks, "get_redis_connection", lambda name: StubRedis(config=None))
    assert ids_of(checks.redis_problems()) == ["livecomments.W002"]


def test_redis_that_is_away_is_an_error(monkeypatch):
    class Away(StubRedis):
        def info(self, section):
            raise RedisError("connection refused")

    monkeypatch.setattr(checks, "get_redis_connection", lambda name: Away())
    assert ids_of(checks.redis_problems()) == ["livecomments.E001"]


def test_redis_is_only_asked_where_a_database_is(monkeypatch):
    def asked(name):
        raise AssertionError("a check without a database asked Redis")

    monkeypatch.setattr(checks, "get_redis_connection", asked)
    assert checks.check_redis(None) == []
    assert checks.check_redis(None, databases=[]) == []


@pytest.mark.parametrize(
    ("name", "installed"), [("django", "5.2.18"), ("daphne", "4.2.2"), ("twisted", "26.3.9")]
)
def test_version_below_its_floor_is_an_error(monkeypatch, name, installed):
    monkeypatch.setattr(checks, "version", lambda asked: installed if asked == name else "99.0.0")
    [problem] = checks.check_version_floors(None)
    assert problem.id == "livecomments.E006"
    assert problem.msg == f"{name} {installed} is too old."


def test_installed_versions_are_above_their_floors():
    assert checks.check_version_floors(None) == []


@pytest.mark.parametrize(
    ("no_limits", "debug", "found"),
    [
        (True, False, ["livecomments.W001"]),
        (True, True, []),
        (False, False, []),
    ],
)
def test_limits_switched_off_are_a_deploy_warning(settings, no_limits, debug, found):
    settings.NO_LIMITS, settings.DEBUG = no_limits, debug
    assert ids_of(checks.check_limits_are_on(None)) == found


def test_limits_are_checked_on_deployment(settings):
    settings.NO_LIMITS = True
    found = ids_of(run_checks(include_deployment_checks=True))
    assert "livecomments.W001" in found
    assert "livecomments.W001" not in ids_of(run_checks())
