"""Admission: rules P2-P10 and P13 of docs/PROTOCOL.md, on a real Redis and a clock that obeys."""

import asyncio

import pytest

from comments import admission as gate_of
from comments.admission import Admission, Admitted
from livecomments import events, ids, limits, redisdb
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode, Role
from livecomments.tickets import Room
from tests.rooms import MODERATOR, OTHER_ROOM, ROOM, log_entries, open_room, person, post

BURST, LASTING = limits.POST_WINDOWS


@pytest.fixture
async def gate(redis, clock):
    await open_room()
    await clock.at(0)
    gate = Admission()
    yield gate
    await gate.drain()


async def say(gate, *args, **kwargs):
    """None when it was posted, else (code, milliseconds to wait)."""
    try:
        await gate.submit(post(*args, **kwargs))
    except DomainError as refused:
        return refused.code, refused.retry_after_ms
    return None


# --- sliding windows -----------------------------------------------------------------------------


async def test_the_burst_window_is_exact_to_the_millisecond(gate, clock):
    for moment in (0, 100, 200):
        await clock.at(moment)
        assert await say(gate, str(moment)) is None

    await clock.at(250)
    assert await say(gate, "d") == (ErrorCode.RATE_LIMITED, 750)
    await clock.at(999)
    assert await say(gate, "d") == (ErrorCode.RATE_LIMITED, 1)
    await clock.at(1_000)
    assert await say(gate, "d") is None
    await clock.at(1_000)
    assert await say(gate, "e") == (ErrorCode.RATE_LIMITED, 100)


async def test_the_lasting_window_is_exact_to_the_millisecond(gate, clock):
    for number in range(LASTING.count):
        await clock.at(number * 1_000)
        assert await say(gate, str(number)) is None

    await clock.at(LASTING.span_ms - 1)
    assert await say(gate, "k") == (ErrorCode.RATE_LIMITED, 1)
    await clock.at(LASTING.span_ms)
    assert await say(gate, "k") is None
    await clock.at(LASTING.span_ms)
    assert await say(gate, "l") == (ErrorCode.RATE_LIMITED, 1_000)


async def test_a_refused_post_burns_no_quota(gate, clock):
    for text in "abc":
        await say(gate, text)
    # At once: on a slow machine the second of the burst would be over before the last of them.
    refused = await asyncio.gather(
        *(say(gate, f"no {number}") for number in range(2 * limits.USER_WINDOW.count))
    )
    assert {answer[0] for answer in refused} == {ErrorCode.RATE_LIMITED}

    await clock.at(2_000)

    assert [await say(gate, text) for text in "def"] == [None] * 3


async def test_staff_have_wider_windows(gate, clock):
    answers = [await say(gate, str(n), author=MODERATOR) for n in range(BURST.staff_count)]
    await clock.at(0)

    assert answers == [None] * BURST.staff_count
    assert (await say(gate, "more", author=MODERATOR))[0] is ErrorCode.RATE_LIMITED


async def test_people_and_streams_have_windows_of_their_own(gate):
    await open_room(OTHER_ROOM)
    for text in "abc":
        await say(gate, text)

    assert await say(gate, "d", author=person(8)) is None
    assert await say(gate, "d", room=OTHER_ROOM) is None
    assert (await say(gate, "d"))[0] is ErrorCode.RATE_LIMITED


async def test_a_person_has_one_limit_over_all_streams(gate, clock):
    rooms = [Room(number, 0, f"room-{number}") for number in range(10, 15)]
    for room in rooms:
        await open_room(room)
    for number in range(limits.USER_WINDOW.count):
        await clock.at(number * 1_600)
        assert await say(gate, str(number), room=rooms[number % 5]) is None

    await clock.at(48_000)
    code, wait = await say(gate, "one more")

    assert code is ErrorCode.RATE_LIMITED
    assert 12_000 <= wait < 12_100
    await clock.at(48_000 + wait)
    assert await say(gate, "one more") is None


