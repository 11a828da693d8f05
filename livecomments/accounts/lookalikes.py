"""Which names a reader would take for another. Sync, pure.

The skeleton of Unicode Technical Standard #39: what looks the same has the same one, whatever
script it is written in. Unicode's list of pairs comes with the library confusable-homoglyphs.
"""

import unicodedata
from functools import cache, lru_cache

import regex
from confusable_homoglyphs.confusables import confusables_data

NAMES_REMEMBERED = 10_000  # staff and broadcasters are compared with at every sign-up

_DIRECTION = "\u200e"  # a mark that the list puts around what is written from the right
_IGNORED = regex.compile(r"\p{Default_Ignorable_Code_Point}+")
# Spaces, dots and dashes part a name differently, but do not make it another one.
_BETWEEN = regex.compile(r"[^\p{L}\p{N}\p{M}]+")


def skeleton(text: str) -> str:
    """The text in the characters that its own look like."""
    plain = _IGNORED.sub("", unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text)))
    return unicodedata.normalize("NFD", plain.translate(_table()))


@lru_cache(maxsize=NAMES_REMEMBERED)
def readings(name: str) -> frozenset[str]:
    """What a name may be read as; two names that share a reading look alike.

    There are two: a capital I looks like an l, and a small i is still the same letter as it.
    """
    spellings = (name.casefold(), skeleton(name).casefold())
    found = (skeleton(spelling) for spelling in spellings)
    return frozenset(_BETWEEN.sub("", read) or read for read in found)


@cache
def _table() -> dict[int, str]:
    """Each character that looks like another, and that one.

    The library lists pairs from both ends. Of a group, the one that all the others are paired with
    is what they look like; of two alone, the longer, else the one that comes first.
    """
    found: dict[int, str] = {}
    for character, pairs in confusables_data.items():
        alike = [pair["c"].strip(_DIRECTION) for pair in pairs]
        if len(character) != 1 or len(alike) != 1:
            continue
        other = alike[0]
        is_last = len(confusables_data.get(other, ())) > 1
        if is_last or (-len(other), other) < (-1, character):
            found[ord(character)] = other
    return found
