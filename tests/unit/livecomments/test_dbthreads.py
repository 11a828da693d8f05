"""ORM work from async code: two threads, kept connections, and Postgres away is `unavailable`."""

import asyncio
import threading

import pytest
from django.db import (
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    connection,
)

from livecomments import dbthreads
from livecomments.accounts.models import User
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def threads(database_threads):
    """Any of these tests may open a connection in them."""


@pytest.fixture
def ana(db):
    return UserFactory(display_name="Ana")


def name_of(pk, *, suffix=""):
    return User.objects.get(pk=pk).display_name + suffix


async def test_run_returns_what_the_function_returns(ana):
    assert await dbthreads.run(name_of, ana.pk, suffix="!") == "Ana!"


async def test_two_run_at_a_time_and_others_wait():
    running, most, lock = 0, 0, threading.Lock()
    release = threading.Event()

    def work():
        nonlocal running, most
        with lock:
            running, most = running + 1, max(most, running + 1)
        release.wait(5)
        with lock:
            running -= 1

    tasks = [asyncio.create_task(dbthreads.run(work)) for _ in range(6)]
    while running < dbthreads.THREADS:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    release.set()
    await asyncio.gather(*tasks)

    assert most == dbthreads.THREADS == 2


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, InternalError])
async def test_postgres_away_is_unavailable(error):
    def fail():
        raise error("the connection is gone")

    with pytest.raises(DomainError) as refused:
        await dbthreads.run(fail)

    assert refused.value.code is ErrorCode.UNAVAILABLE
    assert refused.value.retry_after_ms == 5_000


@pytest.mark.parametrize("error", [LookupError, ProgrammingError])
async def test_a_fault_of_the_function_is_its_own(error):
    def fail():
        raise error("not there")

    with pytest.raises(error):
        await dbthreads.run(fail)


async def test_a_connection_that_broke_is_opened_anew(ana):
    def break_off():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(DomainError):
        await dbthreads.run(break_off)

    # Both threads, so that the one whose connection broke is among them.
    names = await asyncio.gather(*(dbthreads.run(name_of, ana.pk) for _ in range(8)))
    assert names == ["Ana"] * 8


async def test_a_connection_that_died_in_a_pause_is_found_before_it_is_used(ana, monkeypatch):
    def pid():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return cursor.fetchone()[0]

    def end(pids):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [pids])
        connection.close()

    pids = {await dbthreads.run(pid) for _ in range(8)}
    await asyncio.to_thread(end, list(pids))
    monkeypatch.setattr(dbthreads, "IDLE_SECONDS", 0.0)

    names = await asyncio.gather(*(dbthreads.run(name_of, ana.pk) for _ in range(8)))

    assert names == ["Ana"] * 8


async def refuse(code):
    raise DomainError(code)


async def test_unless_away_answers_where_postgres_does(ana):
    asked = dbthreads.run(name_of, ana.pk)
    assert await dbthreads.unless_away(asked, otherwise="nobody") == "Ana"


async def test_unless_away_does_without_a_postgres_that_is_away():
    asked = refuse(ErrorCode.UNAVAILABLE)
    assert await dbthreads.unless_away(asked, otherwise="nobody") == "nobody"


async def test_unless_away_does_without_a_postgres_that_is_slow(monkeypatch):
    monkeypatch.setattr(dbthreads, "PATIENCE_SECONDS", 0.01)
    never = asyncio.Event()
    assert await dbthreads.unless_away(never.wait(), otherwise=False) is False


async def test_unless_away_hides_no_other_refusal():
    with pytest.raises(DomainError) as caught:
        await dbthreads.unless_away(refuse(ErrorCode.BUSY), otherwise="nobody")
    assert caught.value.code is ErrorCode.BUSY
