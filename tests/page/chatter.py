"""Made-up comments as a busy room has them: long ones, replies, mentions, links. Sync, pure."""

import random
import time
from collections import deque

from livecomments.crowd.phrases import EMOJI, Purpose, language, names, phrase
from livecomments.ids import EPOCH_MS, make_id
from livecomments.protocol import Comment, Person, Quote, Role

PEOPLE = 400
PARTITION = 0
REPLY_SHARE = 0.12
MENTION_SHARE = 0.10
READER_SHARE = 0.01  # of the mentions' kind: the reader is named, and the row is lit
EMOJI_SHARE = 0.25
LINK_SHARE = 0.03
LONG_SHARE = 0.08
LONGEST = 200  # graphemes; what a room takes where nobody changed it
QUOTE_LENGTH = 80
HEARD = 200  # comments that somebody may still answer
PURPOSES = (Purpose.REMARK, Purpose.CHEER, Purpose.QUESTION, Purpose.LAUGH, Purpose.ANSWER)


class Chatter:
    """Everybody in the room. The same seed says the same."""

    def __init__(self, seed: str, *, reader: str) -> None:
        self._chosen = random.Random(seed)
        self._reader = reader
        self._people = [_person(number, name) for number, name in enumerate(names(PEOPLE))]
        self._languages = [language(random.Random(person.name)) for person in self._people]
        self._heard: deque[Comment] = deque(maxlen=HEARD)
        self._last = (0, 0)

    def next_comment(self) -> Comment:
        """Return what is said now; ids grow as those of a log do."""
        number = self._chosen.randrange(PEOPLE)
        ms, id = self._place()
        comment = Comment(
            id=id,
            user=self._people[number],
            text=self._text(number),
            at=ms,
            reply=self._quote(),
        )
        self._heard.append(comment)
        return comment

    def own_comment(self, person: Person, text: str) -> Comment:
        """Return what the reader has just said."""
        ms, id = self._place()
        return Comment(id=id, user=person, text=text, at=ms)

    def _place(self) -> tuple[int, str]:
        ms = time.time_ns() // 1_000_000 - EPOCH_MS
        last_ms, last_seq = self._last
        self._last = (last_ms, last_seq + 1) if ms <= last_ms else (ms, 0)
        return self._last[0] + EPOCH_MS, str(make_id(self._last[0], PARTITION, self._last[1]))

    def _text(self, number: int) -> str:
        says = self._says(number)
        if self._chosen.random() < LONG_SHARE:
            length = self._chosen.randrange(120, LONGEST)
            while len(says) < length:
                says += " " + self._says(number)
        if self._chosen.random() < MENTION_SHARE:
            says = f"@{self._chosen.choice(self._people).name} {says}"
        if self._chosen.random() < READER_SHARE:
            says = f"@{self._reader} {says}"
        if self._chosen.random() < EMOJI_SHARE:
            says += " " + self._chosen.choice(EMOJI) * self._chosen.randint(1, 3)
        if self._chosen.random() < LINK_SHARE:
            says += f" https://example.org/clips/{self._chosen.randrange(10_000)}"
        return says[:LONGEST].strip()

    def _says(self, number: int) -> str:
        return phrase(self._chosen, self._languages[number], self._chosen.choice(PURPOSES))

    def _quote(self) -> Quote | None:
        if not self._heard or self._chosen.random() >= REPLY_SHARE:
            return None
        heard = self._chosen.choice(self._heard)
        return Quote(id=heard.id, name=heard.user.name, text=heard.text[:QUOTE_LENGTH])


def _person(number: int, name: str) -> Person:
    role = Role.BROADCASTER if number == 0 else Role.MODERATOR if number < 5 else Role.VIEWER
    return Person(id=str(number + 1), name=name, role=role, new=number % 20 == 7)
