"""Events outlive releases: every kind is read as it was written, and older ones with defaults."""

from typing import get_args

import msgspec
import pytest

from livecomments import events, ids, protocol
from livecomments.protocol import Person, Quote, ReportReason, Role, SanctionKind, StreamStatus
from tests.rooms import comment

QUOTE = Quote(id="3", name="Cleo", text="what?")
SAID = events.CommentSaid(
    author=7, name="Ana", text="hi", role=Role.MODERATOR, new=True, reply_to="3", quote=QUOTE
)
BODIES = {
    "comment.posted": SAID,
    "comment.held": msgspec.structs.replace(SAID, reason="review"),
    "hold.closed": events.HoldClosed(
        hold="5", author=7, outcome="refused", by=1, reason="spam", said=SAID
    ),
    "comment.hidden": events.CommentHidden(comment="10", by=1, reason="rude"),
    "comment.withdrawn": events.CommentWithdrawn(comment="10", author=7),
    "comment.reported": events.CommentReported(
        comment=comment(), reporter=8, reason=ReportReason.HATE, reports=2, weight=3, note="look"
    ),
    "reports.dismissed": events.ReportsDismissed(comment="10", author=7, by=1),
    "user.cleared": events.UserCleared(user=7, name="Ana", by=1, shown=[comment(reply=QUOTE)]),
    "user.restored": events.UserRestored(user=7, by=1, clear="11", shown=[comment()]),
    "user.warned": events.UserWarned(user=7, by=1, reason="calm down", about="10"),
    "appeal.closed": events.AppealClosed(user=7, by=1, appeal=3, outcome="granted"),
    "staff.changed": events.StaffChanged(user=7, role=Role.MANAGER, by=1, via="admin"),
    "rules.changed": events.RulesChanged(version=2, rules="{}", by=1, note="stricter"),
    "comment.restored": events.CommentRestored(comment=comment(), by=1),
    "comment.pinned": events.CommentPinned(comment=comment(reply=QUOTE), by=1),
    "comment.unpinned": events.CommentUnpinned(by=1),
    "user.sanctioned": events.UserSanctioned(
        user=7, kind=SanctionKind.TIMEOUT, by=1, seconds=60, reason="calm down"
    ),
    "sanction.lifted": events.SanctionLifted(user=7, by=1),
    "modes.changed": events.ModesChanged(
        by=1, closed=False, slow_seconds=0, panic=True, before={"closed": True, "links": "hold"}
    ),
    "status.changed": events.StatusChanged(status=StreamStatus.ENDED, by=1),
    "announcement.made": events.AnnouncementMade(
        text="Back soon", by=1, name="Mo", role=Role.MODERATOR, seconds=60
    ),
    "announcement.ended": events.AnnouncementEnded(announcement="10", by=1, text="Back soon"),
}


def test_every_kind_and_every_body_is_tried_here():
    assert set(BODIES) == set(events.KINDS)
    assert {type(body) for body in BODIES.values()} == set(get_args(events.Body))


@pytest.mark.parametrize("kind", BODIES)
def test_event_is_read_as_it_was_written(kind):
    body = BODIES[kind]

    assert events.decode(kind, events.encode(body)) == body


@pytest.mark.parametrize("kind", [kind for kind, body in BODIES.items() if body != SAID])
def test_event_of_a_newer_release_is_read(kind):
    raw = msgspec.json.decode(events.encode(BODIES[kind])) | {"added_later": [1]}

    assert events.decode(kind, msgspec.json.encode(raw)) == BODIES[kind]


@pytest.mark.parametrize(
    "kind", [kind for kind, body in BODIES.items() if type(body) is not type(SAID)]
)
def test_kind_follows_from_the_body(kind):
    assert events.kind_of(BODIES[kind]) == kind


def test_what_is_said_has_no_kind_before_admission():
    with pytest.raises(KeyError):
        events.kind_of(SAID)


def test_unset_modes_are_told_from_those_switched_off():
    raw = events.encode(events.ModesChanged(by=1, closed=False))

    assert events.decode("modes.changed", raw).closed is False
    assert events.decode("modes.changed", raw).review is None


@pytest.mark.parametrize(
    ("kind", "raw", "error"),
    [
        ("comment.sung", b"{}", KeyError),
        ("comment.posted", b"", msgspec.DecodeError),
        ("comment.posted", b"{", msgspec.DecodeError),
        ("comment.posted", b'{"author":"7","name":"Ana","text":"hi"}', msgspec.DecodeError),
        ("comment.hidden", b'{"by":1}', msgspec.DecodeError),
    ],
)
def test_what_is_no_event_is_refused(kind, raw, error):
    with pytest.raises(error):
        events.decode(kind, raw)


def test_comment_of_shows_the_author_as_they_were():
    entry_id = ids.make_id(1_000, 0, 5)

    assert events.comment_of(entry_id, SAID) == protocol.Comment(
        id=str(entry_id),
        user=Person(id="7", name="Ana", role=Role.MODERATOR, new=True),
        text="hi",
        at=ids.EPOCH_MS + 1_000,
        reply=QUOTE,
    )


def test_held_of_has_a_number_and_a_reason():
    entry_id = ids.make_id(1_000, 0, 5)

    held = events.held_of(entry_id, SAID)

    assert (held.hold, held.reason, held.text) == (str(entry_id), "review", "hi")
    assert (held.reply, held.at) == (QUOTE, ids.EPOCH_MS + 1_000)


def test_entry_is_as_old_as_its_id():
    entry = events.Entry(ids.make_id(5, 0, 0), 1, "comment.posted", SAID)

    assert entry.at_ms == ids.EPOCH_MS + 5
