"""What the model sees of a text: pieces of its words. Sync, pure, 20 to 200 µs by length.

Everything starts from the folded view with doubled letters made single, so that an obfuscated text
has the pieces of the plain one. Three kinds of pieces are weighed apart, each scaled to its own
length: groups of three to five characters across the words written together (blanks and signs put
into words change nothing), words and pairs of words, and the shape of the text. A long word that
is not known is cut into known ones where that fits: that reads letters spaced out, of which
nothing else tells where a word ends.

A piece is known by a 32-bit number, and kept as that: a model file holds no sentence of anybody.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import ahocorasick
import regex

from .links import has_usual_link
from .normalise import Views, without_doubles

LETTERS_AT_MOST = 400  # of one text; twice what may be posted
LONGEST_WORD = 14  # that is looked for inside a longer one
CUT_FROM_LETTERS = 8
WORDS_REMEMBERED = 20_000
# A piece that is in no known word costs this much (a word said once in a million costs -14).
_UNKNOWN_LETTER = -14.0
_KNOWN_SHARE = 0.7  # of the letters, for a cut to be believed

_WORD = regex.compile(r"[^\W_]+")
_ASCII_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_WORDS, _PAIRS, _SHAPE = 1, 2, 3  # where the numbers of each kind start from
_LENGTHS = (8, 20, 40, 80, 150)
_MOSTLY_CAPITALS, _ENOUGH_LETTERS = 0.6, 8


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one text by kind. Words stand alone or in pairs, with a blank between them."""

    written: str  # its words written together
    words: set[str]
    shape: set[str]

    @property
    def groups(self) -> set[str]:
        """The groups of characters; ten times as many as the others, so only made when asked."""
        data = f"^{self.written[:LETTERS_AT_MOST]}$"
        length = len(data)
        groups = {data[at : at + 3] for at in range(length - 2)}
        groups.update([data[at : at + 4] for at in range(length - 3)])
        groups.update([data[at : at + 5] for at in range(length - 4)])
        return groups

    def numbers(self) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
        """The same, by the numbers that a model knows them by."""
        return (
            frozenset(map(group_number, self.groups)),
            frozenset(map(word_number, self.words)),
            frozenset(map(shape_number, self.shape)),
        )


def group_number(group: str) -> int:
    """Return the number of a group of characters."""
    return crc32(group.encode("utf-16-le", "surrogatepass"))


def word_number(word: str) -> int:
    """Return the number of a word or a pair of words."""
    return crc32(word.encode("utf-8", "surrogatepass"), _PAIRS if " " in word else _WORDS)


def shape_number(name: str) -> int:
    """Return the number of a trait of a text's shape."""
    return crc32(name.encode(), _SHAPE)


class KnownWords(dict[str, list[str]]):
    """What each word is made of, worked out when it first comes.

    `known` has the logarithm of how often each word is said.
    """

    def __init__(self, known: Mapping[str, float]) -> None:
        super().__init__()
        self._known = known
        self._inside = ahocorasick.Automaton()
        for word, likely in known.items():
            if 1 < len(word) <= LONGEST_WORD:
                self._inside.add_word(word, (len(word), likely))
        if known:
            self._inside.make_automaton()

    def __missing__(self, word: str) -> list[str]:
        if len(self) >= WORDS_REMEMBERED:
            self.clear()
        parts = self[word] = self._parts(word)
        return parts

    def _parts(self, word: str) -> list[str]:
        """The word, or the known words that it is made of."""
        if len(word) < CUT_FROM_LETTERS or word in self._known or not len(self._inside):
            return [word]
        parts = self._cut(word[:LETTERS_AT_MOST])
        covered = sum(len(part) for part in parts if part in self._known)
        return parts if covered >= _KNOWN_SHARE * len(word) else [word]

    def _cut(self, word: str) -> list[str]:
        """The most probable cut of a word into known words and single letters."""
        ending: dict[int, list[tuple[int, float]]] = {}
        for last, found in self._inside.iter(word):
            ending.setdefault(last + 1, []).append(found)
        if sum(max(found)[0] for found in ending.values()) < _KNOWN_SHARE * len(word):
            return [word]  # not even if none of them shared a letter
        best, starts = [0.0], [0]
        for end in range(1, len(word) + 1):
            value, at = best[end - 1] + self._known.get(word[end - 1], _UNKNOWN_LETTER), end - 1
            for length, likely in ending.get(end, ()):
                if best[end - length] + likely > value:
                    value, at = best[end - length] + likely, end - length
            best.append(value)
            starts.append(at)
        parts = []
        end = len(word)
        while end:
            parts.append(word[starts[end] : end])
            end = starts[end]
        return parts[::-1]


def pieces(text: str, seen: Views, known: KnownWords) -> Pieces:
    """Return the pieces of a text."""
    words = [part for word in spoken_words(seen) for part in known[word]]
    written = "".join(words)
    return Pieces(written, _words(words), _shape(text, seen, len(written)))


def spoken_words(seen: Views) -> list[str]:
    """Return the words of a text as the model reads them, no more than it looks at."""
    said = without_doubles(seen.folded[: 2 * LETTERS_AT_MOST])
    return _ASCII_WORD.findall(said) if said.isascii() else _WORD.findall(said)


def _words(words: list[str]) -> set[str]:
    found = set(words)
    found.update([f"{first} {second}" for first, second in pairwise(words)])
    return found


def _shape(text: str, seen: Views, letters: int) -> set[str]:
    found = [f"from {length}" for length in _LENGTHS if letters >= length]
    if has_usual_link(text):
        found.append("link")
    for sign in ("!", "!!", "?"):
        if sign in seen.plain:
            found.append(sign)
    if _DIGIT.search(text):
        found.append("digit")
    if letters >= _ENOUGH_LETTERS and not text.islower():
        capitals = sum(map(str.isupper, text))
        if capitals > _MOSTLY_CAPITALS * sum(map(str.isalpha, text)):
            found.append("capitals")
    return set(found)
