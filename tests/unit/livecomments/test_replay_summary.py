"""The figures of a replay: nothing that was promised and not kept goes unnoticed."""

from collections import Counter

import pytest

from livecomments.replay.summary import Summary, in_words
from livecomments.replay.wall import Verdict


def summary(**changes):
    """A replay in which everything was right, but for the changes."""
    right = {
        "lines": 10,
        "sent": 10,
        "acknowledged": 9,
        "left_out": 0,
        "archived": 9,
        "not_archived": 0,
        "archived_unacknowledged": 0,
        "archived_otherwise": 0,
        "held": 0,
        "refused": Counter({"too_long": 1}),
        "lost": Counter(),
        "personal": Counter(),
        "viewers": 4,
        "processes": Counter({"web-1": 3, "web-2": 1}),
        "verdict": Verdict(right_viewers=4),
        "reloads": 0,
        "gaps": 0,
        "stale_frames": 0,
        "different_bytes": 0,
        "changed_texts": 0,
        "turned_away": Counter(),
        "viewer_reconnects": 0,
        "author_reconnects": 0,
        "most_authors": 3,
        "seconds": 4.5,
        "latest_line_seconds": 0.0,
        "interrupted": False,
    }
    return Summary(**right | changes)


def test_right_replay_has_no_faults():
    assert summary().faults == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"verdict": Verdict(missing=3)}, "3 acknowledged comments missing from a view"),
        ({"verdict": Verdict(doubled=1)}, "1 comments shown twice"),
        (
            {"verdict": Verdict(shown_left_out=2)},
            "2 comments shown that were to be left out",
        ),
        (
            {"verdict": Verdict(miscounted=2)},
            "2 comments left out that no frame counted, or counted twice",
        ),
        (
            {"archived_otherwise": 1},
            "1 comments left out or not, otherwise than archived",
        ),
        ({"stale_frames": 2}, "2 comments shown twice"),
        ({"verdict": Verdict(out_of_order=1)}, "1 comments out of order"),
        ({"different_bytes": 1}, "1 frames that differed between viewers"),
        ({"changed_texts": 1}, "1 comments whose text changed"),
        ({"not_archived": 1200}, "1,200 acknowledged comments not archived"),
        ({"archived_unacknowledged": 1}, "1 comments archived without an acknowledgement"),
        ({"archived": None}, "the archive could not be asked"),
    ],
)
def test_each_broken_promise_is_a_fault(changes, fault):
    assert summary(**changes).faults == [fault]


def test_summary_is_read_row_by_row():
    rows = dict(line.split("  ", 1) for line in in_words(summary()).splitlines())

    assert {name: row.strip() for name, row in rows.items()} == {
        "lines": "10",
        "sent": "10 in 4.5 s",
        "acknowledged": "9 (90.00%), 2.0 comments/s",
        "refused": "1 too_long",
        "held": "0",
        "no answer": "0",
        "archived": "9",
        "viewers": "4: 3 web-1, 1 web-2",
        "all, once, in order": "4 of 4 viewers (missing 0, doubled 0, out of order 0)",
        "post to shown": "–",
        "post to answer": "–",
        "reconnects": "viewers 0, authors 0; gaps 0, told to reload 0",
        "authors at once": "3",
    }


def test_what_is_out_of_the_ordinary_gets_a_row_of_its_own():
    text = in_words(
        summary(
            left_out=3,
            lost=Counter({"unknown": 2}),
            personal=Counter({"YouHeldApproved": 1}),
            turned_away=Counter({"too_many_sockets": 5}),
            latest_line_seconds=1.25,
            interrupted=True,
        )
    )

    for row in ("2 unknown", "1 YouHeldApproved", "5 too_many_sockets", "1.2 s after its time"):
        assert row in text
    assert "the rest of the lines was not sent" in text
    assert "3 (33.33%), and counted in the frames" in text
