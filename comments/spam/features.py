"""What the model sees of a text: hashed pieces of its words. Sync, pure, 50 to 500 µs by length.

Everything starts from the folded view with doubled letters made single, so that an obfuscated text
has the pieces of the plain one. Three kinds of pieces are weighed apart, each scaled to its own
length: groups of three to five characters across the words written together (blanks and signs put
into words change nothing), words and pairs of words, and the shape of the text. A long word that
is not known is cut into known ones where that fits: that reads letters spaced out, of which
nothing else tells where a word ends.

A piece is kept as a 32-bit number: a model file holds no sentence of anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import regex

from .links import has_link
from .normalise import Views

SHORTEST_GROUP, LONGEST_GROUP = 3, 5
LETTERS_AT_MOST = 400  # of one text; twice what may be posted
LONGEST_WORD = 14  # that is looked for inside a longer one
CUT_FROM_LETTERS = 8
# A piece that is in no known word costs this much (a word said once in a million costs -14).
_UNKNOWN_LETTER = -14.0
_KNOWN_SHARE = 0.7  # of the letters, for a cut to be believed

_DOUBLED = regex.compile(r"(.)\1+")
_WORD = regex.compile(r"[^\W_]+")
_DIGIT = regex.compile(r"\d")
_WORDS, _PAIRS, _SHAPE = 1, 2, 3  # where the numbers of each kind start from
_LENGTHS = (8, 20, 40, 80, 150)
_MOSTLY_CAPITALS, _ENOUGH_LETTERS = 0.6, 8


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one text by kind."""

    groups: frozenset[int]
    words: frozenset[int]
    shape: frozenset[int]

    def kinds(self) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
        return (self.groups, self.words, self.shape)


def pieces(text: str, seen: Views, known: Mapping[str, float]) -> Pieces:
    """Return the pieces of a text; `known` has the logarithm of how often each word is said."""
    words = [part for word in spoken_words(seen) for part in _parts(word, known)]
    written = "".join(words)
    return Pieces(_groups(written), _words(words), _shape(text, seen, len(written)))


def spoken_words(seen: Views) -> list[str]:
    """Return the words of a text as the model reads them, no more than it looks at."""
    return _WORD.findall(_DOUBLED.sub(r"\1", seen.folded[: 2 * LETTERS_AT_MOST]))


def _groups(written: str) -> frozenset[int]:
    # Two bytes a character: a slice of bytes is what crc32 takes.
    data = f"^{written[:LETTERS_AT_MOST]}$".encode("utf-16-le", "surrogatepass")
    return frozenset(
        crc32(data[start : start + size])
        for size in range(2 * SHORTEST_GROUP, 2 * LONGEST_GROUP + 1, 2)
        for start in range(0, len(data) - size + 1, 2)
    )


def _words(words: list[str]) -> frozenset[int]:
    said = [word.encode("utf-8", "surrogatepass") for word in words]
    pairs = pairwise(said)
    return frozenset(
        [crc32(word, _WORDS) for word in said] + [crc32(b"%b %b" % pair, _PAIRS) for pair in pairs]
    )


def _shape(text: str, seen: Views, letters: int) -> frozenset[int]:
    found = [f"from {length}" for length in _LENGTHS if letters >= length]
    if has_link(text):
        found.append("link")
    for sign in ("!", "!!", "?"):
        if sign in seen.plain:
            found.append(sign)
    if _DIGIT.search(text):
        found.append("digit")
    if letters >= _ENOUGH_LETTERS:
        capitals = sum(map(str.isupper, text))
        if capitals > _MOSTLY_CAPITALS * sum(map(str.isalpha, text)):
            found.append("capitals")
    return frozenset(crc32(name.encode(), _SHAPE) for name in found)


def _parts(word: str, known: Mapping[str, float]) -> list[str]:
    """The word, or the known words that it is made of."""
    if len(word) < CUT_FROM_LETTERS or word in known or not known:
        return [word]
    parts = _cut(word[:LETTERS_AT_MOST], known)
    covered = sum(len(part) for part in parts if part in known)
    return parts if covered >= _KNOWN_SHARE * len(word) else [word]


def _cut(word: str, known: Mapping[str, float]) -> list[str]:
    """The most probable cut of a word into known words and single letters."""
    best = [0.0]
    starts = [0]
    for end in range(1, len(word) + 1):
        value, at = best[end - 1] + known.get(word[end - 1], _UNKNOWN_LETTER), end - 1
        for start in range(max(0, end - LONGEST_WORD), end - 1):
            likely = known.get(word[start:end])
            if likely is not None and best[start] + likely > value:
                value, at = best[start] + likely, start
        best.append(value)
        starts.append(at)
    parts = []
    end = len(word)
    while end:
        parts.append(word[starts[end] : end])
        end = starts[end]
    return parts[::-1]
