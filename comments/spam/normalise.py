"""The two views of a text that the rules on spam look at. Sync, pure, some microseconds.

Spam is written so that people read one thing and machines another: zero-width characters, letters
of another script, digits for letters, spaces between letters. Both views undo that: compatibility
forms, case, marks, what cannot be seen, look-alikes (`folding`), runs of one character, spaced
letters. The second view also reads digits and signs as the letters that they stand for; that harms
numbers, which is why it is a second one. See docs/SPAM.md.
"""

import re
import unicodedata
from itertools import compress

import msgspec
import regex

from .folding import EVERYWHERE, IN_MIXED_WORDS, POINTING, VISIBLE

_ALPHABETS = (
    regex.compile(r"\p{Latin}"),
    regex.compile(r"\p{Greek}"),
    regex.compile(r"\p{Cyrillic}"),
    regex.compile(r"\p{Armenian}"),
    regex.compile(r"\p{Hebrew}"),
    regex.compile(r"\p{Arabic}"),
    regex.compile(r"\p{Cherokee}"),
)
_FOREIGN_WORD = regex.compile(r"[A-Za-z0-9_]*+[^\W\x00-\x7F]\w*")
_DOUBLED = regex.compile(r"(.)\1+")
_LONG_RUN = regex.compile(r"([^\d\s])\1{2,}|(\d)\2{4,}")
# Letters of which each two beside each other are drawn as a flag, where there is such a flag.
_INDICATORS = re.compile("[\U0001f1e6-\U0001f1ff]+")
_FLAG = 2
_INDICATOR_TO_LETTER = 0x1F1E6 - ord("a")
# "⒢" and "🄶" in brackets: their compatibility form is a letter between brackets.
_BRACKETED = {
    **{0x249C + at: chr(ord("a") + at) for at in range(26)},
    **{0x1F110 + at: chr(ord("a") + at) for at in range(26)},
}
# Without one of these a text has no pointing, no flags and no letters in brackets.
_RARE = re.compile("[\u0591-\u08ff\u249c-\u24b5\ufb1e\ufc5e-\ufe7f\U0001f110-\U0001f1ff]")
_BY_BRACKETS = regex.compile(r"(?<![^\W_])(?:\([^\W_]\)|\[[^\W_]\]|\{[^\W_]\}){3,}(?![^\W_])")
_BRACKETS = str.maketrans("", "", "()[]{}")

# One character, a blank, one character, and so on: four at least, as people write "U S A".
_BY_BLANKS = re.compile(r"(?<!\S)\S(?: \S){3,}(?!\S)")
_BLANKED_FROM = 4
# With the same sign between them: three.
_BY_SIGNS = regex.compile(r"(?<![^\W_])[^\W_]([._*~\-·•|/,:+'])[^\W_](?:\1[^\W_])+(?![^\W_])")
_SEPARATOR = re.compile(r"[._*~\-·•|/,:+']")
_LETTERS_WHEN_SPACED = 3  # fewer: a date, a score, a sum

_LEET = str.maketrans("0123456789@$!|+(€£¥¢l", "oizeasgtbgasiitceiyci")
_LEET_SIGNS = frozenset("0123456789@$!|+(€£¥¢")
# There they are punctuation, money, a mention or a command.
_SIGNS_BEFORE, _SIGNS_AFTER = "@!+(€£¥¢", "!+(@€£¥¢"
_LETTER = regex.compile(r"\p{L}")
# A digit or sign between letters, or before one: how leet looks, and hardly anything else does.
_MIXED = re.compile(r"(?:[a-z][0-9@$!|+]|[0-9|$][0-9@$!|+]*)[a-z]")
_MONEY = re.compile(r"\$\d")
_MIXED_FROM, _MIXED_SHARE = 2, 0.3


class Views(msgspec.Struct, frozen=True, gc=False):
    """`plain` reads as the text does; `folded` has letters for digits and signs within words."""

    plain: str
    folded: str
    joined: bool = False  # words that were spaced out letter by letter were put together


def views(text: str) -> Views:
    """Return both views of a text; texts that read the same have the same ones."""
    written = _characters(text)
    plain = _unspaced(written)
    joined = len(plain) != len(written)
    folded = plain if plain.isascii() else _INDICATORS.sub(_flags_in_letters, plain)
    if (plain.isascii() and not has_run(plain, 3)) or not _LONG_RUN.search(plain):
        return Views(plain, _read_as_letters(folded), joined)
    once = _LONG_RUN.sub(r"\1\2", folded)
    return Views(_LONG_RUN.sub(r"\1\1\2\2", plain), _read_as_letters(once), joined)


