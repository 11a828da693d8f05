"""Find a stream by its slug without a query: memory, then Redis, then Postgres. Async.

A reconnect storm asks for the same few streams thousands of times, and Postgres may be away while
it does. The address of a stream (id, partition, slug) never changes, so what is cached cannot be
wrong, only gone.
"""

import time

import msgspec

from livecomments import dbthreads, redisdb
from livecomments.tickets import Room

from . import queries

MEMORY_SECONDS = 60.0
UNKNOWN_SECONDS = 2.0  # a name that nobody has yet must not cost a query each time
REDIS_SECONDS = 24 * 60 * 60
MAX_REMEMBERED = 10_000

_remembered: dict[str, tuple[float, Room | None]] = {}


async def find_room(slug: str) -> Room | None:
    """Return the address of a stream, or None. Raises `unavailable` if only Postgres could say."""
    kept = _remembered.get(slug)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    room = await _from_redis(slug)
    if room is None:
        room = await dbthreads.run(queries.room_by_slug, slug)
        if room is not None:
            await _to_redis(room)
    if len(_remembered) >= MAX_REMEMBERED:
        _remembered.clear()
    keep = UNKNOWN_SECONDS if room is None else MEMORY_SECONDS
    _remembered[slug] = (time.monotonic() + keep, room)
    return room


async def forget(slug: str) -> None:
    """Drop a stream that was deleted or renamed from this process and from Redis."""
    _remembered.pop(slug, None)
    await redisdb.client().delete(redisdb.stream_card(slug))


async def _from_redis(slug: str) -> Room | None:
    try:
        raw = await redisdb.client().get(redisdb.stream_card(slug))
    except redisdb.RedisError:
        return None
    if raw is None:
        return None
    stream_id, partition = msgspec.json.decode(raw, type=tuple[int, int])
    return Room(stream_id, partition, slug)


async def _to_redis(room: Room) -> None:
    try:
        await redisdb.client().set(
            redisdb.stream_card(room.slug),
            msgspec.json.encode((room.id, room.partition)),
            ex=REDIS_SECONDS,
        )
    except redisdb.RedisError:
        return  # the next one who asks will try again
