"""Checks of the Redis server: is what it acknowledged still there after a crash? Sync."""

from collections.abc import Mapping
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django_redis import get_redis_connection
from redis import Redis
from redis.exceptions import RedisError, ResponseError

from .packages import numbers

REDIS_FLOOR = (7, 0)
# A comment is acknowledged once Redis has it: anything weaker loses some of them when Redis dies.
REDIS_DEMANDS = {
    "maxmemory-policy": ("noeviction", "livecomments.E002", "would throw away what it holds"),
    "appendonly": ("yes", "livecomments.E003", "would forget everything when it restarts"),
    "appendfsync": ("always", "livecomments.E004", "would lose acknowledged comments in a crash"),
    "no-appendfsync-on-rewrite": (
        "no",
        "livecomments.E007",
        "would lose acknowledged comments in a crash while it rewrites its file",
    ),
}
READ = (*REDIS_DEMANDS, "maxmemory", "aof-load-truncated", "min-replicas-to-write")


def redis_problems() -> list[CheckMessage]:
    """Everything about Redis that would lose comments; empty when all is well."""
    client: Redis = get_redis_connection("default")
    try:
        info = client.info("server")
        found = numbers(str(info["redis_version"]))
        problems: list[CheckMessage] = [] if found >= REDIS_FLOOR else [_too_old(found)]
        replication = client.info("replication")
        if replication.get("role") not in ("master", None):
            return [*problems, _is_a_replica()]
        try:
            config = {_text(k): _text(v) for k, v in client.config_get(*READ).items()}
        except ResponseError:
            return [*problems, _config_hidden()]
        return problems + config_problems(config) + advice(config, replication)
    except RedisError as error:
        return [
            Error(
                f"Redis cannot be reached: {error}",
                hint="REDIS_URL says where it is.",
                id="livecomments.E001",
            )
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


def advice(config: Mapping[str, str], replication: Mapping[str, Any]) -> list[CheckMessage]:
    """A warning for each setting that loses nothing by itself, but will hurt one day."""
    found: list[CheckMessage] = []
    if config.get("maxmemory") == "0":
        found.append(
            Warning(
                "Redis has no maxmemory: it grows until the machine ends it.",
                hint="Set one: above 80 % of it, posts are answered `busy`.",
                id="livecomments.W005",
            )
        )
    if config.get("aof-load-truncated") == "no":
        found.append(
            Warning(
                "Redis has aof-load-truncated no: after a crash it will not start by itself.",
                hint="What a crash cuts off was never acknowledged: --aof-load-truncated yes.",
                id="livecomments.W004",
            )
        )
    if int(replication.get("connected_slaves", 0)) and config.get("min-replicas-to-write") == "0":
        found.append(
            Warning(
                "Redis does not wait for its replicas: one that takes over lacks the last moments.",
                hint="--min-replicas-to-write 1 bounds what may be missing.",
                id="livecomments.W003",
            )
        )
    return found


def _too_old(found: tuple[int, ...]) -> CheckMessage:
    return Error(
        f"Redis {'.'.join(map(str, found))} is too old.",
        hint="Use Redis 7 or later, or Valkey.",
        id="livecomments.E005",
    )


def _is_a_replica() -> CheckMessage:
    return Error(
        "This Redis is a replica: it takes no posts, and lags behind the one that does.",
        hint="REDIS_URL must name the primary.",
        id="livecomments.E008",
    )


def _config_hidden() -> CheckMessage:
    wishes = ", ".join(f"{name} {wanted}" for name, (wanted, _, _) in REDIS_DEMANDS.items())
    return Warning(
        "This Redis does not show its settings.",
        hint=f"Make sure of {wishes}.",
        id="livecomments.W002",
    )


def _text(value: str | bytes | None) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
