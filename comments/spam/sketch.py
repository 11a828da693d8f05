"""What near-copies are recognised by: the letters of a text, its groups, its keys. Sync, pure.

The letters are the text without blanks, signs and doubled letters, with digits read as letters. Its
groups are what two texts are compared by, exactly. Its keys are a few of its longer groups, chosen
by what they begin with, so that a copy has most of the same ones wherever it was edited; they are
what a text is found by among all others, and cost a tenth of comparing it.
"""

import re

import regex

from .normalise import Views, in_letters, without_doubles

LETTERS_AT_MOST = 300
# A cheer is one or two words, however often; so is the name of an emote. As a message so few words
# count only when they are long ones, or when it was the blanks that were left out.
LENGTH_FROM = 15  # characters, what is repeated counted once
WORDS_FROM, LENGTH_OF_FEWER_WORDS_FROM = 3, 30

KEY_LENGTH, IDEOGRAPH_KEY_LENGTH = 5, 2
KEYS_AT_MOST = 6
KEYS_WANTED = 3  # a text without so many of the chosen ones is found by others as well
_ONE_IN = 4  # groups of other scripts that are keys

_BLANKS = regex.compile(r"\s+")
_SIGNS = regex.compile(r"[\s\p{P}]+")
_FIRST_IDEOGRAPH, _LAST_IDEOGRAPH = "\u2e80", "\ud7a3"  # with kana and Hangul
# Chinese and Japanese write no blanks: there a character counts as a word.
_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]|\w[^\s\p{Han}\p{Hiragana}\p{Katakana}]*")
_ASCII_WORD = re.compile(r"\w\S*")
# What a comment is addressed to, not what it says: "!vote", "@somebody".
_ADDRESSED = regex.compile(r"^!\w+|(?<!\S)@\S+")
# A fifth of the letters of a Latin text begin a key.
_ASCII_KEY = re.compile(r"(?=([bdgkmpvwyu].{4}))")

_ASCII = bytes(range(128)).decode()
_READ = in_letters(_ASCII).encode() + bytes(range(128, 256))
_DROPPED = "".join(sign for sign in _ASCII if not _SIGNS.sub("", in_letters(sign))).encode()


def said_in(seen: Views) -> str:
    """Return what a text says, without whom it is addressed to."""
    plain = seen.plain
    if "@" in plain or plain.startswith("!"):
        return _ADDRESSED.sub("", plain)
    return plain


def letters_of(said: str) -> str:
    """Return a text as it is compared. What has no letters keeps its signs: pictures are drawn
    with them."""
    if said.isascii():
        text = said.encode().translate(_READ, _DROPPED).decode()
    else:
        text = _SIGNS.sub("", in_letters(said))
    return without_doubles(text or _BLANKS.sub("", said))[:LETTERS_AT_MOST]


def is_surely_short(text: str) -> bool:
    """True for what is too little to be a message in whatever view: an ASCII text only shrinks."""
    return len(text) < LENGTH_FROM and text.isascii()


def is_short(said: str, *, joined: bool) -> bool:
    """True for what is too little, or has too few different words, to be a message.

    `joined` letters are one word whatever they say.
    """
    if len(said) < LENGTH_FROM:
        return True
    if joined:
        letters = letters_of(said)
        return len({letters[at : at + 3] for at in range(len(letters))}) < LENGTH_FROM
    words = set(_ASCII_WORD.findall(said) if said.isascii() else _WORD.findall(said))
    length = sum(map(len, words))
    return length < (LENGTH_FROM if len(words) >= WORDS_FROM else LENGTH_OF_FEWER_WORDS_FROM)


def groups_of(letters: str) -> set[str]:
    """Return the groups of characters of a text: threes, and of ideographs ones and twos."""
    groups = {letters[at : at + 3] for at in range(max(1, len(letters) - 2))}
    if letters.isascii():
        return groups
    return {
        part
        for group in groups
        for part in ((group[:1], group[:2]) if _is_ideograph(group[:1]) else (group,))
    }


def keys_of(letters: str) -> list[str]:
    """Return what a text is filed under, each once."""
    chosen = set(_ASCII_KEY.findall(letters))
    if not letters.isascii():
        chosen.update(
            key for key in _long_groups(letters) if not key[0].isascii() and not hash(key) % _ONE_IN
        )
    if len(chosen) < KEYS_WANTED:
        groups = set(_long_groups(letters))
        chosen.update(sorted(groups, key=hash)[:KEYS_WANTED])
    if len(chosen) > KEYS_AT_MOST:
        return sorted(chosen, key=hash)[:KEYS_AT_MOST]
    return list(chosen)


def _long_groups(letters: str) -> list[str]:
    return [
        letters[at : at + (IDEOGRAPH_KEY_LENGTH if _is_ideograph(letters[at]) else KEY_LENGTH)]
        for at in range(max(1, len(letters) - 1))
    ]


def _is_ideograph(character: str) -> bool:
    return _FIRST_IDEOGRAPH <= character <= _LAST_IDEOGRAPH
