"""What the archive has for those who were away for long. Async around sync ORM.

A stretch may be thousands of comments. It is read and encoded once for all who missed the same, in
a database thread, and only a few are held at a time, each until its readers have it: whoever would
have to wait long for a place is told to reload instead. So neither a crowd that comes back nor
somebody who asks for everything and reads nothing makes this process slow or large.
"""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from livecomments import dbthreads
from livecomments.errors import DomainError
from livecomments.protocol import BACKFILL_MAX_ITEMS
from livecomments.tickets import Room

from .backfill import Stretch, stretch_between

AT_ONCE = 4
WAIT_SECONDS = 5.0
GOOD_FOR_SECONDS = 10.0

Key = tuple[int, int, int, int]  # stream, after, upto, acted


@dataclass(eq=False, slots=True)
class Held:
    """A stretch that is being read, or was, and how many still need it."""

    reading: "asyncio.Task[Stretch | None]"
    readers: int = 0
    since: float = field(default_factory=time.monotonic)


class Stretches:
    """The stretches that one process holds."""

    def __init__(self) -> None:
        self._held: dict[Key, Held] = {}
        self._freed = asyncio.Event()

    async def hold(
        self, room: Room, *, after: int, upto: int, acted: int, until: AsyncExitStack
    ) -> Stretch | None:
        """Return what was said in (`after`, `upto`] and done in (`after`, `acted`].

        It is held until the stack is closed.
        None when the archive cannot tell, is away, or too many ask at once.
        """
        key = (room.id, after, upto, acted)
        held = await self._take(key, room)
        if held is None:
            return None
        until.callback(self._give_back, key, held)
        try:
            return await asyncio.shield(held.reading)
        except DomainError:
            return None  # Postgres is away: reload shows the recent comments without it

    async def _take(self, key: Key, room: Room) -> Held | None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                while not (self._there(key) or self._has_place()):
                    await self._freed.wait()
        except TimeoutError:
            return None
        held = self._held.get(key)
        if held is None:
            reading = asyncio.create_task(_read(key, room))
            # Whoever asked may be gone when it fails.
            reading.add_done_callback(lambda task: task.cancelled() or task.exception())
            held = self._held[key] = Held(reading)
        held.readers += 1
        return held

    def _there(self, key: Key) -> bool:
        held = self._held.get(key)
        return held is not None and not self._is_over(held)

    def _has_place(self) -> bool:
        """True when another may be read; those that nobody needs any more make room."""
        for key, held in list(self._held.items()):
            if self._is_over(held) or (len(self._held) >= AT_ONCE and not held.readers):
                del self._held[key]
        return len(self._held) < AT_ONCE

    def _is_over(self, held: Held) -> bool:
        """True for one that failed, or that nobody has needed for a while."""
        if held.reading.done() and (held.reading.cancelled() or held.reading.exception()):
            return True
        return not held.readers and time.monotonic() - held.since > GOOD_FOR_SECONDS

    def _give_back(self, key: Key, held: Held) -> None:
        held.readers -= 1
        held.since = time.monotonic()
        self._freed.set()
        self._freed = asyncio.Event()


async def _read(key: Key, room: Room) -> Stretch | None:
    _, after, upto, acted = key
    return await dbthreads.run(
        stretch_between, room, after=after, upto=upto, acted=acted, limit=BACKFILL_MAX_ITEMS
    )
