"""What each kind of event becomes for viewers, for staff and for the person it concerns."""

import msgspec
import pytest

from livecomments import events, ids, protocol
from livecomments.batcher.items import Flush
from livecomments.batcher.unseen import Unseen
from livecomments.protocol import Role, SanctionKind, StreamStatus
from tests.rooms import QUIET, comment

ENTRY_ID = ids.make_id(5_000, 0, 3)
AT_MS = ids.EPOCH_MS + 5_000
POSITION = "5000-3"
SAID = events.CommentSaid(author=7, name="Ana", text="hi", role=Role.VIEWER)
MADE = events.AnnouncementMade(text="Soon", by=1, name="Mo", role=Role.MODERATOR, seconds=60)
OTHER = comment(str(ids.make_id(4_000, 0, 1)))


def flush_of(kind, body, *, room=QUIET, left_out=False):
    flush = Flush(room)
    flush.add(events.Entry(ENTRY_ID, 1, kind, body, left_out))
    return flush


def expect(flush, *, public=(), staff=(), side=None, recent=(), left_out=0):
    assert flush.left_out == left_out
    assert flush.public == list(public)
    assert [item for item in flush.staff if not isinstance(item, protocol.Acted)] == list(staff)
    assert flush.side == (side or {})
    assert flush.recent == list(recent)


def changed(**fields):
    return protocol.RoomChanged(room=msgspec.structs.replace(QUIET, **fields))


def test_posted_is_shown_to_everybody_and_is_recent():
    flush = flush_of("comment.posted", SAID)

    posted = events.comment_of(ENTRY_ID, SAID)
    expect(
        flush,
        public=[protocol.CommentPosted(comment=posted)],
        recent=[("add", POSITION, posted)],
    )
    assert flush.room is QUIET
    assert not flush.room_changed


def test_left_out_is_counted_and_shown_to_nobody():
    expect(flush_of("comment.posted", SAID, left_out=True), left_out=1)


def test_left_out_reply_is_shown_to_the_one_it_answers():
    quote = protocol.Quote(id=OTHER.id, name="Bo", text="what?")
    said = msgspec.structs.replace(SAID, reply_to=OTHER.id, reply_user=8, quote=quote)
    own = msgspec.structs.replace(said, reply_user=said.author)

    told = protocol.YouReplied(comment=events.comment_of(ENTRY_ID, said))
    expect(
        flush_of("comment.posted", said, left_out=True),
        side={"8": [told]},
        left_out=1,
    )
    expect(flush_of("comment.posted", own, left_out=True), left_out=1)


def test_reply_that_is_shown_to_everybody_is_told_to_nobody_in_particular():
    said = msgspec.structs.replace(SAID, reply_to=OTHER.id, reply_user=8)

    assert flush_of("comment.posted", said).side == {}


def test_left_out_reply_quotes_nothing_hidden():
    flush = Flush(QUIET)
    hide(flush)
    said = msgspec.structs.replace(
        SAID, reply_to=OTHER.id, reply_user=8, quote=protocol.Quote(OTHER.id, "Bo", "rude")
    )

    flush.add(events.Entry(ENTRY_ID + 1, 1, "comment.posted", said, left_out=True))

    (told,) = flush.side["8"]
    assert told.comment.reply.text == ""


def test_held_is_for_staff_alone():
    flush = flush_of("comment.held", SAID)

    expect(flush, staff=[protocol.HoldOpened(held=events.held_of(ENTRY_ID, SAID))])


def test_approved_is_shown_taken_from_the_desk_and_told_to_its_author():
    said = msgspec.structs.replace(SAID, hold="99", by=1)

    flush = flush_of("comment.posted", said)

    posted = events.comment_of(ENTRY_ID, said)
    expect(
        flush,
        public=[protocol.CommentPosted(comment=posted)],
        staff=[protocol.HoldClosed(hold="99", outcome="approved")],
        side={"7": [protocol.YouHeldApproved(hold="99", comment=posted)]},
        recent=[("add", POSITION, posted)],
    )


@pytest.mark.parametrize("outcome", ["refused", "expired"])
def test_refused_is_taken_from_the_desk_and_told_to_its_author(outcome):
    body = events.HoldClosed(hold="99", author=7, outcome=outcome, reason="rude")

    expect(
        flush_of("hold.closed", body),
        staff=[protocol.HoldClosed(hold="99", outcome=outcome)],
        side={"7": [protocol.YouHeldRefused(hold="99", outcome=outcome, reason="rude")]},
    )


