"""System checks: what would lose comments or safety is refused at the start. Sync.

The checks of Redis need a connection. Django runs those tagged "database" in `migrate` and in
`check --database default`; the batcher and the gateway call `startup_problems` when they start.
"""

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django_redis import get_redis_connection
from redis import Redis
from redis.exceptions import RedisError, ResponseError

Apps = Sequence[AppConfig] | None

# Oldest releases without a known hole that matters here. Source: their release notes.
VERSION_FLOORS = {"django": (5, 2, 19), "daphne": (4, 2, 3), "twisted": (26, 4)}
REDIS_FLOOR = (7, 0)
# A comment is acknowledged once Redis has it: anything weaker loses some of them when Redis dies.
REDIS_DEMANDS = {
    "maxmemory-policy": ("noeviction", "livecomments.E002", "would throw away what it holds"),
    "appendonly": ("yes", "livecomments.E003", "would forget everything when it restarts"),
    "appendfsync": ("always", "livecomments.E004", "would lose acknowledged comments in a crash"),
}


@register(Tags.compatibility)
def check_version_floors(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """An error for each package older than the oldest that is safe."""
    return [
        Error(
            f"{name} {version(name)} is too old.",
            hint=f"Install {'.'.join(map(str, floor))} or later.",
            id="livecomments.E006",
        )
        for name, floor in VERSION_FLOORS.items()
        if _numbers(version(name)) < floor
    ]


@register(Tags.security, deploy=True)
def check_limits_are_on(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """A warning where the limits are off outside of development."""
    if settings.DEBUG or not settings.NO_LIMITS:
        return []
    return [
        Warning(
            "LIVECOMMENTS_NO_LIMITS is 1: anybody may send as much as they like.",
            hint="Unset it; it is meant for replays and load tests.",
            id="livecomments.W001",
        )
    ]


@register(Tags.database)
def check_redis(app_configs: Apps, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """What is wrong with the Redis of the settings, where a connection was asked for."""
    return redis_problems() if databases else []


def redis_problems() -> list[CheckMessage]:
    """Everything about Redis that would lose comments; empty when all is well."""
    client: Redis = get_redis_connection("default")
    try:
        found = _numbers(str(client.info("server")["redis_version"]))
        problems: list[CheckMessage] = [] if found >= REDIS_FLOOR else [_too_old(found)]
        try:
            found_config = client.config_get(*REDIS_DEMANDS)
            return problems + config_problems({_text(k): _text(v) for k, v in found_config.items()})
        except ResponseError:
            return [*problems, _config_hidden()]
    except RedisError as error:
        return [
            Error(
                f"Redis cannot be reached: {error}",
                hint="REDIS_URL says where it is.",
                id="livecomments.E001",
            )
        ]


def startup_problems() -> list[CheckMessage]:
    """What must keep a process from starting. A Redis that is away for now is not among it: the
    process waits for it and says `busy` meanwhile."""
    found = redis_problems()
    return [
        problem
        for problem in found
        if isinstance(problem, Error) and problem.id != "livecomments.E001"
    ]


def config_problems(config: Mapping[str, str]) -> list[CheckMessage]:
    """An error for each setting of Redis that is weaker than the promise needs."""
    return [
        Error(
            f"Redis has {name} {config.get(name, 'unset')} and {consequence}.",
            hint=f"Start it with --{name} {wanted}.",
            id=check_id,
        )
        for name, (wanted, check_id, consequence) in REDIS_DEMANDS.items()
        if config.get(name) != wanted
    ]


def _too_old(found: tuple[int, ...]) -> CheckMessage:
    return Error(
        f"Redis {'.'.join(map(str, found))} is too old.",
        hint="Use Redis 7 or later, or Valkey.",
        id="livecomments.E005",
    )


def _config_hidden() -> CheckMessage:
    return Warning(
        "This Redis does not show its settings.",
        hint="Make sure of maxmemory-policy noeviction, appendonly yes, appendfsync always.",
        id="livecomments.W002",
    )


def _text(value: str | bytes | None) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])
