"""How long this process waits for an answer of Postgres. Sync.

A statement time-out is kept by the server, and a server that is stopped keeps none: the kernel
goes on acknowledging what it is sent. So web processes and batchers bound both: Postgres is to end
a statement a little earlier than they stop listening. Commands such as `migrate` wait for ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.abc import PQGen

from livecomments.outage import Outage

# Somebody looks at an empty page meanwhile.
WEB_SECONDS = 5.0
# The archive writes a thousand rows at once, on a disk that may be busy, and tries again after it.
BATCHER_SECONDS = 30.0
# So much sooner Postgres itself ends a statement, which is told in words and ends its work as well.
SERVER_FIRST_SECONDS = 1.0

outage = Outage()
_seconds: float | None = None
_name = ""


def wait_at_most(seconds: float | None) -> None:
    """Bound each answer that this process waits for, on connections made from now on."""
    global _seconds
    _seconds = seconds


def go_by(name: str) -> None:
    """Let connections made from now on show this name in `pg_stat_activity`."""
    global _name
    _name = name


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Bound the answers that are waited for inside."""
    before = _seconds
    wait_at_most(seconds)
    try:
        yield
    finally:
        wait_at_most(before)


class PatientConnection(psycopg.Connection[Any]):
    """A connection that is closed when an answer does not come in time."""

    patience: float | None = None

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        """Return what comes of waiting. Raises `OperationalError` when the time is over."""
        if timeout is not None or self.patience is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.patience)
        except psycopg.errors._WaitTimeout:
            # The answer may still come: nobody must take it for that to another question.
            self.close()
            outage.given_up()
            raise psycopg.OperationalError(
                f"Postgres did not answer within {self.patience:g} s"
            ) from None


def connect(parameters: dict[str, Any]) -> PatientConnection:
    """Return a fresh connection with this process's patience. Raises `OperationalError`.

    While Postgres is known to be away, only one in a while goes to see.
    """
    if not outage.may_ask():
        raise psycopg.OperationalError("Postgres did not answer a moment ago")
    begun = outage.begun()
    try:
        made = PatientConnection.connect(**_named(_bounded(parameters)))
    except psycopg.OperationalError:
        outage.failed(begun)
        raise
    outage.answered()
    made.patience = _seconds
    return made


def _bounded(parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters with a statement time-out; what the address says comes later and wins."""
    if _seconds is None:
        return parameters
    milliseconds = int((_seconds - SERVER_FIRST_SECONDS) * 1_000)
    given = parameters.get("options", "")
    return parameters | {"options": f"-c statement_timeout={milliseconds} {given}".rstrip()}


def _named(parameters: dict[str, Any]) -> dict[str, Any]:
    return {"application_name": _name} | parameters if _name else parameters
