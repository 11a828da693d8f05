"""Near-copies of one text by many people. Sync, pure; one `Copies` a room, ten microseconds a text.

A raid is many accounts that post one text, each a little changed. Two texts are near-copies when
they share 60 % of all their groups of three characters (Jaccard), once blanks and signs are left
out and digits are read as letters (`sketch`). To find them, each text is filed under a few of its
longer groups; what shares some of these with it is then compared exactly. Near-copies of
near-copies are one wave.

The crowd makes waves too: votes, cheers, the name of an emote a hundred times. They are short once
what repeats itself is counted once, and they come from people who are known. So a wave is held only
when it is long enough or has a link, when five people or more are in it, and when most of them are
without standing; and of it, only what comes from those. What people with standing say is therefore
only kept, and looked through when strangers have made a wave that it may be part of.

Several web processes. Every process sees every comment of the rooms that it serves: its own when
they are posted, those of the others with the next frame (shown ones in the viewers' frames, held
ones in the staff's). Each therefore keeps a whole `Copies` of its own and tells it both:
`observe` decides on its own posts, and for the others it is called and its answer left unused.
Frames do not tell anybody's standing: who is known by a frame alone counts as one of the wave, and
whether most of it are strangers is judged by the others in it, who are a fair sample. An author
counts once however often a comment is told. A process lags behind by a tick, about 100 ms, so with
N processes a raid gets through what the others took in that time: at 25 posts a second two or
three beyond the first four. Nothing has to go through Redis, nothing is awaited, and a restarted
process is whole again after a minute.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator, Set
from itertools import islice

import msgspec

from livecomments.accounts.models import Standing

from .reading import Reading
from .sketch import groups_of

WINDOW_SECONDS = 60.0
ALIKE_FROM = 0.6  # Jaccard; edits of one character in ten stay above it
AUTHORS_FROM = 5
STRANGERS_FROM = 3  # so many of five are most of them
FEW_KEYS = 4  # with fewer, a text is compared when one key is shared; with more, two must be
# A key that everyone uses finds only its latest texts: others find the rest.
TEXTS_PER_KEY = 4
COMPARED_AT_MOST = 3
TEXTS_AT_MOST = 12_000  # 200 a second, each different; beyond, the window gets shorter
AUTHORS_AT_MOST = 500
STAFF_SECONDS = 600.0  # for so long people may repeat what the staff of a room said
STAFF_TEXTS_AT_MOST = 20
OTHERS_AT_MOST = 500  # comments of people with standing that are kept to be looked through


class Seen(msgspec.Struct, frozen=True, gc=False):
    """What is known of the wave that a comment is part of. Without one: one author, not held."""

    held: bool = False
    authors: int = 1
    strangers: int = 0  # of them, those without standing


NOTHING = Seen()


class _Wave:
    """Who is in it, longest silent first: when they last spoke, and their standing."""

    __slots__ = ("asked", "authors", "known", "pardoned", "strangers")

    def __init__(self) -> None:
        self.authors: dict[int | str, tuple[float, Standing | None]] = {}
        self.strangers = 0
        self.known = 0  # people with standing; of the rest, frames did not tell
        self.asked = 0  # so many comments of people with standing were looked through for it
        self.pardoned = False

    def add(self, author: int | str, standing: Standing | None, now: float) -> None:
        self._drop(author)
        self.authors[author] = (now, standing)
        self._count(standing, 1)
        while len(self.authors) > AUTHORS_AT_MOST or self._oldest() < now - WINDOW_SECONDS:
            self._drop(next(iter(self.authors)))

    def is_held(self) -> bool:
        """True when a stranger's part of it is to be held."""
        many = len(self.authors) >= AUTHORS_FROM and self.strangers > self.known
        return many and not self.pardoned

    def _oldest(self) -> float:
        return next(iter(self.authors.values()))[0]

    def _drop(self, author: int | str) -> None:
        found = self.authors.pop(author, None)
        if found is not None:
            self._count(found[1], -1)

    def _count(self, standing: Standing | None, by: int) -> None:
        if standing == Standing.NEW:
            self.strangers += by
        elif standing is not None:
            self.known += by


class _Text:
    __slots__ = ("at", "few", "keys", "letters", "wave")

    def __init__(self, wave: _Wave, letters: str, keys: list[str], at: float) -> None:
        self.wave, self.letters, self.keys, self.at = wave, letters, keys, at
        self.few = len(keys) < FEW_KEYS


