"""The pace of a busy room: rules B1, B2 and B4 of docs/PROTOCOL.md, on a clock that obeys."""

import asyncio
from collections import Counter

import pytest

from comments.admission import Admission, Admitted
from livecomments import redisdb
from livecomments.protocol import PACE_DEFAULT_PER_SECOND, Role
from tests.rooms import MODERATOR, OTHER_ROOM, ROOM, log_entries, open_room, person, post

PACE = 10


@pytest.fixture
async def gate(redis, clock, settings):
    """Without the limits on what a person may send: the pace is not one of them."""
    settings.NO_LIMITS = True
    await open_room(pace=PACE)
    await clock.at(0)
    gate = Admission()
    yield gate
    await gate.drain()


async def shown_of(gate, *posts):
    """Which of these posts, made at one moment, are shown."""
    answers = await asyncio.gather(*map(gate.submit, posts))
    return [not answer.left_out for answer in answers]


def crowd(count, *, first=100, **kwargs):
    """A post each of so many people."""
    return [post(str(number), author=person(first + number), **kwargs) for number in range(count)]


async def test_b1_a_second_shows_as_many_as_the_pace_says(gate, clock):
    assert await shown_of(gate, *crowd(PACE + 5)) == [True] * PACE + [False] * 5

    for moment in (99, 100, 199, 200):
        await clock.at(moment)
        shown = await shown_of(gate, *crowd(2, first=1_000 + moment))
        assert shown == [moment % 100 == 0, False]


async def test_a_room_that_was_quiet_has_one_second_saved_and_no_more(gate, clock):
    await shown_of(gate, *crowd(PACE))
    await clock.at(60_000)

    assert sum(await shown_of(gate, *crowd(3 * PACE, first=1_000))) == PACE


@pytest.mark.parametrize("pace", [5, 7, 20])
async def test_over_a_while_exactly_the_pace_is_shown(gate, clock, redis, pace):
    await redis.hset(redisdb.state(ROOM), "pace", pace)
    shown = 0
    for tick in range(100):
        await clock.at(tick * 10)
        shown += sum(await shown_of(gate, *crowd(20, first=1_000 + tick * 20)))

    assert shown == pace + pace * 990 // 1_000  # the second that was saved, then as time goes


async def test_a_pace_of_nothing_shows_everything(gate, redis):
    await redis.hset(redisdb.state(ROOM), "pace", 0)

    assert await shown_of(gate, *crowd(150)) == [True] * 150
    assert not await redis.hexists(redisdb.state(ROOM), "pace_spent")


async def test_a_room_from_before_there_was_a_pace_has_the_default(gate, redis):
    await redis.hdel(redisdb.state(ROOM), "pace")

    assert sum(await shown_of(gate, *crowd(100))) == PACE_DEFAULT_PER_SECOND


async def test_each_room_has_a_pace_of_its_own(gate):
    await open_room(OTHER_ROOM, pace=5)
    posts = [*crowd(PACE + 1), *crowd(6, room=OTHER_ROOM)]

    assert await shown_of(gate, *posts) == [True] * PACE + [False] + [True] * 5 + [False]


async def test_two_processes_share_the_pace(gate, clock):
    gates = [gate, Admission()]
    answers = await asyncio.gather(
        *(gates[number % 2].submit(one) for number, one in enumerate(crowd(100)))
    )

    # Real time goes on between their calls, but not for a second.
    assert PACE <= sum(not answer.left_out for answer in answers) < 2 * PACE


async def test_b4_staff_are_always_shown_and_take_nobodys_place(gate):
    staff = [MODERATOR, person(2, Role.BROADCASTER), person(3, Role.ADMIN)]
    talk = [post(f"{number}", author=staff[number % 3]) for number in range(60)]

    assert await shown_of(gate, *talk) == [True] * 60
    assert sum(await shown_of(gate, *crowd(50))) == PACE
    assert await shown_of(gate, post("still", author=MODERATOR)) == [True]


async def test_b4_whoever_was_shown_gives_way_to_others_for_three_seconds(gate, clock):
    ana, bo = person(7), person(8)
    await shown_of(gate, *crowd(PACE - 1), post("first", author=ana))  # every token is taken

    await clock.at(100)
    assert await shown_of(gate, post("a", author=ana), post("b", author=bo)) == [False, True]
    await clock.at(300)  # two tokens are there: nobody else wanted them
    assert await shown_of(gate, post("c", author=ana)) == [True]
    await clock.at(3_299)
    posts = [*crowd(PACE - 1, first=1_000), post("d", author=ana)]
    assert await shown_of(gate, *posts) == [True] * (PACE - 1) + [False]
    await clock.at(3_300)
    assert await shown_of(gate, post("e", author=ana)) == [True]


async def test_a_few_loud_people_do_not_crowd_out_the_many(gate, clock):
    """Five who say something every tenth of a second, beside thirty who do every third second."""
    shown = Counter()
    for tick in range(120):
        await clock.at(tick * 100)
        loud = [post(f"l{tick}", author=person(number)) for number in range(1, 6)]
        quiet = [post(f"q{tick}", author=person(100 + tick % 30))]
        answers = await shown_of(gate, *loud, *quiet)
        shown["loud"] += sum(answers[:5])
        shown["quiet"] += answers[5]

    assert shown["quiet"] > 100  # nearly all of their 120
    assert shown.total() <= PACE * 13


async def test_what_waits_for_a_moderator_takes_nobodys_place(gate, redis):
    await redis.hset(redisdb.state(ROOM), "review", 1)
    held = await asyncio.gather(*map(gate.submit, crowd(30)))
    assert {(answer.held, answer.left_out) for answer in held} == {(True, False)}
    await redis.hset(redisdb.state(ROOM), "review", 0)

    assert sum(await shown_of(gate, *crowd(30, first=1_000))) == PACE


async def test_b2_a_repeated_nonce_is_told_the_same(gate, clock):
    posts = crowd(PACE + 1)
    await shown_of(gate, *posts)
    await clock.at(5_000)  # there is room enough by now

    answers = await asyncio.gather(*map(gate.submit, posts))

    entries = await log_entries()
    assert answers == [
        Admitted(entry.id, held=False, seen=True, left_out=number == PACE)
        for number, entry in enumerate(entries)
    ]
    assert len(entries) == PACE + 1


async def test_b2_the_log_says_what_is_left_out(gate):
    shown = await shown_of(gate, *crowd(PACE + 3))

    entries = await log_entries()
    assert [not entry.left_out for entry in entries] == shown
    assert {entry.kind for entry in entries} == {"comment.posted"}


async def test_a_refused_post_takes_nobodys_place(gate, redis):
    await redis.hset(redisdb.sanctions(ROOM), "7", "ban")
    banned = [gate.submit(post(str(number))) for number in range(PACE)]
    await asyncio.gather(*banned, return_exceptions=True)

    assert sum(await shown_of(gate, *crowd(30))) == PACE
