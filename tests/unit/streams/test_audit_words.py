"""What was done, in words: particular where an event tells, and never wrong where it does not."""

import pytest

from livecomments import events
from streams.audit_words import ACTIONS, before, done, lasting, modes_in_words
from streams.models import AuditEntry


def row(action, **event):
    return AuditEntry(action=action, event=event)


@pytest.mark.parametrize(
    ("action", "event", "told"),
    [
        ("hold.closed", {"outcome": "expired", "author": 4}, "Nobody decided in time"),
        (
            "hold.closed",
            {"outcome": "refused", "said": {"text": "buy"}},
            "Refused a comment that waited: “buy”",
        ),
        ("comment.hidden", {"comment": "118", "said": {"text": "oh"}}, "Hid a comment: “oh”"),
        ("comment.hidden", {"comment": "118"}, "Hid a comment"),
        ("comment.pinned", {"comment": {"id": "1", "text": "hi"}}, "Pinned a comment: “hi”"),
        ("user.sanctioned", {"kind": "ban"}, "Banned somebody"),
        (
            "user.sanctioned",
            {"kind": "timeout", "seconds": 600},
            "Timed somebody out for 10 minutes",
        ),
        ("rules.changed", {"version": 3, "rules": "{}"}, "Changed the rules (version 3)"),
        ("staff.changed", {"role": "manager"}, "Decided that somebody is a managing moderator"),
        ("modes.changed", {"closed": False}, "Comments open"),
        (
            "modes.changed",
            {"slow_seconds": 30, "links": "block", "before": {"slow_seconds": 0}},
            "Slow mode 30 s, links: refused from newcomers",
        ),
        ("modes.changed", {"raid_until": 1_700_000_000_000}, "Raid mode"),
        ("appeal.closed", {"outcome": "granted"}, "Granted an appeal"),
        ("announcement.made", {"text": "Back soon"}, "Announced: “Back soon”"),
        (
            "announcement.made",
            {"text": "Back soon", "seconds": 300},
            "Announced for 5 minutes: “Back soon”",
        ),
        ("announcement.ended", {"text": "Back soon"}, "Took an announcement away: “Back soon”"),
        ("announcement.ended", {"announcement": "1"}, "Took an announcement away"),
        ("something.new", {}, "something.new"),
    ],
)
def test_what_was_done_is_a_sentence(action, event, told):
    assert done(row(action, **event)) == told


def test_every_audited_kind_has_words():
    assert set(ACTIONS) >= set(events.KINDS) - {events.COMMENT_HELD}
    assert all(done(row(action)) for action in ACTIONS)


def test_every_mode_has_words():
    modes = set(events.ModesChanged.__struct_fields__) - {"by", "via", "before"}
    for mode in modes:
        assert modes_in_words({mode: 1}), mode


def test_what_was_before_is_told_of_modes_only():
    assert before(row("modes.changed", before={"review": False, "pace": 20})) == (
        "comments no longer wait, 20 comments shown a second"
    )
    assert before(row("comment.hidden", comment="1")) == ""


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(1, "1 second"), (90, "90 seconds"), (3_600, "1 hour"), (14 * 86_400, "14 days")],
)
def test_a_stretch_is_told_in_its_largest_whole_unit(seconds, told):
    assert lasting(seconds) == told
