"""Every Redis name, client and script. Async clients, pure key builders.

No other file spells a key. All keys that one script touches share a hash tag: `{p0}` for a
partition, `{u0}` for a shard of people and addresses, so partitions may live on different Redis
servers. Each builder says the value's type, its lifetime and who writes it.
"""

import asyncio
import hashlib
import weakref
import zlib
from collections.abc import Sequence
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

from livecomments.protocol import Audience
from livecomments.redispool import QuickConnection, QuickPool
from livecomments.tickets import Room

__all__ = ["RedisError", "TimedOut"]

# A command that takes longer than this will not get better by waiting; callers answer `busy`.
COMMAND_TIMEOUT_SECONDS = 3.0
CONNECT_TIMEOUT_SECONDS = 1.0
POOL_CONNECTIONS = 32

# --- partition: one event log and what its owner needs -------------------------------------------


def log(partition: int) -> str:
    """Stream of events; entry id = log position. Written by admission, trimmed by the owner."""
    return f"lc:{{p{partition}}}:log"


def clock(partition: int) -> str:
    """Hash `real offset ms seq`, for ever. The never-receding clock of lua/clock.lua."""
    return f"lc:{{p{partition}}}:clock"


def ready(partition: int) -> str:
    """String, for ever. Without it admission refuses: the owner has not restored this Redis."""
    return f"lc:{{p{partition}}}:ready"


async def ready_partitions(redis: "Redis") -> set[int]:
    """Return the partitions that take posts, whoever owns them."""
    found = [key async for key in redis.scan_iter(match="lc:{p*}:ready", count=1_000)]
    return {int(key.decode().partition("{p")[2].partition("}")[0]) for key in found}


def behind(partition: int) -> str:
    """String, ms that comments lately waited to be published; a moment. Written by the owner when
    it falls behind, and admission then takes less."""
    return f"lc:{{p{partition}}}:behind"


def lease(partition: int) -> str:
    """Hash `owner fence renewals`, for ever. Who publishes this partition (lua/lease.lua)."""
    return f"lc:{{p{partition}}}:lease"


def cursor(partition: int) -> str:
    """String, log position: everything up to it is published. Written by lua/publish.lua."""
    return f"lc:{{p{partition}}}:cursor"


def reacting(partition: int) -> str:
    """Set of stream ids with unpublished reactions. Written by lua/react.lua and publish.lua."""
    return f"lc:{{p{partition}}}:reacting"


def tallied(partition: int) -> str:
    """Set of stream ids whose reactions the archive has yet to copy. Added by publish.lua."""
    return f"lc:{{p{partition}}}:tallied"


def watched(partition: int) -> str:
    """Set of stream ids somebody watches. Added by presence reports, removed by the owner."""
    return f"lc:{{p{partition}}}:watched"


def holding(partition: int) -> str:
    """Sorted set `stream id|log position` by time of holding. The owner expires from it."""
    return f"lc:{{p{partition}}}:holding"


def holding_member(room: Room, position: str) -> str:
    """The member of `holding` for one held comment; lua/admit.lua and append.lua build the same."""
    return f"{room.id}|{position}"


def sockets() -> str:
    """Hash web process → its sockets by address and person (msgpack), a minute unless repeated.
    Written and read by each web process (gateway/crowding.py)."""
    return "lc:sockets"


# --- stream: the room's state and its frames -----------------------------------------------------


def _stream(partition: int, stream_id: int, name: str) -> str:
    return f"lc:{{p{partition}}}:s{stream_id}:{name}"


def state(room: Room) -> str:
    """Hash, for ever. Admission's view (status, modes, pace_spent) and the publisher's (epoch, seq,
    through, room): see lua/append.lua, lua/pace.lua and lua/publish.lua."""
    return _stream(room.partition, room.id, "state")


def sanctions(room: Room) -> str:
    """Hash user id → `ban` or the Unix ms a time-out ends. Written by lua/append.lua."""
    return _stream(room.partition, room.id, "sanctions")


def frames(room: Room, audience: Audience) -> str:
    """Stream of frames, entry id = `seq-0`, capped. Written by lua/publish.lua."""
    return _stream(room.partition, room.id, f"frames:{audience}")


