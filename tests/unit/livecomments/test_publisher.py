"""Publishing one stream: nothing twice, nothing left out, whatever becomes of an answer."""

import msgspec
import pytest
from msgspec.structs import replace
from redis.exceptions import OutOfMemoryError, ReadOnlyError, ResponseError

from livecomments import eventlog, events, ids, redisdb
from livecomments.batcher import publisher as publishers
from livecomments.batcher.lease import Lease, LostLease
from livecomments.batcher.publisher import Extras, Publisher
from livecomments.protocol import Audience, Frame, StreamStatus
from tests.rooms import ROOM, log_entries, open_room

_frames = msgspec.json.Decoder(Frame)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(publishers, "RETRY_SECONDS", 0.01)


@pytest.fixture
async def lease(redis):
    await open_room()
    lease = Lease(redis, 0, "me")
    await lease.acquire()
    return lease


@pytest.fixture
def publisher(redis, lease):
    return Publisher(redis, lease, ROOM)


async def say(*texts):
    """Append comments, past admission; return them as entries of the log."""
    for text in texts:
        said = events.CommentSaid(author=7, name="Ana", text=text)
        await eventlog.append(ROOM, said, kind=events.COMMENT_POSTED)
    return (await log_entries())[-len(texts) :]


async def publish(publisher, entries, extras=None):
    for entry in entries:
        publisher.take(entry)
    while publisher.pending:
        await publisher.flush("", extras or Extras())


async def frames(audience=Audience.PUBLIC):
    raw = await redisdb.client().xrange(redisdb.frames(ROOM, audience))
    return [_frames.decode(fields[b"f"]) for _, fields in raw]


async def shown():
    return [item.comment.text for frame in await frames() for item in frame.items]


def losing(monkeypatch, *, error, before=False, times=1):
    """Let the next calls of publish.lua fail, before or after they ran."""
    left, run = [None] * times, redisdb.Script.__call__

    async def lose(self, *args):
        if self.name == "publish" and left:
            left.pop()
            if not before:
                await run(self, *args)
            raise error
        return await run(self, *args)

    monkeypatch.setattr(redisdb.Script, "__call__", lose)


async def test_a_flush_is_one_frame_and_ends_at_its_last_event(publisher):
    entries = await say("a", "b", "c")

    await publish(publisher, entries)

    (frame,) = await frames()
    assert (frame.seq, frame.through) == (1, str(entries[-1].id))
    assert await shown() == ["a", "b", "c"]


async def test_a_flush_of_what_is_left_out_is_a_frame_that_counts_it(publisher):
    entries = await say("a", "b", "c")

    await publish(publisher, [replace(entry, left_out=True) for entry in entries[:2]])
    await publish(publisher, entries[2:])

    assert [(frame.seq, frame.left_out) for frame in await frames()] == [(1, 2), (2, 0)]
    assert await shown() == ["c"]
    recent = await redisdb.client().xrange(redisdb.recent(ROOM))
    assert [position.decode() for position, _ in recent] == [ids.position(entries[2].id)]


async def test_nothing_to_say_is_no_frame(publisher):
    await publisher.flush("", Extras())
    await publisher.flush("", Extras(viewers=0))

    assert await frames() == []


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("error", [redisdb.RedisError("lost"), OSError("reset")])
async def test_a_flush_whose_answer_was_lost_is_published_once(
    publisher, monkeypatch, error, times
):
    entries = await say("a", "b")
    losing(monkeypatch, error=error, times=times)

    await publish(publisher, entries)
    await publish(publisher, await say("c"))

    assert await shown() == ["a", "b", "c"]
    assert [frame.seq for frame in await frames()] == [1, 2]


async def test_a_flush_that_never_arrived_is_published(publisher, monkeypatch):
    entries = await say("a")
    losing(monkeypatch, error=redisdb.RedisError("away"), before=True, times=3)

    await publish(publisher, entries)

    assert await shown() == ["a"]


