"""A moderator delay: staff see at once, viewers after it, and never what is hidden meanwhile."""

import time

import pytest

from livecomments import dbthreads, eventlog, events, protocol, redisdb
from livecomments.batcher import publisher as publishers
from livecomments.protocol import Audience, CommentDelayed, CommentPosted, SetModes
from tests.acting import ANA, BO, MAX, MO, Stand, no_postgres
from tests.rooms import ROOM, comment


@pytest.fixture
async def stand(redis, monkeypatch):
    monkeypatch.setattr(dbthreads, "run", no_postgres)
    stand = await Stand(redis).begin(delay=4)
    return stand


async def posted(stand):
    return [item.comment.text for item in await stand.items() if isinstance(item, CommentPosted)]


async def delayed(stand):
    items = await stand.items(Audience.STAFF)
    return [item.comment.text for item in items if isinstance(item, CommentDelayed)]


async def waiting(stand):
    """What staff who join now are told that viewers do not see yet."""
    return [item.comment.text for item in (await stand.snapshot()).delayed]


async def test_f10_staff_are_shown_at_once_and_viewers_after_the_delay(stand):
    first = await stand.say("one")
    await stand.publish()

    (item,) = await stand.items(Audience.STAFF)
    assert (item.comment.id, item.until - item.comment.at) == (first, 4_000)
    assert await stand.frames() == []
    assert await stand.recent() == []
    assert await waiting(stand) == ["one"]

    await stand.publish()
    assert await posted(stand) == [], "not yet"
    stand.let_delay_pass()
    await stand.publish()
    assert await posted(stand) == await stand.recent() == ["one"]
    assert await waiting(stand) == []


async def test_f10_it_waits_as_long_as_the_delay_says(stand):
    await stand.say("one")
    before = time.monotonic()
    await stand.publish()
    after = time.monotonic()
    assert before + 4 <= stand.publisher.queue.release_at <= after + 4
    assert not stand.publisher.queue.is_due(before + 3.9)
    assert stand.publisher.queue.is_due(after + 4)


async def test_f10_viewers_see_the_order_in_which_it_was_said(stand):
    await stand.say("one")
    await stand.publish()
    await stand.act(MAX, SetModes(delay=0))
    await stand.say("two")
    await stand.publish()
    await stand.say("three")
    await stand.publish()
    assert await posted(stand) == [], "none overtakes another"

    stand.let_delay_pass()
    await stand.publish()
    assert await posted(stand) == await stand.recent() == ["one", "two", "three"]
    await stand.say("four")
    await stand.publish()
    assert (await posted(stand))[3:] == ["four"], "at once"


async def test_f10_a_longer_delay_keeps_the_order_too(stand):
    await stand.say("one")
    await stand.act(MAX, SetModes(delay=1))
    await stand.say("two")
    await stand.publish()
    queue = stand.publisher.queue
    moments = list(queue._release_at.values())
    assert moments == sorted(moments)
    one, two = (await stand.snapshot()).delayed
    assert two.until >= one.until


@pytest.mark.parametrize("how", ["hide", "withdraw", "clear"])
@pytest.mark.parametrize("when", ["before it is published", "while it waits", "when it is due"])
async def test_f10_what_is_hidden_meanwhile_is_never_shown(stand, how, when):
    first = await stand.say("rude")
    await stand.say("fine", author=BO)
    if when != "before it is published":
        await stand.publish()
    if when == "when it is due":
        stand.let_delay_pass()
    if how == "hide":
        await stand.act(MO, protocol.HideComment(id=first))
    elif how == "withdraw":
        await stand.act(ANA, protocol.WithdrawComment(id=first))
    else:
        await stand.act(MO, protocol.ClearUser(user="7"))
    await stand.publish()
    assert await waiting(stand) == ([] if when == "when it is due" else ["fine"])
    stand.let_delay_pass()
    await stand.publish()

    assert await stand.shown() == await stand.recent() == ["fine"]
    raw = await stand.redis.xrange(redisdb.frames(ROOM, Audience.PUBLIC))
    assert not any(b"rude" in fields[b"f"] for _, fields in raw)
    assert await waiting(stand) == []


async def test_f10_what_is_due_waits_for_what_is_still_to_be_read(stand, monkeypatch):
    """A backlog goes out in several frames; what hides a comment may be in the last."""
    monkeypatch.setattr(publishers, "ITEMS_PER_FRAME", 2)
    first = await stand.say("rude")
    await stand.publish()
    stand.let_delay_pass()
    for number in range(3):
        await stand.say(f"said {number}")
    await stand.act(MO, protocol.HideComment(id=first))
    entries = await stand.redis.xlen(redisdb.log(ROOM.partition))
    assert entries == 5
    with pytest.raises(AssertionError):
        await stand.publish()  # not all of it in one flush
    while stand.publisher.pending:
        await stand.publisher.flush("", publishers.Extras())
    stand.let_delay_pass()
    await stand.publish()
    await stand.publish()

    assert await stand.shown() == ["said 0", "said 1", "said 2"]


async def test_what_waited_and_was_hidden_can_be_restored(stand):
    first = await stand.say("a joke")
    await stand.publish()
    hidden = await stand.act(MO, protocol.HideComment(id=first))
    await stand.publish()
    await stand.act(MO, hidden.undo)
    await stand.publish()
    assert await stand.recent() == ["a joke"]

    cleared = await stand.act(MO, protocol.ClearUser(user="7"))
    await stand.publish()
    assert await stand.recent() == []
    await stand.act(MO, cleared.undo)
    stand.let_delay_pass()
    await stand.publish()
    assert await stand.recent() == ["a joke"]


