"""The archive takes what the fan-out has read from the tail: in order, without a gap."""

import pytest

from livecomments import events
from livecomments.batcher import tail as tails
from livecomments.batcher.tail import Tail


def entry(number):
    return events.Entry(number, 1, "comment.unpinned", events.CommentUnpinned(by=1))


def ids_of(entries):
    return None if entries is None else [entry.id for entry in entries]


@pytest.fixture
def tail():
    tail = Tail(10)
    for number in (11, 13, 17, 20):
        tail.add(entry(number))
    return tail


def test_everything_after_the_start_is_there(tail):
    assert ids_of(tail.after(10, 100)) == [11, 13, 17, 20]


def test_no_more_than_asked_for(tail):
    assert ids_of(tail.after(10, 2)) == [11, 13]
    assert ids_of(tail.after(13, 2)) == [17, 20]


def test_the_end_has_nothing(tail):
    assert ids_of(tail.after(20, 2)) == []


def test_a_cursor_ahead_of_what_was_read_has_nothing_yet(tail):
    assert ids_of(tail.after(25, 2)) == []
    tail.add(entry(26))
    assert ids_of(tail.after(25, 2)) == [26]


def test_a_cursor_before_the_start_is_not_served(tail):
    assert tail.after(9, 2) is None


def test_what_was_taken_is_forgotten(tail):
    tail.after(13, 2)

    assert ids_of(tail.after(13, 2)) == [17, 20]
    assert tail.after(11, 2) is None


def test_the_tail_is_bounded_and_knows_what_it_lost(tail, monkeypatch):
    monkeypatch.setattr(tails, "KEPT", 3)
    tail.add(entry(30))
    tail.add(entry(31))

    assert tail.after(12, 9) is None
    assert ids_of(tail.after(13, 9)) == [17, 20, 30, 31]
