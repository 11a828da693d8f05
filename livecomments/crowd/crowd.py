"""The crowd as a whole: its mood, who speaks next, whom it answers. Async.

Comments and presses are drawn at the present mood's rate, so talk comes in bursts; a comment of
somebody who is not of the crowd gets an answer before long.
"""

import asyncio
import random
import time
from collections.abc import Sequence

from livecomments import tickets
from livecomments.client.session import Session
from livecomments.client.wire import home_address
from livecomments.protocol import REACTIONS_PER_MESSAGE

from .ears import Ears
from .mood import CHEERING, Mood, next_mood, purpose, reaction
from .person import Person
from .phrases import Purpose, language, phrase

ARRIVAL_SECONDS = 8.0  # over which the first of them come
LURKERS_PER_PERSON = 0.5
UNPROMPTED_REPLY_SHARE = 0.08
TRIES = 5  # for words that nobody has just used


class Crowd:
    """Everybody, in one room."""

    def __init__(
        self,
        url: str,
        room: tickets.Room,
        identities: Sequence[tickets.Identity],
        chosen: random.Random,
    ) -> None:
        self.said = 0
        self.pressed = 0
        self._url = url
        self._room = room
        self._chosen = chosen
        self._mood: Mood = CHEERING
        self._mood_until = 0.0
        languages = {
            str(identity.user_id): language(random.Random(identity.name)) for identity in identities
        }
        self._ears = Ears(languages, chosen)
        self._people = [self._person(number, who) for number, who in enumerate(identities)]
        lurkers = round(len(identities) * LURKERS_PER_PERSON)
        self._lurkers = [self._person(len(identities) + number, None) for number in range(lurkers)]

    def _person(self, number: int, identity: tickets.Identity | None) -> Person:
        home = home_address(self._url, number)

        def open_session() -> Session:
            source = None if identity is None else lambda: tickets.mint(identity, self._room)
            return Session(
                self._url,
                self._room.slug,
                self._ears.hear,
                ticket_source=source,
                local_address=home,
            )

        name = identity.name if identity is not None else ""
        speak = self._speak if identity is not None else None
        return Person(open_session, speak, language(random.Random(name)), self._chosen)

    async def live(self) -> None:
        """Fill the room with talk until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for person in [*self._people, *self._lurkers]:
                wait = self._chosen.uniform(0, ARRIVAL_SECONDS)
                tasks.create_task(person.live(first_wait=wait))
            tasks.create_task(self._talk())
            tasks.create_task(self._react())

    # --- talking --------------------------------------------------------------------------------

    async def _talk(self) -> None:
        while True:
            await asyncio.sleep(self._chosen.expovariate(self._mood_now().comments))
            now = time.monotonic()
            able = [person for person in self._people if person.can_talk(now)]
            if able:
                self._say_something(able, now)

    def _mood_now(self) -> Mood:
        now = time.monotonic()
        if now >= self._mood_until:
            self._mood = next_mood(self._chosen, self._mood)
            self._mood_until = now + self._chosen.uniform(*self._mood.seconds)
        return self._mood

    def _say_something(self, able: list[Person], now: float) -> None:
        """Answer a visitor if one waits, else what the mood suggests."""
        asked = self._ears.visitor_to_answer(now)
        if asked is not None:
            words = Purpose.ANSWER if asked.is_question else Purpose.WELCOME
            self._speak(self._chosen.choice(able), words, reply_to=asked.comment.id)
            return
        person = self._chosen.choice(able)
        wanted = purpose(self._chosen, self._mood)
        is_reply = wanted in (Purpose.REPLY, Purpose.ANSWER)
        if not is_reply and self._chosen.random() >= UNPROMPTED_REPLY_SHARE:
            self._speak(person, wanted)
            return
        heard = self._ears.somebody_understood(person.lexicon, now)
        if heard is None:
            self._speak(person, Purpose.REMARK)
        else:
            words = Purpose.ANSWER if heard.is_question else Purpose.REPLY
            self._speak(person, words, reply_to=heard.comment.id)

    def _speak(self, person: Person, purpose: Purpose, *, reply_to: str | None = None) -> None:
        now = time.monotonic()
        if not self._ears.room_is_open or not person.can_talk(now):
            return
        for _ in range(TRIES):
            text = phrase(self._chosen, person.lexicon, purpose)
            if not self._ears.was_just_said(text):
                person.say(text, now, reply_to=reply_to)
                self.said += 1
                return

    # --- reacting -------------------------------------------------------------------------------

    async def _react(self) -> None:
        while True:
            mood = self._mood_now()
            await asyncio.sleep(self._chosen.expovariate(mood.presses / 2))
            here = [person for person in self._people if person.session is not None]
            if here and self._ears.room_is_open:
                count = min(REACTIONS_PER_MESSAGE, 1 + int(self._chosen.expovariate(1)))
                self._chosen.choice(here).press(reaction(self._chosen, mood), count)
                self.pressed += count