def _characters(text: str) -> str:
    """The text in small letters that look like themselves, with single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    if _RARE.search(text):
        text = POINTING.sub("", _INDICATORS.sub(_odd_ones_in_letters, text)).translate(_BRACKETED)
    # The compatibility form of a Greek c is the s at the end of words.
    text = text.replace("ϲ", "c").replace("Ϲ", "C")
    visible = unicodedata.normalize("NFKC", text).translate(VISIBLE)
    visible = _FOREIGN_WORD.sub(_in_latin, visible)
    folded = visible.translate(EVERYWHERE)
    return " ".join(unicodedata.normalize("NFC", folded).split())


def _odd_ones_in_letters(match: "re.Match[str]") -> str:
    """Letters of flags that cannot all be flags, as letters; others as they are."""
    return _in_ascii(match[0]) if len(match[0]) % _FLAG else match[0]


def _flags_in_letters(match: "re.Match[str]") -> str:
    """Several flags as the letters that spell them: many a pair is none. One alone is one."""
    return _in_ascii(match[0]) if len(match[0]) > _FLAG else match[0]


def _in_ascii(indicators: str) -> str:
    return "".join(chr(ord(one) - _INDICATOR_TO_LETTER) for one in indicators)


def _in_latin(match: "regex.Match[str]") -> str:
    """A word with letters of several alphabets, read as Latin; another one as it is."""
    word = match[0]
    alphabets = sum(1 for alphabet in _ALPHABETS if alphabet.search(word))
    return word.translate(IN_MIXED_WORDS) if alphabets > 1 else word


def without_doubles(text: str) -> str:
    """Return a text with each run of one character as one of them."""
    if text.isascii():
        return "".join(compress(text, changes(text)))
    return _DOUBLED.sub(r"\1", text)


def has_run(text: str, length: int) -> bool:
    """True when a character of an ASCII text comes so many times in a row."""
    return bytes(length - 1) in changes(text)


def changes(text: str) -> bytes:
    """Return for each character of an ASCII text by how much it differs from the one before it:
    zero where it is the same.

    One step with a large number, as that takes half a microsecond and a pattern takes five.
    """
    data = text.encode()
    number = int.from_bytes(data, "big")
    return (number ^ (number >> 8)).to_bytes(len(data), "big")


def _unspaced(text: str) -> str:
    """The text with words put together that were written letter by letter."""
    if ")(" in text or "][" in text or "}{" in text:
        text = _BY_BRACKETS.sub(_unbracketed, text)
    if _SEPARATOR.search(text):
        text = _BY_SIGNS.sub(_joined, text)
    words = text.split(" ")
    if len(words) >= _BLANKED_FROM and min(map(len, words)) == 1:
        text = _BY_BLANKS.sub(_joined, text)
    return text


def _unbracketed(match: "regex.Match[str]") -> str:
    return match[0].translate(_BRACKETS) if _LETTER.search(match[0]) else match[0]


def _joined(match: "regex.Match[str] | re.Match[str]") -> str:
    run, between = match[0], match[1] if match.re is _BY_SIGNS else " "
    return run.replace(between, "") if len(_LETTER.findall(run)) >= _LETTERS_WHEN_SPACED else run


def in_letters(text: str) -> str:
    """Return a plain view with every digit and sign read as a letter, numbers too."""
    return text.translate(_LEET)


def _read_as_letters(plain: str) -> str:
    """The plain view with leet undone in words that have a letter; l and i become one.

    Where many words mix letters and digits, the others are words as well: "137" is "let".
    """
    if _LEET_SIGNS.isdisjoint(plain):
        return plain.replace("l", "i")
    words = plain.split(" ")
    signed = [at for at, word in enumerate(words) if not _LEET_SIGNS.isdisjoint(word)]
    mixed = sum(1 for at in signed if _MIXED.search(words[at]))
    if mixed >= _MIXED_FROM and mixed >= _MIXED_SHARE * len(words):
        return " ".join([_in_letters_but_the_end(word) for word in words])
    read = plain.replace("l", "i").split(" ")
    for at in signed:
        read[at] = _word_in_letters(words[at])
    return " ".join(read)


def _in_letters_but_the_end(word: str) -> str:
    end = len(word.rstrip("!")) or len(word)
    return word[:end].translate(_LEET) + word[end:]


def _word_in_letters(word: str) -> str:
    if word.isdecimal() or not _LETTER.search(word):
        return word.replace("l", "i")
    end = len(word.rstrip(_SIGNS_AFTER))
    start = 1 if word[0] in _SIGNS_BEFORE or _MONEY.match(word) else 0
    return word[:start] + word[start:end].translate(_LEET) + word[end:]
