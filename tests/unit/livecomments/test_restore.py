"""What the log holds beyond the archive is applied to admission's half, by the owner alone."""

import asyncio
import threading

import pytest

from comments import archive as comments_archive
from livecomments import dbthreads, eventlog, events, ids, redisdb
from livecomments.batcher import restore
from livecomments.batcher.archive_batch import claim_archive, store_batch
from livecomments.batcher.lease import Lease, LostLease
from livecomments.protocol import Role, SanctionKind
from livecomments.tickets import now_ms
from streams.payloads import room_of
from streams.roomstate import ANNOUNCED, effects
from tests.factories import StreamFactory, UserFactory
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


async def test_an_announcement_comes_back_from_the_log_under_its_own_id(redis, lease):
    made = events.AnnouncementMade(text="Soon", by=1, name="Mo", role=Role.MODERATOR)
    first = await eventlog.append(ROOM, made, operations=effects(made))
    second = await eventlog.append(ROOM, made, operations=effects(made))
    await forget(redis)

    await restore._replay_effects(redis, lease, 0, 0)

    announced = await redis.hget(redisdb.state(ROOM), ANNOUNCED)
    assert announced == ids.position(second).encode() != ids.position(first).encode()

    ended = events.AnnouncementEnded(announcement=str(second), by=1)
    await eventlog.append(ROOM, ended, operations=effects(ended))
    await restore._replay_effects(redis, lease, 0, second)

    assert await redis.hget(redisdb.state(ROOM), ANNOUNCED) is None


async def test_an_owner_that_was_overtaken_puts_nothing_back(redis, lease):
    await eventlog.append(ROOM, events.ModesChanged(slow_seconds=9, by=1))
    await forget(redis)
    await lease.release()
    await Lease(redis, 0, "heir").acquire()

    with pytest.raises(LostLease):
        await restore._replay_effects(redis, lease, 0, 0)

    assert not await redis.exists(redisdb.state(ROOM))
    assert len(await log_entries()) == 1


# --- ids go on -----------------------------------------------------------------------------------


async def restored(redis, lease, archived):
    """Let an emptied partition open behind what the archive has; returns its next id."""
    await redis.delete(redisdb.clock(0), redisdb.log(0))
    await restore._open(redis, lease, 0, restore.Archived(archived, 1))
    return await said(events.COMMENT_POSTED)


def id_in(seconds, seq=0):
    return ids.make_id(now_ms() + round(seconds * 1000) - ids.EPOCH_MS, 0, seq)


@pytest.mark.parametrize("seconds", [-3600, -0.5])
async def test_after_a_restore_ids_are_those_of_the_moment(redis, lease, seconds):
    archived = id_in(seconds, 7)

    given = await restored(redis, lease, archived)

    assert given > archived
    assert abs(ids.id_ms(given) - now_ms()) < 1_000


async def test_where_time_is_behind_what_was_given_out_ids_leave_a_space(redis, lease):
    """What was acknowledged after the archive's last and lost has been seen: it is not reused."""
    archived = id_in(3600)

    first = await restored(redis, lease, archived)

    assert 4_500 < ids.id_ms(first) - ids.id_ms(archived) < 6_500
    await asyncio.sleep(0.05)
    second = await said(events.COMMENT_POSTED)
    assert ids.id_ms(second) - ids.id_ms(first) >= 50, "the clock goes, it does not stand"


async def test_a_log_that_is_as_far_keeps_its_own_place(redis, lease):
    last = await said(events.COMMENT_POSTED)

    await restore._open(redis, lease, 0, restore.Archived(last, 1))

    assert await said(events.COMMENT_POSTED) > last


# --- what is still on its way into the archive ---------------------------------------------------


async def test_a_restore_waits_for_a_batch_that_is_being_archived(
    transactional_db, database_threads, redis, monkeypatch
):
    """It was taken before Redis was emptied: it must be among what viewers are shown."""
    stream, author = await dbthreads.run(lambda: (StreamFactory(), UserFactory()))
    if stream.partition != 0:
        stream.partition = 0
        await dbthreads.run(stream.save)
    old, heir = Lease(redis, 0, "old"), Lease(redis, 0, "heir")
    fence = await old.acquire()
    await dbthreads.run(claim_archive, 0, fence)
    body = events.CommentSaid(author=author.pk, name="Ana", text="just in time")
    entry = events.Entry(id_in(-1), stream.pk, events.COMMENT_POSTED, body)
    begun, go_on = threading.Event(), threading.Event()
    store = comments_archive.store

    def slow(entries):
        store(entries)
        begun.set()
        go_on.wait(5)

    monkeypatch.setattr(comments_archive, "store", slow)
    writing = asyncio.create_task(dbthreads.run(store_batch, 0, [entry], fence=fence, cursor=0))
    await asyncio.to_thread(begun.wait, 5)
    await old.release()
    await heir.acquire(floor=fence)
    restoring = asyncio.create_task(restore.restore_partition(redis, heir, 0))
    await asyncio.sleep(0.2)
    go_on.set()
    await asyncio.gather(writing, restoring)

    recent = await redis.xrange(redisdb.recent(room_of(stream)))
    assert [position.decode() for position, _ in recent] == [ids.position(entry.id)]
    assert (await redis.get(redisdb.cursor(0))).decode() == ids.position(entry.id)