def recent(room: Room) -> str:
    """Stream of the last visible comments as JSON, entry id = log position, capped."""
    return _stream(room.partition, room.id, "recent")


def holds(room: Room) -> str:
    """Hash log position → body of a comment that waits for a moderator."""
    return _stream(room.partition, room.id, "holds")


def pending_reactions(room: Room) -> str:
    """Hash kind → presses not yet published. Written by lua/react.lua, moved by publish.lua."""
    return _stream(room.partition, room.id, "pending")


def reaction_totals(room: Room) -> str:
    """Hash kind → presses since the stream began. Written by lua/publish.lua."""
    return _stream(room.partition, room.id, "totals")


def reaction_slices(room: Room) -> str:
    """Hash `unix second:kind` → presses of that ten-second slice; the archive removes old ones."""
    return _stream(room.partition, room.id, "slices")


def stream_rate(room: Room) -> str:
    """Packed sliding window of the whole stream, seconds."""
    return _stream(room.partition, room.id, "rate")


def viewer_processes(room: Room) -> str:
    """Hash web process → `Unix ms its report is good until:lag in ms`. By lua/presence.lua."""
    return _stream(room.partition, room.id, "viewers")


def process_viewers(room: Room, process: str) -> str:
    """Set of viewer keys one web process serves; expires unless reported again."""
    return _stream(room.partition, room.id, f"viewers:{process}")


def author(room: Room, user_id: int) -> str:
    """Packed record of what a person lately said here (lua/windows.lua), minutes."""
    return _stream(room.partition, room.id, f"u{user_id}:said")


def reactor(room: Room, user_id: int) -> str:
    """Packed sliding window of a person's reactions here, a minute."""
    return _stream(room.partition, room.id, f"u{user_id}:pressed")


def nonce(room: Room, user_id: int, value: str) -> str:
    """String `position:kind:digest`, ten minutes: the answer a repeated post gets again."""
    return _stream(room.partition, room.id, f"u{user_id}:n:{value}")


# --- people and addresses: limits over all streams -----------------------------------------------


def shard_of(name: str) -> int:
    """Return the shard of a person or an address. Changing PARTITIONS only forgets a minute."""
    return zlib.crc32(name.encode()) % int(settings.PARTITIONS)


def shard_clock(shard: int) -> str:
    """Hash as `clock`, for the limits of one shard."""
    return f"lc:{{u{shard}}}:clock"


def rate(name: str) -> str:
    """Packed sliding window, a minute, of a person (`user:7`) or an address (`address:…`)."""
    return f"lc:{{u{shard_of(name)}}}:rate:{name}"


# --- the whole installation ----------------------------------------------------------------------


def revocations() -> str:
    """Stream `user`, `after` (Unix ms): tickets issued before it are dead. A ticket's lifetime."""
    return "lc:revocations"


def stream_card(slug: str) -> str:
    """String, JSON of what joining needs to know of a stream; a minute. streams/directory.py."""
    return f"lc:card:{slug}"


def frame_group(room: Room, audience: Audience) -> str:
    """Channel-layer group that is woken when a frame of this audience was published."""
    return f"lc.p{room.partition}.s{room.id}.{audience.value}"


# --- clients -------------------------------------------------------------------------------------

_clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, "Redis"] = (
    weakref.WeakKeyDictionary()
)


def client() -> "Redis":
    """Return this event loop's client. It never retries by itself and times out.

    redis-py would repeat an INCR whose answer was lost; whoever may safely repeat says so itself.
    """
    loop = asyncio.get_running_loop()
    found = _clients.get(loop)
    if found is None:
        found = _clients[loop] = make_client()
    return found


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


async def close() -> None:
    """Close this event loop's client, if it has one."""
    found = _clients.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.aclose()
        await found.connection_pool.disconnect()


# --- reads of streams: redis-py's own types leave open what we never use ------------------------

StreamEntry = tuple[bytes, dict[bytes, bytes]]


async def stream_range(
    redis: "Redis", key: str, *, lowest: str = "-", highest: str = "+", count: int | None = None
) -> list[StreamEntry]:
    """Return entries in order; a bound that begins with `(` is exclusive."""
    return cast(list[StreamEntry], await redis.xrange(key, min=lowest, max=highest, count=count))


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
        connection = await pool.get_connection()  # type: ignore[no-untyped-call]
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