async def test_an_address_has_a_limit_and_burns_no_ones_own(gate, clock):
    wait_for = []
    for number in range(limits.ADDRESS_WINDOW.count + 1):
        wait_for.append(await say(gate, "hi", author=person(100 + number)))

    assert wait_for[:-1] == [None] * limits.ADDRESS_WINDOW.count
    assert wait_for[-1][0] is ErrorCode.ADDRESS_LIMITED
    last = person(100 + limits.ADDRESS_WINDOW.count)
    assert [await say(gate, text, author=last, address="198.51.100.1") for text in "abc"] == (
        [None] * 3
    )


async def test_a_stream_has_a_limit(gate, clock, monkeypatch):
    monkeypatch.setattr(limits, "STREAM_COMMENTS_PER_SECOND", 5)
    for number in range(5):
        assert await say(gate, "hi", author=person(100 + number)) is None
        await clock.at(0)

    code, wait = await say(gate, "hi", author=person(200))

    assert code is ErrorCode.STREAM_LIMITED
    assert 1_000 <= wait < 1_050
    await clock.at(wait)
    assert await say(gate, "hi", author=person(200)) is None


async def test_limits_can_be_switched_off(gate, settings):
    settings.NO_LIMITS = True

    assert [await say(gate, "same") for _ in range(300)] == [None] * 300


async def test_a_hundred_at_once_over_two_processes_let_exactly_the_limit_through(redis):
    await open_room()
    gates = [Admission(), Admission()]

    answers = await asyncio.gather(
        *(gates[n % 2].submit(post(f"spam {n}")) for n in range(100)), return_exceptions=True
    )

    posted = [answer for answer in answers if isinstance(answer, Admitted)]
    refused = [answer for answer in answers if not isinstance(answer, Admitted)]
    assert len(posted) == BURST.count
    assert {error.code for error in refused} == {ErrorCode.RATE_LIMITED}
    assert all(0 < error.retry_after_ms < 60_100 for error in refused)
    assert len(await log_entries()) == BURST.count


async def test_no_second_ever_holds_more_than_the_limit(redis):
    """A person posts as fast as they can for a while, on two processes."""
    await open_room()
    gates = [Admission(), Admission()]
    posted, until = [], asyncio.get_running_loop().time() + 2.2

    async def press(gate):
        number = 0
        while asyncio.get_running_loop().time() < until:
            number += 1
            try:
                posted.append((await gate.submit(post(f"{id(gate)} {number}"))).id)
            except DomainError:
                await asyncio.sleep(0.01)

    await asyncio.gather(*(press(gate) for gate in gates))

    times = sorted(ids.id_ms(number) for number in posted)
    assert len(times) >= 6
    assert all(later - first >= 1_000 for first, later in zip(times, times[3:], strict=False))


# --- what the room says --------------------------------------------------------------------------


async def test_the_same_text_is_refused_for_half_a_minute(gate, clock):
    assert await say(gate, "Hello there") is None
    await clock.at(10_000)

    assert await say(gate, "hello THERE") == (ErrorCode.IDENTICAL_TEXT, 20_000)
    assert await say(gate, "Hello there!") is None
    assert await say(gate, "Hello there", author=person(8)) is None
    await clock.at(29_999)
    assert await say(gate, "Hello there") == (ErrorCode.IDENTICAL_TEXT, 1)
    await clock.at(30_000)
    assert await say(gate, "Hello there") is None


async def test_slow_mode_makes_viewers_wait_from_their_last_post(gate, clock, redis):
    assert await say(gate, "a") is None
    await redis.hset(redisdb.state(ROOM), "slow_seconds", 40)
    await clock.at(15_000)

    assert await say(gate, "b") == (ErrorCode.SLOW_MODE, 25_000)
    assert await say(gate, "b", author=person(8)) is None
    await clock.at(39_999)
    assert await say(gate, "b") == (ErrorCode.SLOW_MODE, 1)
    await clock.at(40_000)
    assert await say(gate, "b") is None
    await clock.at(40_000)
    assert await say(gate, "c") == (ErrorCode.SLOW_MODE, 40_000)


async def test_slow_mode_exempts_staff(gate, redis):
    await redis.hset(redisdb.state(ROOM), "slow_seconds", 40)

    assert [await say(gate, text, author=MODERATOR) for text in "ab"] == [None, None]


