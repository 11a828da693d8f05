"""The room of the stub: who is in it, and what they are sent ten times a second. Async.

It says what a web process says, in the same types, and nothing else costs anything: no database, no
Redis, no limits, no pacing.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec

from livecomments.protocol import (
    HEARTBEAT_SECONDS,
    PROTOCOL_VERSION,
    ClientMessage,
    Comment,
    CommentAccepted,
    CommentPost,
    CommentPosted,
    Cursor,
    Frame,
    Hello,
    Person,
    Ping,
    Pong,
    ReactionKind,
    Role,
    Room,
    ServerMessage,
    Ticket,
    TicketRenew,
    Welcome,
    You,
)

from .chatter import Chatter

EPOCH = "stub"
TICK_MS = 100  # as the batcher's, and so is the other
REACTION_TICK_MS = 500
RECENT = 50
HISTORY = 2_000  # comments that can be read back to
TICKET_SECONDS = 24 * 3_600
VIEWERS = 4_812
VIEWERS_EVERY_MS = 2_000
PRESSES = 12  # at most, of each kind, between two frames that have reactions

Send = Callable[[bytes], Awaitable[None]]
_decoder = msgspec.json.Decoder(ClientMessage)


def now_ms() -> int:
    """Return the time as the wire tells it."""
    return time.time_ns() // 1_000_000


class Show(msgspec.Struct, frozen=True):
    """What is to happen: so many comments a minute, for so many seconds."""

    per_minute: float
    seconds: float


class Played(msgspec.Struct):
    """What has happened since the last show began."""

    comments: int = 0
    frames: int = 0
    first: str = ""
    last: str = ""
    late_ms: float = 0.0  # the latest frame of all
    is_over: bool = True


@dataclass(eq=False)
class Seat:
    """One reader's socket."""

    send: Send
    reader: Person | None = None
    has_joined: bool = False


@dataclass
class _Tick:
    """The clock of a show, in frames."""

    number: int = 0
    due: float = 0.0
    owed: float = 0.0  # comments, with fractions
    left: float = 0.0  # seconds


class StubRoom:
    """One room. `state`: what its viewers are told of it."""

    def __init__(self, state: Room, reader: Person) -> None:
        self.state = state
        self.reader = reader
        self.played = Played()
        self._chatter = Chatter("the stub's room", reader=reader.name)
        self._chosen = random.Random("the stub's reactions")
        self.history: deque[Comment] = deque(maxlen=HISTORY)
        for _ in range(HISTORY // 4):
            self.history.append(self._chatter.next_comment())
        self._seats: set[Seat] = set()
        self._seq = 0
        self._totals = dict.fromkeys(map(str, ReactionKind), 0)
        self._show = Show(0, 0)
        self._tick = _Tick()
        self._said: list[Comment] = []  # by the reader, since the last frame

    # --- the show --------------------------------------------------------------------------------

    def play(self, show: Show) -> None:
        """Begin a show now, in the place of what goes on."""
        self._show = show
        self.played = Played(is_over=False)
        self._tick.owed, self._tick.left = 0.0, show.seconds

    async def run(self) -> None:
        """Send frames until cancelled."""
        loop = asyncio.get_running_loop()
        tick = self._tick
        tick.due = loop.time()
        while True:
            await asyncio.sleep(max(0.0, tick.due - loop.time()))
            if not self.played.is_over:
                late_ms = (loop.time() - tick.due) * 1000
                self.played.late_ms = max(self.played.late_ms, late_ms)
            await self._flush()
            self.played.is_over = tick.left < TICK_MS / 2000
            tick.number += 1
            tick.due += TICK_MS / 1000

    async def _flush(self) -> None:
        presses = self._presses()
        comments = [*self._said, *self._talk()]
        self._said = []
        if not comments and not presses:
            return
        self.history.extend(comments)
        self._seq += 1
        frame = Frame(
            seq=self._seq,
            through=self.history[-1].id,
            items=[CommentPosted(comment=comment) for comment in comments],
            reactions=presses,
            totals=dict(self._totals) if presses else {},
            viewers=self._viewers(),
        )
        encoded = msgspec.json.encode(frame)
        await asyncio.gather(*(seat.send(encoded) for seat in self._seats if seat.has_joined))

    def _talk(self) -> list[Comment]:
        """Return what is said in this tick of the show."""
        played, tick = self.played, self._tick
        if played.is_over:
            return []
        tick.owed += self._show.per_minute / 60 * min(TICK_MS / 1000, tick.left)
        tick.left -= TICK_MS / 1000
        count = int(tick.owed + 1e-6)
        tick.owed -= count
        comments = [self._chatter.next_comment() for _ in range(count)]
        if comments:
            played.first = played.first or comments[0].id
            played.last = comments[-1].id
        played.comments += count
        played.frames += 1
        return comments

    def _presses(self) -> dict[str, int]:
        if self.played.is_over or self._tick.number % (REACTION_TICK_MS // TICK_MS):
            return {}
        presses = {
            str(kind): count
            for kind in ReactionKind
            if (count := self._chosen.randrange(PRESSES + 1)) > 0
        }
        for kind, count in presses.items():
            self._totals[kind] += count
        return presses

    def _viewers(self) -> int | None:
        if self._tick.number % (VIEWERS_EVERY_MS // TICK_MS):
            return None
        return VIEWERS + self._chosen.randrange(100)

    # --- readers ---------------------------------------------------------------------------------

    def enter(self, send: Send, reader: Person | None) -> Seat:
        """Return a seat for a reader, who has yet to say hello."""
        seat = Seat(send, reader)
        self._seats.add(seat)
        return seat

    def leave(self, seat: Seat) -> None:
        """Give the seat up."""
        self._seats.discard(seat)

    async def hear(self, seat: Seat, said: str | bytes) -> None:
        """Answer one message."""
        answer = self._answer(seat, _decoder.decode(said))
        if answer is not None:
            await seat.send(msgspec.json.encode(answer))

    def _answer(self, seat: Seat, message: ClientMessage) -> ServerMessage | None:
        match message:
            case Hello():
                seat.has_joined = True
                if message.ticket is not None:
                    seat.reader = self.reader
                return self._welcome(seat)
            case Ping():
                return Pong(server_time=now_ms())
            case TicketRenew():
                return self.ticket()
            case CommentPost():
                comment = self._chatter.own_comment(seat.reader or self.reader, message.text)
                self._said.append(comment)
                return CommentAccepted(nonce=message.nonce, comment=comment)
            case _:
                return None  # a reaction: only refusals are answered

    def _welcome(self, seat: Seat) -> Welcome:
        person = seat.reader
        return Welcome(
            version=PROTOCOL_VERSION,
            epoch=EPOCH,
            public=Cursor(seq=self._seq, through=self.history[-1].id),
            room=self.state,
            reactions=dict(self._totals),
            viewers=VIEWERS,
            server_time=now_ms(),
            heartbeat_seconds=HEARTBEAT_SECONDS,
            resumed=False,
            recent=list(self.history)[-RECENT:],
            you=None
            if person is None
            else You(
                id=person.id,
                name=person.name,
                role=Role.VIEWER,
                ticket_expires_at=now_ms() + TICKET_SECONDS * 1000,
            ),
        )

    def ticket(self) -> Ticket:
        """Return a ticket that nobody checks."""
        return Ticket(ticket="stub", expires_at=now_ms() + TICKET_SECONDS * 1000)
