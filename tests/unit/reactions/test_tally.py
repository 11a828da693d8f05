"""Presses add up exactly, within each person's windows: rules X1, X3 and X4 of docs/PROTOCOL.md."""

import asyncio

import pytest

from livecomments import redisdb
from livecomments.errors import DomainError
from livecomments.protocol import REACTIONS_PER_MESSAGE, ErrorCode, ReactionKind
from livecomments.tickets import Room
from reactions import domain
from reactions.tally import Press, Tally, tally
from tests.rooms import MODERATOR, OTHER_ROOM, ROOM, open_room, person

LIKE, WOW = ReactionKind.LIKE, ReactionKind.WOW


@pytest.fixture
async def counter(redis, clock):
    await open_room()
    await clock.at(0)
    return Tally()


async def press(counter, count=1, *, user=7, kind=LIKE, room=ROOM):
    """None when it counted, else (code, milliseconds to wait)."""
    try:
        await counter.submit(Press(room, user, kind, count))
    except DomainError as refused:
        return refused.code, refused.retry_after_ms
    return None


async def pending(room=ROOM):
    raw = await redisdb.client().hgetall(redisdb.pending_reactions(room))
    return {kind.decode(): int(count) for kind, count in raw.items()}


async def test_presses_of_everybody_add_up_over_two_processes(counter):
    await open_room(OTHER_ROOM)
    other = Tally()

    presses = [press((counter, other)[n % 2], 1 + n % 3, user=100 + n) for n in range(60)]
    presses += [press(counter, 2, user=200 + n, kind=WOW) for n in range(10)]
    presses += [press(other, 1, user=300, room=OTHER_ROOM)]
    assert await asyncio.gather(*presses) == [None] * 71

    assert await pending() == {"like": 120, "wow": 20}
    assert await pending(OTHER_ROOM) == {"like": 1}
    assert await redisdb.client().smembers(redisdb.reacting(0)) == {b"1", b"2"}


async def test_a_person_may_press_ten_times_a_second(counter, clock):
    assert await press(counter, 6) is None
    await clock.at(500)
    assert await press(counter, 4, kind=WOW) is None

    await clock.at(600)
    code, wait = await press(counter)

    # Times are kept to a twentieth of a second and rounded up.
    assert code is ErrorCode.RATE_LIMITED
    assert 400 <= wait < 450
    await clock.at(600 + wait - 1)
    assert await press(counter) == (ErrorCode.RATE_LIMITED, 1)
    await clock.at(600 + wait)
    assert await press(counter) is None
    assert await pending() == {"like": 7, "wow": 4}


async def test_a_person_may_press_a_hundred_times_a_minute(counter, clock):
    for second in range(10):
        await clock.at(second * 1_100)
        assert await press(counter, 10) is None
    await clock.at(20_000)

    code, wait = await press(counter)

    assert code is ErrorCode.RATE_LIMITED
    assert 40_000 <= wait < 40_050
    await clock.at(20_000 + wait)
    assert await press(counter, 10) is None


async def test_a_press_counts_whole_or_not_at_all_and_a_refused_one_burns_nothing(counter, clock):
    assert await press(counter, 7) is None
    refused = await asyncio.gather(*(press(counter, 4) for _ in range(20)))
    assert {code for code, _ in refused} == {ErrorCode.RATE_LIMITED}
    assert await pending() == {"like": 7}
    await clock.at(500)

    assert await press(counter, 3) is None


async def test_several_sockets_do_not_help(counter):
    gates = [counter, Tally(), Tally()]

    answers = await asyncio.gather(*(press(gates[n % 3], user=7) for n in range(90)))

    assert answers.count(None) == 10
    assert await pending() == {"like": 10}


async def test_people_and_streams_have_windows_of_their_own(counter):
    await open_room(OTHER_ROOM)
    await press(counter, 10)

    assert await press(counter, 10, user=8) is None
    assert await press(counter, 10, room=OTHER_ROOM) is None
    assert (await press(counter))[0] is ErrorCode.RATE_LIMITED


