"""Announcements through the one door: what may be said, what takes it back, who was faster."""

import asyncio

import pytest

from livecomments import dbthreads, ids, protocol, redisdb
from livecomments.errors import DomainError
from livecomments.protocol import (
    ANNOUNCEMENT_MIN_SECONDS,
    Acted,
    Announce,
    Audience,
    EndAnnouncement,
    ErrorCode,
    Panic,
    Person,
    Role,
)
from streams import domain, roomstate
from tests.acting import MAX, MO, OTHER_MO, Stand, no_postgres
from tests.rooms import ROOM, log_entries


@pytest.fixture
async def stand(redis, monkeypatch):
    monkeypatch.setattr(dbthreads, "run", no_postgres)
    return await Stand(redis).begin()


async def standing(stand):
    """The announcement that a newcomer is shown."""
    await stand.publish()
    return (await stand.snapshot()).room.announcement


async def text_of(stand):
    announcement = await standing(stand)
    return announcement and announcement.text


async def test_f11_an_announcement_is_shown_with_whose_it_is(stand):
    taken = await stand.act(MO, Announce(text="  Back in\nten  minutes ", seconds=600))

    shown = await standing(stand)
    at = ids.id_ms(taken.id)
    assert shown == protocol.Announcement(
        id=str(taken.id),
        text="Back in ten minutes",
        at=at,
        by=Person(id=str(MO.user_id), name=MO.name, role=Role.MODERATOR),
        until=at + 600_000,
    )
    told = [item for item in await stand.items() if isinstance(item, protocol.RoomChanged)]
    assert [item.room.announcement for item in told] == [shown]
    deeds = [item for item in await stand.items(Audience.STAFF) if isinstance(item, Acted)]
    assert deeds == [
        Acted(id=str(taken.id), action="announcement.made", by=str(MO.user_id)),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ErrorCode.EMPTY),
        ("  \n ", ErrorCode.EMPTY),
        ("a" * 201, ErrorCode.TOO_LONG),
        ("\u202eback", ErrorCode.NOT_TEXT),
        ("a\x00b", ErrorCode.NOT_TEXT),
        ("z" + "\u0301" * 6, ErrorCode.NOT_TEXT),
    ],
    ids=repr,
)
async def test_t2_t3_an_announcement_keeps_the_rules_of_comments(stand, text, code):
    assert await stand.refusal(MO, Announce(text=text)) is code


async def test_t2_an_announcement_may_be_as_long_as_a_comment(stand):
    family = "👨‍👩‍👧"
    await stand.act(MO, Announce(text=family * 200))
    assert await text_of(stand) == family * 200


# --- back -----------------------------------------------------------------------------------------


async def test_m2_announce_and_back(stand):
    await stand.publish()
    before = (await stand.snapshot()).room
    taken = await stand.act(MO, Announce(text="Back soon"))
    assert await text_of(stand) == "Back soon"

    undone = await stand.act(MO, taken.undo)
    assert await standing(stand) is None
    assert (await stand.snapshot()).room == before
    assert (await stand.last()).body.text == "Back soon", "the audit says what it was"

    await stand.act(MO, undone.undo)
    again = await standing(stand)
    assert (again.text, again.until) == ("Back soon", None)


async def test_m2_one_that_was_not_published_yet_can_be_taken_back(stand):
    taken = await stand.act(MO, Announce(text="Back soon"))
    await stand.act(MO, taken.undo)
    assert await standing(stand) is None


async def test_m12_what_was_replaced_comes_back_for_what_is_left_of_it(stand):
    await stand.act(MO, Announce(text="first", seconds=600))
    until = (await standing(stand)).until

    taken = await stand.act(OTHER_MO, Announce(text="second"))
    assert await text_of(stand) == "second"
    await stand.act(OTHER_MO, taken.undo)

    again = await standing(stand)
    assert again.text == "first"
    assert until - 2_000 <= again.until <= until + 1_000


async def test_m2_what_is_as_good_as_over_is_not_announced_again(stand):
    await stand.act(MO, Announce(text="first", seconds=ANNOUNCEMENT_MIN_SECONDS))
    await standing(stand)

    replaced = await stand.act(MO, Announce(text="second"))
    assert replaced.undo == EndAnnouncement(id=str(replaced.id))


