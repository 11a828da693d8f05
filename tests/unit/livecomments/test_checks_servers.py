"""Checks of Redis, of PostgreSQL and of how we speak to them, on the real servers."""

from pathlib import Path

import pytest
from django.conf import settings as ours
from django.core.checks import Error, Warning
from django.db import OperationalError, connection
from django_redis import get_redis_connection
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

from livecomments.checks import clients, postgres_server, redis_server

ROOT = Path(__file__).parents[3]


def ids_of(messages):
    return [message.id.removeprefix("livecomments.") for message in messages]


# --- Redis ----------------------------------------------------------------------------------------


def test_redis_of_the_tests_passes():
    assert redis_server.redis_problems() == []


@pytest.mark.parametrize(
    ("name", "value", "check_id"),
    [
        ("maxmemory-policy", "allkeys-lru", "E002"),
        ("appendonly", "no", "E003"),
        ("appendfsync", "everysec", "E004"),
        ("appendfsync", "no", "E004"),
        ("no-appendfsync-on-rewrite", "yes", "E007"),
        ("aof-load-truncated", "no", "W004"),
        ("maxmemory", "0", "W005"),
    ],
)
def test_weaker_redis_is_told(set_redis, name, value, check_id):
    set_redis(name, value)
    [problem] = redis_server.redis_problems()
    assert ids_of([problem]) == [check_id]
    assert isinstance(problem, Error if check_id.startswith("E") else Warning)
    if check_id.startswith("E"):
        assert f"{name} {value}" in problem.msg


def test_replica_is_an_error():
    redis = get_redis_connection("default")
    redis.execute_command("REPLICAOF", "127.0.0.1", "1")
    try:
        assert ids_of(redis_server.redis_problems()) == ["E008"]
    finally:
        redis.execute_command("REPLICAOF", "NO", "ONE")


class StubRedis:
    """A Redis that answers what a test says."""

    def __init__(self, version="7.2.4", config=None, replicas=0):
        self.version, self.config, self.replicas = version, config, replicas

    def info(self, section):
        return {"redis_version": self.version, "role": "master", "connected_slaves": self.replicas}

    def config_get(self, *names):
        if self.config is None:
            raise ResponseError("unknown command 'CONFIG'")
        return {name.encode(): value.encode() for name, value in self.config.items()}


SOUND = {name: wanted for name, (wanted, _, _) in redis_server.REDIS_DEMANDS.items()}


@pytest.mark.parametrize(
    ("stub", "found"),
    [
        (StubRedis("6.2.14", SOUND), ["E005"]),
        (StubRedis(config=None), ["W002"]),
        (StubRedis(config=SOUND | {"min-replicas-to-write": "0"}, replicas=1), ["W003"]),
        (StubRedis(config=SOUND | {"min-replicas-to-write": "1"}, replicas=1), []),
        (StubRedis(config=SOUND | {"min-replicas-to-write": "0"}, replicas=0), []),
        (StubRedis(config={}), ["E002", "E003", "E004", "E007"]),
    ],
    ids=["old", "hidden", "replicas not waited for", "replicas", "no replicas", "nothing set"],
)
def test_other_servers_are_judged(monkeypatch, stub, found):
    monkeypatch.setattr(redis_server, "get_redis_connection", lambda name: stub)
    assert ids_of(redis_server.redis_problems()) == found


def test_redis_that_is_away_is_an_error(monkeypatch):
    class Away(StubRedis):
        def info(self, section):
            raise RedisError("connection refused")

    monkeypatch.setattr(redis_server, "get_redis_connection", lambda name: Away())
    assert ids_of(redis_server.redis_problems()) == ["E001"]


# --- PostgreSQL -----------------------------------------------------------------------------------


@pytest.fixture
def role(transactional_db):
    """Sets what a role has in this database; the connections made afterwards have it."""
    changed = []

    def change(name, value):
        with connection.cursor() as cursor:
            cursor.execute(
                f'ALTER ROLE CURRENT_USER IN DATABASE "{connection.settings_dict["NAME"]}"'
                f" SET {name} = {value}"
            )
        changed.append(name)
        connection.close()

    yield change
    for name in changed:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")
            cursor.execute(
                f'ALTER ROLE CURRENT_USER IN DATABASE "{connection.settings_dict["NAME"]}"'
                f" RESET {name}"
            )
    connection.close()


