"""From the log and its tail to the archive: everything once, in order, and never across a hole."""

import asyncio
import random

import pytest
from django.db import OperationalError, ProgrammingError

from comments.models import Comment
from livecomments import dbthreads, eventlog, events, ids, redisdb
from livecomments.batcher import archiver as archivers
from livecomments.batcher import restore
from livecomments.batcher import tail as tails
from livecomments.batcher.archiver import Archiver
from livecomments.batcher.lease import Lease, LostLease
from livecomments.batcher.owner import PartitionOwner
from livecomments.batcher.partition import FanOut
from streams.domain import ensure_room
from streams.models import ArchiveCursor
from streams.payloads import room_of, room_state
from tests.factories import StreamFactory, UserFactory


@pytest.fixture
def stream(transactional_db, database_threads):
    """A stream of the partition with somebody who speaks in it."""
    stream = StreamFactory()
    stream.partition = 0
    stream.save()
    return stream


@pytest.fixture
def author(stream):
    return UserFactory().pk


@pytest.fixture
async def archiving(stream, author, redis, monkeypatch):
    """An archive behind a fan-out, neither of which runs by itself."""
    monkeypatch.setattr(archivers, "BATCH", 4)
    lease = Lease(redis, 0, "tested")
    await lease.acquire()
    await redis.set(redisdb.ready(0), "test")
    room = room_of(stream)
    await ensure_room(room, state=await dbthreads.run(room_state, stream))
    return Archiving(lease, redis, room, author, monkeypatch)


class Archiving:
    """A log, a tail of it, and the archive; `asked` tells what was read from Redis for it."""

    def __init__(self, lease, redis, room, author, monkeypatch):
        self.lease, self.redis, self.room, self.author = lease, redis, room, author
        self.asked = []
        self.said = 0
        self.begin(0)
        read = eventlog.entries_after

        async def noted(redis, partition, position, *, count):
            self.asked.append(ids.from_position(position, partition))
            return await read(redis, partition, position, count=count)

        monkeypatch.setattr(archivers.eventlog, "entries_after", noted)

    def begin(self, cursor):
        """Let an owner begin whose fan-out has published up to here."""
        self.fan_out = FanOut(self.redis, self.redis, self.lease, 0, ids.position(cursor))
        self.archiver = Archiver(self.redis, self.lease, 0, self.fan_out.tail)

    async def say(self, count):
        """Append so many comments; returns the id of the last, if there is one."""
        last = None
        for _ in range(count):
            said = events.CommentSaid(author=self.author, name="Ana", text=f"{self.said}")
            last = await eventlog.append(self.room, said, kind=events.COMMENT_POSTED)
            self.said += 1
        return last

    async def archive(self):
        """Take steps until there is nothing left to do."""
        while await self.archiver._step() == 0.0:
            pass

    def check(self):
        """Everything is in the archive once, in order, and the cursor is at the end."""
        rows = list(Comment.objects.order_by("id").values_list("text", flat=True))
        assert rows == [str(number) for number in range(self.said)]
        last = Comment.objects.order_by("id").values_list("id", flat=True).last()
        assert ArchiveCursor.objects.get(partition=0).log_id == last


async def test_the_archive_takes_what_the_fan_out_has_read(archiving):
    for count in (3, 0, 6, 9):
        await archiving.say(count)
        await archiving.fan_out._read()
        await archiving.archive()

    await dbthreads.run(archiving.check)
    assert archiving.asked == []


async def test_the_archive_takes_nothing_that_the_fan_out_has_not_read(archiving):
    await archiving.say(2)
    await archiving.fan_out._read()
    await archiving.say(2)

    await archiving.archive()

    assert archiving.archiver._cursor == ids.from_position(archiving.fan_out.position, 0)
    assert await dbthreads.run(Comment.objects.count) == 2


async def test_an_archive_that_begins_behind_the_tail_catches_up_with_it(archiving):
    """An owner before published more than it archived."""
    await archiving.say(3)
    await archiving.fan_out._read()
    await archiving.archive()
    published = await archiving.say(7)
    archiving.begin(published)
    await archiving.say(6)
    await archiving.fan_out._read()
    archiving.asked.clear()

    await archiving.archive()

    await dbthreads.run(archiving.check)
    assert len(archiving.asked) == 2, "seven by itself, in two batches; then from the tail"
    await archiving.say(5)
    await archiving.fan_out._read()
    await archiving.archive()
    await dbthreads.run(archiving.check)
    assert len(archiving.asked) == 2


async def test_an_archive_ahead_of_the_fan_out_repeats_nothing(archiving):
    """An owner before archived more than it published, so its fan-out begins earlier."""
    published = await archiving.say(3)
    await archiving.say(5)
    await archiving.fan_out._read()
    await archiving.archive()
    archiving.begin(published)
    await archiving.say(4)

    await archiving.fan_out._read()
    await archiving.archive()

    await dbthreads.run(archiving.check)


async def test_an_archive_that_the_tail_has_left_behind_reads_for_itself(archiving, monkeypatch):
    monkeypatch.setattr(tails, "KEPT", 5)
    for count in (1, 20, 4, 30, 2):
        await archiving.say(count)
        await archiving.fan_out._read()
    await archiving.archive()
    assert archiving.asked != []
    archiving.asked.clear()

    await archiving.say(5)
    await archiving.fan_out._read()
    await archiving.archive()

    await dbthreads.run(archiving.check)
    assert archiving.asked == [], "it has caught up"


