"""Who is at home in a room, and what that does to waves of near-copies."""

from datetime import timedelta

import pytest

from comments.spam import presence as module
from comments.spam.layers import Layers, Said, SpamSettings
from comments.spam.presence import Presence
from comments.spam.verdict import Action, Reason
from livecomments.accounts.models import Standing

CATCHPHRASE = "and that is how the hedgehog got his hat back"


def met(moments_and_texts):
    presence = Presence()
    for moment, text in moments_and_texts:
        presence.meet("somebody", text, moment)
    return presence


@pytest.mark.parametrize(
    ("said", "now", "at_home"),
    [
        ([], 1_000, False),
        ([(0, "hello")], 1_000, False),
        ([(0, "hello"), (70, "nice"), (140, "what a day")], 299, False),
        ([(0, "hello"), (70, "nice"), (140, "what a day")], 300, True),
        # All at once, or the same over and over, is one thing said.
        ([(0, "hello"), (5, "nice"), (10, "what a day")], 1_000, False),
        ([(0, "hello"), (70, "hello"), (140, "hello")], 1_000, False),
        ([(0, "hello"), (70, "nice"), (100, "what"), (131, "a day")], 1_000, True),
    ],
)
def test_at_home_is_who_took_part_for_minutes(said, now, at_home):
    assert met(said).is_at_home("somebody", now) is at_home


def test_the_people_of_a_room_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "PEOPLE_REMEMBERED", 3)
    presence = met([(0, "hello"), (70, "nice"), (140, "what a day")])
    for number in range(2):
        presence.meet(number, "hello", 200.0)
    assert (len(presence), presence.is_at_home("somebody", 400.0)) == (3, True)
    presence.meet("somebody", "again", 250.0)  # the longest silent goes first
    for number in range(2, 4):
        presence.meet(number, "hello", 300.0)
    assert (len(presence), presence.is_at_home("somebody", 400.0)) == (3, True)
    for number in range(4, 7):
        presence.meet(number, "hello", 350.0)
    assert (len(presence), presence.is_at_home("somebody", 400.0)) == (3, False)


def spoken_in(layers, people, texts, step=100.0):
    for turn, text in enumerate(texts):
        for number in range(people):
            layers.judge(Said(f"person {number}", f"{text} {number}"), turn * step + number)


def test_catchphrase_of_the_people_of_a_room_without_standing_is_not_held():
    layers = Layers(SpamSettings())
    spoken_in(layers, 20, ("good evening", "what a nice hat", "is he coming back", "look there"))
    verdicts = [
        layers.judge(Said(f"person {number}", CATCHPHRASE), 500.0 + number) for number in range(20)
    ]
    assert {verdict.action for verdict in verdicts} == {Action.ALLOW}
    # Newcomers join in: they are the fewer, and not held either.
    joined = [
        layers.judge(Said(f"guest {number}", CATCHPHRASE), 521.0 + number) for number in range(8)
    ]
    assert {verdict.action for verdict in joined} == {Action.ALLOW}


def test_catchphrase_goes_on_where_other_processes_saw_its_people():
    layers = Layers(SpamSettings())
    for turn, text in enumerate(("good evening", "what a nice hat", "is he coming back")):
        for number in range(10):
            said = Said(f"person {number}", f"{text} {number}", None)
            layers.learn(said, turn * 100.0 + number)
    verdicts = [
        layers.judge(Said(f"person {number}", CATCHPHRASE), 400.0 + number) for number in range(10)
    ]
    assert {verdict.action for verdict in verdicts} == {Action.ALLOW}


def test_what_was_caught_makes_nobody_at_home():
    layers = Layers(SpamSettings())
    spoken_in(layers, 10, [f"all of it is at gnomes{turn}.example.com" for turn in range(5)])
    held = [
        layers.judge(Said(f"person {number}", CATCHPHRASE), 600.0 + number).action >= Action.HOLD
        for number in range(10)
    ]
    assert held == [False] * 4 + [True] * 6


def test_being_at_home_is_no_leave_to_post_links():
    layers = Layers(SpamSettings())
    spoken_in(layers, 1, ("good evening", "what a nice hat", "is he coming back", "look there"))
    said = Said("person 0", "see gnomes.example.com", Standing.NEW, timedelta(0))
    verdict = layers.judge(said, 500.0)
    assert (verdict.action, verdict.reason) == (Action.HOLD, Reason.LINKS)
