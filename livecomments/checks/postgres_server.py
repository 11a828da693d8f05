"""Checks of PostgreSQL, as our own connection sees it: role and database may have settings too.

What the archive has committed is trimmed from the log, so a commit must be one. Sync.
"""

from collections.abc import Mapping

from django.core.checks import CheckMessage, Error, Warning
from django.db import DatabaseError, InterfaceError, connection

# Settings that let a committed row vanish.
POSTGRES_DEMANDS = {
    "fsync": ("livecomments.E013", "a power cut may destroy the archive"),
    "full_page_writes": ("livecomments.E014", "a power cut may leave pages half written"),
    "synchronous_commit": ("livecomments.E015", "a crash loses comments that were committed"),
}
# Time-outs (ms) that end work of ours which is in order; 0 is none. The archive writes a thousand
# rows in one transaction, and an idle connection is looked at before it is used after two seconds.
SHORTEST_MS = {
    "statement_timeout": 3_000,
    "transaction_timeout": 3_000,
    "lock_timeout": 1_000,
    "idle_session_timeout": 10_000,
    "idle_in_transaction_session_timeout": 3_000,
}


def postgres_problems() -> list[CheckMessage]:
    """Everything about PostgreSQL that would lose comments; empty when all is well."""
    try:
        with connection.cursor() as cursor:
            names = [*POSTGRES_DEMANDS, *SHORTEST_MS, "transaction_read_only"]
            cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [names])
            return setting_problems(dict(cursor.fetchall()))
    except (DatabaseError, InterfaceError) as error:
        return [
            Error(
                f"PostgreSQL cannot be reached: {error}".rstrip(),
                hint="DATABASE_URL says where it is.",
                id="livecomments.E012",
            )
        ]
    finally:
        if not connection.in_atomic_block:
            connection.close()


def setting_problems(found: Mapping[str, str]) -> list[CheckMessage]:
    """An error for each setting that is weaker than the promise needs."""
    problems: list[CheckMessage] = [
        Error(
            f"PostgreSQL has {name} off: {consequence}.",
            hint=f"Turn {name} on, for this role and database too.",
            id=check_id,
        )
        for name, (check_id, consequence) in POSTGRES_DEMANDS.items()
        if found.get(name) == "off"
    ]
    if found.get("transaction_read_only") == "on":
        problems.append(
            Error(
                "PostgreSQL takes no writes here: it is a standby, or made read-only.",
                hint="DATABASE_URL must name the primary.",
                id="livecomments.E016",
            )
        )
    problems += [
        Error(
            f"PostgreSQL has {name} {found[name]} ms and would end work that is in order.",
            hint=f"Allow at least {shortest} ms, for this role and database too.",
            id="livecomments.E017",
        )
        for name, shortest in SHORTEST_MS.items()
        if 0 < int(found.get(name, 0)) < shortest
    ]
    if found.get("idle_in_transaction_session_timeout") == "0":
        problems.append(_locks_for_ever())
    return problems


def _locks_for_ever() -> CheckMessage:
    return Warning(
        "PostgreSQL does not end transactions that were left open.",
        hint="We ask for it when we connect; a pooler in between must pass `options` on.",
        id="livecomments.W009",
    )
