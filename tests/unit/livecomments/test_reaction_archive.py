"""Reactions leave the list of what is to be archived only when the archive has all of them."""

import time

import pytest

from livecomments import dbthreads, redisdb
from livecomments.batcher.archive_batch import Stale, claim_archive
from livecomments.batcher.reaction_archive import FINAL_AFTER_SECONDS, archive_reactions
from livecomments.tickets import Room
from reactions import archive
from reactions.models import ReactionSlice
from tests.factories import StreamFactory

FENCE = 3


@pytest.fixture
async def room(transactional_db, database_threads, redis):
    """A stream on the list of an owner with this fence."""
    stream = await dbthreads.run(StreamFactory)
    await dbthreads.run(claim_archive, 0, FENCE)
    return Room(stream.pk, 0, stream.slug)


async def press(redis, room, count, *, seconds_ago=0.0):
    """Publish presses, as lua/publish.lua does."""
    second = int(time.time() - seconds_ago) // 10 * 10
    await redis.hincrby(redisdb.reaction_totals(room), "like", count)
    await redis.hincrby(redisdb.reaction_slices(room), f"{second}:like", count)
    await redis.sadd(redisdb.tallied(0), room.id)


async def archived(room):
    def read():
        rows = ReactionSlice.objects.filter(stream=room.id).order_by("at_second")
        return archive.totals_of(room.id), list(rows.values_list("count", flat=True))

    return await dbthreads.run(read)


async def listed(redis):
    return {int(member) for member in await redis.smembers(redisdb.tallied(0))}


async def test_a_stream_stays_listed_while_its_last_slice_may_grow(redis, room):
    await press(redis, room, 4, seconds_ago=FINAL_AFTER_SECONDS + 20)
    await press(redis, room, 3)

    await archive_reactions(redis, 0, FENCE)

    assert await archived(room) == ({"like": 7}, [4, 3])
    assert await listed(redis) == {room.id}
    assert await redis.hlen(redisdb.reaction_slices(room)) == 1


async def test_a_stream_whose_slices_are_all_final_leaves_the_list(redis, room):
    await press(redis, room, 4, seconds_ago=FINAL_AFTER_SECONDS + 20)

    await archive_reactions(redis, 0, FENCE)

    assert await archived(room) == ({"like": 4}, [4])
    assert await listed(redis) == set()


async def test_a_press_while_the_archive_writes_keeps_the_stream_listed(redis, room, monkeypatch):
    await press(redis, room, 4, seconds_ago=FINAL_AFTER_SECONDS + 20)
    run = dbthreads.run

    async def and_meanwhile(function, *args, **kwargs):
        result = await run(function, *args, **kwargs)
        await press(redis, room, 2)
        return result

    monkeypatch.setattr(dbthreads, "run", and_meanwhile)
    await archive_reactions(redis, 0, FENCE)
    monkeypatch.setattr(dbthreads, "run", run)

    assert await listed(redis) == {room.id}
    await archive_reactions(redis, 0, FENCE)
    assert await archived(room) == ({"like": 6}, [4, 2])


async def test_an_owner_that_dies_before_it_wrote_leaves_the_stream_listed(
    redis, room, monkeypatch
):
    await press(redis, room, 4, seconds_ago=FINAL_AFTER_SECONDS + 20)

    async def die(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(dbthreads, "run", die)
        with pytest.raises(KeyboardInterrupt):
            await archive_reactions(redis, 0, FENCE)

    await archive_reactions(redis, 0, FENCE)
    assert await archived(room) == ({"like": 4}, [4])


async def test_an_owner_that_was_overtaken_writes_no_old_numbers(redis, room):
    await press(redis, room, 4)
    await dbthreads.run(claim_archive, 0, FENCE + 1)

    with pytest.raises(Stale):
        await archive_reactions(redis, 0, FENCE)

    assert await archived(room) == ({}, [])
    assert await listed(redis) == {room.id}