async def test_reactions_of_a_lost_answer_are_counted_once(publisher, redis, monkeypatch):
    await redis.hset(redisdb.pending_reactions(ROOM), "like", 3)
    losing(monkeypatch, error=redisdb.RedisError("lost"))

    await publisher.flush("", Extras(reactions={"like": 3}))

    assert await redis.hgetall(redisdb.reaction_totals(ROOM)) == {b"like": b"3"}
    assert await redis.exists(redisdb.pending_reactions(ROOM)) == 0
    assert [frame.totals for frame in await frames()] == [{"like": 3}]


async def test_the_next_owner_skips_what_was_published(redis, publisher, lease):
    entries = await say("a", "b", "c")
    await publish(publisher, entries[:2])
    heir = Lease(redis, 0, "heir")
    await lease.release()
    await heir.acquire()

    await publish(Publisher(redis, heir, ROOM), entries)

    assert await shown() == ["a", "b", "c"]
    assert [frame.seq for frame in await frames()] == [1, 2]


async def test_an_owner_that_was_overtaken_cannot_publish(redis, publisher, lease):
    entries = await say("a", "b")
    await publish(publisher, entries[:1])
    await lease.release()
    await Lease(redis, 0, "heir").acquire()

    with pytest.raises(LostLease):
        await publish(publisher, entries[1:])
    assert await shown() == ["a"]


async def test_a_stream_that_moved_under_its_owner_is_loaded_again(redis, publisher):
    entries = await say("a", "b")
    await publish(publisher, entries[:1])
    await redis.hset(redisdb.state(ROOM), mapping={"epoch": "restored", "seq": 41})

    await publish(publisher, entries[1:])

    assert [frame.seq for frame in await frames()][-1] == 42


async def test_a_room_without_state_lets_its_events_go(redis, publisher):
    entries = await say("a")
    await redis.delete(redisdb.state(ROOM))

    await publish(publisher, entries)

    assert await frames() == []
    assert not await redis.exists(redisdb.state(ROOM))


async def test_a_backlog_goes_out_in_bearable_frames(publisher, monkeypatch):
    monkeypatch.setattr(publishers, "ITEMS_PER_FRAME", 4)
    texts = [str(number) for number in range(10)]

    await publish(publisher, await say(*texts))

    assert [len(frame.items) for frame in await frames()] == [4, 4, 2]
    assert await shown() == texts


async def test_a_frame_says_what_the_tick_adds(publisher, redis):
    await redis.hset(redisdb.pending_reactions(ROOM), mapping={"like": 3, "wow": 1})
    await publisher.flush("", Extras(reactions={"like": 3}))
    await publisher.flush("", Extras(reactions={"wow": 1}, viewers=5))
    await publisher.flush("", Extras(viewers=5))

    assert [(frame.reactions, frame.totals, frame.viewers) for frame in await frames()] == [
        ({"like": 3}, {"like": 3}, None),
        ({"wow": 1}, {"wow": 1}, 5),
    ]


async def test_staff_frames_count_for_themselves(publisher):
    await eventlog.append(ROOM, events.SanctionLifted(user=8, by=1))
    await eventlog.append(ROOM, events.StatusChanged(status=StreamStatus.ENDED, by=1))
    await publish(publisher, await log_entries())
    held = events.CommentSaid(author=7, name="Ana", text="hm")
    await eventlog.append(ROOM, held, kind=events.COMMENT_HELD)

    await publish(publisher, (await log_entries())[-1:])

    assert [frame.seq for frame in await frames()] == [1]
    assert [frame.seq for frame in await frames(Audience.STAFF)] == [1, 2]


async def test_a_recent_list_that_cannot_be_read_is_read_again(publisher, redis, monkeypatch):
    """A hidden comment is looked for in it: Redis may be away at that moment, too."""
    entries = await say("a")
    await publish(publisher, entries)
    tail, failures = redisdb.stream_tail, [redisdb.RedisError("away")] * 2

    async def fail_twice(*args, **kwargs):
        if failures:
            raise failures.pop()
        return await tail(*args, **kwargs)

    monkeypatch.setattr(redisdb, "stream_tail", fail_twice)
    await eventlog.append(ROOM, events.CommentHidden(comment=str(entries[0].id), by=1))

    await publish(publisher, (await log_entries())[-1:])

    assert [frame.seq for frame in await frames()] == [1, 2]
    assert await redis.xlen(redisdb.recent(ROOM)) == 0
    assert ids.parse_id((await frames())[-1].through) > entries[0].id