def test_hidden_leaves_every_screen_and_the_recent_list():
    body = events.CommentHidden(comment=OTHER.id, by=1, reason="not for viewers")

    expect(
        flush_of("comment.hidden", body),
        public=[protocol.CommentHidden(id=OTHER.id)],
        recent=[("remove", "4000-1", None)],
    )
    known = flush_of("comment.hidden", msgspec.structs.replace(body, said=OTHER))
    assert known.side == {"7": [protocol.YouHidden(id=OTHER.id, reason="not for viewers")]}


def test_hidden_unpins_itself_and_nothing_else():
    hide = events.CommentHidden(comment=OTHER.id, by=1)

    pinned = flush_of("comment.hidden", hide, room=msgspec.structs.replace(QUIET, pinned=OTHER))
    other = flush_of("comment.hidden", hide, room=msgspec.structs.replace(QUIET, pinned=comment()))

    assert pinned.public == [protocol.CommentHidden(id=OTHER.id), changed(pinned=None)]
    assert other.public == [protocol.CommentHidden(id=OTHER.id)]


def test_restored_goes_back_to_its_place():
    expect(
        flush_of("comment.restored", events.CommentRestored(comment=OTHER, by=1)),
        public=[protocol.CommentRestored(comment=OTHER)],
        recent=[("put", "4000-1", OTHER)],
    )


@pytest.mark.parametrize(
    ("kind", "body", "fields"),
    [
        ("comment.pinned", events.CommentPinned(comment=OTHER, by=1), {"pinned": OTHER}),
        ("modes.changed", events.ModesChanged(by=1, closed=True), {"closed": True}),
        ("modes.changed", events.ModesChanged(by=1, slow_seconds=30), {"slow_seconds": 30}),
        ("modes.changed", events.ModesChanged(by=1, pace=0), {"pace": 0}),
        ("status.changed", events.StatusChanged(status=StreamStatus.ENDED, by=1),
         {"status": StreamStatus.ENDED, "ended_at": AT_MS}),
        ("announcement.made", MADE, {"announcement": events.announcement_of(ENTRY_ID, MADE)}),
    ],
)  # fmt: skip
def test_the_room_is_sent_whole_when_it_changes(kind, body, fields):
    flush = flush_of(kind, body)

    expect(flush, public=[changed(**fields)])
    assert flush.room == msgspec.structs.replace(QUIET, **fields)
    assert flush.room_changed


def test_unpinned_is_a_room_without_a_pin():
    pinned = msgspec.structs.replace(QUIET, pinned=OTHER)

    expect(flush_of("comment.unpinned", events.CommentUnpinned(by=1), room=pinned),
           public=[changed(pinned=None)])  # fmt: skip


def test_a_time_out_ends_by_the_events_own_time():
    body = events.UserSanctioned(
        user=7, kind=SanctionKind.TIMEOUT, by=1, seconds=60, reason="calm down"
    )

    expect(
        flush_of("user.sanctioned", body),
        staff=[protocol.UserSanctioned(user="7", kind=SanctionKind.TIMEOUT, until=AT_MS + 60_000)],
        side={
            "7": [
                protocol.YouSanctioned(
                    kind=SanctionKind.TIMEOUT, reason="calm down", until=AT_MS + 60_000
                )
            ]
        },
    )


def test_a_ban_has_no_end():
    expect(
        flush_of("user.sanctioned", events.UserSanctioned(user=7, kind=SanctionKind.BAN, by=1)),
        staff=[protocol.UserSanctioned(user="7", kind=SanctionKind.BAN, until=None)],
        side={"7": [protocol.YouSanctioned(kind=SanctionKind.BAN, until=None)]},
    )


def test_a_lifted_sanction_is_told_to_staff_and_to_the_person():
    expect(
        flush_of("sanction.lifted", events.SanctionLifted(user=7, by=1)),
        staff=[protocol.SanctionLifted(user="7")],
        side={"7": [protocol.YouRestored()]},
    )


