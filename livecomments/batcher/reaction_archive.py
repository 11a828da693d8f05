"""Copy reaction totals and the ten-second timeline of a partition to Postgres. Async.

A stream stays on the list until the archive has all of it, so that an owner that dies half-way
leaves nothing out. Numbers are absolute, so writing them twice does no harm; an owner that was
overtaken is refused, lest it write old ones over new.
"""

import time
from collections.abc import Mapping

from redis.asyncio import Redis

from livecomments import dbthreads, redisdb
from livecomments.tickets import Room
from reactions import archive
from reactions.models import SLICE_SECONDS

from .archive_batch import fenced

# A slice this old gets no more presses: the owner that publishes is the one that counts.
FINAL_AFTER_SECONDS = 6 * SLICE_SECONDS


async def archive_reactions(redis: "Redis", partition: int, fence: int) -> None:
    """Write what the listed streams have; what is finished leaves the list. Raises `Stale`."""
    for member in await redis.smembers(redisdb.tallied(partition)):
        await _archive_stream(redis, Room(int(member), partition, ""), fence)


async def _archive_stream(redis: "Redis", room: Room, fence: int) -> None:
    pipeline = redis.pipeline(transaction=True)
    pipeline.hgetall(redisdb.reaction_totals(room))
    pipeline.hgetall(redisdb.reaction_slices(room))
    totals, slices = await pipeline.execute()
    await dbthreads.run(_store, room, fence, _totals(totals), _slices(slices))
    final = time.time() - FINAL_AFTER_SECONDS
    done = [name.decode() for name in slices if int(name.partition(b":")[0]) < final]
    keys = [redisdb.tallied(room.partition), redisdb.reaction_slices(room)]
    await redisdb.script("untally")(redis, keys, [room.id, *done])


def _store(
    room: Room, fence: int, totals: Mapping[str, int], slices: list[tuple[int, str, int]]
) -> None:
    with fenced(room.partition, fence):
        archive.store(room.id, totals, slices)


def _totals(raw: dict[bytes, bytes]) -> dict[str, int]:
    return {kind.decode(): int(count) for kind, count in raw.items()}


def _slices(raw: dict[bytes, bytes]) -> list[tuple[int, str, int]]:
    found = []
    for name, count in raw.items():
        second, _, kind = name.decode().partition(":")
        found.append((int(second), kind, int(count)))
    return found
