"""One stream's frames for one audience in this process: the ring, and who sits in front of it.

Sync but for the sweep. A seat takes a frame only when it follows the seat's own `seq`; a seat that
cannot keep up is left behind and caught up from the ring, or cut when the ring has moved on.
"""

import asyncio
import statistics
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from livecomments.protocol import Audience
from livecomments.tickets import Room

from .connection import BUFFER_LIMIT_BYTES, Connection, Direct
from .frames import PreparedFrame, Run
from .redaction import Gone

Thing = TypeVar("Thing")

RING_FRAMES = 600  # a minute of the fastest room: the frame log keeps as much
SWEEP_SLICE = 500  # sockets written between two yields to the event loop
TAKEN_LOOK_SECONDS = 0.02
LAG_SECONDS = 15.0  # how long a reader may be behind before it is cut


@dataclass(eq=False, slots=True)
class Seat:
    """One socket's place in a feed. Without `frames` it only gets what concerns its user."""

    connection: Connection
    user: str | None
    seq: int
    frames: bool = True
    taken: bool = field(default=False)  # it is in a feed
    lagging_since: float = field(default=0.0)
    direct: Direct | None = field(init=False)

    def __post_init__(self) -> None:
        self.direct = self.connection.direct


@dataclass(frozen=True, slots=True)
class Sweeps:
    """How sweeps lately went, in seconds. Medians: one hiccup of the machine tells nothing.

    `work`: what one took by itself; `lag`: from a frame's coming until every seat had it, whatever
    else the process did meanwhile.
    """

    total_work: float = 0.0
    work: float = 0.0
    lag: float = 0.0


