"""Raid mode of a room: begun by the layers or by hand, an event, the same for every process."""

import asyncio

import pytest

from comments import domain, screening
from comments.screening import Screening
from comments.spam.raid import CAUGHT_FROM
from comments.spam.rules import Rules
from livecomments import events, redisdb
from livecomments.batcher.deeds import acted
from livecomments.errors import DomainError
from livecomments.protocol import (
    RAID_MAX_SECONDS,
    RAID_SECONDS,
    RAID_SLOW_SECONDS,
    CommentAccepted,
    CommentHeld,
    ErrorCode,
    Panic,
    SetModes,
)
from livecomments.tickets import now_ms
from streams import domain as rooms
from tests.acting import ANA, MO, Stand
from tests.rooms import MODERATOR, ROOM, log_entries, open_room, person
from tests.screening import look_again, raid, say, set_rules

pytestmark = pytest.mark.usefixtures("no_model")

SIGNS = CAUGHT_FROM + 10  # the first few of a wave are not caught yet


@pytest.fixture
async def stand(redis):
    return await Stand(redis).begin()


async def mode_events(*, at_least=0):
    """The events that changed modes; those that are on their way are waited for."""
    async with asyncio.timeout(5):
        while True:
            found = [entry for entry in await log_entries() if entry.kind == "modes.changed"]
            if len(found) >= at_least:
                return found
            await asyncio.sleep(0.02)


async def begin_raid():
    """As another process would."""
    return await rooms.begin_raid(ROOM, until=now_ms() + RAID_SECONDS * 1000, known=0)


async def raid_until(redis):
    return int(await redis.hget(redisdb.state(ROOM), "raid_until") or 0)


# --- by itself ------------------------------------------------------------------------------------


async def test_a_raid_is_one_event_that_holds_for_ten_minutes(room, redis):
    await raid(SIGNS)

    (entry,) = await mode_events(at_least=1)
    assert entry.body.by is None
    assert entry.body.raid_until == await raid_until(redis)
    assert 0 < entry.body.raid_until - entry.at_ms - RAID_SECONDS * 1000 + 5_000 < 10_000
    assert entry.body.before == {"raid_until": 0}
    assert acted(entry).action == "raid.began"


