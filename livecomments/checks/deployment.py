"""Do Redis and Postgres belong together, and do all processes agree? Sync.

The database has an id of its own (migrations/0001_deployment.py). The first process to start leaves
it in Redis, with what all processes must have in common; those after it compare. Redis gets a mark
too, and each process shows in Postgres which one it works with. A Redis that was emptied has
forgotten all of it and is told again.
"""

import secrets
from typing import Any

import msgspec
from django.conf import settings
from django.core.cache import cache
from django.core.checks import CheckMessage, Error, Warning
from django.db import DatabaseError, InterfaceError, connection
from django.utils.crypto import salted_hmac

from livecomments.postgres.patience import go_by

KEY = "deployment"  # in the cache, without end
SHOWN_AS = "livecomments:"  # and the mark of its Redis: the name of a process in Postgres


class Deployment(msgspec.Struct, frozen=True):
    """What the processes of one installation have in common."""

    database: str
    secret: str  # tells two keys apart, and says nothing else about them
    partitions: int
    redis: str = ""  # the mark of the Redis it works with


def deployment_problems(*, joining: bool) -> list[CheckMessage]:
    """How this process differs from those that started before; nothing while a server is away."""
    ours = _ours()
    if ours is None:
        return []
    kept = _kept()
    mark = kept.redis if kept is not None and kept.redis else secrets.token_hex(6)
    ours = msgspec.structs.replace(ours, redis=mark)
    problems = [] if kept is None else differences(kept, ours)
    problems += _work_elsewhere(mark)
    if joining and not any(isinstance(problem, Error) for problem in problems):
        cache.set(KEY, msgspec.to_builtins(ours), timeout=None)
        go_by(f"{SHOWN_AS}{mark}")
    return problems


def differences(kept: Deployment, ours: Deployment) -> list[CheckMessage]:
    """What would go wrong silently between a process like `kept` and one like `ours`."""
    found: list[CheckMessage] = []
    if kept.database != ours.database:
        found.append(
            Error(
                "This Redis belongs to another database: two installations share it, or the "
                "database was replaced.",
                hint="Give each its own Redis. For a replaced database, empty Redis first.",
                id="livecomments.E018",
            )
        )
    if kept.secret != ours.secret:
        found.append(
            Warning(
                "SECRET_KEY is not that of the process that started last.",
                hint="Tickets of one are not valid at the other: give all of them the same.",
                id="livecomments.W007",
            )
        )
    if kept.partitions != ours.partitions:
        found.append(
            Warning(
                f"LIVECOMMENTS_PARTITIONS is {ours.partitions}; the process that started last had "
                f"{kept.partitions}.",
                hint="Restart all with the same: a new stream may get a partition nobody owns.",
                id="livecomments.W008",
            )
        )
    return found


def _work_elsewhere(mark: str) -> list[CheckMessage]:
    """A warning where others write to this database from the log of another Redis."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND starts_with(application_name, %s) AND application_name <> %s",
                [SHOWN_AS, f"{SHOWN_AS}{mark}"],
            )
            others = cursor.fetchone()[0]
    except (DatabaseError, InterfaceError):
        return []
    finally:
        if not connection.in_atomic_block:
            connection.close()
    if not others:
        return []
    return [
        Warning(
            f"{others} connections to this database come from processes that were started with "
            "another Redis, or before this one was emptied.",
            hint="Two batchers on two Redis would both own each partition: give all one REDIS_URL.",
            id="livecomments.W010",
        )
    ]


def _ours() -> Deployment | None:
    """What this process is like; None while Postgres is away or not migrated."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM livecomments_deployment")
            row = cursor.fetchone()
    except (DatabaseError, InterfaceError):
        return None
    finally:
        if not connection.in_atomic_block:
            connection.close()
    if row is None:
        return None
    secret = salted_hmac("livecomments.checks", settings.SECRET_KEY, algorithm="sha256")
    return Deployment(str(row[0]), secret.hexdigest()[:16], settings.PARTITIONS)


def _kept() -> Deployment | None:
    """What the last process left; None in an empty Redis, or while it is away."""
    found: Any = cache.get(KEY)
    try:
        return None if found is None else msgspec.convert(found, Deployment)
    except msgspec.ValidationError:
        return None  # of an older release