async def test_an_archive_stays_whole_while_the_tail_runs_away_under_it(archiving, monkeypatch):
    monkeypatch.setattr(tails, "KEPT", 6)
    dice = random.Random(3)
    for _ in range(60):
        if dice.random() < 0.6:
            await archiving.say(dice.randrange(12))
            await archiving.fan_out._read()
        else:
            await archiving.archiver._step()
    await archiving.archive()

    await dbthreads.run(archiving.check)
    assert archiving.asked != []


async def test_the_archive_does_not_go_on_across_a_hole(archiving):
    """Redis comes back without its last seconds and goes on, and nobody saw it happen."""
    kept = await archiving.say(3)
    forgotten = await archiving.say(2)
    await archiving.fan_out._read()
    await archiving.archive()
    await archiving.redis.xdel(redisdb.log(0), ids.position(forgotten))
    archiving.begin(kept)
    await archiving.say(4)
    await archiving.fan_out._read()

    with pytest.raises(LostLease):
        await archiving.archive()

    assert not await archiving.redis.exists(redisdb.ready(0))
    assert await dbthreads.run(Comment.objects.count) == 5


async def test_the_archive_goes_on_where_a_restore_began(archiving):
    """An emptied Redis: the log begins anew after what the archive has."""
    last = await archiving.say(3)
    await archiving.fan_out._read()
    await archiving.archive()
    await archiving.redis.delete(redisdb.log(0))
    await restore.restore_partition(archiving.redis, archiving.lease, 0)
    archiving.begin(last)
    await archiving.say(4)
    await archiving.fan_out._read()

    await archiving.archive()

    await dbthreads.run(archiving.check)


async def test_trimming_leaves_the_event_that_was_archived_last(archiving, monkeypatch):
    monkeypatch.setattr(archivers, "TRIM_SECONDS", 0.0)
    last = await archiving.say(500)
    await archiving.fan_out._read()
    await archiving.redis.set(redisdb.cursor(0), ids.position(last))
    await archiving.archive()
    await archiving.archiver._step()
    assert await archiving.redis.xlen(redisdb.log(0)) < 500

    await archiving.say(4)
    await archiving.fan_out._read()
    await archiving.archive()

    await dbthreads.run(archiving.check)


async def test_an_archive_that_was_away_begins_where_it_ended(archiving, monkeypatch):
    """Whether a batch was committed is not known when Postgres goes: the cursor is asked again."""
    monkeypatch.setattr(archivers, "AWAY_SECONDS", 0.01)
    monkeypatch.setattr(archivers, "IDLE_SECONDS", 0.01)
    store, left = archivers.store_batch, ["after", "before"]

    def fail(*args, **kwargs):
        how = left.pop() if left else None
        if how == "before":
            raise OperationalError("gone")
        cursor = store(*args, **kwargs)
        if how == "after":
            raise OperationalError("gone")
        return cursor

    monkeypatch.setattr(archivers, "store_batch", fail)
    await archiving.say(10)
    await archiving.fan_out._read()

    running = asyncio.create_task(archiving.archiver.run())
    async with asyncio.timeout(10):
        while await dbthreads.run(Comment.objects.count) < 10:
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.wait([running])

    await dbthreads.run(archiving.check)
    assert left == []


async def test_an_owner_archives_all_that_is_said_while_it_works(
    stream, author, redis, monkeypatch
):
    monkeypatch.setattr(tails, "KEPT", 20)
    monkeypatch.setattr(archivers, "BATCH", 7)
    monkeypatch.setattr(archivers, "IDLE_SECONDS", 0.01)
    await redisdb.client().set(redisdb.ready(0), "test")
    room = room_of(stream)
    await ensure_room(room, state=await dbthreads.run(room_state, stream))
    owner = PartitionOwner(0, "tested")
    running = asyncio.create_task(owner.run())
    try:
        said = []
        for number in range(40):
            for _ in range(5):
                body = events.CommentSaid(author=author, name="Ana", text=f"{len(said)}")
                said.append(await eventlog.append(room, body, kind=events.COMMENT_POSTED))
            await asyncio.sleep(0.01 * (number % 3))
        async with asyncio.timeout(20):
            while await dbthreads.run(Comment.objects.count) < len(said):
                await asyncio.sleep(0.05)
    finally:
        running.cancel()
        await asyncio.wait([running])

    rows = await dbthreads.run(
        lambda: list(Comment.objects.order_by("id").values_list("id", flat=True))
    )
    assert rows == said


async def test_an_archive_with_a_fault_of_its_own_does_not_end_the_owner(archiving, monkeypatch):
    """A query that fails for ever, as with tables of another release: the chat goes on."""
    monkeypatch.setattr(archivers, "AWAY_SECONDS", 0.01)
    store, failing = archivers.store_batch, [True]

    def fail(*args, **kwargs):
        if failing:
            raise ProgrammingError("no such column")
        return store(*args, **kwargs)

    monkeypatch.setattr(archivers, "store_batch", fail)
    await archiving.say(3)
    await archiving.fan_out._read()
    running = asyncio.create_task(archiving.archiver.run())
    await asyncio.sleep(0.2)
    assert not running.done()

    failing.clear()
    async with asyncio.timeout(10):
        while await dbthreads.run(Comment.objects.count) < 3:
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.wait([running])
    await dbthreads.run(archiving.check)
