"""How each event changes what viewers see of a room, and what Redis keeps of it."""

import msgspec
import pytest

from livecomments import events, ids, protocol
from livecomments.eventlog import Operation
from livecomments.protocol import SanctionKind, StreamStatus
from streams import roomstate
from tests.rooms import QUIET, comment

HOLD = str(ids.make_id(5, 0, 3))
AT = ids.EPOCH_MS + 60_000
PINNED = msgspec.structs.replace(QUIET, pinned=comment("10"))


def after(state, body, *, at=AT):
    """The state after an event at this time."""
    kind = events.COMMENT_POSTED if isinstance(body, events.CommentSaid) else events.kind_of(body)
    return roomstate.after(state, events.Entry(ids.first_id_at(at), 1, kind, body))


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (
            events.StatusChanged(status=StreamStatus.ENDED, by=1),
            {"status": StreamStatus.ENDED, "ended_at": AT},
        ),
        (events.CommentPinned(comment=comment("20"), by=1), {"pinned": comment("20")}),
        (events.ModesChanged(by=1, closed=True), {"closed": True}),
        (events.ModesChanged(by=1, slow_seconds=30), {"slow_seconds": 30}),
        (events.ModesChanged(by=1, min_account_age_minutes=5), {"min_account_age_minutes": 5}),
        (events.ModesChanged(by=1, review=True), {"review": True}),
        (events.ModesChanged(by=1, pace=0), {"pace": 0}),
        (
            events.ModesChanged(by=1, closed=True, slow_seconds=5, review=True),
            {"closed": True, "slow_seconds": 5, "review": True},
        ),
    ],
)
def test_an_event_changes_its_own_fields_only(body, fields):
    assert after(QUIET, body) == msgspec.structs.replace(QUIET, **fields)


def test_modes_are_switched_off_by_what_is_false_and_not_by_what_is_unset():
    busy = msgspec.structs.replace(
        QUIET, closed=True, slow_seconds=30, min_account_age_minutes=5, review=True, pace=50
    )
    off = {
        "closed": False,
        "slow_seconds": 0,
        "min_account_age_minutes": 0,
        "review": False,
        "pace": 0,
    }

    for name, value in off.items():
        now = after(busy, events.ModesChanged(by=1, **{name: value}))
        assert now == msgspec.structs.replace(busy, **{name: value})
    assert after(busy, events.ModesChanged(by=1)) == busy


def test_f12_a_stream_that_goes_live_again_goes_on_from_its_first_start():
    def status(state, status, at):
        return after(state, events.StatusChanged(status=status, by=1), at=AT + at)

    def times(state):
        return state.started_at, state.ended_at

    scheduled = status(QUIET, StreamStatus.SCHEDULED, 0)
    live = status(scheduled, StreamStatus.LIVE, 1_000)
    ended = status(live, StreamStatus.ENDED, 5_000)
    again = status(ended, StreamStatus.LIVE, 9_000)

    assert times(scheduled) == (None, None)
    assert times(live) == (AT + 1_000, None)
    assert times(ended) == (AT + 1_000, AT + 5_000)
    assert times(again) == (AT + 1_000, None)


# --- announcements -------------------------------------------------------------------------------


def made(text="Back in ten minutes", seconds=None):
    return events.AnnouncementMade(
        text=text, by=1, name="Mo", role=protocol.Role.MODERATOR, seconds=seconds
    )


def test_f11_an_announcement_is_replaced_and_taken_away():
    first = after(QUIET, made())
    second = after(first, made("We go on", seconds=60), at=AT + 1_000)

    assert first.announcement == protocol.Announcement(
        id=str(ids.first_id_at(AT)),
        text="Back in ten minutes",
        at=AT,
        by=protocol.Person(id="1", name="Mo", role=protocol.Role.MODERATOR),
    )
    assert (second.announcement.text, second.announcement.until) == ("We go on", AT + 61_000)
    ended = events.AnnouncementEnded(announcement=second.announcement.id, by=1)
    assert after(second, ended) == QUIET


def test_f11_an_announcement_is_over_at_its_end_and_not_before():
    state = after(QUIET, made(seconds=60))
    until = AT + 60_000

    assert roomstate.as_of(state, until - 1) is state
    assert roomstate.as_of(state, until) == QUIET
    forever = after(QUIET, made())
    assert roomstate.as_of(forever, until + 10**12) is forever


def test_f11_what_changes_the_room_brings_no_announcement_back_that_is_over():
    state = after(QUIET, made(seconds=60))
    slow = events.ModesChanged(by=1, slow_seconds=5)

    assert after(state, slow, at=AT + 59_999).announcement == state.announcement
    assert after(state, slow, at=AT + 60_000) == msgspec.structs.replace(QUIET, slow_seconds=5)
    said = events.CommentSaid(author=7, name="Ana", text="hi")
    assert after(state, said, at=AT + 90_000) is state, "nothing is sent for that"


@pytest.mark.parametrize("panic", [True, False])
def test_f11_the_panic_switch_leaves_an_announcement_alone(panic):
    state = after(QUIET, made())
    body = events.ModesChanged(by=1, panic=panic, slow_seconds=30)

    assert after(state, body).announcement == state.announcement


def test_f11_an_announcement_outlives_the_comments_of_whoever_made_it():
    state = after(QUIET, made())
    cleared = events.UserCleared(user=1, name="Mo", by=3)

    assert after(state, cleared) is state


