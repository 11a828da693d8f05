"""Near-copies of one text by many people. Sync, pure; one `Copies` a room, up to 150 µs a comment.

A raid is many accounts that post one text, each a little changed. What a text is made of is its
set of three-character groups (ones and twos where a character is a syllable or a word), without
blanks and signs and with digits read as letters; two texts are near-copies when they share 60 % of
all their groups (Jaccard). To find them, each text is filed under the sixteen of its groups that
come first in a random order: near-copies have nine or so of those in common, three but for one pair
in a thousand, and what is found is then compared exactly. Near-copies of near-copies are one wave.

The crowd makes waves too: votes, cheers, the name of an emote a hundred times. They are short once
what repeats itself is counted once, and they come from people who are known. So a wave is held only
when it is long enough or has a link, when five people or more are in it, and when most of them are
without standing; and of it, only what comes from those.

Several web processes. Every process sees every comment of the rooms that it serves: its own when
they are posted, those of the others with the next frame (shown ones in the viewers' frames, held
ones in the staff's). Each therefore keeps a whole `Copies` of its own and tells it both:
`observe` decides on its own posts, and for the others it is called and its answer left unused.
An author counts once however often a comment is told. A process lags behind by a tick, about
100 ms, so with N processes a raid gets through what the others took in that time: at 25 posts a
second two or three beyond the first four. Nothing has to go through Redis, nothing is awaited, and
a restarted process is whole again after a minute.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import regex

from livecomments.accounts.models import Standing

from .normalise import Views, in_letters

WINDOW_SECONDS = 60.0
ALIKE_FROM = 0.6  # Jaccard; edits of one character in ten stay above it
AUTHORS_FROM = 5
LENGTH_FROM = 15  # characters, what is repeated counted once
# A cheer is one or two words, however often; so is the name of an emote. As a message so few words
# count only when they are long ones, or when it was the blanks that were left out.
WORDS_FROM, LENGTH_OF_FEWER_WORDS_FROM = 3, 30
FILED_UNDER = 16
SHARED_FROM = 3  # of those; near-copies share nine or so
# A group of characters that everyone uses finds only its latest texts: others find the rest.
TEXTS_PER_GROUP = 16
COMPARED_AT_MOST = 8
TEXTS_AT_MOST = 12_000  # 200 a second, each different; beyond, the window gets shorter
AUTHORS_AT_MOST = 500
LETTERS_AT_MOST = 300

_BLANKS = regex.compile(r"\s+")
_SIGNS = regex.compile(r"[\s\p{P}]+")
_DOUBLED = regex.compile(r"(.)\1+")
_FIRST_IDEOGRAPH, _LAST_IDEOGRAPH = "\u2e80", "\ud7a3"  # with kana and Hangul
# Chinese and Japanese write no blanks: there a character counts as a word.
_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]|\w[^\s\p{Han}\p{Hiragana}\p{Katakana}]*")
# What a comment is addressed to, not what it says: "!vote", "@somebody".
_ADDRESSED = regex.compile(r"^!\w+|(?<!\S)@\S+")


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of the wave that a comment is part of. Without one: one author, not held."""

    held: bool = False
    authors: int = 1
    strangers: int = 0  # of them, those without standing


NOTHING = Seen()


@dataclass(slots=True)
class _Wave:
    """Who is in it, longest silent first: when they last spoke, and whether they are strangers."""

    authors: dict[int | str, tuple[float, bool]] = field(default_factory=dict)
    strangers: int = 0
    pardoned: bool = False

    def add(self, author: int | str, stranger: bool, now: float) -> None:
        self._drop(author)
        self.authors[author] = (now, stranger)
        self.strangers += stranger
        while len(self.authors) > AUTHORS_AT_MOST or self._oldest() < now - WINDOW_SECONDS:
            self._drop(next(iter(self.authors)))

    def _oldest(self) -> float:
        return next(iter(self.authors.values()))[0]

    def _drop(self, author: int | str) -> None:
        found = self.authors.pop(author, None)
        if found is not None:
            self.strangers -= found[1]


@dataclass(slots=True, eq=False)
class _Text:
    wave: _Wave
    filed: tuple[str, ...]
    groups: int
    text: str
    at: float


