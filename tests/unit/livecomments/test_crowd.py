"""The demo's people: what they can say, whom they answer, when they are silent."""

import random

import msgspec
import pytest

from comments.spam.text import clean
from livecomments.accounts.names import cleaned_name
from livecomments.crowd import ears
from livecomments.crowd.ears import Ears
from livecomments.crowd.mood import MOODS, next_mood, purpose, reaction
from livecomments.crowd.phrases import ENGLISH, GERMAN, LANGUAGES, Purpose, names, phrase
from livecomments.protocol import (
    Comment,
    CommentPosted,
    Cursor,
    Frame,
    Person,
    RoomChanged,
    StreamStatus,
    Welcome,
)
from tests.rooms import QUIET


@pytest.mark.parametrize("lexicon", [lexicon for lexicon, _ in LANGUAGES])
@pytest.mark.parametrize("purpose", Purpose)
def test_every_phrase_may_be_said(lexicon, purpose):
    chosen = random.Random(1)

    for text in {phrase(chosen, lexicon, purpose) for _ in range(200)}:
        assert clean(text) == text
        assert "{" not in text


def test_people_have_different_names_that_are_always_the_same():
    found = names(200)

    assert len(set(found)) == 200
    assert names(24) == found[:24]
    assert [cleaned_name(name) for name in found] == found


def test_moods_change_and_know_what_to_do():
    chosen = random.Random(2)
    mood, seen = None, set()
    for _ in range(200):
        following = next_mood(chosen, mood)
        assert following is not mood
        mood = following
        seen.add((mood.name, purpose(chosen, mood), reaction(chosen, mood)))

    assert {name for name, _, _ in seen} == {mood.name for mood, _ in MOODS}


def comment(number, text, *, user="1"):
    return Comment(id=str(number), user=Person(id=user, name="Ann"), text=text, at=0)


def shown(*comments):
    items = [CommentPosted(comment=one) for one in comments]
    return Frame(seq=1, through="1", items=items)


def welcome(room):
    return Welcome(
        version=1,
        epoch="e",
        public=Cursor(0, "0"),
        room=room,
        reactions={},
        viewers=0,
        server_time=0,
        heartbeat_seconds=30,
        resumed=False,
    )


@pytest.fixture
def hearing(monkeypatch):
    monkeypatch.setattr(ears, "ANSWER_SHARE", 1.0)
    monkeypatch.setattr(ears, "ANSWER_SECONDS", (0.0, 0.0))
    return Ears({"1": ENGLISH, "2": GERMAN}, random.Random(3))


def test_crowd_is_silent_in_a_room_that_is_closed_or_over(hearing):
    assert not hearing.room_is_open
    hearing.hear(welcome(QUIET))
    assert hearing.room_is_open
    for change in ({"closed": True}, {"status": StreamStatus.ENDED}):
        room = msgspec.structs.replace(QUIET, **change)
        hearing.hear(Frame(seq=1, through="1", items=[RoomChanged(room=room)]))
        assert not hearing.room_is_open


def test_visitor_is_answered_once(hearing):
    hearing.hear(shown(comment(5, "is anybody here?", user="77")))
    hearing.hear(shown(comment(5, "is anybody here?", user="77")))  # shown to another of them

    asked = hearing.visitor_to_answer(now=float("inf"))

    assert (asked.comment.id, asked.is_question) == ("5", True)
    assert hearing.visitor_to_answer(now=float("inf")) is None


def test_crowd_answers_its_own_in_the_language_they_speak(hearing):
    hearing.hear(shown(comment(5, "what a lovely evening"), comment(6, "lol")))

    found = hearing.somebody_understood(ENGLISH, now=0.0)

    assert (found.comment.id, found.is_question) == ("5", False)
    assert hearing.somebody_understood(GERMAN, now=0.0) is None
    assert hearing.visitor_to_answer(now=float("inf")) is None
    assert hearing.was_just_said("lol")
    assert not hearing.was_just_said("rofl")