# --- pins ----------------------------------------------------------------------------------------


def test_a_pin_is_replaced_and_taken_away():
    other = events.CommentPinned(comment=comment("20"), by=1)

    assert after(PINNED, other).pinned == comment("20")
    assert after(PINNED, events.CommentUnpinned(by=1)) == QUIET


def test_hiding_what_is_pinned_unpins_it():
    assert after(PINNED, events.CommentHidden(comment="10", by=1)) == QUIET


QUOTE = protocol.Quote(id="11", name="Bo", text="rude")
PINNED_REPLY = msgspec.structs.replace(QUIET, pinned=comment("20", reply=QUOTE))


@pytest.mark.parametrize(
    "body",
    [
        events.CommentHidden(comment="11", by=1),
        events.CommentWithdrawn(comment="11", author=8),
        events.UserCleared(user=8, name="Bo", by=1),
        events.UserCleared(user=8, name="Bob", by=1, shown=[comment("11", user="8")]),
    ],
)
def test_f7_a_pinned_reply_loses_the_quote_of_what_is_hidden(body):
    blank = msgspec.structs.replace(QUOTE, text="")
    now = after(PINNED_REPLY, body)
    assert now == msgspec.structs.replace(QUIET, pinned=comment("20", reply=blank))
    assert after(now, body) is now


@pytest.mark.parametrize(
    "body",
    [
        events.CommentHidden(comment="12", by=1),
        events.UserCleared(user=9, name="Vi", by=1, shown=[comment("12", user="9")]),
    ],
)
def test_a_pinned_reply_keeps_the_quote_of_what_is_shown(body):
    assert after(PINNED_REPLY, body) is PINNED_REPLY


@pytest.mark.parametrize("state", [QUIET, PINNED])
@pytest.mark.parametrize(
    "body",
    [
        events.CommentHidden(comment="11", by=1),
        events.CommentSaid(author=7, name="Ana", text="hi"),
        events.CommentRestored(comment=comment("10"), by=1),
        events.HoldClosed(hold="5", author=7, outcome="refused"),
        events.UserSanctioned(user=7, kind=SanctionKind.BAN, by=1),
        events.SanctionLifted(user=7, by=1),
    ],
)
def test_other_events_leave_the_very_same_state(state, body):
    assert after(state, body) is state


@pytest.mark.parametrize(
    ("body", "operations"),
    [
        (events.StatusChanged(status=StreamStatus.ENDED, by=1), [("set", "status", "ended")]),
        (
            events.ModesChanged(
                by=1,
                closed=True,
                slow_seconds=0,
                min_account_age_minutes=5,
                review=False,
                pace=50,
            ),
            [
                ("set", "closed", "1"),
                ("set", "slow_seconds", "0"),
                ("set", "min_account_age_minutes", "5"),
                ("set", "review", "0"),
                ("set", "pace", "50"),
            ],
        ),
        (events.ModesChanged(by=1), []),
        (
            events.UserSanctioned(user=7, kind=SanctionKind.TIMEOUT, by=1, seconds=60),
            [("sanction", "7", "60000")],
        ),
        (events.UserSanctioned(user=7, kind=SanctionKind.BAN, by=1), [("sanction", "7", "ban")]),
        (events.SanctionLifted(user=7, by=1), [("lift", "7", "-")]),
        (events.HoldClosed(hold=HOLD, author=7, outcome="expired"), [("take", "5-3", "-")]),
        (events.CommentSaid(author=7, name="Ana", text="hi", hold=HOLD), [("take", "5-3", "-")]),
        (events.CommentSaid(author=7, name="Ana", text="hi"), []),
        (events.CommentHidden(comment="10", by=1), []),
        (events.CommentPinned(comment=comment("10"), by=1), []),
        (made(seconds=60), [("mark", "announced", "-")]),
        (events.AnnouncementEnded(announcement=HOLD, by=1), [("unset", "announced", "-")]),
    ],
)
def test_an_event_changes_what_admission_reads(body, operations):
    assert roomstate.effects(body) == [Operation(*parts) for parts in operations]


@pytest.mark.parametrize("state", [QUIET, PINNED])
def test_the_published_half_is_read_as_it_was_kept(state):
    assert roomstate.decode(roomstate.encode(state)) == state


def test_both_halves_begin_alike():
    state = msgspec.structs.replace(PINNED, closed=True, slow_seconds=30)
    state = after(state, made())

    values = roomstate.initial_values(state)
    fields = dict(zip(values[::2], values[1::2], strict=True))

    assert roomstate.decode(fields.pop("room")) == state
    assert fields == {
        "status": "live",
        "panic": 0,
        "closed": 1,
        "slow_seconds": 30,
        "min_account_age_minutes": 0,
        "review": 0,
        "pace": 20,
        "links": "hold",
        "standing_only": 0,
        "delay": 0,
        "raid_until": 0,
        "announced": ids.position(ids.first_id_at(AT)),
    }


def test_a_room_kept_by_an_older_release_has_the_defaults():
    old = (
        b'{"status":"live","closed":false,"slow_seconds":0,"min_account_age_minutes":0,'
        b'"review":false,"pinned":null}'
    )

    assert roomstate.decode(old) == QUIET
    assert QUIET.pace == 20
    assert (QUIET.started_at, QUIET.ended_at, QUIET.announcement) == (None, None, None)


def test_no_two_epochs_are_alike():
    assert len({roomstate.new_epoch() for _ in range(1_000)}) == 1_000