def of_this_server(problems):
    """Without what a server whose data may perish in a power cut has by itself."""
    return [problem for problem in problems if problem.id not in ours.SILENCED_SYSTEM_CHECKS]


def test_postgres_of_the_tests_passes_but_for_its_disk(transactional_db):
    assert of_this_server(postgres_server.postgres_problems()) == []


def test_a_server_that_skips_its_disk_is_an_error(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        if cursor.fetchone()[0] == "on":
            pytest.skip("DATABASE_URL names a server that keeps its data")
    assert ids_of(postgres_server.postgres_problems()) == ["E013", "E014"]


@pytest.mark.parametrize(
    ("name", "value", "check_id"),
    [
        ("synchronous_commit", "off", "E015"),
        ("default_transaction_read_only", "on", "E016"),
        ("transaction_timeout", "500", "E017"),
        ("lock_timeout", "10", "E017"),
        ("idle_session_timeout", "1000", "E017"),
    ],
)
def test_setting_of_the_role_that_breaks_the_promise_is_told(role, name, value, check_id):
    role(name, value)
    problems = of_this_server(postgres_server.postgres_problems())
    assert ids_of(problems) == [check_id]


def test_commits_that_wait_for_less_than_a_replica_are_sound(role):
    role("synchronous_commit", "local")
    assert of_this_server(postgres_server.postgres_problems()) == []


def test_our_own_wishes_win_over_the_role(role):
    role("idle_in_transaction_session_timeout", "0")
    assert of_this_server(postgres_server.postgres_problems()) == []


def test_a_pooler_that_drops_our_wishes_is_told(transactional_db, monkeypatch):
    options = connection.settings_dict["OPTIONS"]
    monkeypatch.setitem(options, "options", "")
    connection.close()
    assert ids_of(of_this_server(postgres_server.postgres_problems())) == ["W009"]
    connection.close()


def test_postgres_that_is_away_is_an_error(monkeypatch):
    class Away:
        in_atomic_block = True

        def cursor(self):
            raise OperationalError("connection refused")

    monkeypatch.setattr(postgres_server, "connection", Away())
    assert ids_of(postgres_server.postgres_problems()) == ["E012"]


# --- how we speak to Redis ------------------------------------------------------------------------


def test_our_own_clients_are_sound():
    assert clients.client_problems() == []


@pytest.fixture
def address(settings):
    """Gives all three clients another address."""

    def change(url):
        settings.REDIS_URL = url
        settings.CACHES = {"default": ours.CACHES["default"] | {"LOCATION": url}}
        [host] = ours.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"]
        config = ours.CHANNEL_LAYERS["default"]["CONFIG"] | {"hosts": [host | {"address": url}]}
        settings.CHANNEL_LAYERS = {"default": ours.CHANNEL_LAYERS["default"] | {"CONFIG": config}}

    return change


@pytest.mark.parametrize(
    ("option", "found"),
    [
        ("socket_timeout=0.1", ["E010"] * 3),
        ("socket_timeout=60", ["E010"]),
        ("decode_responses=true", ["E011"] * 3),
        ("nonsense=1", ["E011"]),
        ("socket_timeout=soon", ["E011"]),
        ("retry=5", ["E011"]),
        ("health_check_interval=9", []),
        ("retry_on_timeout=true", []),
    ],
)
def test_options_in_the_address_that_break_waiting_are_told(address, option, found):
    address(f"redis://127.0.0.1:1/0?{option}")
    assert ids_of(clients.client_problems()) == found


def test_a_client_that_repeats_by_itself_is_an_error(settings):
    cache = ours.CACHES["default"]
    options = cache["OPTIONS"] | {"CONNECTION_POOL_KWARGS": {"retry": Retry(NoBackoff(), 3)}}
    # Pools are kept by address.
    cache = cache | {"LOCATION": "redis://127.0.0.1:1/9", "OPTIONS": options}
    settings.CACHES = {"default": cache}
    layer = ours.CHANNEL_LAYERS["default"]
    [host] = layer["CONFIG"]["hosts"]
    host = host | {"retry": AsyncRetry(NoBackoff(), -1)}
    settings.CHANNEL_LAYERS = {"default": layer | {"CONFIG": {"hosts": [host]}}}

    problems = clients.client_problems()

    assert ids_of(problems) == ["E009", "E009"]
    assert ["cache" in problems[0].msg, "channel layer" in problems[1].msg] == [True, True]
