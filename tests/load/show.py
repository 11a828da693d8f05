"""One stream with its viewers and authors, and what happens in a window of time. Async.

A show goes: viewers come, authors come, somebody begins to write, a moment to settle, the window
that is measured, the end of the writing; then everything must be shown and archived, and only then
is it judged.
"""

import asyncio
import contextlib
import gc
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from livecomments import redisdb
from livecomments.replay.progress import Progress
from livecomments.tickets import Identity
from streams.domain import ensure_room

from . import rows
from .audience import Audience
from .authors import Authors, Ledger, Pace, open_loop
from .check import faults_of
from .rig import Rig
from .stats import Times, in_grains

SETTLE_SECONDS = 2.0
LOOK_SECONDS = 0.25


class NotReady(Exception):
    """One sentence that says what did not come about."""


@dataclass
class Bench:
    """What every part is given."""

    rig: Rig
    progress: Progress
    long: bool = False
    log: str | None = None
    scale: float = 1.0  # of the number of viewers, for a quick look
    window: float | None = None  # seconds, in the place of each part's own
    cases: frozenset[str] = frozenset()  # of a part; none named means all
    say: Callable[[str], None] = print

    def wants(self, case: str) -> bool:
        """True unless other cases were asked for."""
        return not self.cases or case in self.cases

    def viewers(self, count: int) -> int:
        """How many viewers to bring where the full suite has so many."""
        return max(5, round(count * self.scale))

    def seconds(self, short: float, long: float) -> float:
        """How long a window lasts."""
        return self.window or (long if self.long else short)


@dataclass
class Window:
    """What was spent between two moments of the monotonic clock."""

    begin: float
    end: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    delays: Times = field(default_factory=Times)

    @property
    def seconds(self) -> float:
        return self.end - self.begin


@dataclass
class Delivered:
    """What viewers received in a window: frames and comments over all of them."""

    frames: int = 0
    deliveries: int = 0
    comments: int = 0
    wire_bytes: int = 0

    @property
    def bytes_each(self) -> float:
        return self.wire_bytes / self.deliveries if self.deliveries else 0.0


class Show:
    """A stream of its own with everybody who is there."""

    def __init__(
        self,
        bench: Bench,
        venue: rows.Venue,
        *,
        first_number: int = 0,
        deflate: bool = False,
    ) -> None:
        self.venue = venue
        self.rig = bench.rig
        self.audience = Audience(
            bench.rig.url, venue.room.slug, first_number=first_number, deflate=deflate
        )
        self.authors = Authors(bench.rig.url, venue.room)

    @property
    def ledger(self) -> Ledger:
        return self.authors.ledger

    async def open(self, viewers: int, people: Sequence[Identity]) -> None:
        """Make the room and let everybody in."""
        await ensure_room(self.venue.room, state=self.venue.state)
        if viewers and not await self.audience.come(viewers):
            raise NotReady(f"Not all of {viewers:,} viewers were let in: {self.audience.book}.")
        if people and not await self.authors.come(people):
            raise NotReady(f"Not all of {len(people):,} authors were let in.")

    async def finish(self) -> tuple[float | None, float | None]:
        """Wait until what was sent is answered, shown and archived; return when it was.

        Moments of the monotonic clock: shown, archived; None for what does not come about.
        """
        await self.authors.answered()
        last = self.ledger.last_id
        return await asyncio.gather(
            self.audience.await_shown(last),
            asyncio.to_thread(rows.await_archive, self.venue.room, last),
        )

    async def close(self) -> None:
        """Let everybody leave."""
        await self.authors.leave()
        await self.audience.leave()

    def faults(self, *, cut_allowed: bool = False) -> list[str]:
        """Judge; call outside of the event loop, after `finish`."""
        archived = rows.archived_texts([self.venue])
        return faults_of(self.audience, self.ledger, archived, cut_allowed=cut_allowed)

    # --- figures ---------------------------------------------------------------------------------

    def shown(self, window: Window) -> Times:
        """Return how long comments sent in the window took to reach each viewer."""
        times = Times()
        sent_at = self.ledger.sent_at
        for shown in self.audience.book.frames.values():
            sent = [sent_at[number] for number in shown.ids if number in sent_at]
            sent = [moment for moment in sent if window.begin <= moment < window.end]
            if sent:
                moments = in_grains(shown.arrivals)
                for moment in sent:
                    times.add_spread(moment, moments)
        return times

    def delivered(self, window: Window) -> Delivered:
        """Return what the viewers received in the window."""
        total = Delivered()
        for shown in self.audience.book.frames.values():
            # Arrivals were noted as they came, so they are in order.
            count = bisect_left(shown.arrivals, window.end)
            count -= bisect_left(shown.arrivals, window.begin)
            total.frames += bool(shown.arrivals) and window.begin <= shown.arrivals[0] < window.end
            total.deliveries += count
            total.comments += count * len(shown.ids)
            total.wire_bytes += count * shown.wire_bytes
        return total


async def measure(bench: Bench, seconds: float, doing: str) -> Window:
    """Return what is spent in so many seconds from now."""
    rig = bench.rig
    await asyncio.to_thread(rig.take_delays)
    before = rig.cpu()
    window = Window(time.monotonic())
    while (gone := time.monotonic() - window.begin) < seconds:
        bench.progress.show(gone / seconds, doing)
        await asyncio.sleep(min(LOOK_SECONDS, seconds - gone))
    after = rig.cpu()
    window.end = time.monotonic()
    window.cpu = {name: after[name] - before[name] for name in after}
    window.delays = await asyncio.to_thread(rig.take_delays)
    return window


@contextlib.asynccontextmanager
async def writing(rate: float, send: Callable[[int], None]) -> AsyncIterator[Pace]:
    """Keep an open loop going for the time of a block."""
    stop, pace = asyncio.Event(), Pace()
    task = asyncio.create_task(open_loop(rate, stop, send, pace))
    try:
        yield pace
    finally:
        stop.set()
        await task


async def settle() -> None:
    """Let the first seconds pass, which would measure the warming up."""
    await asyncio.sleep(SETTLE_SECONDS)


async def on_one_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Return what the work returns; the collector of cycles does not stop it half-way."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        return await work
    finally:
        gc.enable()
        gc.unfreeze()
        await redisdb.close()


def refused_note(refused: Mapping[str, int]) -> str:
    """Return what was refused and why."""
    counts = Counter(refused).most_common()
    return "refused: " + (", ".join(f"{count:,} {code}" for code, count in counts) or "nothing")


def cpu_note(window: Window) -> str:
    """Return how busy each program was, in per cent of a core."""
    used: Counter[str] = Counter(window.cpu)
    shares = (f"{name} {seconds / window.seconds:.0%}" for name, seconds in used.most_common())
    return "processor: " + ", ".join(shares)
