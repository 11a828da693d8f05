"""Redis: its clients, reads and scripts, and through this module its names. Async."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    ClusterDownError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.exceptions import TimeoutError as TimedOut

from livecomments.errors import DomainError
from livecomments.perloop import PerLoop
from livecomments.protocol import ErrorCode
from livecomments.rediskeys import *  # noqa: F403 -- whoever asks Redis needs a name for it
from livecomments.rediskeys import EVERY_READY
from livecomments.redispool import QuickConnection, QuickPool

__all__ = ["RedisError", "TimedOut"]

# A command that takes longer than this will not get better by waiting; callers answer `busy`.
COMMAND_TIMEOUT_SECONDS = 3.0
CONNECT_TIMEOUT_SECONDS = 1.0
POOL_CONNECTIONS = 32


@contextmanager
def busy_without_redis() -> Iterator[None]:
    """Let an error of Redis be `busy`: whoever asks again in a second may be answered."""
    try:
        yield
    except RedisError as error:
        raise DomainError(ErrorCode.BUSY, retry_after_ms=1000) from error


# --- clients -------------------------------------------------------------------------------------


def client() -> "Redis":
    """Return this event loop's client. It never retries by itself and times out.

    redis-py would repeat an INCR whose answer was lost; whoever may safely repeat says so itself.
    """
    return _clients()


def make_client(*, timeout: float | None = COMMAND_TIMEOUT_SECONDS) -> "Redis":
    """Return a client of its own, for a blocking reader; its owner closes it."""
    pool = QuickPool.from_url(
        settings.REDIS_URL,
        connection_class=QuickConnection,  # TLS and Unix sockets keep redis-py's own
        max_connections=POOL_CONNECTIONS,
        timeout=COMMAND_TIMEOUT_SECONDS,
        socket_timeout=timeout,
        socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )
    return Redis(connection_pool=pool)


_clients = PerLoop(make_client)


async def close() -> None:
    """Close this event loop's client, if it has one."""
    found = _clients.let_go()
    if found is not None:
        await found.aclose()
        await found.connection_pool.disconnect()


# --- reads of streams: redis-py's own types leave open what we never use ------------------------

StreamEntry = tuple[bytes, dict[bytes, bytes]]


async def ready_partitions(redis: "Redis") -> set[int]:
    """Return the partitions that take posts, whoever owns them."""
    found = [key async for key in redis.scan_iter(match=EVERY_READY, count=1_000)]
    return {int(key.decode().partition("{p")[2].partition("}")[0]) for key in found}


async def stream_range(
    redis: "Redis", key: str, *, lowest: str = "-", highest: str = "+", count: int | None = None
) -> list[StreamEntry]:
    """Return entries in order; a bound that begins with `(` is exclusive."""
    return cast(list[StreamEntry], await redis.xrange(key, min=lowest, max=highest, count=count))


async def read_hash(redis: "Redis", key: str, names: Sequence[str]) -> dict[str, bytes]:
    """Return those fields of a hash that it has."""
    values = cast(list[bytes | None], await redis.hmget(key, list(names)))
    found = zip(names, values, strict=True)
    return {name: value for name, value in found if value is not None}


async def whole_hash(redis: "Redis", key: str) -> dict[bytes, bytes]:
    """Return a hash that is known to be small."""
    return cast(dict[bytes, bytes], await redis.hgetall(key))


async def stream_tail(redis: "Redis", key: str, *, count: int) -> list[StreamEntry]:
    """Return the last entries, oldest first."""
    newest_first = cast(list[StreamEntry], await redis.xrevrange(key, count=count))
    return newest_first[::-1]


async def stream_wait(
    redis: "Redis", key: str, *, after: str, count: int, block_ms: int
) -> list[StreamEntry]:
    """Return entries after a position, waiting for the first one at most `block_ms`."""
    found = await redis.xread({key: after}, count=count, block=block_ms)
    by_stream = cast(list[tuple[bytes, list[StreamEntry]]], found or [])
    return by_stream[0][1] if by_stream else []


# --- scripts -------------------------------------------------------------------------------------

_LUA = Path(__file__).parent / "lua"


class Script:
    """A Lua file, with the shared parts it names on its `-- uses:` line put in front."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.source = _with_parts((_LUA / f"{name}.lua").read_text())
        self.sha = hashlib.sha1(self.source.encode(), usedforsecurity=False).hexdigest()

    async def __call__(
        self, redis: "Redis", keys: Sequence[str], args: Sequence[bytes | str | int]
    ) -> Any:
        """Run it. A restarted server has forgotten its scripts, so the source is sent then."""
        pool = redis.connection_pool
        connection = await pool.get_connection()  # type: ignore[no-untyped-call]  # of redis-py
        try:
            try:
                await connection.send_command("EVALSHA", self.sha, len(keys), *keys, *args)
                return await connection.read_response()
            except NoScriptError:
                await connection.send_command("EVAL", self.source, len(keys), *keys, *args)
                return await connection.read_response()
        finally:
            # After any other error, and a cancellation, it is disconnected: no answer is left in it
            # for the next one.
            await pool.release(connection)


def _with_parts(source: str) -> str:
    head, _, body = source.partition("\n")
    if not head.startswith("#!"):
        head, body = "", source
    parts = [
        (_LUA / f"{name}.lua").read_text()
        for line in body.splitlines()
        if line.startswith("-- uses:")
        for name in line.removeprefix("-- uses:").split()
    ]
    return "\n".join([head, *parts, body])


# What the channel layer may raise: its connections are redis-py's own, and writing to one that was
# reset is a RuntimeError of uvloop's.
LAYER_ERRORS = (RedisError, OSError, RuntimeError)

# Answers that another try may not get. redis-py has types for some and leaves a word of others.
_HEALING = (ClusterDownError, OutOfMemoryError, ReadOnlyError, TryAgainError)
_HEALING_WORDS = ("BUSY", "LOADING", "MASTERDOWN", "MISCONF", "NOREPLICAS")


def heals(error: BaseException) -> bool:
    """True for an error that time heals; False when the same call will be refused again."""
    if isinstance(error, ResponseError) and not isinstance(error, _HEALING):
        return str(error).startswith(_HEALING_WORDS)
    return isinstance(error, RedisError | OSError)


@cache
def script(name: str) -> Script:
    """Return the script of lua/`name`.lua."""
    return Script(name)