def test_events_of_one_flush_keep_their_order():
    flush = Flush(QUIET)
    for number in range(3):
        said = msgspec.structs.replace(SAID, text=str(number))
        flush.add(events.Entry(ENTRY_ID + number, 1, "comment.posted", said))
    hide = events.CommentHidden(comment=str(ENTRY_ID + 1), by=1)
    flush.add(events.Entry(ENTRY_ID + 3, 1, "comment.hidden", hide))
    slow = events.ModesChanged(by=1, slow_seconds=5)
    flush.add(events.Entry(ENTRY_ID + 4, 1, "modes.changed", slow))
    closed = events.ModesChanged(by=1, closed=True)
    flush.add(events.Entry(ENTRY_ID + 5, 1, "modes.changed", closed))

    assert [type(item).__name__ for item in flush.public] == [
        "CommentPosted", "CommentPosted", "CommentPosted", "CommentHidden", "RoomChanged",
        "RoomChanged",
    ]  # fmt: skip
    assert [operator for operator, *_ in flush.recent] == ["add", "add", "add", "remove"]
    assert flush.public[-1] == changed(slow_seconds=5, closed=True)


def test_what_concerns_one_person_gathers_under_their_id():
    flush = Flush(QUIET)
    ban = events.UserSanctioned(user=7, kind=SanctionKind.BAN, by=1)
    flush.add(events.Entry(ENTRY_ID, 1, "user.sanctioned", ban))
    lift = events.SanctionLifted(user=7, by=1)
    flush.add(events.Entry(ENTRY_ID + 1, 1, "sanction.lifted", lift))
    other = events.SanctionLifted(user=8, by=1)
    flush.add(events.Entry(ENTRY_ID + 2, 1, "sanction.lifted", other))

    assert flush.side == {
        "7": [protocol.YouSanctioned(kind=SanctionKind.BAN), protocol.YouRestored()],
        "8": [protocol.YouRestored()],
    }


# --- quotes --------------------------------------------------------------------------------------


def reply(number, target=OTHER, text="hello"):
    """A comment that answers another."""
    quote = protocol.Quote(id=target.id, name="Person 7", text=text)
    return comment(str(ids.make_id(4_500, 0, number)), reply=quote)


def hide(flush, target=OTHER, number=0):
    body = events.CommentHidden(comment=target.id, by=1)
    flush.add(events.Entry(ENTRY_ID + number, 1, "comment.hidden", body))


def shown(flush):
    """What the recent list holds of each comment that was put."""
    return {found.id: found.reply.text for operator, _, found in flush.recent if operator == "put"}


def test_a_hidden_comment_leaves_the_quotes_of_it():
    flush = Flush(QUIET)
    hide(flush)

    flush.sweep([reply(1), comment(), reply(2), reply(3, comment("77"))])

    assert shown(flush) == {reply(1).id: "", reply(2).id: ""}


def test_a_restored_comment_comes_back_into_the_quotes_of_it():
    flush = Flush(QUIET)
    restored = comment(OTHER.id, "x" * 100)
    body = events.CommentRestored(comment=restored, by=1)
    flush.add(events.Entry(ENTRY_ID, 1, "comment.restored", body))
    flush.recent.clear()

    flush.sweep([reply(1, text="")])

    assert shown(flush) == {reply(1).id: "x" * 80 + "…"}


def test_a_reply_of_the_same_flush_loses_its_quote_too():
    flush = Flush(QUIET)
    said = msgspec.structs.replace(SAID, reply_to=OTHER.id, quote=reply(1).reply)
    flush.add(events.Entry(ENTRY_ID, 1, "comment.posted", said))
    hide(flush, number=1)

    flush.sweep([])

    assert shown(flush) == {str(ENTRY_ID): ""}


def test_a_hidden_reply_is_not_put_back_for_its_quote():
    flush = Flush(QUIET)
    hide(flush)
    hide(flush, reply(1), number=1)

    flush.sweep([reply(1), reply(2)])

    assert shown(flush) == {reply(2).id: ""}


def test_reply_that_was_on_its_way_while_its_target_was_hidden_quotes_nothing():
    unseen = Unseen()
    first = Flush(QUIET, unseen=unseen)
    first.add(
        events.Entry(ids.make_id(5, 0, 0), 1, "comment.hidden", events.CommentHidden("7", by=1))
    )
    late = events.CommentSaid(
        author=2,
        name="Ana",
        text="which one?",
        reply_to="7",
        quote=protocol.Quote(id="7", name="Bo", text="rude"),
    )
    second = Flush(QUIET, unseen=unseen)
    second.add(events.Entry(ids.make_id(6, 0, 0), 1, events.COMMENT_POSTED, late))
    (posted,) = second.public
    assert posted.comment.reply.text == ""
