"""An outage: one goes to look, the others are told at once; how long Postgres is waited for."""

import logging
import signal
import time

import psycopg
import pytest
from django_redis import get_redis_connection
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import TimeoutError as NoAnswer

from livecomments.cachepool import CachePool
from livecomments.local.ports import free_port
from livecomments.logs import OneLine
from livecomments.outage import IN_VAIN_SECONDS, LOOK_AGAIN_SECONDS, Outage
from livecomments.postgres import patience
from livecomments.postgres.pool import Pool
from tests.embedded import own_postgres, own_valkey
from tests.outage import family, signal_all


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def outage(clock):
    return Outage(clock)


def test_everybody_may_ask_a_server_that_answers(outage):
    assert [outage.may_ask() for _ in range(3)] == [True] * 3
    assert not outage.known


def test_one_at_a_time_looks_whether_it_is_back(outage, clock):
    outage.given_up()
    assert outage.known
    assert not outage.may_ask()
    clock.now += LOOK_AGAIN_SECONDS
    assert [outage.may_ask() for _ in range(3)] == [True, False, False]
    clock.now += LOOK_AGAIN_SECONDS
    assert [outage.may_ask() for _ in range(2)] == [True, False]
    outage.answered()
    assert [outage.may_ask() for _ in range(3)] == [True] * 3


@pytest.mark.parametrize(("seconds", "known"), [(0.01, False), (IN_VAIN_SECONDS, True)])
def test_only_a_slow_failure_is_an_outage(outage, clock, seconds, known):
    begun = outage.begun()
    clock.now += seconds
    outage.failed(begun)
    assert outage.known is known


def test_a_server_that_refuses_at_once_ends_the_outage(outage):
    outage.given_up()
    outage.failed(outage.begun())
    assert outage.may_ask()


# --- Postgres -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    server = own_postgres(tmp_path_factory.mktemp("postgres"))
    yield server
    signal_all(server, signal.SIGCONT)
    server.stop()


@pytest.fixture
def stop(postgres):
    """Stops the server; it goes on after the test."""
    yield lambda: signal_all(postgres, signal.SIGSTOP)
    signal_all(postgres, signal.SIGCONT)


@pytest.fixture
def connect(postgres, monkeypatch):
    """Connects with little patience."""
    monkeypatch.setattr(patience, "outage", Outage())
    monkeypatch.setattr("livecomments.postgres.pool.outage", patience.outage)
    made = []

    def connect(options=""):
        with patience.waiting_at_most(1.5):
            parameters = {"conninfo": postgres.url, "autocommit": True, "connect_timeout": 2}
            made.append(patience.connect(parameters | ({"options": options} if options else {})))
        return made[-1]

    yield connect
    for one in made:
        one.close()


def shown(connection, name):
    return connection.execute(f"SHOW {name}").fetchone()[0]


def test_a_server_that_hangs_is_given_up_and_its_answer_never_read(connect, stop):
    connection = connect()
    stop()
    with pytest.raises(psycopg.OperationalError, match=r"did not answer within 1\.5 s"):
        connection.execute("SELECT 1")
    assert connection.closed
    assert patience.outage.known


def test_while_it_hangs_only_one_goes_to_connect(connect, stop):
    stop()
    with pytest.raises(psycopg.OperationalError, match="timeout"):
        connect()
    began = time.monotonic()
    for _ in range(20):
        with pytest.raises(psycopg.OperationalError, match="did not answer a moment ago"):
            connect()
    assert time.monotonic() - began < LOOK_AGAIN_SECONDS


def test_a_pool_does_not_try_one_idle_connection_after_the_other(connect, stop, monkeypatch):
    monkeypatch.setattr("livecomments.postgres.pool.ASK_AFTER_SECONDS", -1.0)
    monkeypatch.setattr("livecomments.postgres.pool.ANSWER_SECONDS", 0.5)
    pool = Pool()
    idle = [pool.take(connect) for _ in range(4)]
    for one in idle:
        pool.put(one)
    stop()
    began = time.monotonic()
    with pytest.raises(psycopg.OperationalError, match="did not answer a moment ago"):
        pool.take(connect)
    assert time.monotonic() - began < 1.5
    assert all(one.closed for one in idle)


def test_the_server_ends_a_statement_before_we_stop_listening(connect):
    connection = connect()
    assert shown(connection, "statement_timeout") == "500ms"
    with pytest.raises(psycopg.errors.QueryCanceled):
        connection.execute("SELECT pg_sleep(5)")
    assert not connection.closed
    assert shown(connect("-c statement_timeout=7s"), "statement_timeout") == "7s"


def test_a_command_waits_as_long_as_it_takes(postgres, monkeypatch):
    monkeypatch.setattr(patience, "_seconds", None)  # other tests run what a web process is
    with patience.connect({"conninfo": postgres.url}) as connection:
        assert connection.patience is None
        assert shown(connection, "statement_timeout") == "0"


# --- the cache ------------------------------------------------------------------------------------


@pytest.fixture
def valkey(tmp_path):
    server = own_valkey(tmp_path)
    yield server
    signal_all(server, signal.SIGCONT)
    server.stop()


def ask(pool):
    """What a client does with a pool."""
    connection = pool.get_connection()
    try:
        connection.send_command("PING")
        return connection.read_response()
    finally:
        pool.release(connection)


def test_the_cache_waits_once_for_a_redis_that_hangs(valkey):
    pool = CachePool.from_url(valkey.url, socket_timeout=1, socket_connect_timeout=1)
    assert ask(pool) == b"PONG"
    [server] = family(valkey)
    server.send_signal(signal.SIGSTOP)
    with pytest.raises(NoAnswer):
        ask(pool)
    for _ in range(5):
        with pytest.raises(NoConnection, match="did not answer a moment ago"):
            ask(pool)
    server.send_signal(signal.SIGCONT)
    time.sleep(LOOK_AGAIN_SECONDS)
    assert [ask(pool) for _ in range(3)] == [b"PONG"] * 3
    pool.disconnect()


def test_a_redis_that_refuses_is_asked_by_everybody():
    pool = CachePool.from_url(f"redis://127.0.0.1:{free_port()}/0")
    for _ in range(3):
        with pytest.raises(NoConnection, match="refused"):
            ask(pool)


def test_the_cache_of_the_product_has_such_a_pool():
    assert isinstance(get_redis_connection("default").connection_pool, CachePool)


# --- the log --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("django.security.DisallowedHost", "WARNING refused"),
        ("channels_redis.pubsub", "WARNING refused: ValueError('why')"),
        ("livecomments.api", "ERROR refused"),
    ],
)
def test_tracebacks_are_kept_for_mistakes_of_ours(name, line):
    error = ValueError("why")
    record = logging.LogRecord(
        name, logging.ERROR, "x", 1, "%s", ("refused",), (ValueError, error, None)
    )
    assert OneLine().filter(record)
    text = logging.Formatter("%(levelname)s %(message)s").format(record)
    assert text.splitlines()[0] == line
    assert (len(text.splitlines()) == 1) == (name != "livecomments.api")
