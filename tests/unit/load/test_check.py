"""The judge of the suite: each promise that is broken must be named."""

import msgspec
import pytest

from livecomments.tickets import Room
from tests.load.audience import Audience
from tests.load.authors import Authors
from tests.load.check import faults_of
from tests.load.viewer import Viewer

TEXTS = {11: "a", 12: "b", 13: "c"}


class Case:
    """One viewer who was shown three comments in two frames, as they were acknowledged."""

    def __init__(self):
        self.audience = Audience("http://127.0.0.1:1", "slug")
        self.viewer = Viewer(self.audience.book, self.audience, 1)
        self.viewer.transport = object()
        self.audience.everybody.append(self.viewer)
        self.ledger = Authors("http://127.0.0.1:1", Room(1, 0, "slug")).ledger
        self.archived = dict(TEXTS)
        self.show(1, 11, 12)
        self.show(2, 13)
        for number, text in TEXTS.items():
            self.ledger.sent += 1
            self.ledger.sent_at[number] = self.ledger.answered_at[number] = 1.0
            self.ledger.texts[number] = text

    def show(self, seq, *ids, left_out=0, through=None, texts=TEXTS, reactions=()):
        items = [
            {"type": "comment.posted", "comment": {"id": str(n), "text": texts[n]}} for n in ids
        ]
        frame = {"seq": seq, "through": str(through or max(ids)), "items": items}
        frame |= {"left_out": left_out, "reactions": dict(reactions)}
        assert self.audience.book.take(seq, msgspec.json.encode(frame))
        self.viewer.expected = seq + 1

    def faults(self, *, cut_allowed=False):
        return faults_of(self.audience, self.ledger, self.archived, cut_allowed=cut_allowed)


@pytest.fixture
def case():
    return Case()


def test_nothing_is_wrong_with_what_is_right(case):
    assert case.faults() == []


def test_comment_that_was_never_shown_is_a_fault(case):
    case.audience.book.frames.pop(2)
    assert "1 acknowledged comments never shown" in case.faults()


def test_comment_that_was_shown_twice_is_a_fault(case):
    case.show(3, 13)
    assert case.faults() == ["1 comments shown twice"]


def test_comments_out_of_order_are_a_fault(case):
    case.audience.book.frames.clear()
    case.show(1, 12, 11)
    case.show(2, 13)
    assert case.faults() == ["1 comments out of order"]


def test_viewer_who_is_behind_is_a_fault(case):
    case.viewer.expected = 2
    assert case.faults() == ["1 viewers that were not shown everything"]


def test_viewer_who_was_cut_off_is_a_fault_unless_that_is_allowed(case):
    case.viewer.transport = None
    case.viewer.expected = 2
    case.audience.cut_by_server = 1
    assert case.faults() == ["1 viewers that were not shown everything", "1 viewers cut off"]
    assert case.faults(cut_allowed=True) == []


def test_comment_that_is_not_archived_is_a_fault(case):
    del case.archived[12]
    assert case.faults() == ["1 acknowledged comments not archived"]


def test_archive_with_another_text_is_a_fault(case):
    case.archived[12] = "x"
    assert case.faults() == ["1 comments archived with another text"]


def test_archive_with_a_comment_that_nobody_was_told_of_is_a_fault(case):
    case.archived[14] = "x"
    assert case.faults() == ["1 comments archived that nobody was told of"]


def test_comment_shown_with_another_text_is_a_fault(case):
    case.ledger.texts[12] = case.archived[12] = "x"
    assert case.faults() == ["1 comments shown with another text"]


def test_comment_without_an_answer_is_a_fault(case):
    case.ledger.unanswered = 1
    assert case.faults() == ["1 comments without an answer"]


def test_left_out_comment_is_right_when_it_is_counted_and_not_shown(case):
    case.ledger.sent_at[14] = case.ledger.answered_at[14] = 1.0
    case.ledger.texts[14] = case.archived[14] = "d"
    case.ledger.left_out.add(14)
    assert case.faults() == [
        "1 left-out comments that were not counted",
        "1 viewers that were not shown everything",
    ]
    case.show(3, left_out=1, through=14)
    assert case.faults() == []


def test_left_out_comment_that_was_shown_is_a_fault(case):
    case.ledger.left_out.add(13)
    case.show(3, left_out=1, through=13)
    assert case.faults() == ["1 left-out comments that were shown"]


def test_reactions_that_were_not_counted_are_a_fault(case):
    case.ledger.pressed, case.ledger.pressed_refused = 5, 1
    case.show(3, through=13, reactions={"like": 3})
    assert case.faults() == ["1 reactions more or fewer than were pressed"]


def test_nothing_accepted_at_all_is_a_fault(case):
    for known in (case.ledger.sent_at, case.ledger.texts, case.archived):
        known.clear()
    case.audience.book.frames.clear()
    case.ledger.refused["busy"] = 3
    assert case.faults() == ["3 comments of which none was accepted ({'busy': 3})"]
