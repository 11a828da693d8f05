"""The clock that never goes back, through admission and the event log: ids, and limits on it."""

import asyncio
import itertools

import pytest

from comments.admission import Admission, Admitted, _run_script
from livecomments import eventlog, events, ids, redisdb
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode
from tests.rooms import ROOM, log_entries, open_room, person, post

HOUR_MS = 3_600_000
SEQUENCE_LAST = (1 << ids.SEQUENCE_BITS) - 1


@pytest.fixture
async def room(redis):
    await open_room()


@pytest.fixture
def unlimited(settings):
    settings.NO_LIMITS = True


async def begin_ahead(ms):
    """Let scripts see a time that is ahead of TIME, so that a test can step back."""
    await redisdb.client().hset(redisdb.clock(0), "offset", ms)


async def step_back(ms):
    """Make TIME seem to have gone back since the last call: the time kept from it is ahead.

    The offset shrinks by as much, so what scripts saw until now is what they saw.
    """
    pipeline = redisdb.client().pipeline()
    pipeline.hincrby(redisdb.clock(0), "real", ms)
    pipeline.hincrby(redisdb.clock(0), "offset", -ms)
    await pipeline.execute()


def rising(found):
    return all(one < other for one, other in itertools.pairwise(found))


async def test_ids_rise_over_ten_thousand_posts_in_batches(room, unlimited):
    """In batches as they come, and in two of more than fit into one millisecond."""
    gate = Admission()
    small = await asyncio.gather(*(gate.submit(post(str(n))) for n in range(1_000)))
    large = []
    for _ in range(2):
        posts = [post(str(n)) for n in range(SEQUENCE_LAST + 600)]
        large += (await _run_script(posts, [True] * len(posts)))[1]
    after = await eventlog.append(ROOM, events.CommentUnpinned(by=1))

    found = [answer.id for answer in [*small, *large]] + [after]

    assert len(found) > 10_000
    assert rising(found)
    assert [entry.id for entry in await log_entries()] == found


async def test_a_full_millisecond_spills_into_the_next(room, unlimited, clock):
    await clock.at(0)
    posts = [post(str(n)) for n in range(SEQUENCE_LAST + 3)]
    answers = (await _run_script(posts, [True] * len(posts)))[1]
    await clock.at(0)  # the same millisecond once more, and then the one spilt into
    same = await eventlog.append(ROOM, events.CommentUnpinned(by=1))
    await clock.at(1)
    following = await eventlog.append(ROOM, events.CommentUnpinned(by=1))
    await clock.at(2)
    free = await eventlog.append(ROOM, events.CommentUnpinned(by=1))

    places = [
        (ids.id_ms(n) - clock.start, n & SEQUENCE_LAST)
        for n in [*(answer.id for answer in answers), same, following, free]
    ]

    assert places[: SEQUENCE_LAST + 1] == [(0, seq) for seq in range(SEQUENCE_LAST + 1)]
    assert places[SEQUENCE_LAST + 1 :] == [(1, 0), (1, 1), (1, 2), (1, 3), (2, 0)]


async def test_an_id_tells_the_time(room):
    before = ids.first_id_at(await server_ms())

    log_id = await eventlog.append(ROOM, events.CommentUnpinned(by=1))

    assert before <= log_id < ids.first_id_at(await server_ms() + 1)


async def server_ms():
    seconds, micros = await redisdb.client().time()
    return seconds * 1_000 + micros // 1_000


@pytest.mark.parametrize("times", [1, 3])
async def test_order_holds_when_time_steps_back(room, unlimited, times):
    gate = Admission()
    found = []
    await begin_ahead(times * HOUR_MS)
    for _ in range(times):
        for number in range(20):
            found.append((await gate.submit(post(str(number)))).id)
        await step_back(HOUR_MS)
    for number in range(20):
        found.append((await gate.submit(post(str(number)))).id)
        found.append(await eventlog.append(ROOM, events.CommentUnpinned(by=1)))

    assert rising(found)
    # No jump either: ids are as far apart as the calls were.
    assert ids.id_ms(found[-1]) - ids.id_ms(found[0]) < 60_000


async def test_order_holds_when_time_steps_forward_and_back(room, unlimited, redis):
    first = await eventlog.append(ROOM, events.CommentUnpinned(by=1))
    await redis.hincrby(redisdb.clock(0), "real", HOUR_MS)  # what a call in a fast hour left
    fast = await eventlog.append(ROOM, events.CommentUnpinned(by=1))
    slow = await eventlog.append(ROOM, events.CommentUnpinned(by=1))

    assert rising([first, fast, slow])
    assert HOUR_MS <= ids.id_ms(slow) - ids.id_ms(first) < HOUR_MS + 60_000


async def say(gate, text):
    """None, or why not and for how long."""
    try:
        answer = await gate.submit(post(text))
    except DomainError as refused:
        return refused.code, refused.retry_after_ms
    assert isinstance(answer, Admitted)
    return None


async def test_limits_are_neither_stuck_nor_open_when_time_steps_back(room):
    """Of three a second, when TIME goes back by an hour after the third."""
    gate = Admission()
    await begin_ahead(HOUR_MS)
    assert [await say(gate, text) for text in "abc"] == [None] * 3
    await step_back(HOUR_MS)

    code, wait = await say(gate, "d")
    assert code is ErrorCode.RATE_LIMITED
    assert 0 < wait <= 1_000, "an open limit would let it pass, a stuck one would say an hour"
    # Nobody else posts: the clock must go on although refused posts write nothing.
    await asyncio.sleep(wait / 1_000 + 0.01)
    assert await say(gate, "d") is None


async def test_a_time_out_lasts_as_long_as_it_was_given_when_time_steps_back(room, redis):
    gate = Admission()
    await begin_ahead(HOUR_MS)
    assert await say(gate, "a") is None
    now = await server_ms() + HOUR_MS
    await redis.hset(redisdb.sanctions(ROOM), str(person().user_id), now + 300)
    await step_back(HOUR_MS)

    code, wait = await say(gate, "b")
    assert code is ErrorCode.TIMED_OUT
    assert 0 < wait < 2_000, "what passed between the last post and the step is not known"
    await asyncio.sleep(wait / 1_000 + 0.01)
    assert await say(gate, "b") is None


async def test_a_refusal_alone_does_not_write_the_clock(room, redis):
    gate = Admission()
    assert await say(gate, "a") is None
    before = await redis.hgetall(redisdb.clock(0))

    assert (await say(gate, "a"))[0] is ErrorCode.IDENTICAL_TEXT

    assert await redis.hgetall(redisdb.clock(0)) == before


async def test_partitions_have_clocks_of_their_own(redis, unlimited):
    other = type(ROOM)(2, 1, "elsewhere")
    await open_room()
    await open_room(other)
    await redis.hset(redisdb.clock(1), "offset", HOUR_MS)

    here = await eventlog.append(ROOM, events.CommentUnpinned(by=1))
    there = await eventlog.append(other, events.CommentUnpinned(by=1))

    assert ids.id_ms(there) - ids.id_ms(here) >= HOUR_MS
    assert (ids.partition_of(here), ids.partition_of(there)) == (0, 1)