class Feed:
    """The last frames of one audience, and its seats."""

    def __init__(self, room: Room, audience: Audience) -> None:
        self.room = room
        self.audience = audience
        self.epoch = ""
        self.top = 0
        self.seats: dict[Seat, None] = {}
        self._ring: deque[PreparedFrame] = deque(maxlen=RING_FRAMES)
        self._sweep: asyncio.Task[None] | None = None
        self._behind = False
        self._came = 0.0  # when the newest frame did
        self._sweeps: list[tuple[float, float]] = []  # work and lag of each
        self._runs: dict[int, Run] = {}
        self._runs_to = 0

    @property
    def base(self) -> int:
        """The `seq` before the oldest frame of the ring."""
        return self._ring[0].seq - 1 if self._ring else self.top

    @property
    def oldest(self) -> PreparedFrame | None:
        """The oldest frame of the ring."""
        return self._ring[0] if self._ring else None

    def put_before(self, frames: Iterable[PreparedFrame]) -> None:
        """Take older frames into the ring, newest first, as many as follow and fit."""
        gone = Gone()
        for kept in self._ring:
            self._hides(gone, kept)
        for frame in frames:
            if len(self._ring) == RING_FRAMES:
                return
            if frame.seq == self.base:
                self._ring.appendleft(gone.redacted(frame))
                self._hides(gone, frame)

    def start(self, epoch: str, seq: int) -> None:
        """Begin, or begin again, at a point of the frame log. Seats must be taken anew."""
        for seat in list(self.seats):
            self.leave(seat)
        self.epoch = epoch
        self.top = seq
        self._ring.clear()

    def add(self, frame: PreparedFrame) -> bool:
        """Take the next frame; False when it does not follow the last."""
        if frame.seq != self.top + 1:
            return False
        gone = Gone()
        if self._hides(gone, frame):
            for place, earlier in enumerate(self._ring):
                self._ring[place] = gone.redacted(earlier)
        self._ring.append(frame)
        self.top = frame.seq
        self._came = time.monotonic()
        self.sweep()
        return True

    def _hides(self, gone: Gone, frame: PreparedFrame) -> bool:
        """True when a frame hides something from viewers, which is taken in."""
        return self.audience is Audience.PUBLIC and gone.take(frame)

    def since(self, seq: int) -> list[PreparedFrame] | None:
        """Return the frames after `seq`, or None when the ring no longer has them all."""
        if seq < self.base or seq > self.top:
            return None
        missed = self.top - seq
        return list(self._ring)[-missed:] if missed else []

    def sit(self, seat: Seat) -> None:
        """Add a seat and give it what it has missed since its own `seq`."""
        self.seats[seat] = None
        seat.taken = True
        self._deliver(seat)

    def leave(self, seat: Seat) -> None:
        """Take a seat away; nothing more is written to it."""
        self.seats.pop(seat, None)
        seat.taken = False

    def sweep(self) -> None:
        """Bring every seat up to date: at once where they are few, else in slices.

        One sweep runs at a time.
        """
        if self._sweep is not None or not self.seats:
            return
        if len(self.seats) <= SWEEP_SLICE:
            self._behind, began = False, time.monotonic()
            self._deliver_to(list(self.seats))
            now = time.monotonic()
            self._sweeps.append((now - began, now - self._came))
        else:
            self._sweep = asyncio.create_task(self._run())

    def take_sweeps(self) -> Sweeps:
        """Return how sweeps went since this was last asked."""
        sweeps, self._sweeps = self._sweeps, []
        if not sweeps:
            return Sweeps()
        works, lags = zip(*sweeps, strict=True)
        return Sweeps(sum(works), statistics.median(works), statistics.median(lags))

    def sweep_laggards(self) -> None:
        """Look again at seats that were behind; called every second."""
        if self._behind:
            self.sweep()

    async def _run(self) -> None:
        try:
            reached = -1
            while reached != self.top:
                reached, self._behind, came = self.top, False, self._came
                seats, worked = list(self.seats), 0.0
                for start in range(0, len(seats), SWEEP_SLICE):
                    began = time.monotonic()
                    self._deliver_to(seats[start : start + SWEEP_SLICE])
                    worked += time.monotonic() - began
                    await asyncio.sleep(0)
                self._sweeps.append((worked, time.monotonic() - came))
        finally:
            self._sweep = None

    def _deliver_to(self, seats: Iterable[Seat]) -> None:
        """Bring some seats up to date.

        Almost every one has all but the newest frame, and nothing waits to be written to it. This
        runs for every viewer and frame, so that way makes no call but the write itself.
        """
        if not self._ring:
            return
        newest = self._ring[-1]
        follows, side, wire, deflated = newest.seq - 1, newest.side, newest.wire, b""
        for seat in seats:
            direct = seat.direct
            if (
                seat.seq != follows
                or direct is None
                or not direct.ready
                or not (seat.taken and seat.frames)
                or seat.lagging_since
                or seat.user in side
            ):
                self._deliver(seat)
                continue
            seat.seq = newest.seq
            if not direct.deflates:
                direct.write(wire)
            else:
                deflated = deflated or newest.deflated
                direct.write(deflated)

    def _deliver(self, seat: Seat) -> None:
        """Bring one seat up to date, whatever it has missed."""
        if seat.seq >= self.top or not seat.taken:
            return  # above `top`: it joined from a snapshot whose last frames are on their way
        if seat.connection.buffered() > BUFFER_LIMIT_BYTES:
            self._lag(seat)
            return
        missed = self._run_since(seat.seq)
        if missed is None:
            seat.connection.abort()  # it comes back and resumes from the frame log
        else:
            self._give(seat, missed)

    def _run_since(self, seq: int) -> Run | None:
        """Return the frames after `seq` as one write, shared by all who are as far behind."""
        if self._runs_to != self.top:
            self._runs.clear()
            self._runs_to = self.top
        run = self._runs.get(seq)
        if run is None:
            frames = self.since(seq)
            if frames is None:
                return None
            run = self._runs[seq] = Run(frames)
        return run

    def _give(self, seat: Seat, missed: Run) -> None:
        seat.lagging_since = 0.0
        if seat.frames and not (missed.sides and seat.user in missed.sides):
            seat.connection.send(missed)
            seat.seq = self.top
            return
        for frame in missed.parts:
            if seat.frames:
                seat.connection.send(frame)
            if frame.side and seat.user is not None and seat.user in frame.side:
                seat.connection.send(frame.side[seat.user])
            seat.seq = frame.seq

    def _lag(self, seat: Seat) -> None:
        self._behind = True
        now = time.monotonic()
        if not seat.lagging_since:
            seat.lagging_since = now
        elif now - seat.lagging_since > LAG_SECONDS:
            seat.connection.abort()


async def taken(connection: Connection) -> bool:
    """Wait until what was sent has left us. False when it is not read: then it is cut."""
    give_up = time.monotonic() + LAG_SECONDS
    while connection.buffered() > BUFFER_LIMIT_BYTES:
        if time.monotonic() > give_up:
            connection.abort()
            return False
        await asyncio.sleep(TAKEN_LOOK_SECONDS)
    return True


async def in_slices(things: list[Thing], visit: Callable[[Thing], None]) -> None:
    """Visit everything in a list, letting the event loop breathe between slices."""
    for start in range(0, len(things), SWEEP_SLICE):
        for thing in things[start : start + SWEEP_SLICE]:
            visit(thing)
        await asyncio.sleep(0)