async def test_m9_panic_leaves_an_announcement_alone(stand):
    await stand.act(MO, Announce(text="Back soon"))
    await stand.act(MO, Panic(on=True))
    assert await text_of(stand) == "Back soon"

    await stand.act(MO, Announce(text="Please calm down"))
    await stand.act(MO, Panic(on=False))
    assert await text_of(stand) == "Please calm down"


# --- over -----------------------------------------------------------------------------------------


async def let_time_pass(stand, monkeypatch):
    """Let the announcement be over, for everybody who asks."""
    until = (await standing(stand)).until
    for module in ("livecomments.gateway.snapshot", "streams.domain", "comments.actions"):
        monkeypatch.setattr(f"{module}.now_ms", lambda: until)


async def test_f11_one_that_is_over_is_in_no_snapshot_and_does_not_come_back(stand, monkeypatch):
    first = await stand.act(MO, Announce(text="first", seconds=60))
    await let_time_pass(stand, monkeypatch)

    assert (await stand.snapshot()).room.announcement is None
    assert (await domain.read_room(ROOM)).announcement is None
    second = await stand.act(MO, Announce(text="second"))
    assert second.undo == EndAnnouncement(id=str(second.id)), "the first one was over"
    assert await text_of(stand) == "second"
    assert await stand.refusal(MO, first.undo) is ErrorCode.CONFLICT


async def test_one_that_is_over_can_still_be_taken_away(stand, monkeypatch):
    first = await stand.act(MO, Announce(text="first", seconds=60))
    await let_time_pass(stand, monkeypatch)

    taken = await stand.act(MO, first.undo)

    assert taken.undo is None
    assert await standing(stand) is None


# --- others act meanwhile -------------------------------------------------------------------------


async def test_m5_undo_leaves_what_a_colleague_has_announced_since(stand):
    first = await stand.act(MO, Announce(text="first"))
    await stand.publish()
    ended = await stand.act(MO, first.undo)
    await stand.act(OTHER_MO, Announce(text="second"))

    assert await stand.refusal(MO, first.undo) is ErrorCode.CONFLICT
    assert ended.undo == Announce(text="first", instead_of="0")
    assert await stand.refusal(MO, ended.undo) is ErrorCode.CONFLICT
    assert await text_of(stand) == "second"


async def both(stand, first, second):
    """What two moderators get who act at the same moment: done, or the code of the refusal."""

    async def one(actor, action):
        try:
            await stand.act(actor, action)
        except DomainError as error:
            return error.code
        return "done"

    return sorted(await asyncio.gather(one(MO, first), one(OTHER_MO, second)))


async def test_m5_of_two_who_take_it_away_one_wins(stand):
    undo = (await stand.act(MO, Announce(text="first"))).undo

    assert await both(stand, undo, undo) == ["conflict", "done"]
    assert await standing(stand) is None


async def test_m12_of_two_who_announce_at_the_same_moment_one_wins(stand, monkeypatch):
    async def none_yet(room):
        return 0, None

    monkeypatch.setattr(domain, "read_announcement", none_yet)
    first, second = Announce(text="first"), Announce(text="second")

    assert await both(stand, first, second) == ["conflict", "done"]
    assert [entry.kind for entry in await log_entries()] == ["announcement.made"]


async def test_m5_whoever_saw_another_announcement_replaces_none(stand):
    first = await stand.act(MO, Announce(text="first"))
    second = await stand.act(MAX, Announce(text="second", instead_of=str(first.id)))

    late = Announce(text="third", instead_of=str(first.id))
    assert await stand.refusal(MO, late) is ErrorCode.CONFLICT
    assert await domain.read_announcement(ROOM) == (second.id, None), "it is not published yet"


async def test_admission_knows_the_announcement_by_its_place_in_the_log(stand, redis):
    taken = await stand.act(MO, Announce(text="first"))
    key = redisdb.state(ROOM)
    assert await redis.hget(key, roomstate.ANNOUNCED) == ids.position(taken.id).encode()

    await stand.act(MO, taken.undo)
    assert await redis.hget(key, roomstate.ANNOUNCED) is None