async def test_limits_can_be_switched_off(counter, settings):
    settings.NO_LIMITS = True

    assert await asyncio.gather(*(press(counter, 10) for _ in range(50))) == [None] * 50
    assert await pending() == {"like": 500}


@pytest.mark.parametrize("status", ["scheduled", "ended"])
async def test_only_a_live_stream_takes_reactions(counter, redis, status):
    await redis.hset(redisdb.state(ROOM), "status", status)

    assert await press(counter) == (ErrorCode.STREAM_NOT_LIVE, None)
    assert await pending() == {}


async def test_who_may_not_speak_may_not_press(counter, clock, redis):
    sanctions = {"7": clock.start + 5_000, "8": "ban"}
    await redis.hset(redisdb.sanctions(ROOM), mapping=sanctions)

    assert await press(counter) == (ErrorCode.TIMED_OUT, 5_000)
    assert await press(counter, user=8) == (ErrorCode.BANNED, None)
    await clock.at(5_000)
    assert await press(counter) is None


async def test_a_closed_room_still_takes_reactions(counter, redis):
    await redis.hset(redisdb.state(ROOM), "closed", 1)

    assert await press(counter) is None


async def test_a_room_that_is_not_there_is_unknown(counter):
    assert await press(counter, room=OTHER_ROOM) == (ErrorCode.UNKNOWN_STREAM, None)
    assert await redisdb.client().smembers(redisdb.reacting(0)) == set()


async def test_before_the_restore_presses_are_busy(counter, redis):
    await redis.delete(redisdb.ready(0))

    answers = await asyncio.gather(press(counter), press(counter, user=8))

    assert answers == [(ErrorCode.BUSY, 1_000)] * 2
    assert await pending() == {}


async def test_partitions_are_counted_apart(counter):
    elsewhere = Room(9, 1, "elsewhere")
    await open_room(elsewhere)

    assert await asyncio.gather(press(counter), press(counter, room=elsewhere)) == [None, None]
    assert await pending(elsewhere) == {"like": 1}


async def test_a_lost_answer_is_not_asked_for_again(redis, monkeypatch):
    """A press has no nonce: better one lost than one counted twice."""
    await open_room()
    calls = []
    run = redisdb.Script.__call__

    async def lose(self, *args):
        answer = await run(self, *args)
        calls.append(self.name)
        if self.name == "reserve":  # only asks who is suspended
            return answer
        raise redisdb.RedisError(f"the answer of {self.name} was lost: {answer}")

    monkeypatch.setattr(redisdb.Script, "__call__", lose)

    assert await press(Tally()) == (ErrorCode.BUSY, 1_000)

    assert calls == ["reserve", "react"]
    assert await pending() == {"like": 1}


async def test_redis_away_is_busy(away):
    assert await press(Tally()) == (ErrorCode.BUSY, 1_000)
    await redisdb.close()


async def test_drain_counts_what_was_submitted(counter):
    counter.submit(Press(ROOM, 7, LIKE, 2))

    await counter.drain()

    assert await pending() == {"like": 2}


# --- reactions.domain ----------------------------------------------------------------------------


async def test_react_counts_for_the_person(counter):
    await domain.react(ROOM, user=person(), kind=LIKE, count=REACTIONS_PER_MESSAGE)
    await domain.react(ROOM, user=MODERATOR, kind=LIKE)

    assert await pending() == {"like": REACTIONS_PER_MESSAGE + 1}
    with pytest.raises(DomainError):
        await domain.react(ROOM, user=person(), kind=LIKE)


@pytest.mark.parametrize("count", [0, -1, REACTIONS_PER_MESSAGE + 1, 10**9])
async def test_react_refuses_odd_counts(away, count):
    with pytest.raises(DomainError) as refused:
        await domain.react(ROOM, user=person(), kind=LIKE, count=count)

    assert refused.value.code is ErrorCode.BAD_MESSAGE


def test_each_loop_has_one_counter():
    async def ask():
        return tally(), tally()

    one, same = asyncio.run(ask())
    other, _ = asyncio.run(ask())
    assert one is same
    assert other is not one
