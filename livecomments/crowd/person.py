"""One of the demo's people: comes, stays a while, talks when asked to, goes. Async."""

import asyncio
import random
from collections.abc import Callable

from livecomments.client.session import Session
from livecomments.protocol import ReactionKind

from .phrases import Lexicon, Purpose

STAY_SECONDS = (120.0, 900.0)
AWAY_SECONDS = (15.0, 120.0)
LATER_SECONDS = 30.0  # after the server said not to come back: it may have changed its mind
REST_SECONDS = 6.0  # between two comments of one person: nobody types faster for long
SETTLE_SECONDS = (2.0, 8.0)
GREETING_SHARE = 0.4
PARTING_SHARE = 0.3
PARTING_SECONDS = 3.0


class Person:
    """Somebody of the crowd; a lurker has no account and only watches."""

    def __init__(
        self,
        open_session: Callable[[], Session],
        speak: Callable[["Person", Purpose], None] | None,
        lexicon: Lexicon,
        chosen: random.Random,
    ) -> None:
        self.session: Session | None = None
        self.lexicon = lexicon
        self._rested_at = 0.0
        self._open_session = open_session
        self._speak = speak
        self._chosen = chosen

    async def live(self, *, first_wait: float) -> None:
        """Come and go until cancelled."""
        await asyncio.sleep(first_wait)
        while True:
            session = self.session = self._open_session()
            session.start()
            try:
                await self._visit()
            finally:
                self.session = None
                await session.stop()
            turned_away = session.stopped_by is not None
            pause = LATER_SECONDS if turned_away else self._chosen.uniform(*AWAY_SECONDS)
            await asyncio.sleep(pause)

    async def _visit(self) -> None:
        await asyncio.sleep(self._chosen.uniform(*SETTLE_SECONDS))
        self._politely(Purpose.HELLO, GREETING_SHARE)
        await asyncio.sleep(self._chosen.uniform(*STAY_SECONDS))
        self._politely(Purpose.BYE, PARTING_SHARE)
        await asyncio.sleep(PARTING_SECONDS)

    def _politely(self, purpose: Purpose, share: float) -> None:
        if self._speak is not None and self._chosen.random() < share:
            self._speak(self, purpose)

    def can_talk(self, now: float) -> bool:
        """True when this person is here and has not just said something."""
        session = self.session
        if session is None or not session.joined.is_set() or session.unanswered:
            return False
        return now >= self._rested_at

    def say(self, text: str, now: float, *, reply_to: str | None = None) -> None:
        """Say something; call when `can_talk`."""
        if self.session is not None:
            self._rested_at = now + REST_SECONDS + self._chosen.expovariate(1 / REST_SECONDS)
            self.session.post(text, reply_to=reply_to)

    def press(self, kind: ReactionKind, count: int) -> None:
        """Press a reaction."""
        if self.session is not None:
            self.session.react(kind, count)