class Copies:
    """The last minute of a room's texts."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, _Text] = OrderedDict()  # longest unsaid first
        self._filed: dict[str, deque[_Text]] = {}

    def __len__(self) -> int:
        return len(self._texts)

    def observe(
        self, author: int | str, standing: Standing, seen: Views, now: float, *, link: bool
    ) -> Seen:
        """Takes a comment in and returns what wave it is part of. `now` in seconds, monotonic."""
        self._forget(now)
        said = _ADDRESSED.sub("", seen.plain)
        text = _letters(said)
        groups = _groups(text)
        if not link and is_short(text if seen.joined else said, joined=seen.joined):
            return NOTHING
        stranger = standing == Standing.NEW
        wave = self._wave(text, groups, now)
        wave.add(author, stranger, now)
        many = len(wave.authors) >= AUTHORS_FROM and 2 * wave.strangers > len(wave.authors)
        held = many and stranger and not wave.pardoned
        return Seen(held, len(wave.authors), wave.strangers)

    def pardon(self, seen: Views) -> bool:
        """Lets the wave of a text go free, as when a moderator approved one of it; False: unknown.

        The crowd has its chants, and guests who come over from another room bring theirs.
        """
        known = self._texts.get(_letters(_ADDRESSED.sub("", seen.plain)))
        if known is not None:
            known.wave.pardoned = True
        return known is not None

    def _wave(self, text: str, groups: set[str], now: float) -> _Wave:
        known = self._texts.get(text)
        if known is not None:
            known.at = now
            self._texts.move_to_end(text)
            return known.wave
        filed = tuple(sorted(groups, key=hash)[:FILED_UNDER])
        alike = max(
            (found.wave for found in self._alike(filed, groups)),
            key=lambda wave: len(wave.authors),
            default=None,
        )
        wave = alike or _Wave()
        self._file(_Text(wave, filed, len(groups), text, now))
        return wave

    def _alike(self, filed: tuple[str, ...], groups: set[str]) -> Iterator[_Text]:
        shared: dict[_Text, int] = {}
        for group in filed:
            for text in self._filed.get(group, ()):
                shared[text] = shared.get(text, 0) + 1
        likely = [
            text
            for text, count in shared.items()
            if count >= min(SHARED_FROM, text.groups, len(groups))
            and text.groups >= ALIKE_FROM * len(groups)
            and len(groups) >= ALIKE_FROM * text.groups
        ]
        if len(likely) > COMPARED_AT_MOST:
            likely = sorted(likely, key=shared.__getitem__)[-COMPARED_AT_MOST:]
        for text in likely:
            common = len(groups & _groups(text.text))
            if common >= ALIKE_FROM * (text.groups + len(groups) - common):
                yield text

    def _file(self, text: _Text) -> None:
        self._texts[text.text] = text
        for group in text.filed:
            self._filed.setdefault(group, deque(maxlen=TEXTS_PER_GROUP)).append(text)
        if len(self._texts) > TEXTS_AT_MOST:
            self._unfile(self._texts.popitem(last=False)[1])

    def _forget(self, now: float) -> None:
        while self._texts:
            text = next(iter(self._texts.values()))
            if text.at >= now - WINDOW_SECONDS:
                return
            del self._texts[text.text]
            self._unfile(text)

    def _unfile(self, text: _Text) -> None:
        for group in text.filed:
            texts = self._filed.get(group)
            if texts is None:
                continue
            if text in texts:
                texts.remove(text)
            if not texts:
                del self._filed[group]


def is_short(said: str, *, joined: bool) -> bool:
    """True for what is too little, or has too few different words, to be a message.

    `joined` letters are one word whatever they say.
    """
    if joined:
        return len({said[at : at + 3] for at in range(len(said))}) < LENGTH_FROM
    words = set(_WORD.findall(said))
    length = sum(map(len, words))
    return length < (LENGTH_FROM if len(words) >= WORDS_FROM else LENGTH_OF_FEWER_WORDS_FROM)


def _letters(said: str) -> str:
    """A text as it is compared: digits as the letters they may stand for, without blanks, signs
    and doubled letters. What has nothing else keeps its signs: pictures are drawn with them."""
    text = _SIGNS.sub("", in_letters(said))
    return _DOUBLED.sub(r"\1", text or _BLANKS.sub("", said))[:LETTERS_AT_MOST]


def _groups(text: str) -> set[str]:
    """The groups of characters of a text: threes, and of ideographs ones and twos."""
    groups = {text[at : at + 3] for at in range(max(1, len(text) - 2))}
    if text.isascii():
        return groups
    return {
        part
        for group in groups
        for part in ((group[:1], group[:2]) if _is_ideograph(group[:1]) else (group,))
    }


def _is_ideograph(character: str) -> bool:
    return _FIRST_IDEOGRAPH <= character <= _LAST_IDEOGRAPH
