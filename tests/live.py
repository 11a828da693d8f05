"""The product as processes, for tests from outside. Sync, but for what a `Stage` does.

A batcher and web processes work on a database of their own and on this worker's Valkey. Nothing is
flushed between the tests that share them: each makes streams and people of its own.
"""

import asyncio
import itertools
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path

from asgiref.sync import SyncToAsync
from django.core.management import call_command
from django.db import connection, connections
from django_redis import get_redis_connection

from comments.domain import post_comment
from livecomments import redisdb, tickets
from livecomments.local.ports import free_port
from livecomments.protocol import Role
from streams.domain import ensure_room
from streams.payloads import identity_of, room_of, room_state
from streams.queries import staff_of
from tests.factories import StreamFactory, UserFactory

ROOT = Path(__file__).parents[1]
START_SECONDS = 60.0  # for processes that start beside others
_nonces = itertools.count(1)


# --- rows -----------------------------------------------------------------------------------------


def orm(function, *args, **kwargs):
    """Return what ORM work returns, done in a thread of its own: async tests may call it too."""
    return SyncToAsync.single_thread_executor.submit(function, *args, **kwargs).result()


@contextmanager
def database_named(name):
    """Points Django at another database, in this thread and in the one of `sync_to_async`."""
    at = connection.settings_dict
    before = at["NAME"]
    close_connections()
    at["NAME"] = name
    try:
        yield
    finally:
        close_connections()
        at["NAME"] = before


@contextmanager
def own_database(name):
    """Creates a migrated database and drops it in the end."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        with database_named(name):
            call_command("migrate", verbosity=0)
        yield
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def close_connections():
    """Closes what the threads that tests use have open."""
    connections.close_all()
    orm(connections.close_all)


def database_url(name: str) -> str:
    """The address of a database on this worker's server."""
    at = connection.settings_dict
    user = f"{at['USER']}:{at['PASSWORD']}" if at["PASSWORD"] else at["USER"]
    return f"postgresql://{user}@{at['HOST']}:{at['PORT']}/{name}"


# --- processes ------------------------------------------------------------------------------------


class Live:
    """The processes, by name, and where they answer."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.database = database
        self.url = f"http://127.0.0.1:{free_port()}"
        self.daphne_url = f"http://127.0.0.1:{free_port()}"
        self.processes: dict[str, subprocess.Popen] = {}

    def start(self, name: str) -> None:
        """Start one process; wait for it with `wait_until`. Names: batcher, web-…, daphne."""
        port = self.url.rpartition(":")[2]
        daphne_port = self.daphne_url.rpartition(":")[2]
        commands = {
            "batcher": ["manage.py", "run_batcher"],
            "web": ["-m", "livecomments.gateway", "--port", port],
            "daphne": ["-m", "daphne", "-p", daphne_port, "livecomments.asgi:application"],
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *commands[name.partition("-")[0]]],
                cwd=ROOT,
                env=os.environ
                | {"DATABASE_URL": database_url(self.database), "LIVECOMMENTS_PROCESS": name},
                stdout=log,
                stderr=log,
            )

    def kill(self, name: str) -> None:
        """End a process without a warning."""
        self.processes[name].kill()
        self.processes[name].wait()

    def stop(self) -> None:
        """End everything."""
        end_all(self.processes.values())

    def log(self, name: str) -> str:
        """What a process has said."""
        return (self.folder / f"{name}.log").read_text()

    def wait_ready(self) -> None:
        """Wait until the batcher owns every partition and each kind of server answers."""
        redis = get_redis_connection("default")
        wait_until(
            lambda: all(redis.exists(redisdb.ready(number)) for number in (0, 1)),
            seconds=START_SECONDS,
            what="the batcher's readiness",
        )
        wait_until(lambda: answers(self.url), seconds=START_SECONDS, what="an answer of uvicorn")
        if "daphne" in self.processes:
            url = self.daphne_url
            wait_until(lambda: answers(url), seconds=START_SECONDS, what="an answer of Daphne")


@contextmanager
def running_product(folder: Path, *names: str):
    """Yields the processes of these names, ready, on a database that goes away with them."""
    redis = get_redis_connection("default")
    redis.flushdb()
    stack = Live(folder, f"live_{os.getpid()}")
    with own_database(stack.database):
        for name in names:
            stack.start(name)
        try:
            try:
                stack.wait_ready()
            except AssertionError as error:
                error.add_note("\n".join(stack.log(name)[-2_000:] for name in stack.processes))
                raise
            yield stack
        finally:
            stack.stop()
            redis.flushdb()


def end_all(processes: Iterable[subprocess.Popen]) -> None:
    """End processes together, in order; those that will not, at once."""
    processes = list(processes)
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(check, *, seconds=20.0, what="it"):
    """Wait for something to become true."""
    give_up = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < give_up, f"{what} did not happen within {seconds} s"
        time.sleep(0.02)


def answers(url: str) -> bool:
    """True when a server is ready."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=1) as response:
            return response.status == 200
    except OSError:
        return False


# --- a stream -------------------------------------------------------------------------------------


class Stage:
    """One live stream with its people. `open` it before anybody joins."""

    def __init__(self, **fields) -> None:
        self.row = orm(StreamFactory, **fields)
        self.room = room_of(self.row)
        self.slug = self.row.slug

    async def open(self):
        """Make its room in Redis; returns itself."""
        staff = orm(staff_of, self.row.pk)
        await ensure_room(self.room, state=room_state(self.row), staff=staff)
        return self

    async def say(self, identity, text) -> int:
        """Post a comment past all web processes; returns its id."""
        nonce = f"stage-{next(_nonces)}"
        answer = await post_comment(
            self.room, author=identity, address="192.0.2.1", nonce=nonce, text=text
        )
        return int(answer.comment.id)

    async def rush(self, count, *, text="goal", reply_to=None):
        """What so many people are answered who all speak at once, in the order of the log."""
        answers = await asyncio.gather(
            *(
                post_comment(
                    self.room,
                    author=person,
                    address=f"192.0.2.{number}",
                    nonce=f"rush-{next(_nonces)}",
                    text=f"{text} {number}",
                    reply_to=reply_to,
                )
                for number, person in enumerate([self.person() for _ in range(count)])
            )
        )
        return sorted(answers, key=lambda answer: int(answer.comment.id))

    async def show_no_more(self):
        """Let the room have no place for what viewers say from now on."""
        await redisdb.client().hset(redisdb.state(self.room), "pace_spent", 10**15)

    def person(self, role=Role.VIEWER, *, days=30, **fields):
        """An identity in this stream, of somebody who joined some days ago."""
        joined = tickets.now_ms() - days * 86_400_000
        user = orm(UserFactory, **fields)
        identity = identity_of(user, self.row, role=role)
        return tickets.Identity(
            identity.user_id, identity.name, identity.role, identity.standing, joined
        )

    def ticket(self, identity, *, now=None):
        """A ticket for somebody."""
        return tickets.mint(identity, self.room, now=now)[0]

    def visitor(self, role=Role.VIEWER, **fields):
        """A ticket of somebody new."""
        return self.ticket(self.person(role, **fields))