async def test_a_crowd_that_is_not_caught_begins_nothing(room):
    for number in range(SIGNS):
        await say(f"{number * 7919} is what {number} times that makes", person(100 + number // 3))
    await asyncio.sleep(0.1)

    assert await mode_events() == []


async def test_rules_that_leave_raids_alone_begin_nothing(room, redis):
    await set_rules(redis, Rules(raid="allow"))

    await raid(SIGNS)
    await asyncio.sleep(0.1)

    assert await mode_events() == []


async def test_further_signs_lengthen_it_but_not_with_every_comment(room, redis):
    await raid(SIGNS)
    await mode_events(at_least=1)
    await look_again()
    (found,) = screening.screening()._rooms.values()
    await raid(5, start=400, text="come and see the garden gnomes next door now")
    assert len(await mode_events()) == 1

    # Later: two minutes of it are over.
    found.raid_until -= 120_000
    found.raid_told = float("-inf")
    await redis.hset(redisdb.state(ROOM), "raid_until", found.raid_until)
    await raid(5, start=500)

    _, again = await mode_events(at_least=2)
    assert again.body.raid_until - again.body.before["raid_until"] >= 100_000


async def test_every_process_follows_and_holds_strangers(room, redis):
    await begin_raid()
    other = Screening()
    await other.ready(ROOM)

    verdict = other.screen(ROOM, person(900), "good evening")

    assert verdict.reason == "spam_raid"
    assert other.screen(ROOM, MODERATOR, "good evening").reason is None


async def test_of_two_processes_that_see_it_one_says_so(room):
    await begin_raid()

    with pytest.raises(DomainError) as refused:
        await begin_raid()

    assert refused.value.code is ErrorCode.CONFLICT


# --- by hand --------------------------------------------------------------------------------------


async def test_switched_off_it_stays_off_whatever_is_caught(room, redis):
    await raid(SIGNS)
    await mode_events(at_least=1)
    assert (await say("hello", person(800))).reason == "spam_raid"

    await rooms.set_modes(ROOM, actor=MODERATOR, modes=SetModes(raid_seconds=0))
    await look_again()
    assert isinstance(await say("hello again", person(801)), CommentAccepted)
    await raid(SIGNS, start=200)
    await asyncio.sleep(0.1)

    assert len(await mode_events()) == 2
    assert await raid_until(redis) == 0


async def test_by_hand_it_holds_for_as_long_as_was_said(stand):
    taken = await stand.act(MO, SetModes(raid_seconds=120))

    await stand.publish()
    state = (await stand.snapshot()).room
    assert 110_000 < state.raid_until - now_ms() <= 120_000
    assert taken.undo == SetModes(raid_seconds=0)
    await stand.act(MO, taken.undo)
    await stand.publish()
    assert (await stand.snapshot()).room.raid_until == 0


async def test_undoing_its_end_brings_back_what_was_left(stand):
    await stand.act(MO, SetModes(raid_seconds=300))

    taken = await stand.act(MO, SetModes(raid_seconds=0))

    assert 295 <= taken.undo.raid_seconds <= 300


@pytest.mark.parametrize("seconds", [-1, RAID_MAX_SECONDS + 1])
async def test_it_has_a_longest_time(stand, seconds):
    assert await stand.refusal(MO, SetModes(raid_seconds=seconds)) is ErrorCode.BAD_MESSAGE


async def test_viewers_do_not_switch_it(stand):
    assert await stand.refusal(ANA, SetModes(raid_seconds=60)) is ErrorCode.FORBIDDEN


async def test_the_end_of_a_panic_leaves_a_raid_alone(stand):
    await stand.act(MO, Panic(on=True))
    await begin_raid()

    await stand.act(MO, Panic(on=False))

    await stand.publish()
    state = (await stand.snapshot()).room
    assert (state.panic, state.raid_until > now_ms()) == (False, True)


# --- while it holds ------------------------------------------------------------------------------


async def test_slow_mode_is_at_least_that_of_a_raid(room, redis):
    assert isinstance(await say("before", person(20)), CommentAccepted)
    await rooms.set_modes(ROOM, actor=MODERATOR, modes=SetModes(raid_seconds=60))

    with pytest.raises(DomainError) as refused:
        await say("after", person(20))

    assert refused.value.code is ErrorCode.SLOW_MODE
    assert 0 < refused.value.retry_after_ms <= RAID_SLOW_SECONDS * 1000
    for text in ("one", "two"):
        assert isinstance(await say(text, MODERATOR), CommentAccepted)


async def test_a_longer_slow_mode_stays_longer(redis):
    await open_room(slow_seconds=120, raid_until=now_ms() + 60_000)
    await say("before", person(20))

    with pytest.raises(DomainError) as refused:
        await say("after", person(20))

    assert refused.value.retry_after_ms > 100_000


async def test_it_ends_by_itself(redis):
    await open_room(raid_until=now_ms() - 1)

    for text in ("one", "two"):
        assert isinstance(await say(text, person(20)), CommentAccepted)


async def test_whoever_was_here_before_goes_on_talking(room, monkeypatch):
    regular = person(30)
    await say("good evening all", regular)
    (found,) = screening.screening()._rooms.values()
    found.layers.raid._came[regular.user_id] -= 90
    await rooms.set_modes(ROOM, actor=MODERATOR, modes=SetModes(raid_seconds=60))
    await look_again()
    offer = domain.offer_comment(
        ROOM, author=person(31), address="::1", nonce="n", text="good evening"
    )
    await asyncio.wait([offer.admitted])
    assert isinstance(offer.answer(), CommentHeld)

    with pytest.raises(DomainError) as refused:
        await say("what was that?", regular)

    assert refused.value.code is ErrorCode.SLOW_MODE  # and not held


def test_the_event_without_a_raid_is_an_action_like_others():
    entry = events.Entry(1, 1, "modes.changed", events.ModesChanged(by=7, slow_seconds=5))
    assert acted(entry).action == "modes.changed"
