"""Copy reaction totals and the ten-second timeline of a partition to Postgres. Async."""

import time

from redis.asyncio import Redis

from livecomments import dbthreads, redisdb
from livecomments.tickets import Room
from reactions import archive
from reactions.models import SLICE_SECONDS

# A slice this old gets no more presses: the owner that publishes is the one that counts.
FINAL_AFTER_SECONDS = 6 * SLICE_SECONDS


async def archive_reactions(redis: "Redis", partition: int) -> None:
    """Write absolute numbers, so that writing them twice does no harm; drop finished slices."""
    for member in await redis.smembers(redisdb.tallied(partition)):
        # Taken off the list first: a press that comes meanwhile puts the stream back on it.
        await redis.srem(redisdb.tallied(partition), member)
        try:
            finished = await _archive_stream(redis, Room(int(member), partition, ""))
        except BaseException:
            await redis.sadd(redisdb.tallied(partition), member)
            raise
        if not finished:
            await redis.sadd(redisdb.tallied(partition), member)


async def _archive_stream(redis: "Redis", room: Room) -> bool:
    """True when the archive has every slice of a stream and none can still grow."""
    pipeline = redis.pipeline(transaction=True)
    pipeline.hgetall(redisdb.reaction_totals(room))
    pipeline.hgetall(redisdb.reaction_slices(room))
    totals, slices = await pipeline.execute()
    await dbthreads.run(archive.store, room.id, _totals(totals), _slices(slices))
    final = time.time() - FINAL_AFTER_SECONDS
    done = [name for name in slices if int(name.partition(b":")[0]) < final]
    if done:
        await redis.hdel(redisdb.reaction_slices(room), *done)
    return len(done) == len(slices)


def _totals(raw: dict[bytes, bytes]) -> dict[str, int]:
    return {kind.decode(): int(count) for kind, count in raw.items()}


def _slices(raw: dict[bytes, bytes]) -> list[tuple[int, str, int]]:
    found = []
    for name, count in raw.items():
        second, _, kind = name.decode().partition(":")
        found.append((int(second), kind, int(count)))
    return found
