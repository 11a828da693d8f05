"""People who write, and press reactions, over sockets of their own. Async, callbacks only.

Each is a socket with `frames: false`, so that what is measured at the viewers is not measured here
too. Open loop: comments are sent when they are due, whatever became of those before. Closed loop:
each socket keeps so many on their way and sends the next when one is answered.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
import picows
from picows import WSFrame, WSListener, WSMsgType, WSTransport

from livecomments import tickets
from livecomments.client.wire import ConnectFailed, home_address, socket_url
from livecomments.protocol import PROTOCOL_VERSION, Hello

from .stats import Times

OPENED_AT_ONCE = 100
HANDSHAKE_SECONDS = 60.0
JOIN_SECONDS = 90.0
ANSWER_SECONDS = 30.0
STEP_SECONDS = 0.002  # open loop: what is due within it is sent together
# Viewers have the addresses below; nobody shares one with an author.
FIRST_NUMBER = 200_000

_encode = msgspec.json.encode
_monotonic = time.monotonic
_numbers = itertools.count(FIRST_NUMBER)
_nonces = itertools.count(1)

_ACCEPTED = b'{"type":"comment.accepted"'
_HELD = b'{"type":"comment.held"'
_ERROR = b'{"type":"error"'
_WELCOME = b'{"type":"welcome"'


class _Id(msgspec.Struct):
    id: str


class _Accepted(msgspec.Struct):
    nonce: str
    comment: _Id
    left_out: bool = False


class _Error(msgspec.Struct):
    code: str
    ref: str | None = None
    retry_after_ms: int | None = None


_accepted = msgspec.json.Decoder(_Accepted)
_error = msgspec.json.Decoder(_Error)


@dataclass(eq=False)
class Ledger:
    """What was sent to one stream and what was answered. Moments of the monotonic clock."""

    sent: int = 0
    sent_at: dict[int, float] = field(default_factory=dict)
    answered_at: dict[int, float] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    left_out: set[int] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    without_wait: int = 0  # refusals as `busy` that did not say when to come back
    held: int = 0
    unanswered: int = 0  # on their way, or lost with their socket
    pressed: int = 0
    pressed_refused: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def last_id(self) -> int:
        """The highest id that was acknowledged."""
        return max(self.sent_at, default=0)

    def accepted(self, begin: float, end: float) -> int:
        """Return how many comments were acknowledged between two moments."""
        return sum(begin <= moment < end for moment in self.answered_at.values())

    def accepted_of(self, begin: float, end: float) -> int:
        """Return how many of the comments sent between two moments were acknowledged."""
        return sum(begin <= moment < end for moment in self.sent_at.values())

    def answers(self, begin: float, end: float) -> Times:
        """Return how long comments sent between two moments waited for their answer."""
        times = Times()
        for number, sent in self.sent_at.items():
            if begin <= sent < end:
                times.add(self.answered_at[number] - sent)
        return times


class Author(WSListener):
    """One person at one stream."""

    __slots__ = ("_waiting", "at", "identity", "ledger", "on_answer", "transport")

    def __init__(self, at: "Authors", identity: tickets.Identity) -> None:
        self.at = at
        self.ledger = at.ledger
        self.identity = identity
        self.transport: WSTransport | None = None
        self.on_answer: Callable[[Author, float], None] | None = None
        self._waiting: dict[str, tuple[float, str]] = {}

    def post(self, text: str) -> None:
        """Send a comment now."""
        if self.transport is None:
            return
        nonce = str(next(_nonces))
        self._waiting[nonce] = (_monotonic(), text)
        self.ledger.sent += 1
        self.ledger.unanswered += 1
        body = b'{"type":"comment.post","nonce":"%b","text":%b}' % (nonce.encode(), _encode(text))
        self.transport.send(WSMsgType.TEXT, body)

    def press(self, kind: bytes) -> None:
        """Send one reaction now."""
        if self.transport is not None:
            self.ledger.pressed += 1
            self.transport.send(WSMsgType.TEXT, b'{"type":"reaction.send","kind":"%b"}' % kind)

    # --- called by picows ------------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        ticket, _ = tickets.mint(self.identity, self.at.room)
        hello = Hello(
            version=PROTOCOL_VERSION, stream=self.at.room.slug, ticket=ticket, frames=False
        )
        transport.send(WSMsgType.TEXT, _encode(hello))

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.transport = None
        if not self.at.leaving:
            self.ledger.faults["authors' sockets that ended"] += 1

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        data = frame.get_payload_as_bytes()
        if data.startswith(_ACCEPTED):
            self._accepted(_accepted.decode(data))
        elif data.startswith(_ERROR):
            self._refused(_error.decode(data))
        elif data.startswith(_WELCOME):
            self.at.welcomed()
        elif data.startswith(_HELD):
            self.ledger.held += 1
            self.ledger.unanswered -= 1
        elif frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect(False)

    def _accepted(self, answer: _Accepted) -> None:
        ledger = self.ledger
        sent_at, text = self._waiting.pop(answer.nonce)
        number = int(answer.comment.id)
        if number in ledger.sent_at:
            ledger.faults["ids that were given twice"] += 1
        ledger.sent_at[number] = sent_at
        ledger.answered_at[number] = _monotonic()
        ledger.texts[number] = text
        ledger.unanswered -= 1
        if answer.left_out:
            ledger.left_out.add(number)
        if self.on_answer is not None:
            self.on_answer(self, 0.0)

    def _refused(self, error: _Error) -> None:
        ledger = self.ledger
        if error.ref == "reaction.send":
            ledger.pressed_refused += 1
            ledger.refused[f"reaction: {error.code}"] += 1
            return
        ledger.refused[error.code] += 1
        if error.ref not in self._waiting:
            ledger.faults[f"refused: {error.code}"] += 1
            return
        del self._waiting[error.ref]
        ledger.unanswered -= 1
        if error.code == "busy" and error.retry_after_ms is None:
            ledger.without_wait += 1
        if self.on_answer is not None:
            self.on_answer(self, (error.retry_after_ms or 0) / 1000)


class Authors:
    """Everybody who writes to one stream."""

    def __init__(self, url: str, room: tickets.Room) -> None:
        self.room = room
        self.ledger = Ledger()
        self.everybody: list[Author] = []
        self.leaving = False
        self._url = socket_url(url)
        self._missing = 0
        self._all_in = asyncio.Event()

    async def come(self, people: Sequence[tickets.Identity]) -> bool:
        """Open a socket for each; True when all of them were welcomed in time."""
        fresh = [Author(self, identity) for identity in people]
        self.everybody += fresh
        self._missing = len(fresh)
        self._all_in.clear()
        gate = asyncio.Semaphore(OPENED_AT_ONCE)
        try:
            async with asyncio.timeout(JOIN_SECONDS):
                await asyncio.gather(*(self._open(author, gate) for author in fresh))
                await self._all_in.wait()
        except TimeoutError:
            return False
        return True

    async def _open(self, author: Author, gate: asyncio.Semaphore) -> None:
        address = home_address(self._url, next(_numbers))
        async with gate:
            while not self.leaving:
                try:
                    await picows.ws_connect(
                        lambda: author,
                        self._url,
                        websocket_handshake_timeout=HANDSHAKE_SECONDS,
                        max_redirects=0,
                        local_addr=(address, 0) if address else None,
                    )
                    return
                except ConnectFailed:
                    await asyncio.sleep(0.05)

    def welcomed(self) -> None:
        """Note that one more is in."""
        self._missing -= 1
        if self._missing == 0:
            self._all_in.set()

    async def answered(self) -> bool:
        """Wait until every comment is answered; False when some are not."""
        give_up = _monotonic() + ANSWER_SECONDS
        while self.ledger.unanswered and _monotonic() < give_up:
            await asyncio.sleep(0.01)
        return not self.ledger.unanswered

    async def leave(self) -> None:
        """Close every socket."""
        self.leaving = True
        for author in self.everybody:
            if author.transport is not None:
                author.transport.disconnect(False)
        while any(author.transport is not None for author in self.everybody):
            await asyncio.sleep(0.01)


@dataclass
class Pace:
    """How an open loop went. `late`: how far behind its time something was sent, at worst."""

    late: float = 0.0


async def open_loop(
    rate: float, stop: asyncio.Event, send: Callable[[int], None], pace: Pace | None = None
) -> None:
    """Call `send` with 0, 1, 2 … at the rate, each when it is due, until told to stop."""
    pace = pace or Pace()
    begin = _monotonic()
    number = 0
    while not stop.is_set():
        due = begin + number / rate
        now = _monotonic()
        if due > now:
            await asyncio.sleep(max(STEP_SECONDS, due - now))
            continue
        pace.late = max(pace.late, now - due)
        send(number)
        number += 1
        if number % 50 == 0:
            await asyncio.sleep(0)


def in_turn(authors: Sequence[Author], texts: Iterator[str]) -> Callable[[int], None]:
    """Return what an open loop calls: each author says the next text in turn."""

    def send(number: int) -> None:
        authors[number % len(authors)].post(next(texts))

    return send


def closed_loop(authors: Sequence[Author], texts: Iterator[str], *, in_flight: int) -> None:
    """Let every author keep so many comments on their way, until `stop_closed_loop`."""
    loop = asyncio.get_running_loop()

    def answered(author: Author, wait: float) -> None:
        if wait:
            loop.call_later(wait, again, author)
        else:
            author.post(next(texts))

    def again(author: Author) -> None:
        if author.on_answer is not None:
            author.post(next(texts))

    for author in authors:
        author.on_answer = answered
    for _ in range(in_flight):
        for author in authors:
            author.post(next(texts))


def stop_closed_loop(authors: Sequence[Author]) -> None:
    """Let nobody send another comment."""
    for author in authors:
        author.on_answer = None
