"""What the environment says: odd values are refused with one sentence."""

import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from livecomments import environment


def test_flag_is_0_or_1(monkeypatch):
    monkeypatch.setenv("X", "1")
    assert environment.env_flag("X") is True
    monkeypatch.setenv("X", "0")
    assert environment.env_flag("X", default=True) is False
    monkeypatch.delenv("X")
    assert environment.env_flag("X", default=True) is True


@pytest.mark.parametrize("value", ["true", "yes", "2", " 1"])
def test_odd_flag_is_refused(monkeypatch, value):
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured, match="X must be 0 or 1"):
        environment.env_flag("X")


@pytest.mark.parametrize("value", ["", "5"])
def test_number_has_a_default(monkeypatch, value):
    monkeypatch.setenv("X", value)
    assert environment.env_int("X", default=5, minimum=1, maximum=9) == 5


@pytest.mark.parametrize("value", ["0", "10", "-1", "1.5", "two", "²"])
def test_odd_number_is_refused(monkeypatch, value):
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured, match="from 1 to 9"):
        environment.env_int("X", default=5, minimum=1, maximum=9)


def test_list_is_split_at_commas(monkeypatch):
    monkeypatch.setenv("X", " a, b ,,")
    assert environment.env_list("X", default=[]) == ["a", "b"]


@pytest.mark.parametrize("value", ["example.org", "https://", "https://example.org/path", "*"])
def test_odd_origin_is_refused(monkeypatch, value):
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured, match="is not one"):
        environment.env_origins("X")


def test_origins_are_kept_as_they_are(monkeypatch):
    monkeypatch.setenv("X", "https://example.org,http://localhost:3000")
    assert environment.env_origins("X") == ["https://example.org", "http://localhost:3000"]


def test_variable_wins_over_the_local_servers(monkeypatch):
    monkeypatch.setattr(environment, "LOCAL", {"X": "local"})
    assert environment.env_required("X") == "local"
    monkeypatch.setenv("X", "set")
    assert environment.env_required("X") == "set"


def test_missing_variable_says_what_to_do(monkeypatch):
    monkeypatch.setattr(environment, "LOCAL", {})
    with pytest.raises(ImproperlyConfigured) as caught:
        environment.env_required("DATABASE_URL_X")
    assert str(caught.value) == ("Set DATABASE_URL_X, or start the local servers with `make run`.")


def test_local_file_is_read(tmp_path):
    file = tmp_path / "local.json"
    assert environment.read_local_file(file) == {}
    file.write_text(json.dumps({"REDIS_URL": "redis://x", "port": 8000}))
    assert environment.read_local_file(file) == {"REDIS_URL": "redis://x", "port": "8000"}


@pytest.mark.parametrize("content", ["{", "[]"])
def test_broken_local_file_is_refused(tmp_path, content):
    file = tmp_path / "local.json"
    file.write_text(content)
    with pytest.raises(ImproperlyConfigured, match="delete it"):
        environment.read_local_file(file)


def test_database_address_is_understood():
    found = environment.database_from("postgresql://ann:s%40fe@db.example:6432/comments")
    assert {key: found[key] for key in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "ENGINE": "livecomments.postgres",
        "NAME": "comments",
        "USER": "ann",
        "PASSWORD": "s@fe",
        "HOST": "db.example",
        "PORT": 6432,
    }
    assert found["CONN_MAX_AGE"] == 0
    assert found["OPTIONS"] == environment.POSTGRES_OPTIONS


def test_database_address_may_say_how_to_connect():
    found = environment.database_from("postgresql://db.example/comments?connect_timeout=9")
    assert int(found["OPTIONS"]["connect_timeout"]) == 9
    assert found["OPTIONS"]["tcp_user_timeout"] == 10_000


def test_database_address_adds_to_what_we_ask_for():
    found = environment.database_from(
        "postgresql://db.example/comments?options=-c%20work_mem%3D8MB"
    )
    asked = environment.POSTGRES_OPTIONS["options"]
    assert found["OPTIONS"]["options"] == f"{asked} -c work_mem=8MB"


@pytest.mark.parametrize("url", ["sqlite:///x.db", "postgresql://host", "mysql://h/db", "x"])
def test_other_databases_are_refused(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must look like"):
        environment.database_from(url)


@pytest.mark.parametrize("url", ["http://x", "memory", "localhost:6379"])
def test_other_caches_are_refused(url):
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL must look like"):
        environment.redis_address(url)
