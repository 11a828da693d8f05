"""A few connections to Postgres for all requests of a process. Sync.

Under ASGI each request has a thread of its own, so a connection that a thread keeps is never used
again, and a fresh one costs Postgres more than all that a request asks. Nothing here runs by
itself: an idle connection is looked at when it is taken, so that a restarted Postgres is no news
to a request, and a Postgres that is away is reported at once (docs/DECISIONS.md).
"""

import select
import time
from collections import deque
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from .patience import PatientConnection, outage

Connection = psycopg.Connection[Any]

# More would not make a process faster, which runs Python in one thread at a time.
SIZE = 4
WAIT_SECONDS = 3.0  # as long as connecting may take
ASK_AFTER_SECONDS = 5.0  # a connection that was cut off without a sign is found by asking
ANSWER_SECONDS = 2.0  # as long as that may take
IDLE_SECONDS = 60.0  # firewalls forget what is silent for longer; the sockets are not worth keeping


class Pool:
    """At most `SIZE` connections are out; those that came back last are used first."""

    def __init__(self) -> None:
        self._places = BoundedSemaphore(SIZE)
        self._idle: deque[tuple[Connection, float]] = deque()  # with the moment of its return

    def take(self, connect: Callable[[], Connection]) -> Connection:
        """Return an idle connection that answers, else a fresh one; bring it back with `put`.

        Raises `OperationalError`: all are in use, or Postgres is away.
        """
        if not self._places.acquire(timeout=WAIT_SECONDS):
            raise psycopg.OperationalError("every connection of the pool is in use")
        try:
            return self._take_idle() or connect()
        except BaseException:
            self._places.release()
            raise

    def put(self, connection: Connection) -> None:
        """Take a connection back; close one that is in the middle of something, or broken."""
        try:
            if connection.info.transaction_status is TransactionStatus.IDLE:
                self._idle.append((connection, time.monotonic()))
            else:
                connection.close()
        finally:
            self._places.release()

    def close(self) -> None:
        """Close what is idle."""
        while self._idle:
            self._idle.pop()[0].close()

    def _take_idle(self) -> Connection | None:
        while True:
            try:
                connection, since = self._idle.pop()
            except IndexError:  # other threads take too: there is no asking beforehand
                return None
            idle = time.monotonic() - since
            # Of a Postgres that keeps people waiting, each idle connection would do so as well.
            fresh = idle < IDLE_SECONDS and not outage.known
            if fresh and _answers(connection, ask=idle > ASK_AFTER_SECONDS):
                return connection
            connection.close()


def _answers(connection: Connection, *, ask: bool) -> bool:
    """True for a living connection. What was closed at the other end has something to read."""
    try:
        if ask or _has_news(connection):
            _ask(connection)
    except psycopg.Error:
        return False
    return True


def _ask(connection: Connection) -> None:
    if not isinstance(connection, PatientConnection) or connection.patience is None:
        connection.execute("SELECT 1")
        return
    usual, connection.patience = connection.patience, ANSWER_SECONDS
    connection.execute("SELECT 1")
    connection.patience = usual


def _has_news(connection: Connection) -> bool:
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
