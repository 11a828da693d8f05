"""Limits over all streams: reserved first, given back on refusal, never over-admitting."""

import asyncio

import pytest

from livecomments import limits, redisdb
from livecomments.limits import Refusal, Reservation
from livecomments.protocol import ErrorCode

SPAN_MS = 60_000
HOUR_MS = 3_600_000


def on_shard(shard, kind="user"):
    """A name whose window lies on a shard."""
    return next(f"{kind}:{n}" for n in range(1_000) if redisdb.shard_of(f"{kind}:{n}") == shard)


def unit(name, limit=3, code=ErrorCode.RATE_LIMITED):
    return Reservation(name, limit, SPAN_MS, code)


async def taken(*wanted):
    """Which of some posts got everything they wanted."""
    return [refusal is None for refusal in await limits.reserve(wanted)]


def test_a_post_reserves_for_its_person_and_address():
    user, address = limits.reservations(7, "192.0.2.1", staff=False)

    assert user == Reservation("user:7", 30, SPAN_MS, ErrorCode.RATE_LIMITED, person=7)
    assert address == Reservation("address:192.0.2.1", 120, SPAN_MS, ErrorCode.ADDRESS_LIMITED)


def test_staff_may_say_more():
    assert [item.limit for item in limits.reservations(7, "a", staff=True)] == [200, 200]


def test_with_limits_off_only_suspensions_are_asked_for(settings):
    settings.NO_LIMITS = True

    assert limits.reservations(7, "a", staff=False) == (limits.standing_check(7),)


async def test_a_check_of_standing_spends_nothing(redis):
    assert await limits.reserve([(limits.standing_check(7),)] * 500) == [None] * 500
    assert await redis.keys("lc:*rate*") == []


async def test_who_is_banned_everywhere_gets_no_reservation(redis, settings):
    await redis.hset(redisdb.suspended(redisdb.shard_of("user:7")), "7", "ban")
    wanted = limits.reservations(7, "a", staff=False)

    assert await limits.reserve([wanted, limits.reservations(8, "a", staff=False)]) == [
        Refusal(ErrorCode.BANNED, None),
        None,
    ]
    settings.NO_LIMITS = True
    assert await limits.reserve([limits.reservations(7, "a", staff=True)]) == [
        Refusal(ErrorCode.BANNED, None)
    ]


async def test_a_time_out_everywhere_says_what_is_left_and_ends(redis, clock):
    await clock.at(0)
    until = clock.start + 5_000
    await redis.hset(redisdb.suspended(redisdb.shard_of("user:7")), "7", until)

    (refused,) = await limits.reserve([(limits.standing_check(7),)])
    await clock.at(5_001)

    assert refused.code is ErrorCode.TIMED_OUT
    assert 4_900 <= refused.retry_after_ms <= 5_000
    assert await limits.reserve([(limits.standing_check(7),)]) == [None]


async def test_nothing_wanted_asks_nobody(away):
    assert await limits.reserve([(), ()]) == [None, None]
    await limits.give_back([])


async def test_reserve_takes_up_to_the_limit_and_says_how_long_to_wait(redis, clock):
    await clock.at(0)
    assert await limits.reserve([(unit("user:1"),)] * 3) == [None] * 3
    await clock.at(20_000)

    (refused,) = await limits.reserve([(unit("user:1"),)])

    # Times are kept to a tenth of a second and rounded up.
    assert refused.code is ErrorCode.RATE_LIMITED
    assert SPAN_MS - 20_000 <= refused.retry_after_ms < SPAN_MS - 20_000 + 100


async def test_reserve_after_the_wait_succeeds_and_before_it_does_not(redis, clock):
    await clock.at(0)
    await taken(*[(unit("user:1"),)] * 3)
    await clock.at(0)
    (refused,) = await limits.reserve([(unit("user:1"),)])

    await clock.at(refused.retry_after_ms - 1)
    assert await taken((unit("user:1"),)) == [False]
    await clock.at(refused.retry_after_ms)
    assert await taken(*[(unit("user:1"),)] * 4) == [True, True, True, False]


async def test_in_one_call_the_first_ones_are_served(redis):
    assert await taken(*[(unit("user:1"),)] * 5) == [True, True, True, False, False]


@pytest.mark.parametrize("shards", [(0, 0), (0, 1), (1, 0)])
async def test_what_one_window_refuses_is_given_back_to_the_other(redis, shards):
    user, address = on_shard(shards[0]), on_shard(shards[1], "address")
    network = unit(address, limit=1, code=ErrorCode.ADDRESS_LIMITED)
    assert await taken((unit(user), network)) == [True]

    for _ in range(20):
        (refusal,) = await limits.reserve([(unit(user), network)])
        assert refusal.code is ErrorCode.ADDRESS_LIMITED

    assert await taken(*[(unit(user),)] * 3) == [True, True, False], "20 refusals burnt nothing"


async def test_the_first_window_that_refuses_gives_the_reason(redis):
    person, network = unit("user:1", limit=0), unit("address:a", 0, ErrorCode.ADDRESS_LIMITED)

    assert await limits.reserve([(person, network), (network, person)]) == [
        Refusal(ErrorCode.RATE_LIMITED, SPAN_MS),
        Refusal(ErrorCode.ADDRESS_LIMITED, SPAN_MS),
    ]


async def test_give_back_frees_exactly_what_is_given(redis):
    person = unit("user:1", limit=5)
    await taken(*[(person,)] * 5)

    await limits.give_back([person, person])

    assert await taken(*[(person,)] * 3) == [True, True, False]


async def test_give_back_of_more_than_was_taken_opens_nothing(redis):
    person = unit("user:1")
    await taken((person,))

    await limits.give_back([person] * 50)

    assert await taken(*[(person,)] * 4) == [True, True, True, False]


async def test_give_back_without_redis_is_noted_and_goes_on(away, caplog):
    await limits.give_back([unit("user:1")])

    assert "could not give back 1 reservations" in caplog.text
    await redisdb.close()


async def test_people_do_not_share_a_window(redis):
    assert await taken(*[(unit("user:1"),)] * 3, (unit("user:2"),)) == [True] * 4


async def test_a_refused_person_is_not_stuck_when_time_steps_back(redis):
    """TIME goes back by an hour just after the limit was reached, and nobody else says a word."""
    person = Reservation(on_shard(0), 3, 300, ErrorCode.RATE_LIMITED)
    await redis.hset(redisdb.shard_clock(0), "offset", HOUR_MS)
    await taken(*[(person,)] * 3)
    kept = await redis.hgetall(redisdb.shard_clock(0))
    ahead = {"real": int(kept[b"real"]) + HOUR_MS, "offset": 0}
    await redis.hset(redisdb.shard_clock(0), mapping=ahead)

    (refused,) = await limits.reserve([(person,)])
    assert 0 < refused.retry_after_ms <= 400, "neither open, nor an hour to wait"
    await asyncio.sleep(refused.retry_after_ms / 1_000 + 0.01)

    assert await taken((person,)) == [True]
