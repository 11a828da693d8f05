"""What the log holds beyond the archive is applied to admission's half, by the owner alone."""

import pytest

from livecomments import eventlog, events, ids, redisdb
from livecomments.batcher import restore
from livecomments.batcher.lease import Lease, LostLease
from livecomments.protocol import SanctionKind
from tests.rooms import ROOM, log_entries, open_room


@pytest.fixture
async def lease(redis):
    await open_room()
    lease = Lease(redis, 0, "me")
    await lease.acquire()
    return lease


async def forget(redis):
    """Lose what admission reads; the log stays."""
    await redis.delete(
        redisdb.sanctions(ROOM), redisdb.holds(ROOM), redisdb.holding(0), redisdb.state(ROOM)
    )


async def said(kind, **fields):
    body = events.CommentSaid(author=7, name="Ana", text="hm", **fields)
    return await eventlog.append(ROOM, body, kind=kind)


async def test_modes_sanctions_and_holds_come_back_from_the_log(redis, lease):
    await eventlog.append(ROOM, events.ModesChanged(slow_seconds=9, by=1))
    sanction = {"by": 1, "kind": SanctionKind.TIMEOUT}
    at = ids.id_ms(
        await eventlog.append(ROOM, events.UserSanctioned(user=8, seconds=60, **sanction))
    )
    await eventlog.append(ROOM, events.UserSanctioned(user=9, by=1, kind=SanctionKind.BAN))
    await eventlog.append(ROOM, events.UserSanctioned(user=10, by=1, kind=SanctionKind.BAN))
    await redis.hset(redisdb.sanctions(ROOM), 10, "ban")
    await eventlog.append(ROOM, events.SanctionLifted(user=10, by=1))
    kept, taken = await said(events.COMMENT_HELD), await said(events.COMMENT_HELD)
    await eventlog.append(ROOM, events.HoldClosed(hold=str(taken), author=7, outcome="refused"))
    await forget(redis)

    await restore._replay_effects(redis, lease, 0, 0)

    assert await redis.hget(redisdb.state(ROOM), "slow_seconds") == b"9"
    sanctions = await redis.hgetall(redisdb.sanctions(ROOM))
    assert sanctions == {b"8": str(at + 60_000).encode(), b"9": b"ban"}
    position = ids.position(kept)
    assert await redis.hkeys(redisdb.holds(ROOM)) == [position.encode()]
    ((member, score),) = await redis.zrange(redisdb.holding(0), 0, -1, withscores=True)
    assert member.decode() == redisdb.holding_member(ROOM, position)
    assert score == ids.id_ms(kept)


async def test_an_owner_that_was_overtaken_puts_nothing_back(redis, lease):
    await eventlog.append(ROOM, events.ModesChanged(slow_seconds=9, by=1))
    await forget(redis)
    await lease.release()
    await Lease(redis, 0, "heir").acquire()

    with pytest.raises(LostLease):
        await restore._replay_effects(redis, lease, 0, 0)

    assert not await redis.exists(redisdb.state(ROOM))
    assert len(await log_entries()) == 1