async def test_slow_mode_counts_from_what_was_taken_only(gate, clock, redis):
    await redis.hset(redisdb.state(ROOM), "slow_seconds", 5)
    await say(gate, "a")
    await clock.at(4_000)
    assert await say(gate, "b") == (ErrorCode.SLOW_MODE, 1_000)

    await clock.at(5_000)

    assert await say(gate, "b") is None


@pytest.mark.parametrize(
    ("field", "value", "viewer", "staff"),
    [
        ("closed", 1, (ErrorCode.ROOM_CLOSED, None), None),
        ("status", "ended", (ErrorCode.STREAM_NOT_LIVE, None), (ErrorCode.STREAM_NOT_LIVE, None)),
        ("status", "scheduled", (ErrorCode.STREAM_NOT_LIVE, None),
         (ErrorCode.STREAM_NOT_LIVE, None)),
    ],
)  # fmt: skip
async def test_a_room_decides_who_may_speak(gate, redis, field, value, viewer, staff):
    await redis.hset(redisdb.state(ROOM), field, value)

    assert await say(gate, "a") == viewer
    assert await say(gate, "a", author=MODERATOR) == staff


async def test_young_accounts_wait_until_they_are_old_enough(gate, clock, redis):
    await redis.hset(redisdb.state(ROOM), "min_account_age_minutes", 10)
    young = person(8, joined_ms=clock.start - 9 * 60_000)

    assert await say(gate, "a", author=young) == (ErrorCode.ACCOUNT_TOO_NEW, 60_000)
    assert await say(gate, "a", author=person(9, Role.MODERATOR, joined_ms=clock.start)) is None
    await clock.at(60_000)
    assert await say(gate, "a", author=young) is None


async def test_a_time_out_ends_and_a_ban_does_not(gate, clock, redis):
    ends = clock.start + 5_000
    await redis.hset(redisdb.sanctions(ROOM), mapping={"7": ends, "8": "ban", "1": ends})

    assert await say(gate, "a") == (ErrorCode.TIMED_OUT, 5_000)
    assert await say(gate, "a", author=person(8)) == (ErrorCode.BANNED, None)
    await clock.at(1_000)
    assert await say(gate, "a", author=MODERATOR) == (ErrorCode.TIMED_OUT, 4_000)
    assert await say(gate, "a", author=person(9)) is None
    await clock.at(5_000)
    assert await say(gate, "a") is None
    assert await redis.hexists(redisdb.sanctions(ROOM), "7") is False


async def test_a_reviewed_room_holds_what_viewers_say(gate, clock, redis):
    await redis.hset(redisdb.state(ROOM), "review", 1)

    held = await gate.submit(post("a"))
    posted = await gate.submit(post("b", author=MODERATOR))

    assert (held.held, posted.held) == (True, False)
    assert held.id < posted.id
    assert [entry.kind for entry in await log_entries()] == ["comment.held", "comment.posted"]
    position = ids.position(held.id)
    body = (await redis.hgetall(redisdb.holds(ROOM)))[position.encode()]
    assert events.decode("comment.held", body).text == "a"
    assert await redis.zrange(redisdb.holding(0), 0, -1, withscores=True) == [
        (f"{ROOM.id}|{position}".encode(), clock.start)
    ]


async def test_a_room_without_state_is_unknown(gate):
    assert await say(gate, "a", room=OTHER_ROOM) == (ErrorCode.UNKNOWN_STREAM, None)


async def test_answers_of_one_batch_meet_their_posts_and_log_order_is_theirs(gate, redis):
    await redis.hset(redisdb.sanctions(ROOM), "8", "ban")
    posts = [post(str(n), author=person(8 if n % 4 == 1 else 100 + n)) for n in range(40)]

    answers = await asyncio.gather(*map(gate.submit, posts), return_exceptions=True)

    taken = [n for n, answer in enumerate(answers) if isinstance(answer, Admitted)]
    assert taken == [n for n in range(40) if n % 4 != 1]
    assert [entry.body.text for entry in await log_entries()] == [str(n) for n in taken]
    assert [entry.id for entry in await log_entries()] == [answers[n].id for n in taken]


def test_each_loop_has_one_gate():
    async def ask():
        return gate_of.admission(), gate_of.admission()

    one, same = asyncio.run(ask())
    other, _ = asyncio.run(ask())
    assert one is same
    assert other is not one
