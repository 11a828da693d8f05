"""Posts that nobody has answered yet. Async, timers of the running loop.

They are sent again, with the same nonce, after a reconnect, a `busy` or a long silence, until
they are answered or five minutes are over; the server remembers a nonce twice as long.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from livecomments.protocol import (
    CLIENT_GIVES_UP_SECONDS,
    UNACKED_POSTS_PER_SOCKET,
    CommentAccepted,
    CommentHeld,
    CommentPost,
    Error,
)

RESEND_AFTER_SECONDS = 15.0  # answers take milliseconds: this one was lost with whoever owed it
LOOK_SECONDS = 5.0
BUSY_MIN_SECONDS = 0.25
BUSY_MAX_SECONDS = 8.0


class Lost(Enum):
    """A post that got no answer."""

    UNSENT = "unsent"  # it never left this process
    UNKNOWN = "unknown"  # it was sent; whether it was stored is not known


Answer = CommentAccepted | CommentHeld | Error | Lost


@dataclass(eq=False, slots=True)
class _Entry:
    post: CommentPost
    answer: "asyncio.Future[Answer]"
    added: float  # by the time of day: what the loop counts stands still while a machine sleeps
    sent: float | None = None  # on the present connection
    sends: int = 0
    refused_tickets: int = field(default=0)

    @property
    def lost(self) -> Lost:
        return Lost.UNKNOWN if self.sends else Lost.UNSENT


class Outbox:
    """One sender's unanswered posts, in the order in which they were written."""

    def __init__(self, send: Callable[[CommentPost], bool]) -> None:
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._entries: dict[str, _Entry] = {}
        self._pause: asyncio.TimerHandle | None = None
        self._look: asyncio.TimerHandle | None = None
        self._deferrals = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, nonce: object) -> bool:
        return nonce in self._entries

    def add(self, post: CommentPost) -> "asyncio.Future[Answer]":
        """Send a post as soon as that is possible; the future is never cancelled by us."""
        entry = _Entry(post, self._loop.create_future(), time.time())
        self._entries[post.nonce] = entry
        if self._look is None:
            self._look = self._loop.call_later(LOOK_SECONDS, self._look_after)
        self.flush()
        return entry.answer

    def settle(self, nonce: str, answer: Answer) -> None:
        """Hand over an answer and send what waited for its place."""
        entry = self._entries.pop(nonce, None)
        if entry is None:
            return
        self._deferrals = 0
        if not entry.answer.done():
            entry.answer.set_result(answer)
        if self._entries:
            self.flush()

    def defer(self, nonce: str, retry_after_ms: int | None) -> None:
        """The server is busy: everything waits, so that one's own comments keep their order."""
        entry = self._entries.get(nonce)
        if entry is None:
            return
        entry.sent = None
        if self._pause is not None:
            return  # the others of the same moment were refused as well
        ceiling = min(BUSY_MAX_SECONDS, BUSY_MIN_SECONDS * 2**self._deferrals)
        self._deferrals += 1
        delay = (retry_after_ms or 0) / 1000 + random.uniform(0, ceiling)
        self._pause = self._loop.call_later(delay, self._go_on)

    def refused_ticket(self, nonce: str) -> int:
        """Keep a post for a fresh ticket; return how often it was refused for its ticket."""
        entry = self._entries[nonce]
        entry.sent = None
        entry.refused_tickets += 1
        return entry.refused_tickets

    def link_lost(self) -> None:
        """What was sent on a connection that is gone must be sent again on the next."""
        for entry in self._entries.values():
            entry.sent = None
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def flush(self) -> None:
        """Give up what is too old, and send what may be sent now."""
        self._give_up_old()
        if self._pause is not None:
            return
        now = self._loop.time()
        unanswered = 0
        for entry in list(self._entries.values()):
            if unanswered >= UNACKED_POSTS_PER_SOCKET:
                return
            unanswered += 1
            if entry.sent is not None and now - entry.sent < RESEND_AFTER_SECONDS:
                continue
            if not self._send(entry.post):
                return
            entry.sent = now
            entry.sends += 1

    def give_up(self) -> None:
        """Answer everything with what is known: nothing more will be sent."""
        for nonce, entry in list(self._entries.items()):
            self.settle(nonce, entry.lost)
        for timer in (self._pause, self._look):
            if timer is not None:
                timer.cancel()
        self._pause = self._look = None

    def _go_on(self) -> None:
        self._pause = None
        self.flush()

    def _give_up_old(self) -> None:
        """The server may know such a nonce no longer: sent again, it might be said twice."""
        oldest = time.time() - CLIENT_GIVES_UP_SECONDS
        for nonce, entry in list(self._entries.items()):
            if entry.added < oldest:
                del self._entries[nonce]
                if not entry.answer.done():
                    entry.answer.set_result(entry.lost)

    def _look_after(self) -> None:
        """Every few seconds while something is unanswered."""
        self.flush()
        self._look = None
        if self._entries:
            self._look = self._loop.call_later(LOOK_SECONDS, self._look_after)
