"""A check of the clocks: tickets and revocations compare times of different machines. Sync."""

import time
from collections.abc import Callable

from django.core.checks import CheckMessage, Warning
from django.db import DatabaseError, InterfaceError, connection
from django_redis import get_redis_connection
from redis.exceptions import RedisError

# A revocation must reach open sockets within a second or so; NTP keeps hosts within milliseconds.
SKEW_SECONDS = 2.0


def clock_problems() -> list[CheckMessage]:
    """A warning for each server whose clock differs much from ours; away servers have none."""
    servers: dict[str, Callable[[], float]] = {"Redis": _redis_time, "PostgreSQL": _postgres_time}
    found: list[CheckMessage] = []
    for name, ask in servers.items():
        asked = time.time()
        try:
            theirs = ask()
        except (RedisError, DatabaseError, InterfaceError):
            continue
        # They looked at their clock somewhere between asking and answering.
        skew = max(asked - theirs, theirs - time.time())
        if skew > SKEW_SECONDS:
            found.append(_skewed(name, skew))
    return found


def _redis_time() -> float:
    seconds, microseconds = get_redis_connection("default").time()
    return float(seconds) + float(microseconds) / 1e6


def _postgres_time() -> float:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
            return float(cursor.fetchone()[0])
    finally:
        if not connection.in_atomic_block:
            connection.close()


def _skewed(name: str, seconds: float) -> CheckMessage:
    return Warning(
        f"The clock of {name} differs from ours by {seconds:.1f} s.",
        hint="Let NTP keep all machines; a ticket may live on after it was revoked.",
        id="livecomments.W006",
    )