async def test_what_waits_and_is_restored_is_shown_once(stand, monkeypatch):
    first = await stand.say("a joke")
    await stand.publish()
    hidden = await stand.act(MO, protocol.HideComment(id=first))
    await stand.act(MO, hidden.undo)
    await stand.publish()
    stand.let_delay_pass()
    await stand.publish()
    assert await stand.shown() == ["a joke"]


async def test_what_a_cleared_user_had_waiting_comes_back_with_them(stand):
    await stand.say("shown")
    await stand.publish()
    stand.let_delay_pass()
    await stand.publish()
    await stand.say("waits")
    await stand.publish()
    cleared = await stand.act(MO, protocol.ClearUser(user="7"))
    await stand.publish()
    assert await waiting(stand) == await stand.recent() == []
    await stand.act(MO, cleared.undo)
    await stand.publish()
    assert await stand.recent() == ["shown", "waits"]


async def test_a_quote_of_what_was_hidden_meanwhile_is_empty(stand):
    first = await stand.say("quoted")
    await stand.say("what?", author=BO, reply_to=first)
    await stand.publish()
    await stand.act(MO, protocol.HideComment(id=first))
    stand.let_delay_pass()
    await stand.publish()

    (shown,) = (await stand.snapshot()).recent
    assert (shown.text, shown.reply.text) == ("what?", "")


async def test_an_approved_comment_waits_as_well_and_its_author_is_told_then(stand):
    hold = await stand.hold("may I?")
    await stand.act(MO, protocol.ApproveHeld(hold=hold))
    await stand.publish()
    assert await delayed(stand) == ["may I?"]
    assert await posted(stand) == await stand.told(ANA) == []

    stand.let_delay_pass()
    await stand.publish()
    (told,) = await stand.told(ANA)
    assert (told.hold, told.comment.text) == (hold, "may I?")


# --- busier than its pace -------------------------------------------------------------------------


async def test_what_is_left_out_is_counted_when_its_time_comes_and_is_no_news_to_staff(stand):
    said = [await stand.say(f"said {number}") for number in range(3)]
    await stand.publish(left_out=said[1:])
    assert await delayed(stand) == await waiting(stand) == ["said 0"]

    stand.let_delay_pass()
    await stand.publish()
    (frame,) = await stand.frames()
    assert (await posted(stand), frame.left_out) == (["said 0"], 2)
    assert await waiting(stand) == []


async def test_a_left_out_reply_is_told_when_its_time_comes(stand):
    first = await stand.say("quoted")
    await stand.publish()
    stand.let_delay_pass()
    await stand.publish()
    reply = await stand.say("here", author=BO, reply_to=first)
    hidden = await stand.say("rude", author=BO, reply_to=first)
    await stand.publish(left_out=[reply, hidden])
    assert await stand.told(ANA) == []

    await stand.act(MO, protocol.HideComment(id=hidden))
    await stand.publish()
    stand.let_delay_pass()
    await stand.publish()
    (told,) = [one for one in await stand.told(ANA) if isinstance(one, protocol.YouReplied)]
    assert told.comment.text == "here"
    assert await posted(stand) == ["quoted"]


async def test_a_long_wait_ends_in_frames_of_a_bearable_size(stand, monkeypatch):
    for number in range(5):
        await stand.say(f"said {number}")
    await stand.publish()
    monkeypatch.setattr(publishers, "ITEMS_PER_FRAME", 2)
    stand.let_delay_pass()
    for _ in range(3):
        await stand.publish()

    assert [len(frame.items) for frame in await stand.frames()] == [2, 2, 1]
    assert await posted(stand) == [f"said {number}" for number in range(5)]


# --- where readers stand --------------------------------------------------------------------------


async def test_f10_a_frame_ends_before_what_waits_and_says_how_far_actions_went(stand):
    first = await stand.say("one")
    slowed = await stand.act(MO, SetModes(slow_seconds=5))
    await stand.publish()
    await stand.say("two")
    await stand.publish()

    (frame,) = await stand.frames()
    assert int(frame.through) == int(first) - 1
    assert frame.acted == str(slowed.id)
    snapshot = await stand.snapshot()
    assert snapshot.cursors[Audience.PUBLIC].through == str(int(first) - 1)

    stand.let_delay_pass()
    await stand.publish()
    last = (await stand.frames())[-1]
    assert (last.through, last.acted) == (str((await stand.last()).id), None)
    assert (await stand.snapshot()).cursors[Audience.PUBLIC].through == last.through


async def test_cursors_never_go_back(stand):
    for number in range(4):
        await stand.say(f"said {number}")
        await stand.publish()
        await stand.act(MO, SetModes(slow_seconds=number))
        if number % 2:
            stand.let_delay_pass()
        await stand.publish()
        await stand.act(MAX, SetModes(delay=number))

    through = [int(frame.through) for frame in await stand.frames()]
    acted = [int(frame.acted or frame.through) for frame in await stand.frames()]
    assert through == sorted(through)
    assert acted == sorted(acted)


# --- restored -------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_left_out", [False, True])
async def test_f10_what_waits_and_is_not_hidden_is_not_restored_before_its_time(stand, is_left_out):
    first = await stand.say("one")
    await stand.publish(left_out=[first] if is_left_out else [])
    one = comment(first, "one")
    restored = events.CommentRestored(comment=one, by=MO.user_id)
    await eventlog.append(ROOM, restored)
    await stand.publish()
    assert await stand.shown() == await stand.recent() == []

    stand.let_delay_pass()
    await stand.publish()
    assert await stand.shown() == await stand.recent() == ["one"], "what is restored is shown"
