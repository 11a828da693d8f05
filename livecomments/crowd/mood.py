"""How the room feels from minute to minute, and what follows from it. Sync, pure."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from livecomments.protocol import ReactionKind

from .phrases import Purpose


@dataclass(frozen=True, slots=True)
class Mood:
    """`comments` and `presses` are per second; weights say what they are."""

    name: str
    seconds: tuple[float, float]
    comments: float
    presses: float
    purposes: Mapping[Purpose, int]
    reactions: Mapping[ReactionKind, int]


CALM = Mood(
    "calm",
    (20, 60),
    1.0,
    0.4,
    {Purpose.REMARK: 6, Purpose.REPLY: 2, Purpose.QUESTION: 1, Purpose.LAUGH: 1},
    {ReactionKind.LIKE: 5, ReactionKind.LOVE: 4, ReactionKind.WOW: 1},
)
CURIOUS = Mood(
    "curious",
    (15, 35),
    1.4,
    0.4,
    {Purpose.QUESTION: 5, Purpose.ANSWER: 4, Purpose.REPLY: 2, Purpose.REMARK: 2},
    {ReactionKind.LIKE: 4, ReactionKind.WOW: 3},
)
AMUSED = Mood(
    "amused",
    (8, 18),
    1.8,
    1.5,
    {Purpose.LAUGH: 6, Purpose.REPLY: 3, Purpose.REMARK: 2},
    {ReactionKind.HAHA: 8, ReactionKind.LIKE: 1},
)
CHEERING = Mood(
    "cheering",
    (5, 10),
    4.0,
    6.0,
    {Purpose.CHEER: 9, Purpose.REMARK: 1},
    {ReactionKind.LOVE: 4, ReactionKind.WOW: 4, ReactionKind.LIKE: 3},
)
WISTFUL = Mood(
    "wistful",
    (10, 25),
    0.7,
    0.5,
    {Purpose.REMARK: 6, Purpose.REPLY: 2},
    {ReactionKind.LOVE: 5, ReactionKind.SAD: 2, ReactionKind.LIKE: 1},
)
MOODS: tuple[tuple[Mood, int], ...] = (
    (CALM, 6),
    (CURIOUS, 4),
    (AMUSED, 2),
    (CHEERING, 2),
    (WISTFUL, 2),
)


def next_mood(chosen: random.Random, last: Mood | None) -> Mood:
    """Return another mood than the last one."""
    others = [(mood, weight) for mood, weight in MOODS if mood is not last]
    return chosen.choices([mood for mood, _ in others], [weight for _, weight in others])[0]


def purpose(chosen: random.Random, mood: Mood) -> Purpose:
    """Return what somebody wants to say in this mood."""
    return chosen.choices(list(mood.purposes), list(mood.purposes.values()))[0]


def reaction(chosen: random.Random, mood: Mood) -> ReactionKind:
    """Return what somebody presses in this mood."""
    return chosen.choices(list(mood.reactions), list(mood.reactions.values()))[0]
