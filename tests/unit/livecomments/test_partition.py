"""A partition's streams are published on their ticks, and what is gathered meanwhile adds up."""

import asyncio

import pytest
from channels.layers import get_channel_layer

from livecomments import eventlog, events, ids, redisdb
from livecomments.batcher import partition as partitions
from livecomments.batcher.lease import Lease
from livecomments.batcher.partition import FanOut, before
from livecomments.protocol import Audience
from tests.rooms import OTHER_ROOM, ROOM, log_entries, open_room


@pytest.fixture
async def fan_out(redis, monkeypatch):
    await open_room()
    lease = Lease(redis, 0, "me")
    await lease.acquire()
    fan_out = FanOut(redis, redis, lease, 0, eventlog.FIRST_POSITION)
    yield fan_out
    for publisher in fan_out._publishers.values():
        if publisher._waking is not None:
            await asyncio.wait([publisher._waking])


async def say(*texts, room=ROOM):
    """Append comments, past admission."""
    for text in texts:
        said = events.CommentSaid(author=7, name="Ana", text=text)
        await eventlog.append(room, said, kind=events.COMMENT_POSTED)


async def press(count, *, room=ROOM, kind="wow"):
    """Count presses, as lua/react.lua does."""
    await redisdb.client().hincrby(redisdb.pending_reactions(room), kind, count)
    await redisdb.client().sadd(redisdb.reacting(room.partition), room.id)


async def totals(room=ROOM):
    found = await redisdb.client().hgetall(redisdb.reaction_totals(room))
    return {kind.decode(): int(count) for kind, count in found.items()}


async def flush(fan_out):
    """Flush what waits, whatever the time is."""
    for publisher in fan_out._publishers.values():
        publisher.not_before = 0.0
    await fan_out._flush()


async def until(check):
    async with asyncio.timeout(5):
        while not await check():
            await asyncio.sleep(0.01)


async def run_until(fan_out, check):
    """Let the fan-out work until something is true."""
    running = asyncio.create_task(fan_out.run())
    try:
        await until(check)
    finally:
        running.cancel()
        await asyncio.wait([running])


# --- reading -------------------------------------------------------------------------------------


async def test_what_is_read_is_kept_for_the_archive_as_it_is_in_the_log(fan_out):
    await open_room(OTHER_ROOM)
    await say("a", "b")
    await say("c", room=OTHER_ROOM)

    await fan_out._read()

    assert fan_out.tail.after(0, 100) == await log_entries()
    assert fan_out.position == ids.position((await log_entries())[-1].id)


async def test_an_unreadable_entry_goes_to_the_archive_and_holds_up_nobody(fan_out, redis):
    await redis.xadd(redisdb.log(0), {"k": b"\xff"}, id="1-0")
    await say("a")

    await fan_out._read()
    await flush(fan_out)

    kept = fan_out.tail.after(0, 100)
    assert [type(entry).__name__ for entry in kept] == ["BadEntry", "Entry"]
    assert await redis.xlen(redisdb.frames(ROOM, Audience.PUBLIC)) == 1


async def test_the_cursor_stays_before_what_is_pending(fan_out, redis):
    await say("a", "b")
    entries = await log_entries()
    await fan_out._read()

    assert fan_out._cursor() == before(ids.position(entries[0].id))
    await flush(fan_out)
    assert fan_out._cursor() == ids.position(entries[1].id)


@pytest.mark.parametrize(
    ("position", "expected"), [("5-3", "5-2"), ("5-0", "4-4095"), ("1-1", "1-0")]
)
def test_before_is_the_highest_position_below(position, expected):
    assert before(position) == expected
    partition = 3
    below = ids.from_position(expected, partition)
    assert below < ids.from_position(position, partition)


# --- ticks ---------------------------------------------------------------------------------------


async def test_reactions_are_published_once(fan_out):
    await press(5)

    async def counted():
        return await totals() == {"wow": 5}

    await run_until(fan_out, counted)
    await press(2)
    fan_out._next_reactions = 0.0

    async def counted_again():
        return await totals() == {"wow": 7}

    await run_until(fan_out, counted_again)
    await fan_out._add_reactions()
    assert not fan_out._extras


async def test_reactions_that_wait_for_their_tick_are_gathered_anew_not_added(fan_out):
    await press(5)
    await fan_out._add_reactions()
    await press(2)
    await fan_out._add_reactions()

    await flush(fan_out)

    assert await totals() == {"wow": 7}
    assert await redisdb.client().exists(redisdb.pending_reactions(ROOM)) == 0


class HeldRedis:
    """Redis whose answer to its first pipeline, a gathering of reactions, is held on its way."""

    def __init__(self, redis):
        self._redis = redis
        self._held = False
        self.answered, self.go_on = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name):
        return getattr(self._redis, name)

    def pipeline(self, **options):
        pipeline = self._redis.pipeline(**options)
        if self._held:
            return pipeline
        self._held = True
        execute = pipeline.execute

        async def held():
            answer = await execute()
            self.answered.set()
            await self.go_on.wait()
            return answer

        pipeline.execute = held
        return pipeline


