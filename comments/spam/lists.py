"""Lists of words that a room does not want: block, hold or mask. Sync, pure, tens of microseconds.

All terms of a room are looked for at once (Aho-Corasick), in both views of a text, so disguised
words are found as the plain ones are. A term stands for a whole word or several; an asterisk at
an end lets the word go on there. Scripts without blanks between words have no whole words.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from hashlib import blake2b

import ahocorasick
import regex

from .normalise import Views, views

SHORTEST_TERM, LONGEST_TERM = 2, 500
TERMS_AT_MOST = 1_000
MASK = "•"
# Terms of several words in one text; whoever has more of them means nothing but these, and loses
# the rest of the text: looking for each takes a while.
RUNS_MASKED_AT_MOST = 8
# In a text that was spaced out nobody can tell where a word ends; a short term would be found in
# innocent ones.
LONG_ENOUGH_INSIDE = 5
_IN_WORD = regex.compile(r"[\p{L}\p{N}\p{M}]")
_WITHOUT_BLANKS = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)


class WordAction(IntEnum):
    """What becomes of a comment with the term, from the mildest."""

    MASK = 0
    HOLD = 1
    BLOCK = 2


class BadTerm(Exception):
    """One sentence that says what is wrong with an entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list. `term` as a moderator typed it."""

    term: str
    action: WordAction


@dataclass(frozen=True, slots=True)
class _Needle:
    entry: Entry
    text: str
    open_start: bool
    open_end: bool
    # Its words written together: to be found where the blanks of the text are lost, only there.
    together: bool = False

    def fits(self, seen: str, end: int, *, joined: bool) -> bool:
        """True when it stands in `seen` as a whole word, its last character at `end`."""
        if joined and len(self.text) >= LONG_ENOUGH_INSIDE:
            return True
        if self.together:
            return False
        start = end - len(self.text) + 1
        return (self.open_start or _parts(self.text[0], seen[start - 1 : start])) and (
            self.open_end or _parts(self.text[-1], seen[end + 1 : end + 2])
        )


class WordList:
    """The entries of a room, made ready; the same entries have the same `version`."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Raises `BadTerm`."""
        self.entries = tuple(entries)
        if len(self.entries) > TERMS_AT_MOST:
            raise BadTerm(f"A list has {TERMS_AT_MOST} terms at most.")
        written = sorted(f"{entry.action}{entry.term}" for entry in self.entries)
        self.version = blake2b("\n".join(written).encode(), digest_size=6).hexdigest()
        plain: dict[str, list[_Needle]] = {}
        folded: dict[str, list[_Needle]] = {}
        for entry in self.entries:
            stem, open_start, open_end = _stem(entry.term)
            seen = views(stem)
            for text, needles in ((seen.plain, plain), (seen.folded, folded)):
                needle = _Needle(entry, text, open_start, open_end)
                needles.setdefault(text, []).append(needle)
                if " " in text:
                    together = replace(needle, text=text.replace(" ", ""), together=True)
                    needles.setdefault(together.text, []).append(together)
        self._plain, self._folded = _automaton(plain), _automaton(folded)

    def find(self, seen: Views) -> Entry | None:
        """Return the strictest entry that a text has, or nothing."""
        return max(self._found(seen), key=lambda entry: entry.action, default=None)

    def mask(self, text: str) -> str:
        """Return the text with each masked term replaced, blanks kept; unchanged where none is."""
        words = text.split(" ")
        alone = {word for word in set(words) if self._masks([word])}
        words = [_bullets(word) if word in alone else word for word in words]
        masked: list[str] = []
        for _ in range(RUNS_MASKED_AT_MOST):
            if not self._masks(words):
                return " ".join(masked + words)
            start, end = self._run_in(words)
            masked += words[:start] + [_bullets(word) for word in words[start:end]]
            words = words[end:]
        return " ".join(masked + [_bullets(word) for word in words])

    def _run_in(self, words: list[str]) -> tuple[int, int]:
        """The fewest words from the front that have a masked term, and of those the fewest to the
        end."""
        end = 1 + self._first_of(len(words), lambda n: words[: n + 1])
        return end - 1 - self._first_of(end, lambda n: words[end - 1 - n : end]), end

    def _first_of(self, count: int, words: Callable[[int], list[str]]) -> int:
        """The first of so many runs of words, each part of the next, that has a masked term.

        A longer run has what a shorter one has, so halving finds it.
        """
        return min(bisect_left(range(count), True, key=lambda n: self._masks(words(n))), count - 1)

    def _masks(self, words: list[str]) -> bool:
        found = self._found(views(" ".join(words)))
        return any(entry.action == WordAction.MASK for entry in found)

    def _found(self, seen: Views) -> Iterator[Entry]:
        for automaton, text in ((self._plain, seen.plain), (self._folded, seen.folded)):
            if automaton is None:
                continue
            for end, needles in automaton.iter(text):
                for needle in needles:
                    if needle.fits(text, end, joined=seen.joined):
                        yield needle.entry


def _bullets(word: str) -> str:
    return MASK * len(word)


def _stem(term: str) -> tuple[str, bool, bool]:
    open_start, open_end = term.startswith("*"), term.endswith("*")
    stem = " ".join(term.strip("*").split())
    if not SHORTEST_TERM <= len(stem) <= LONGEST_TERM:
        raise BadTerm(f"A term has {SHORTEST_TERM} to {LONGEST_TERM} characters: {term!r}.")
    if not views(stem).plain:
        raise BadTerm(f"A term needs something that can be seen: {term!r}.")
    return stem, open_start, open_end


def _automaton(needles: dict[str, list[_Needle]]) -> "ahocorasick.Automaton | None":
    if not needles:
        return None
    automaton = ahocorasick.Automaton()
    for text, found in needles.items():
        automaton.add_word(text, found)
    automaton.make_automaton()
    return automaton


def _parts(edge: str, neighbour: str) -> bool:
    """True when a word may end between these two characters."""
    if not neighbour or not _IN_WORD.match(neighbour) or not _IN_WORD.match(edge):
        return True
    return bool(_WITHOUT_BLANKS.match(edge))
