"""What a quote must not show: what is hidden, and all of whoever was cleared, until it is back."""

import pytest

from livecomments import protocol
from livecomments.batcher import unseen as module
from livecomments.batcher.unseen import Note, Unseen, kept
from tests.rooms import comment

HIDDEN = Note("hidden", "11")
SHOWN = Note("shown", "11", user="8")
CLEARED = Note("cleared", "8", name="Bo", through=15)
BACK = Note("back", "8", through=15)
AGAIN = Note("cleared", "8", name="Bo", through=18)


def reply(quoted="11", name="Bo"):
    return comment("20", reply=protocol.Quote(id=quoted, name=name, text="rude"))


def quoted(notes, found=None, **known):
    """What a reply quotes after these changes, kept and read again."""
    unseen = Unseen([kept(note) for note in notes])
    return unseen.without(found or reply(), **known).reply.text


@pytest.mark.parametrize(
    ("notes", "text"),
    [
        ([], "rude"),
        ([HIDDEN], ""),
        ([HIDDEN, SHOWN], "rude"),
        ([HIDDEN, SHOWN, HIDDEN], ""),
        ([CLEARED], ""),
        ([CLEARED, BACK], "rude"),
        ([CLEARED, SHOWN], "rude"),
        ([CLEARED, SHOWN, AGAIN], ""),
        ([CLEARED, AGAIN, BACK], ""),
        ([CLEARED, HIDDEN, BACK], ""),
        ([AGAIN, CLEARED, Note("back", "8", through=18)], ""),
    ],
)
def test_a_quote_shows_what_is_not_hidden(notes, text):
    assert quoted(notes) == text


def test_a_person_is_known_by_number_whatever_they_are_called_now():
    other = reply(name="Bob")
    assert quoted([CLEARED], other) == "rude"
    assert quoted([CLEARED], other, quoted_user=8) == ""
    assert quoted([CLEARED], other, quoted_user=9) == "rude"


def test_what_is_said_after_a_clearing_is_quoted():
    assert quoted([CLEARED], reply("16"), quoted_user=8) == "rude"


def test_what_quotes_nothing_hidden_is_the_very_same():
    unseen = Unseen([kept(HIDDEN)])
    for found in (comment("20"), reply("12")):
        assert unseen.without(found) is found


def test_the_oldest_are_forgotten_first(monkeypatch):
    monkeypatch.setattr(module, "KEPT", 3)
    notes = [Note("hidden", str(number)) for number in range(11, 16)]
    assert [quoted(notes, reply(note.id)) for note in notes] == ["rude", "rude", "", "", ""]