# --- what can never be published -----------------------------------------------------------------


def hide_of(number):
    """An event as no release writes it: its comment has no position in the log."""
    return events.CommentHidden(comment=number, by=1)


async def test_an_event_that_cannot_be_published_holds_up_nobody(publisher, caplog):
    await say("a", "b")
    await eventlog.append(ROOM, hide_of("not a number"))
    entries = await log_entries()
    entries += await say("c", "d")

    await publish(publisher, entries)

    assert await shown() == ["a", "b", "c", "d"]
    through = ids.from_position(await redisdb.client().hget(redisdb.state(ROOM), "through"), 0)
    assert through == entries[-1].id
    assert f"event {entries[2].id} of stream {ROOM.id} is not shown" in caplog.text


async def test_several_of_them_are_each_skipped_and_order_stays(publisher):
    entries = []
    for number, bad in enumerate([True, False, True, True, False]):
        if bad:
            await eventlog.append(ROOM, hide_of("x"))
            entries += (await log_entries())[-1:]
        entries += await say(f"{number}")

    await publish(publisher, entries)

    assert await shown() == ["0", "1", "2", "3", "4"]


async def test_after_it_frames_are_whole_again(publisher):
    await eventlog.append(ROOM, hide_of("x"))
    await publish(publisher, await log_entries() + await say("a"))
    before = len(await frames())

    await publish(publisher, await say("b", "c", "d"))

    assert [len(frame.items) for frame in (await frames())[before:]] == [3]


async def test_what_the_script_refuses_for_ever_makes_the_stream_rest(publisher, redis, caplog):
    entries = await say("a", "b")
    await redis.set(redisdb.frames(ROOM, Audience.PUBLIC), "not a stream")
    for entry in entries:
        publisher.take(entry)
    began = publishers.time.monotonic()

    assert await publisher.flush("", Extras()) is False

    assert publisher.not_before >= began + publishers.STUCK_SECONDS
    assert [entry.id for entry in publisher.pending] == [entry.id for entry in entries]
    assert f"stream {ROOM.id} is stuck" in caplog.text
    await redis.delete(redisdb.frames(ROOM, Audience.PUBLIC))
    while publisher.pending:
        assert await publisher.flush("", Extras()) is True
    assert await shown() == ["a", "b"], "nothing was lost on the way"


async def test_reactions_that_cannot_be_published_do_not_cost_a_comment(publisher, redis):
    entries = await say("a")
    await redis.set(redisdb.reaction_totals(ROOM), "not a hash")
    publisher._at = publishers.Loaded(**await loaded(redis))
    publisher.take(entries[0])

    await publisher.flush("", Extras(reactions={"like": 1}))

    assert await shown() == ["a"]


async def loaded(redis):
    """What the owner would know of the room had it loaded it."""
    publisher = Publisher(redis, None, ROOM)
    await redis.rename(redisdb.reaction_totals(ROOM), "aside")
    at = await publisher._load()
    await redis.rename("aside", redisdb.reaction_totals(ROOM))
    return {name: getattr(at, name) for name in at.__slots__}


@pytest.mark.parametrize(
    ("error", "heals"),
    [
        (redisdb.RedisError("lost"), True),
        (OSError("reset"), True),
        (OutOfMemoryError("command not allowed when used memory > 'maxmemory'"), True),
        (ReadOnlyError("You can't write against a read only replica."), True),
        (ResponseError("BUSY Valkey is busy running a script."), True),
        (ResponseError("MISCONF Errors writing to the AOF file"), True),
        (ResponseError("WRONGTYPE Operation against a key"), False),
        (ResponseError("user_script:3: attempt to index a nil value"), False),
        (ValueError("ours"), False),
    ],
)
def test_what_time_heals_and_what_not(error, heals):
    assert redisdb.heals(error) is heals
