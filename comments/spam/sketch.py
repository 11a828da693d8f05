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
# An ideograph, a syllable of kana or Hangul, says as much as so many letters.
IDEOGRAPH_COUNTS_AS = 1.5
# A chant is a few words three times in one text or more, and no message either unless they are
# long. Twice is how somebody makes a short message look longer.
CHANTED_WORDS_AT_MOST, CHANTED_FROM = 4, 3
# More names than this are words that somebody writes like names.
EMOTES_AT_MOST = 3

KEY_LENGTH, IDEOGRAPH_KEY_LENGTH = 5, 2
KEYS_AT_MOST = 8
KEYS_WANTED = 3  # a text without so many of the chosen ones is found by others as well

_BLANKS = regex.compile(r"\s+")
_SIGNS = regex.compile(r"[\s\p{P}]+")
_FIRST_IDEOGRAPH, _LAST_IDEOGRAPH = "\u2e80", "\ud7a3"  # with kana and Hangul
# Chinese and Japanese write no blanks: there a character counts as a word.
_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]|\w[^\s\p{Han}\p{Hiragana}\p{Katakana}]*")
_ASCII_WORD = re.compile(r"\w\S*")
# What a comment is addressed to, not what it says: "!vote", "@somebody". An address is no person.
_ADDRESSED = regex.compile(r"^!\w+|(?<!\S)@[^\s/]+(?!\S)")
# The names of emotes stand for pictures: "partyHat", "GnomeHD", ":red_rose:". Words in alternating
# capitals are none.
_EMOTE = re.compile(
    r"(?<!\S)(?:(?:[A-Z][a-z0-9]+|[a-z0-9]{2,})(?:[A-Z][a-z0-9]{2,}|[A-Z]{2,})+"
    r"|:[a-z0-9_+-]{2,}:)(?!\S)"
)
MENTIONS_AT_MOST = 2  # with more, the sign stands for the letter a
# A fifth of the letters of a Latin text begin a key.
_ASCII_KEY = re.compile(r"(?=([bdgkmpvwyu].{4}))")

_ASCII = bytes(range(128)).decode()
_READ = in_letters(_ASCII).encode() + bytes(range(128, 256))
_DROPPED = "".join(sign for sign in _ASCII if not _SIGNS.sub("", in_letters(sign))).encode()


def said_in(seen: Views) -> str:
    """Return what a text says, without whom it is addressed to."""
    plain = seen.plain
    if plain.startswith("!") or 0 < plain.count("@") <= MENTIONS_AT_MOST:
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


def is_short(said: str, written: str, *, joined: bool) -> bool:
    """True for what is too little, or has too few different words, to be a message.

    `written` is the text as it came. `joined` letters are one word whatever they say.
    """
    ascii_only = said.isascii()
    if len(said) < (LENGTH_FROM if ascii_only else LENGTH_FROM / IDEOGRAPH_COUNTS_AS):
        return True
    if joined:
        letters = letters_of(said)
        return len({letters[at : at + 3] for at in range(len(letters))}) < LENGTH_FROM
    words = _ASCII_WORD.findall(said) if ascii_only else _WORD.findall(said)
    return _are_few(words) or _are_few(_without_emotes(words, written))


def is_long(letters: str) -> bool:
    """True for what hardly two people say in the same words by chance, as they say good morning."""
    return _length(letters) >= LENGTH_OF_FEWER_WORDS_FROM


def _are_few(words: list[str]) -> bool:
    different = set(words)
    length = sum(map(_length, different))
    if length >= LENGTH_OF_FEWER_WORDS_FROM:
        return False
    if length < LENGTH_FROM or len(different) < WORDS_FROM:
        return True
    return len(different) <= CHANTED_WORDS_AT_MOST and len(words) >= CHANTED_FROM * len(different)


def _length(word: str) -> float:
    if word.isascii():
        return len(word)
    return len(word) + (IDEOGRAPH_COUNTS_AS - 1) * sum(map(_is_ideograph, word))


def _without_emotes(words: list[str], written: str) -> list[str]:
    names = {name.lower().lstrip(":") for name in _EMOTE.findall(written)}
    if not names or len(names) > EMOTES_AT_MOST:
        return words
    return [word for word in words if word not in names]


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
    """Return what a text is filed under, each once; nothing for one that says nothing."""
    if not letters:
        return []
    chosen = set(_ASCII_KEY.findall(letters))
    if not letters.isascii():
        # Those of the lowest hashes: an edit puts in its own, and the others keep their places.
        others = {key for key in _long_groups(letters) if not key[0].isascii()}
        chosen.update(sorted(others, key=hash)[:KEYS_AT_MOST])
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
