"""Connections that requests share: used again, looked at first, never more than a few."""

import asyncio
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection, connections, transaction

from livecomments import dbthreads
from livecomments.local.postgres import EmbeddedPostgres
from livecomments.local.wishes import read_wishes
from livecomments.postgres import base
from livecomments.postgres import pool as pools
from livecomments.postgres.pool import SIZE, Pool


def connect():
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def pid_of(taken):
    return taken.info.backend_pid


def end(*pids):
    """What Postgres does to its sessions when it stops."""
    with connect() as other:
        for pid in pids:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@pytest.fixture
def pool():
    made = Pool()
    yield made
    made.close()


@pytest.fixture
def full(pool):
    """A pool with as many idle connections as it may have."""
    taken = [pool.take(connect) for _ in range(SIZE)]
    for one in taken:
        pool.put(one)
    return pool


def refuse():
    raise psycopg.OperationalError("nobody listens")


def test_a_connection_is_used_again_and_the_last_one_first(full):
    first, second = full.take(refuse), full.take(refuse)
    full.put(second)
    full.put(first)
    assert full.take(refuse) is first
    assert full.take(refuse) is second
    full.put(first)
    full.put(second)


def test_connections_that_postgres_ended_are_no_news_to_who_takes_one(full):
    taken = [full.take(refuse) for _ in range(SIZE)]
    for one in taken:
        full.put(one)
    end(*map(pid_of, taken))

    began = time.monotonic()
    fresh = full.take(connect)

    assert fresh.execute("SELECT 41 + 1").fetchone() == (42,)
    assert fresh not in taken
    assert all(one.closed for one in taken)
    assert time.monotonic() - began < 1.0
    full.put(fresh)


def test_after_a_pause_a_connection_is_asked(full, monkeypatch):
    kept = full.take(refuse)
    full.put(kept)
    asked = []
    monkeypatch.setattr(type(kept), "execute", lambda self, query: asked.append(query))
    assert full.take(refuse) is kept
    assert asked == []
    full.put(kept)

    monkeypatch.setattr(pools, "ASK_AFTER_SECONDS", 0.0)

    assert full.take(refuse) is kept
    assert asked == ["SELECT 1"]
    full.put(kept)


def test_what_was_idle_for_long_is_not_used(full, monkeypatch):
    monkeypatch.setattr(pools, "IDLE_SECONDS", 0.0)
    with pytest.raises(psycopg.OperationalError, match="nobody listens"):
        full.take(refuse)
    assert not full._idle


def test_a_notice_does_not_end_a_connection(pool):
    taken = pool.take(connect)
    taken.execute("LISTEN news")
    pool.put(taken)
    with connect() as other:
        other.execute("NOTIFY news")
    time.sleep(0.05)
    assert pool.take(refuse) is taken
    pool.put(taken)


def test_a_connection_in_a_transaction_is_not_for_others(pool):
    taken = pool.take(connect)
    taken.execute("BEGIN")
    pool.put(taken)
    assert taken.closed
    assert not pool._idle


def test_a_broken_connection_is_not_for_others(pool):
    taken = pool.take(connect)
    end(pid_of(taken))
    with pytest.raises(psycopg.OperationalError):
        taken.execute("SELECT 1")
    pool.put(taken)
    assert not pool._idle


def test_no_more_than_a_few_are_out(pool, monkeypatch):
    monkeypatch.setattr(pools, "WAIT_SECONDS", 0.05)
    taken = [pool.take(connect) for _ in range(SIZE)]
    with pytest.raises(psycopg.OperationalError, match="every connection of the pool is in use"):
        pool.take(connect)
    pool.put(taken.pop())
    taken.append(pool.take(refuse))
    for one in taken:
        pool.put(one)


def test_who_waits_gets_what_comes_back(pool):
    taken = [pool.take(connect) for _ in range(SIZE)]
    with ThreadPoolExecutor(1, initializer=base.share) as thread:
        waiting = thread.submit(pool.take, refuse)
        time.sleep(0.05)
        assert not waiting.done()
        pool.put(taken[0])
        assert waiting.result(timeout=2) is taken[0]
    for one in taken:
        pool.put(one)


def test_failing_to_connect_takes_no_place(pool):
    for _ in range(SIZE + 1):
        with pytest.raises(psycopg.OperationalError, match="nobody listens"):
            pool.take(refuse)
    pool.put(pool.take(connect))


# --- as Django uses it ----------------------------------------------------------------------------


def backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


@pytest.fixture
def shared(transactional_db):
    """The pool of the test database, which only this test uses."""
    connection.close()
    connection.close_pool()
    base.share()
    yield base._pools[connection.settings_dict["NAME"]]
    connection.close()
    connection.shares_connection = False


def test_many_threads_have_a_few_connections(shared):
    together = threading.Barrier(3 * SIZE)

    def request():
        together.wait(timeout=10)
        try:
            return backend()
        finally:
            connection.close()

    with ThreadPoolExecutor(3 * SIZE, initializer=base.share) as threads:
        pids = [one.result() for one in [threads.submit(request) for _ in range(3 * SIZE)]]

    assert 1 <= len(set(pids)) <= SIZE
    assert len(shared._idle) == len(set(pids))


def test_what_is_given_back_is_there_for_others(shared):
    pid = backend()
    base.give_back()
    with ThreadPoolExecutor(1, initializer=base.share) as thread:
        try:
            assert thread.submit(backend).result() == pid
        finally:
            thread.submit(connections.close_all).result()


def test_a_transaction_is_not_given_back(shared):
    with transaction.atomic():
        pid = backend()
        base.give_back()
        assert backend() == pid


def test_a_closed_pool_has_nothing_open(shared):
    backend()
    connection.close()
    [(idle, _)] = shared._idle
    connection.close_pool()
    assert idle.closed
    assert not shared._idle


async def test_the_threads_of_the_socket_side_need_no_place(shared, database_threads):
    taken = [shared.take(connect) for _ in range(SIZE)]
    pids = {await dbthreads.run(backend) for _ in range(8)}
    assert len(pids) <= dbthreads.THREADS
    for one in taken:
        shared.put(one)
    await asyncio.to_thread(shared.close)


def test_the_local_server_has_room_for_every_web_process(tmp_path):
    most = read_wishes({"WEB_PROCESSES": "64"}).web_processes
    server = EmbeddedPostgres(data=tmp_path / "data", port=1, log=tmp_path / "log")
    [allowed] = [
        int(flag.partition("=")[2])
        for flag in server.program().argv
        if flag.startswith("max_connections=")
    ]
    # The batcher, a command or two, and three that Postgres keeps for its owner.
    assert most * (SIZE + dbthreads.THREADS) + 10 <= allowed


def test_every_thread_of_django_has_the_backend():
    assert isinstance(connections["default"], base.DatabaseWrapper)
