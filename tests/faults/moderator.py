"""The moderator of a load: hides and restores comments all the time. Async.

The actions are the product's own functions, called in this process, so they go to Redis as those of
a web process do. An answer that got lost leaves an action unknown: it may have been taken, even
later, and Postgres will say.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Mapping

from comments.moderation import hide_comment, restore_comment
from livecomments import redisdb, tickets
from livecomments.errors import DomainError
from livecomments.protocol import Comment, ErrorCode

from .history import Action, History, Kind, Outcome

PAUSE_SECONDS = 0.4
KEPT = 200  # of a room's newest comments, to choose from


class Moderator:
    """Hides what was said a moment or some time ago, in any of the rooms; restores some of it."""

    def __init__(
        self, history: History, rooms: Mapping[int, tickets.Room], identity: tickets.Identity
    ) -> None:
        self._history = history
        self._rooms = rooms
        self._identity = identity
        self._said: dict[int, deque[Comment]] = {stream: deque(maxlen=KEPT) for stream in rooms}
        self._hidden: list[tuple[int, Comment]] = []
        self._seen: set[str] = set()
        self.stopping = asyncio.Event()

    def hear(self, stream: int, comment: Comment) -> None:
        """Note a comment that was just acknowledged: viewers may not have it yet."""
        self._said[stream].append(comment)

    async def run(self) -> None:
        """Do something every moment until told to stop."""
        while not self.stopping.is_set():
            await asyncio.sleep(random.uniform(0, 2 * PAUSE_SECONDS))
            if self._hidden and random.random() < 0.5:
                place = random.randrange(len(self._hidden))
                stream, comment = self._hidden.pop(place)
                await self._restore(stream, comment)
            else:
                await self._hide_one()

    async def _hide_one(self) -> None:
        stream = random.choice(list(self._rooms))
        said = self._said[stream]
        if not said:
            return
        comment = said[-1] if random.random() < 0.5 else random.choice(said)
        if comment.id in self._seen:
            return
        self._seen.add(comment.id)
        self._hidden.append((stream, comment))
        action = self._history.act(Kind.HIDDEN, stream, int(comment.id), time.monotonic())
        room = self._rooms[stream]
        await _note(action, hide_comment(room, actor=self._identity, comment_id=int(comment.id)))

    async def _restore(self, stream: int, comment: Comment) -> None:
        action = self._history.act(Kind.RESTORED, stream, int(comment.id), time.monotonic())
        room = self._rooms[stream]
        await _note(action, restore_comment(room, actor=self._identity, comment=comment))


async def _note(action: Action, doing) -> None:
    try:
        action.ok(await doing)
    except DomainError as error:
        # `busy` is said without asking as well as after a call whose answer was lost.
        lost = error.code in (ErrorCode.BUSY, ErrorCode.UNAVAILABLE)
        action.outcome = Outcome.UNKNOWN if lost else Outcome.REFUSED
    except (redisdb.RedisError, OSError, TimeoutError):
        action.outcome = Outcome.UNKNOWN
    except asyncio.CancelledError:
        action.outcome = Outcome.UNKNOWN
        raise