class Copies:
    """The last minute of a room's texts."""

    def __init__(self) -> None:
        self._texts: OrderedDict[str, _Text] = OrderedDict()  # longest unsaid first
        self._filed: dict[str, list[_Text]] = {}
        # What people with standing said, the latest last, and how much of it there ever was.
        self._others: deque[tuple[float, int | str, Standing, Reading]] = deque(
            maxlen=OTHERS_AT_MOST
        )
        self._others_said = 0
        # When the staff of the room said what, in groups, the latest last.
        self._of_staff: deque[tuple[float, Set[str]]] = deque(maxlen=STAFF_TEXTS_AT_MOST)

    def __len__(self) -> int:
        return len(self._texts)

    def observe(
        self,
        author: int | str,
        standing: Standing | None,
        reading: Reading,
        now: float,
        *,
        link: bool,
    ) -> Seen:
        """Takes a comment in and returns what wave it is part of. `now` in seconds, monotonic.

        `standing` is None where a frame is all that tells of it.
        """
        if standing:
            self._others.append((now, author, standing, reading))
            self._others_said += 1
            return NOTHING
        self._forget(now)
        if (reading.is_short and not link) or not reading.letters:
            return NOTHING
        wave = self._wave(reading, now)
        wave.add(author, standing, now)
        if standing is not None and (wave.strangers >= STRANGERS_FROM or wave.is_held()):
            self._ask_others(wave, reading, now)
        held = standing is not None and wave.is_held()
        if held and self._is_of_staff(reading, now):
            wave.pardoned, held = True, False
        return Seen(held, len(wave.authors), wave.strangers)

    def pardon(self, reading: Reading) -> bool:
        """Lets the wave of a text go free, as when a moderator approved one of it; False: unknown.

        The crowd has its chants, and guests who come over from another room bring theirs.
        """
        known = self._texts.get(reading.letters)
        if known is not None:
            known.wave.pardoned = True
        return known is not None

    def said_by_staff(self, reading: Reading, now: float) -> None:
        """Takes in what staff say: people may repeat it, and go on if they said it before.

        A moderator who quotes from a raid lets nothing go: of what is held already, only the very
        words count.
        """
        if reading.is_short and not reading.hosts:
            return
        letters = reading.letters
        held = any(text.wave.is_held() for text in self._alike(letters, reading.keys))
        if self.pardon(reading) or not held:
            self._of_staff.append((now, groups_of(letters)))

    def _is_of_staff(self, reading: Reading, now: float) -> bool:
        said = [groups for at, groups in self._of_staff if at >= now - STAFF_SECONDS]
        return any(_are_alike(groups, reading.letters) for groups in said)

    def _wave(self, reading: Reading, now: float) -> _Wave:
        letters = reading.letters
        known = self._texts.get(letters)
        if known is not None:
            known.at = now
            self._texts.move_to_end(letters)
            return known.wave
        keys = reading.keys
        alike = max(
            (found.wave for found in self._alike(letters, keys)),
            key=lambda wave: len(wave.authors),
            default=None,
        )
        wave = alike or _Wave()
        self._file(_Text(wave, letters, keys, now))
        return wave

    def _alike(self, letters: str, keys: list[str]) -> Iterator[_Text]:
        likely = self._likely(letters, keys)
        if not likely:
            return
        groups = groups_of(letters)
        for text in likely:
            if _are_alike(groups, text.letters):
                yield text

    def _likely(self, letters: str, keys: list[str]) -> list[_Text]:
        """The texts that share enough keys with one and have about its length."""
        once: set[_Text] = set()
        shared: dict[_Text, int] = {}
        few = len(keys) < FEW_KEYS
        for key in keys:
            for text in self._filed.get(key, ()):
                if text in once or few or text.few:
                    shared[text] = shared.get(text, 1) + 1
                else:
                    once.add(text)
        length = len(letters)
        likely = [
            text
            for text in shared
            if ALIKE_FROM * length <= len(text.letters) <= length / ALIKE_FROM
        ]
        if len(likely) > COMPARED_AT_MOST:
            likely = sorted(likely, key=shared.__getitem__)[-COMPARED_AT_MOST:]
        return likely

    def _ask_others(self, wave: _Wave, reading: Reading, now: float) -> None:
        """Counts those with standing who lately said the same; each comment is looked at once."""
        unasked = min(self._others_said - wave.asked, len(self._others))
        wave.asked = self._others_said
        keys, groups = reading.keys, groups_of(reading.letters)
        for at, author, standing, other in islice(reversed(self._others), unasked):
            if at < now - WINDOW_SECONDS:
                return
            letters = other.letters
            if any(key in letters for key in keys) and _are_alike(groups, letters):
                wave.add(author, standing, now)

    def _file(self, text: _Text) -> None:
        self._texts[text.letters] = text
        filed = self._filed
        for key in text.keys:
            texts = filed.get(key)
            if texts is None:
                filed[key] = [text]
            else:
                texts.append(text)
                if len(texts) > TEXTS_PER_KEY:
                    del texts[0]
        if len(self._texts) > TEXTS_AT_MOST:
            self._unfile(self._texts.popitem(last=False)[1])

    def _forget(self, now: float) -> None:
        since = now - WINDOW_SECONDS
        while self._texts:
            text = next(iter(self._texts.values()))
            if text.at >= since:
                return
            del self._texts[text.letters]
            self._unfile(text)

    def _unfile(self, text: _Text) -> None:
        filed = self._filed
        for key in text.keys:
            texts = filed.get(key)
            if texts is None or text not in texts:
                continue
            if len(texts) == 1:
                del filed[key]
            else:
                texts.remove(text)


def _are_alike(groups: Set[str], letters: str) -> bool:
    others = groups_of(letters)
    common = len(groups & others)
    return common >= ALIKE_FROM * (len(groups) + len(others) - common)