async def test_reactions_gathered_while_others_are_published_are_counted_once(fan_out, redis):
    """A stream whose tick is long has reactions waiting when the next gathering begins."""
    await press(5)
    await fan_out._add_reactions()
    await press(2)
    fan_out._redis = held = HeldRedis(redis)

    fan_out._begin_ticks()
    await held.answered.wait()
    await fan_out._read()
    fan_out._end_ticks()
    await flush(fan_out)  # what was gathered first, while the second answer is on its way
    held.go_on.set()
    await fan_out._ticking
    fan_out._end_ticks()
    await flush(fan_out)
    fan_out._redis = redis
    await fan_out._add_reactions()
    await flush(fan_out)

    assert await totals() == {"wow": 7}


async def test_comments_do_not_wait_for_what_is_gathered(fan_out, redis):
    await press(5)
    fan_out._redis = held = HeldRedis(redis)

    async def shown():
        return await redis.xlen(redisdb.frames(ROOM, Audience.PUBLIC)) == 1

    running = asyncio.create_task(fan_out.run())
    await held.answered.wait()
    await say("a")
    await until(shown)
    assert await totals() == {}
    held.go_on.set()

    async def counted():
        return await totals() == {"wow": 5}

    await until(counted)
    running.cancel()
    await asyncio.wait([running])


async def test_a_gathering_that_failed_is_tried_again(fan_out, redis, monkeypatch, caplog):
    monkeypatch.setattr(partitions, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(partitions, "REACTION_TICK_SECONDS", 0.05)
    await press(5)
    add, failures = FanOut._add_reactions, [redisdb.RedisError("away"), OSError("reset")]

    async def fail(self):
        if failures:
            raise failures.pop()
        await add(self)

    monkeypatch.setattr(FanOut, "_add_reactions", fail)

    async def counted():
        return await totals() == {"wow": 5}

    await run_until(fan_out, counted)

    assert [record.name for record in caplog.records] == [partitions.__name__] * 2


# --- waking --------------------------------------------------------------------------------------


@pytest.fixture
async def ear(fan_out):
    """A channel that hears when frames of the room are published."""
    layer = get_channel_layer()
    channel = await layer.new_channel()
    group = redisdb.frame_group(ROOM, Audience.PUBLIC)
    await layer.group_add(group, channel)
    yield channel
    await layer.group_discard(group, channel)


async def heard(channel, count):
    """The `seq` of the next messages."""
    async with asyncio.timeout(5):
        return [(await get_channel_layer().receive(channel))["seq"] for _ in range(count)]


async def test_hubs_are_told_in_order_although_nobody_waits_for_them(fan_out, ear, monkeypatch):
    layer = get_channel_layer()
    send = layer.group_send

    async def ever_faster(group, message):
        await asyncio.sleep(0.02 / message["seq"])
        await send(group, message)

    monkeypatch.setattr(layer, "group_send", ever_faster)
    for number in range(20):
        await say(str(number))
        await fan_out._read()
        await flush(fan_out)

    assert await heard(ear, 20) == list(range(1, 21))


async def test_a_slow_layer_delays_no_flush(fan_out, redis, monkeypatch):
    layer = get_channel_layer()
    gate = asyncio.Event()

    async def slow(group, message):
        await gate.wait()

    monkeypatch.setattr(layer, "group_send", slow)
    for number in range(3):
        await say(str(number))
        await fan_out._read()
        await asyncio.wait_for(flush(fan_out), timeout=2)

    assert await redis.xlen(redisdb.frames(ROOM, Audience.PUBLIC)) == 3
    gate.set()


@pytest.mark.parametrize("error", [redisdb.RedisError("away"), OSError("reset"), ValueError("odd")])
async def test_a_wake_that_failed_does_not_silence_the_next(fan_out, ear, monkeypatch, error):
    layer = get_channel_layer()
    send, failures = layer.group_send, [error]

    async def fail_once(group, message):
        if failures:
            raise failures.pop()
        await send(group, message)

    monkeypatch.setattr(layer, "group_send", fail_once)
    for number in range(3):
        await say(str(number))
        await fan_out._read()
        await flush(fan_out)

    assert await heard(ear, 2) == [2, 3]


async def test_a_stream_that_is_stuck_does_not_hold_up_the_others(fan_out, redis):
    await open_room(OTHER_ROOM)
    await redis.set(redisdb.frames(ROOM, Audience.PUBLIC), "not a stream")
    await say("a")
    await say("b", room=OTHER_ROOM)

    async def published():
        return await redis.xlen(redisdb.frames(OTHER_ROOM, Audience.PUBLIC)) > 0

    await run_until(fan_out, published)

    first = (await log_entries())[0].id
    cursor = (await redis.get(redisdb.cursor(0))).decode()
    assert ids.from_position(cursor, 0) < first, "what is stuck is kept for the next try"
