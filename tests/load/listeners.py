"""A crowd of WebSocket listeners in one process that can hear 50,000 messages a second. Async.

A message is looked at once, when the first listener gets it; all others compare bytes. Each
listener still has to get every message, in order: a server that is fast because it leaves somebody
out is found out. Times are those of the monotonic clock, which all processes of a machine share.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

import picows
from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport

from livecomments.client.wire import home_address
from tests.load.stats import GRAINS_PER_SECOND, Times

HANDSHAKES_AT_ONCE = 200  # servers accept in bursts of their backlog; more only wait in the kernel
TRIES = 4
TRY_AGAIN_SECONDS = 0.5
CONNECT_SECONDS = 30.0
READ_BUFFER_BYTES = 4 * 1024  # for each listener; grows where a server is behind
DIGITS_SEQ, DIGITS_US = 8, 16
SEQ, SENT = b'"seq"', b'"sent_us"'


@dataclass(frozen=True, kw_only=True)
class Talk:
    """What a server's clients say and hear beside the messages themselves."""

    url: str
    greetings: tuple[bytes, ...] = ()  # sent as soon as the connection is open
    answers: Mapping[bytes, bytes] = field(default_factory=dict)  # what is heard: what is said
    ready: bytes = b""  # how the message begins that lets one in; empty: the handshake does


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What a crowd got of the messages that count."""

    listeners: int
    published: int
    delivered: int  # each message once per listener, in order
    complete: int  # listeners that got every message
    disordered: int  # messages that came again, or after a later one
    different_bytes: int  # messages that were not the same for everybody
    wrong: int  # messages that were not what was published
    cut: int  # listeners whose connection ended
    p50_ms: float
    p95_ms: float
    p99_ms: float

    @property
    def share(self) -> float:
        """How much of what was published to everybody arrived, from 0 to 1."""
        return self.delivered / max(1, self.listeners * self.published)


@dataclass(frozen=True, slots=True)
class _Heard:
    seq: int
    sent: float
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the digits stand; the same in every message of a server."""

    seq_key: int
    seq: int
    sent: int


def published(seq: int, length: int, *, now: float | None = None) -> bytes:
    """Return a message of this length that says when it was sent. Digits keep their places."""
    sent_us = int((time.monotonic() if now is None else now) * 1_000_000)
    head = (
        f'{{"type":"frame","seq":"{seq:0{DIGITS_SEQ}}","sent_us":"{sent_us:0{DIGITS_US}}","text":"'
    )
    return (head + "x" * (length - len(head) - 2) + '"}').encode()


class Listener(WSListener):
    """One connection."""

    def __init__(self, crowd: "Crowd") -> None:
        self.transport: WSTransport | None = None
        self.joined: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.next = 0
        self._crowd = crowd

    def say(self, message: bytes) -> None:
        """Send a text message; nothing happens when the connection has ended."""
        if self.transport is not None:
            self.transport.send(WSMsgType.TEXT, message)

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        for greeting in self._crowd.talk.greetings:
            self.say(greeting)
        if not self._crowd.talk.ready:
            self._join()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.TEXT:
            if frame.msg_type == WSMsgType.CLOSE:
                transport.disconnect()
            return
        raw = frame.get_payload_as_bytes()
        crowd = self._crowd
        if raw == crowd.current.raw:
            heard = crowd.current
        else:
            found = crowd.look_at(raw)
            if found is None:
                return self._control(raw)
            heard = found
        # All of it is on the hot path: a call for each part would cost as much as the read.
        if heard.seq == self.next:
            self.next += 1
            crowd.delivered += 1
            crowd.times[int((time.monotonic() - heard.sent) * GRAINS_PER_SECOND)] += 1
        else:
            self._out_of_turn(heard)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.transport = None
        if not self.joined.done():
            self.joined.set_result(False)
        elif self.joined.result() and not self._crowd.is_leaving:
            self._crowd.cut += 1

    def _out_of_turn(self, heard: _Heard) -> None:
        """A gap counts what came after it; what comes too late, or again, does not count."""
        if heard.seq < self.next:
            self._crowd.disordered += heard.seq >= self._crowd.first
            return
        self.next = heard.seq + 1
        self._crowd.gaps[self] += 1
        self._crowd.delivered += 1
        self._crowd.times[int((time.monotonic() - heard.sent) * GRAINS_PER_SECOND)] += 1

    def _control(self, raw: bytes) -> None:
        answer = self._crowd.talk.answers.get(raw)
        if answer is not None:
            self.say(answer)
        elif self._crowd.talk.ready and raw.startswith(self._crowd.talk.ready):
            self._join()

    def _join(self) -> None:
        if not self.joined.done():
            self.joined.set_result(True)


