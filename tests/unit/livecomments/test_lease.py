"""One owner at a time, judged by a counter that stands still; each fence is above the last."""

import asyncio
import time

import pytest

from livecomments import redisdb
from livecomments.batcher import lease as leases
from livecomments.batcher.lease import Lease, LostLease

EXPIRES_SECONDS = 0.3


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(leases, "EXPIRES_SECONDS", EXPIRES_SECONDS)
    monkeypatch.setattr(leases, "WATCH_SECONDS", 0.02)


@pytest.fixture
def first(redis):
    return Lease(redis, 0, "first")


@pytest.fixture
def second(redis):
    return Lease(redis, 0, "second")


async def test_a_free_lease_is_taken_at_once(first):
    started = time.monotonic()

    assert await first.acquire() == first.fence == 1
    assert time.monotonic() - started < EXPIRES_SECONDS


async def test_a_contender_waits_while_the_owner_renews(first, second):
    await first.acquire()
    contender = asyncio.create_task(second.acquire())
    for _ in range(10):
        await asyncio.sleep(EXPIRES_SECONDS / 3)
        await first.renew()

    assert not contender.done()
    contender.cancel()
    await asyncio.wait([contender])


async def test_a_counter_that_stands_still_is_taken_over_and_the_old_owner_fenced(first, second):
    await first.acquire()
    started = time.monotonic()

    assert await second.acquire() == 2

    assert time.monotonic() - started >= EXPIRES_SECONDS
    with pytest.raises(LostLease):
        await first.renew()
    await second.renew()


async def test_of_two_contenders_one_wins(redis, first, second):
    third = Lease(redis, 0, "third")
    await first.acquire()
    tasks = [asyncio.create_task(lease.acquire()) for lease in (second, third)]

    done, waiting = await asyncio.wait(tasks, timeout=EXPIRES_SECONDS * 1.8)

    assert [task.result() for task in done] == [2]
    assert len(waiting) == 1
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)


async def test_a_claim_made_on_an_old_look_is_refused(redis, first):
    await first.acquire()
    seen = await redis.hmget(redisdb.lease(0), ["fence", "renewals"])
    await first.renew()

    claim = ["claim", "second", *seen, 0]

    assert await redisdb.script("lease")(redis, [redisdb.lease(0)], claim) == 0
    await first.renew()


async def test_a_released_lease_is_taken_at_once(first, second):
    await first.acquire()
    await first.release()
    started = time.monotonic()

    assert await second.acquire() == 2
    assert time.monotonic() - started < EXPIRES_SECONDS
    with pytest.raises(LostLease):
        await first.renew()


async def test_release_of_what_is_not_ours_any_more_changes_nothing(first, second):
    await first.acquire()
    await second.acquire()

    await first.release()

    await second.renew()


async def test_one_process_that_comes_back_under_its_name_is_fenced_too(redis, first):
    await first.acquire()
    again = Lease(redis, 0, "first")
    await again.acquire()

    with pytest.raises(LostLease):
        await first.renew()
    await again.renew()


@pytest.mark.parametrize(("floor", "fence"), [(0, 1), (1, 2), (41, 42)])
async def test_a_fence_is_above_the_floor(first, floor, fence):
    """Redis was emptied: the archive still knows the fences it has seen."""
    assert await first.acquire(floor=floor) == fence


async def test_raise_fence_keeps_the_lease_under_a_higher_one(first, second):
    await first.acquire()

    assert await first.raise_fence(41) == first.fence == 42

    await first.renew()
    assert await second.acquire(floor=3) == 43


async def test_raise_fence_of_a_lost_lease_is_refused(redis, first, second):
    await first.acquire()
    await second.acquire()

    with pytest.raises(LostLease):
        await first.raise_fence(41)
    await redis.flushdb()
    with pytest.raises(LostLease):
        await second.raise_fence(41)


async def test_a_redis_that_was_emptied_has_forgotten_the_owner(redis, first):
    await first.acquire()
    await redis.flushdb()

    with pytest.raises(LostLease):
        await first.renew()


@pytest.fixture
async def forget(redis):
    """Remembers the lease as it is; what that returns puts it back, with a marker beside it."""
    key = redisdb.lease(0)

    async def remember():
        kept = await redis.hgetall(key)

        async def forget():
            # At once, as a roll-back is: nobody sees half of it.
            async with redis.pipeline(transaction=True) as pipe:
                pipe.delete(key)
                pipe.hset(key, mapping=kept)
                pipe.set(redisdb.ready(0), "0-0")
                await pipe.execute()

        return forget

    return remember


async def test_an_owner_notices_that_its_renewals_were_forgotten(redis, first, forget):
    await first.acquire()
    roll_back = await forget()
    await first.renew()
    await roll_back()

    with pytest.raises(LostLease):
        await first.renew()
    assert not await redis.exists(redisdb.ready(0))


async def test_a_contender_notices_what_an_owner_that_sleeps_cannot(redis, first, second, forget):
    await first.acquire()
    contender = asyncio.create_task(second.acquire())
    roll_back = await forget()
    for _ in range(3):
        await first.renew()
        await asyncio.sleep(0.05)
    await roll_back()

    assert await contender == 2
    assert not await redis.exists(redisdb.ready(0))


async def test_who_held_it_before_notices_a_fence_that_was_forgotten(redis, first, second, forget):
    await first.acquire()
    roll_back = await forget()
    await second.acquire()
    await roll_back()

    assert await second.acquire() == 2
    assert not await redis.exists(redisdb.ready(0))


async def test_a_takeover_that_forgets_nothing_leaves_the_marker(redis, first, second):
    await redis.set(redisdb.ready(0), "0-0")
    await first.acquire()
    await first.renew()
    await second.acquire()
    await second.raise_fence(41)
    await second.renew()
    await second.release()

    await first.acquire()
    await first.renew()

    assert await redis.exists(redisdb.ready(0))


async def test_a_waiting_contender_can_be_told_to_end(first, second):
    await first.acquire()
    contender = asyncio.create_task(second.acquire())
    await asyncio.sleep(0.05)

    contender.cancel()

    done, _ = await asyncio.wait([contender], timeout=1)
    assert done
    assert contender.cancelled()


async def test_partitions_have_owners_of_their_own(redis, first):
    other = Lease(redis, 1, "other")

    assert [await first.acquire(), await other.acquire()] == [1, 1]
    await first.renew()
