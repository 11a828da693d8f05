"""Made-up chat: lines that are never the same twice. Sync, pure."""

import itertools
import random
from collections.abc import Iterator

WORDS = [
    "the",
    "that",
    "what",
    "just",
    "this",
    "is",
    "so",
    "good",
    "now",
    "wait",
    "again",
    "really",
    "never",
    "seen",
    "it",
    "before",
    "look",
    "at",
    "them",
    "go",
    "who",
    "said",
    "yes",
    "no",
    "maybe",
    "love",
    "when",
    "how",
    "long",
    "until",
    "start",
    "over",
    "there",
    "nice",
    "one",
    "more",
    "time",
    "please",
    "haha",
    "same",
    "here",
    "from",
    "rain",
    "sun",
    "boat",
    "harbour",
    "light",
    "music",
    "loud",
    "quiet",
    "left",
    "right",
    "late",
    "early",
    "hello",
    "everyone",
    "again",
    "first",
    "second",
    "round",
    "watch",
    "out",
    "behind",
    "you",
    "did",
    "see",
    "them",
    "jump",
    "twice",
    "okay",
    "wow",
]


def lines(length: int, *, seed: int = 1) -> Iterator[str]:
    """Yield texts of so many characters for ever; a number in front makes each a new one."""
    pick = random.Random(seed)
    for number in itertools.count(1):
        text = f"{number}"
        while len(text) < length:
            text += f" {pick.choice(WORDS)}"
        yield text[:length].rstrip().ljust(length, ".")


def chat(*, seed: int = 1) -> Iterator[str]:
    """Yield texts as people type them: most are short, some are long."""
    pick = random.Random(seed)
    for number in itertools.count(1):
        words = min(30, max(1, round(pick.lognormvariate(1.4, 0.7))))
        yield " ".join([*pick.choices(WORDS, k=words), str(number)])