class Crowd:
    """All listeners of one server, and what they heard."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.listeners: list[Listener] = []
        self.current = _Heard(-1, 0.0, b"")
        self.first = 0  # messages before this one were for warming up
        self.delivered = 0
        self.disordered = 0
        self.cut = 0
        self.times: Counter[int] = Counter()  # in grains
        self.gaps: Counter[Listener] = Counter()
        self.is_leaving = False
        self._different = 0
        self._wrong = 0
        self._heard: dict[int, _Heard] = {}
        self._layout: _Layout | None = None
        self._sent: dict[int, bytes] = {}

    # --- coming and going -----------------------------------------------------------------------

    async def connect(
        self,
        listeners: int,
        *,
        at_once: int = HANDSHAKES_AT_ONCE,
        on_progress: Callable[[int], None] = lambda joined: None,
    ) -> None:
        """Bring in this many listeners.

        Raises a group of OSError, TimeoutError or WSError when a listener is not let in.
        """
        numbers = count()

        async def bring() -> None:
            for number in numbers:
                if number >= listeners:
                    return
                self.listeners.append(await self._open(number))
                on_progress(len(self.listeners))

        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(at_once, listeners)):
                tasks.create_task(bring())

    async def _open(self, number: int) -> Listener:
        for attempt in count(1):
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await self._try_to_open(number)
            except (OSError, TimeoutError, WSError):
                if attempt == TRIES:
                    raise
                await asyncio.sleep(TRY_AGAIN_SECONDS * attempt)
        raise AssertionError("not reached")

    async def _try_to_open(self, number: int) -> Listener:
        home = home_address(self.talk.url.replace("ws:", "http:", 1), number)
        transport, listener = await picows.ws_connect(
            lambda: Listener(self),
            self.talk.url,
            websocket_handshake_timeout=CONNECT_SECONDS,
            max_redirects=0,
            read_buffer_init_size=READ_BUFFER_BYTES,
            local_addr=None if home is None else (home, 0),
        )
        try:
            if not await listener.joined:
                raise ConnectionResetError("the connection ended before it was let in")
        except BaseException:
            transport.disconnect(False)
            raise
        return listener

    def leave(self) -> None:
        """Cut every connection."""
        self.is_leaving = True
        for listener in self.listeners:
            if listener.transport is not None:
                listener.transport.disconnect(False)

    # --- what is heard --------------------------------------------------------------------------

    def look_at(self, raw: bytes) -> _Heard | None:
        """Return what a message is, or None when it is none of those that were published."""
        layout = self._layout
        if layout is None or not raw.startswith(SEQ, layout.seq_key):
            layout = self._layout = _layout(raw)
            if layout is None:
                return None
        seq = int(raw[layout.seq : layout.seq + DIGITS_SEQ])
        heard = self._heard.get(seq)
        if heard is None:
            sent = int(raw[layout.sent : layout.sent + DIGITS_US]) / 1_000_000
            heard = self._heard[seq] = _Heard(seq, sent, raw)
            self._wrong += not _says(raw, self._sent.get(seq))
        elif heard.raw != raw:
            self._different += 1
        self.current = heard
        return heard

    def expect(self, seq: int, message: bytes) -> None:
        """Remember what is published, for comparing."""
        self._sent[seq] = message

    def begin(self, first: int) -> None:
        """Forget what was heard so far: from this number on, messages count."""
        self.first = first
        self.delivered = self.disordered = self._different = self._wrong = 0
        self.times.clear()
        self.gaps.clear()
        for listener in self.listeners:
            listener.next = first

    def tally(self, published: int) -> Tally:
        """Return how much of so many messages everybody got."""
        times = Times(self.times)
        end = self.first + published
        return Tally(
            listeners=len(self.listeners),
            published=published,
            delivered=self.delivered,
            complete=sum(
                listener.next == end and listener not in self.gaps for listener in self.listeners
            ),
            disordered=self.disordered,
            different_bytes=self._different,
            wrong=self._wrong,
            cut=self.cut,
            p50_ms=times.percentile(50),
            p95_ms=times.percentile(95),
            p99_ms=times.percentile(99),
        )

    async def wait_for(self, deliveries: int, *, seconds: float) -> bool:
        """Return True once so many were delivered, False when the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.delivered < deliveries:
                    await asyncio.sleep(0.01)
        return self.delivered >= deliveries


def _layout(raw: bytes) -> _Layout | None:
    seq_key, sent_key = raw.find(SEQ), raw.find(SENT)
    if seq_key < 0 or sent_key < 0:
        return None
    seq, sent = (_digits(raw, at) for at in (seq_key + len(SEQ), sent_key + len(SENT)))
    return _Layout(seq_key, seq, sent)


def _digits(raw: bytes, at: int) -> int:
    """Return where the value's digits begin: a server may put spaces before the quote."""
    return raw.index(b'"', at) + 1


def _says(raw: bytes, message: bytes | None) -> bool:
    """True when the object in a server's message is the one that was published."""
    if message is None:
        return False
    inner = raw[raw.index(b"{") : raw.rindex(b"}") + 1]
    try:
        return json.loads(inner) == json.loads(message)
    except ValueError:
        return False
