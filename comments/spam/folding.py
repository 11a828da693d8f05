"""Which characters are the same to a reader. Sync, pure; each character is worked out once.

A character becomes its compatibility form in small letters, without marks that only decorate, and
is then replaced by the Latin letter or digit that it looks like. What looks like what comes from
the table of Unicode Technical Standard #39 beside `livecomments.accounts.lookalikes`, and from the
names that Unicode gives to letters drawn in another way ("turned a", "small capital a").
"""

import unicodedata

import regex

from livecomments.accounts.lookalikes import skeleton

CHARACTERS_REMEMBERED = 20_000  # of each table; a room uses a few thousand

# Marks that decorate any letter. Those of one script (Thai vowels, Hebrew points) spell words.
_DECORATION = regex.compile(
    r"[\u0300-\u036F\u0483-\u0489\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\uFE20-\uFE2F]"
)
# Vowels and cantillation of Arabic and Hebrew, and the stroke that stretches an Arabic word: hardly
# anybody writes them, and a word is the same with and without.
POINTING = regex.compile(
    r"[\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u0610-\u061A\u0640\u064B-\u0652"
    r"\u0656-\u065F\u0670\u06D6-\u06DC\u06DF-\u06E4\u06E7\u06E8\u06EA-\u06ED\u08CA-\u08E1"
    r"\u08E3-\u08FF\uFB1E\uFC5E-\uFC63\uFCF2-\uFCF4\uFE70-\uFE72\uFE74\uFE76-\uFE7F]"
)
_UNSEEN = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\u2800]")
# Scripts of which single letters stand for Latin ones everywhere; others do in mixed words alone.
_ALIKE = regex.compile(
    r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Cherokee}\p{Armenian}\p{Coptic}\p{Lisu}]"
)
_DRAWN = regex.compile(
    r"(?:NEGATIVE SQUARED |NEGATIVE CIRCLED |CROSSED NEGATIVE SQUARED |SQUARED )?"
    r"LATIN (?:SMALL |CAPITAL )?LETTER "
    r"(?:SMALL CAPITAL |SMALL |TURNED |REVERSED |SIDEWAYS |INVERTED |SCRIPT |BARRED |DOTLESS "
    r"|LONG )*"
    r"([A-Z])(?: .*)?"
)
# What Unicode's table gives for Cyrillic em, ka and pe is not the letter they are used for.
# (What it gives for beta looks like a sharp s, which by itself becomes two.)
_READ_AS = {"ʍ": "m", "ĸ": "k", "π": "n", "rn": "m", "ß": "b", "ƅ": "b"}
# In a word that has Latin letters too, these stand for what they resemble from afar.
_RESEMBLES = {
    "и": "u", "я": "r", "ш": "w", "щ": "w", "ц": "u", "ч": "y", "д": "d", "г": "r",
    "λ": "a", "σ": "o", "ω": "w", "ξ": "e", "θ": "o", "µ": "u", "μ": "u", "τ": "t", "β": "b",
    "ε": "e", "η": "n", "χ": "x", "Σ": "e", "Λ": "a", "Ξ": "e", "Θ": "o",
}  # fmt: skip
# Letters of Persian and Urdu that are drawn as those of Arabic, in the middle of a word at least.
_ARABIC = {"ک": "ك", "ڪ": "ك", "ی": "ي", "ى": "ي", "ې": "ي", "ہ": "ه", "ھ": "ه", "ە": "ه"}


class Folding(dict[int, str]):
    """A table for `str.translate` that works out a character when it first comes."""

    def __init__(self, *, in_mixed_words: bool) -> None:
        super().__init__()
        self._in_mixed_words = in_mixed_words

    def __missing__(self, code: int) -> str:
        if len(self) >= CHARACTERS_REMEMBERED:
            self.clear()
        folded = self[code] = self._folded(chr(code))
        return folded

    def _folded(self, character: str) -> str:
        if self._in_mixed_words and character.isupper():
            # A capital is used for its own shape: capital eta is an H, small eta an n.
            drawn = _latin(character)
            if drawn:
                return "i" if drawn == "l" else drawn
        compatible = unicodedata.normalize("NFKC", character).casefold()
        parts = unicodedata.normalize("NFD", compatible)
        return "".join(map(self._plain, _DECORATION.sub("", _UNSEEN.sub("", parts))))

    def _plain(self, character: str) -> str:
        if character.isascii():
            return character
        digit = unicodedata.digit(character, None)
        if digit is not None:
            return str(digit)
        if character in _ARABIC:
            return _ARABIC[character]
        if self._in_mixed_words and character in _RESEMBLES:
            return _RESEMBLES[character]
        if self._in_mixed_words or _ALIKE.match(character) or not character.isalpha():
            return _latin(character) or character
        return character


def _latin(character: str) -> str:
    """The small Latin letter or digit that a character looks like, or nothing."""
    looks = skeleton(character)
    found = _READ_AS.get(looks) or _DECORATION.sub("", looks).casefold()
    if not (found.isascii() and found.isalnum()):
        drawn = _DRAWN.fullmatch(unicodedata.name(found if len(found) == 1 else character, ""))
        found = drawn[1].lower() if drawn else ""
    return found if len(found) <= 2 else ""


class Visible(dict[int, str | None]):
    """A table for `str.translate` that drops what cannot be seen and what only decorates."""

    def __missing__(self, code: int) -> str | None:
        if len(self) >= CHARACTERS_REMEMBERED:
            self.clear()
        character = chr(code)
        drop = any(one.match(character) for one in (_UNSEEN, _DECORATION, POINTING))
        kept = self[code] = None if drop else character
        return kept


VISIBLE = Visible()
EVERYWHERE = Folding(in_mixed_words=False)
IN_MIXED_WORDS = Folding(in_mixed_words=True)
