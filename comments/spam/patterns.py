"""Patterns that a room's managers wrote: flag, hold or block. Sync, microseconds a pattern.

They are the only patterns that are not written in our source. RE2 matches them in a time that grows
with the text alone, whatever a pattern says, and within a memory that is set here. A pattern is
looked for in the text as it was sent and in its plain view, capitals or not.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import re2

from .normalise import Views
from .verdict import Action

LONGEST_PATTERN = 300
PATTERNS_AT_MOST = 50
MEMORY_BYTES = 1 << 20  # of one pattern, once it is made ready

# Harmless talk of many scripts. Whatever is found in all of it is found in almost
# anything; a pattern that is meant for one script, or for what is long, is not.
_HARMLESS = tuple(
    text.encode()
    for text in (
        "Good evening, nice to be here again",
        "Das war aber ein schöner Abend",
        "¿A qué hora empieza la segunda parte?",
        "Bu bölüm çok güzeldi",
        "Привет, как дела",
        "Καλησπέρα σε όλους",
        "مساء الخير للجميع",
        "ערב טוב לכולם",
        "आज का दिन अच्छा है",
        "วันนี้สนุกมากเลย",
        "今天的比赛真好看",
        "今日はとても楽しかった",
        "오늘 정말 재미있어요",
    )
)


class BadPattern(Exception):
    """One sentence that says what is wrong with a pattern."""


@dataclass(frozen=True, slots=True)
class PatternEntry:
    """One line of a list of patterns. `action` is never ALLOW."""

    pattern: str
    action: Action


class PatternList:
    """The patterns of a room, made ready."""

    def __init__(self, entries: Iterable[PatternEntry]) -> None:
        """Raises `BadPattern`."""
        self.entries = tuple(entries)
        if len(self.entries) > PATTERNS_AT_MOST:
            raise BadPattern(f"A room has {PATTERNS_AT_MOST} patterns at most.")
        # The strictest first: the first that is found decides.
        ordered = sorted(self.entries, key=lambda entry: -entry.action)
        self._ready = [(entry, _compiled(entry.pattern)) for entry in ordered]

    def find(self, text: str, seen: Views) -> PatternEntry | None:
        """Return the strictest pattern that a text has, or nothing."""
        written, plain = text.encode(), seen.plain.encode()
        for entry, pattern in self._ready:
            if pattern.search(written) or pattern.search(plain):
                return entry
        return None


def _compiled(pattern: str) -> "re2._Regexp":
    if not 0 < len(pattern) <= LONGEST_PATTERN:
        raise BadPattern(f"A pattern has 1 to {LONGEST_PATTERN} characters.")
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MEMORY_BYTES
    try:
        compiled = re2.compile(pattern.encode(), options)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if error.args else "it is too large"
        raise BadPattern(f"The pattern {pattern!r} cannot be used: {reason}.") from None
    except UnicodeEncodeError:
        raise BadPattern(f"The pattern {pattern!r} is no text.") from None
    if compiled.search(b"") or all(map(compiled.search, _HARMLESS)):
        raise BadPattern(f"The pattern {pattern!r} is found in almost every text.")
    return compiled
