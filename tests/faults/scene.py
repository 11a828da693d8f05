"""What a scenario works with: the stage, a load that is judged in the end, patience. Async.

A scenario is a coroutine function that takes a `Scene`, stages its fault under load and leaves the
stage whole. Whatever the load noted goes through the checker when its block ends.
"""

import asyncio
import random
import time
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from livecomments import dbthreads, tickets
from livecomments.errors import DomainError
from livecomments.protocol import Role
from livecomments.replay.progress import Progress
from streams.domain import ensure_room
from tests.load import rows

from .checker import judge
from .finding import COUNTS, Finding
from .history import History
from .load import Load
from .pauses import longest_silence
from .stage import Stage
from .watcher import Watcher

EXAMPLES = 3
SETTLE_SECONDS = 90.0
LONGEST_WAIT_SECONDS = 60.0  # for an answer, before a fault
TRIES = 5

Row = TypeVar("Row")


@dataclass
class Show:
    """A load under way, and somebody who watches its first room."""

    load: Load
    watcher: Watcher
    venues: Sequence[rows.Venue]
    history: History | None = None  # once it is over

    @property
    def room(self) -> tickets.Room:
        return self.venues[0].room

    def unavailable(self, since: float, until: float) -> float:
        """Return the longest time in which nobody was answered although somebody waited.

        Like the load's own, but without a look at every post of an hour: they lie in order.
        """
        posts = list(self.load.history.posts.values())
        first = bisect_left(posts, since - LONGEST_WAIT_SECONDS, key=lambda post: post.invoked)
        last = bisect_right(posts, until, key=lambda post: post.invoked)
        return longest_silence(posts[first:last], since, until)


class Scene:
    """One scenario's view of the stage. `finding` becomes its row of the table."""

    def __init__(
        self,
        stage: Stage,
        finding: Finding,
        *,
        seed: int,
        progress: Progress,
        minutes: float = 0,
        scale: float = 1.0,
    ) -> None:
        self.stage = stage
        self.finding = finding
        self.long = finding.long
        self.minutes = minutes
        self.seed = seed
        self.random = random.Random(f"{seed} {finding.fault}")
        self._progress = progress
        self._scale = scale
        self._load: Load | None = None

    def pick(self, short: float, long: float) -> float:
        """Return the one that this form of the run takes."""
        return long if self.long else short

    def times(self, short: int, long: int) -> int:
        """Return how often, or how many, in this form of the run."""
        return max(1, round(long * self._scale)) if self.long else short

    def say(self, share: float, doing: str) -> None:
        """Show how far the scenario is."""
        told = f"{self.finding.fault} {doing}"
        if self._load is not None:
            told += f" · {self._load.acknowledged:,} acknowledged"
        self._progress.show(share, told)

    # --- the load ------------------------------------------------------------------------------

    async def open_venue(self, *, pace: int = 0) -> rows.Venue:
        """Return a fresh live stream with a room that nobody has entered."""
        venue = await _made(partial(rows.make_venue, pace=pace))
        await ensure_room(venue.room, state=venue.state)
        return venue

    async def person(self, venue: rows.Venue, role: Role = Role.VIEWER) -> tickets.Identity:
        """Return somebody new in a stream."""
        return (await _made(partial(rows.make_people, venue, 1, role=role)))[0]

    @asynccontextmanager
    async def under_load(
        self,
        *,
        rate: float | None = None,
        viewers: int | None = None,
        authors: int = 40,
        rooms: int = 1,
        pace: int = 0,
        reactions: float = 10.0,
        programs: int = 2,
        moderate: bool = True,
        url_of: Callable[[int], str] | None = None,
        settle_seconds: float = SETTLE_SECONDS,
        edit: Callable[[History], None] = lambda history: None,
    ) -> AsyncIterator[Show]:
        """Yield a show with everybody in it; judge it when the block is over.

        `edit` may note in the history what the checker must know, such as `losses`.
        """
        venues = [await self.open_venue(pace=pace) for _ in range(rooms)]
        opened = [venue.room for venue in venues]
        load = Load(
            url_of or (lambda number: self.stage.url),
            opened,
            authors=authors,
            viewers=viewers or self.times(12, 24),
            rate=rate or self.pick(150, 450),
            reactions=reactions,
            moderate=moderate,
            programs=programs,
            seed=self.random.randrange(2**32),
        )
        async with Watcher(self.stage.url, opened[0].slug) as watcher:
            self._load = load
            try:
                await load.start()
                show = Show(load, watcher, venues)
                yield show
                self.say(1.0, "waiting until everybody has everything")
                await load.stop_posting()
                show.history = await load.settle(seconds=settle_seconds)
                self.finding.caught_up += load.reconnects()
            finally:
                self._load = None
                await load.leave()
        edit(show.history)
        self.judge(show.history)

    def judge(self, history: History) -> None:
        """Add what the checker says of a history to the finding."""
        verdict = judge(history)
        self.finding.acknowledged += verdict.acknowledged
        self.finding.unknown += verdict.unknown
        self.finding.forgiven += verdict.forgiven
        for name in COUNTS:
            self.finding.counts[name] += getattr(verdict, name)
            examples = verdict.examples.get(name, [])[:EXAMPLES]
            self.finding.violations += [f"{name}: {example}" for example in examples]

    # --- faults --------------------------------------------------------------------------------

    async def moment(self, least: float = 0.2, most: float = 0.8) -> None:
        """Let a while pass whose length nobody knows beforehand."""
        await asyncio.sleep(self.random.uniform(least, most))

    async def kill(self, name: str) -> float:
        """Kill a part and count it; return the moment."""
        at = await asyncio.to_thread(self.stage.kill, name)
        self.finding.kills += 1
        return at

    async def terminate(self, name: str) -> float:
        """Ask a part to end, and count it; return the moment."""
        at = await asyncio.to_thread(self.stage.terminate, name)
        self.finding.kills += 1
        return at

    async def serving(self, name: str, *, seconds: float = 60.0) -> float:
        """Return how long a part was away, once it serves again."""
        return await asyncio.to_thread(self.stage.await_serving, name, seconds=seconds)

    async def owner(self, room: tickets.Room) -> str:
        """Return which batcher owns a room's partition."""
        return await asyncio.to_thread(self.stage.owner, room.partition)

    @asynccontextmanager
    async def paused(self, name: str) -> AsyncIterator[float]:
        """Stop a part for the time of the block, and count it; yield the moment."""
        self.finding.kills += 1
        at = await asyncio.to_thread(self.stage.pause, name)
        try:
            yield at
        finally:
            await asyncio.to_thread(self.stage.resume, name)

    async def until(self, moment: float) -> None:
        """Sleep until a moment of the monotonic clock."""
        await asyncio.sleep(max(0.0, moment - time.monotonic()))


async def _made(make: Callable[[], Row]) -> Row:
    """Return what is made in the database.

    Connections of this process may be from before the last scenario killed PostgreSQL; each finds
    that out by being used.
    """
    for _ in range(TRIES):
        with suppress(DomainError):
            return await dbthreads.run(make)
        await asyncio.sleep(0.2)
    return await dbthreads.run(make)
