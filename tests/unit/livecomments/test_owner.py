"""A restore outlasts a lease, and a reviewed room's holds expire faster than they are made."""

import asyncio

import pytest

from comments.admission import Admission
from livecomments import redisdb
from livecomments.batcher import lease as leases
from livecomments.batcher import owner as owners
from livecomments.batcher.owner import PartitionOwner
from livecomments.tickets import Room
from tests.rooms import ROOM, open_room, person, post

EXPIRES_SECONDS = 0.3


@pytest.fixture
async def owner(redis):
    owner = PartitionOwner(0, "tested")
    yield owner
    await owner._leave()


async def test_a_long_restore_keeps_the_lease(owner, redis, monkeypatch):
    monkeypatch.setattr(leases, "EXPIRES_SECONDS", EXPIRES_SECONDS)
    monkeypatch.setattr(leases, "WATCH_SECONDS", 0.02)
    monkeypatch.setattr(owners, "RENEW_SECONDS", 0.05)

    async def slow(redis, lease, partition):
        await asyncio.sleep(3 * EXPIRES_SECONDS)

    monkeypatch.setattr(owners, "restore_partition", slow)
    await owner._lease.acquire()
    contender = asyncio.create_task(leases.Lease(redis, 0, "other").acquire())

    await owner._ensure_whole()

    await owner._lease.renew()
    assert not contender.done()
    contender.cancel()
    await asyncio.wait([contender])


async def test_raising_the_fence_while_renewing_loses_nothing(owner):
    await owner._lease.acquire()

    async def renew():
        for _ in range(50):
            await owner._lease.renew()

    async def raise_fence():
        for floor in range(10, 60):
            await owner._lease.raise_fence(floor)

    await asyncio.gather(renew(), raise_fence())


async def test_many_holds_expire_in_one_round(owner, redis, monkeypatch):
    monkeypatch.setattr(owners, "HOLD_SECONDS", -1)
    await open_room(review=True)
    await redis.delete(redisdb.holding(0))

    admission = Admission()
    for start in range(0, 120, 30):
        await asyncio.gather(
            *(
                admission.submit(
                    post(f"text {number}", author=person(number), address=f"192.0.2.{number}")
                )
                for number in range(start, start + 30)
            )
        )
    assert await redis.zcard(redisdb.holding(0)) == 120

    await owner._expire_holds()

    assert await redis.zcard(redisdb.holding(0)) == 0
    assert await redis.hlen(redisdb.holds(ROOM)) == 0


async def test_holds_of_a_room_that_is_gone_do_not_block_the_others(owner, redis, monkeypatch):
    monkeypatch.setattr(owners, "HOLD_SECONDS", -1)
    await open_room()
    gone = Room(99, 0, "gone")
    body = b'{"author":1,"name":"A","text":"x"}'
    members = {redisdb.holding_member(gone, f"{number}-0"): 1 for number in range(30)}
    await redis.zadd(redisdb.holding(0), members)
    await redis.hset(redisdb.holds(gone), mapping={f"{n}-0": body for n in range(30)})

    await owner._expire_holds()

    assert await redis.zcard(redisdb.holding(0)) == 0
