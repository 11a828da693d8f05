"""Remembers that a server does not answer, so that few have to wait for it in vain. Sync, pure.

A server that is stopped, or behind a cable that was pulled, refuses nothing: each question is
waited for until its time is over. A process answers with a few threads; were each request to wait
for itself, none would be left for those who need nothing of that server. So one asks every now and
then, and the others are told at once. A server that refuses quickly costs nothing and is not noted.
"""

import time
from collections.abc import Callable
from threading import Lock

LOOK_AGAIN_SECONDS = 2.0
# Longer than any server needs to refuse, shorter than any time-out.
IN_VAIN_SECONDS = 0.75


class Outage:
    """Whether one server is known to keep people waiting. Threads share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._away = False
        self._look_at = 0.0

    @property
    def known(self) -> bool:
        """True from the first who waited in vain until somebody gets an answer."""
        return self._away

    def may_ask(self) -> bool:
        """True, unless the server is away and somebody else has gone to look a moment ago."""
        if not self._away:
            return True
        with self._lock:
            now = self._clock()
            if now < self._look_at:
                return False
            self._look_at = now + LOOK_AGAIN_SECONDS
            return True

    def begun(self) -> float:
        """Return the moment of asking, for `failed`."""
        return self._clock()

    def failed(self, begun: float) -> None:
        """Note a failure of what began then: a slow one is an outage, a quick one is an answer."""
        if self._clock() - begun >= IN_VAIN_SECONDS:
            self.given_up()
        else:
            self.answered()

    def given_up(self) -> None:
        """Note that somebody waited in vain."""
        with self._lock:
            self._away = True
            self._look_at = self._clock() + LOOK_AGAIN_SECONDS

    def answered(self) -> None:
        """Note that the server answers."""
        self._away = False
