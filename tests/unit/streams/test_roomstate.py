"""How each event changes what viewers see of a room, and what Redis keeps of it."""

import msgspec
import pytest

from livecomments import events, ids, protocol
from livecomments.eventlog import Operation
from livecomments.protocol import SanctionKind, StreamStatus
from streams import roomstate
from tests.rooms import QUIET, comment

HOLD = str(ids.make_id(5, 0, 3))
PINNED = msgspec.structs.replace(QUIET, pinned=comment("10"))


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (events.StatusChanged(status=StreamStatus.ENDED, by=1), {"status": StreamStatus.ENDED}),
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
    assert roomstate.after(QUIET, body) == msgspec.structs.replace(QUIET, **fields)


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
        after = roomstate.after(busy, events.ModesChanged(by=1, **{name: value}))
        assert after == msgspec.structs.replace(busy, **{name: value})
    assert roomstate.after(busy, events.ModesChanged(by=1)) == busy


def test_a_pin_is_replaced_and_taken_away():
    other = events.CommentPinned(comment=comment("20"), by=1)

    assert roomstate.after(PINNED, other).pinned == comment("20")
    assert roomstate.after(PINNED, events.CommentUnpinned(by=1)) == QUIET


def test_hiding_what_is_pinned_unpins_it():
    assert roomstate.after(PINNED, events.CommentHidden(comment="10", by=1)) == QUIET


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
    after = roomstate.after(PINNED_REPLY, body)
    assert after == msgspec.structs.replace(QUIET, pinned=comment("20", reply=blank))
    assert roomstate.after(after, body) is after


@pytest.mark.parametrize(
    "body",
    [
        events.CommentHidden(comment="12", by=1),
        events.UserCleared(user=9, name="Vi", by=1, shown=[comment("12", user="9")]),
    ],
)
def test_a_pinned_reply_keeps_the_quote_of_what_is_shown(body):
    assert roomstate.after(PINNED_REPLY, body) is PINNED_REPLY


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
    assert roomstate.after(state, body) is state


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
    ],
)
def test_an_event_changes_what_admission_reads(body, operations):
    assert roomstate.effects(body) == [Operation(*parts) for parts in operations]


@pytest.mark.parametrize("state", [QUIET, PINNED])
def test_the_published_half_is_read_as_it_was_kept(state):
    assert roomstate.decode(roomstate.encode(state)) == state


def test_both_halves_begin_alike():
    state = msgspec.structs.replace(PINNED, closed=True, slow_seconds=30)

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
    }


def test_a_room_kept_before_there_was_a_pace_has_the_default():
    kept = roomstate.encode(QUIET).replace(b',"pace":20', b"")

    assert b"pace" not in kept
    assert roomstate.decode(kept) == QUIET


def test_no_two_epochs_are_alike():
    assert len({roomstate.new_epoch() for _ in range(1_000)}) == 1_000
