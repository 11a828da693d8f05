"""A person's place in a stream, kept over any number of connections. Async.

Says hello, shows a resume token when it comes back, notices a gap, honours `bye`, keeps its ticket
fresh and sends posts until they are answered (docs/PROTOCOL.md). Callbacks and one small task per
session, so that one process can hold thousands.
"""

import asyncio
import logging
import random
import secrets
import time
from collections.abc import Callable

import msgspec

from livecomments.protocol import (
    CLIENT_MESSAGE_MAX_BYTES,
    PROTOCOL_VERSION,
    RECONNECT_MAX_MS,
    RECONNECT_MIN_MS,
    Backfill,
    Bye,
    ClientMessage,
    CloseCode,
    CommentAccepted,
    CommentHeld,
    CommentPost,
    Error,
    ErrorCode,
    Frame,
    Hello,
    ReactionKind,
    ReactionSend,
    ServerMessage,
    Ticket,
    TicketRenew,
    Welcome,
)

from .cursors import Cursors, Place
from .decode import decode
from .outbox import Answer, Lost, Outbox
from .stretch import Stretch
from .wire import NO_CLOSE_CODE, ConnectFailed, Wire, open_wire

logger = logging.getLogger(__name__)

TicketSource = Callable[[], tuple[str, int]]

WELCOME_SECONDS = 12.0  # a connection without a welcome by now is worth less than a new one
STABLE_SECONDS = 10.0  # one that lasted this long was good: the next back-off starts small again
RENEW_BEFORE_MS = 120_000
TICKETS_TRIED = 2  # a fresh ticket that is refused again will not be better the third time

_TICKET_CODES = {
    ErrorCode.TICKET_INVALID,
    ErrorCode.TICKET_EXPIRED,
    ErrorCode.TICKET_REVOKED,
}
_RETRY_CODES = {
    ErrorCode.BUSY,
    ErrorCode.UNAVAILABLE,
    ErrorCode.INTERNAL,
    ErrorCode.TOO_MANY_PENDING,
    ErrorCode.HELLO_EXPECTED,
}

_encode = msgspec.json.Encoder().encode


class Session:
    """One viewer or author. `on_message` gets what is shown: never a frame twice, never a gap."""

    def __init__(
        self,
        url: str,
        stream: str,
        on_message: Callable[[ServerMessage], None],
        *,
        ticket_source: TicketSource | None = None,
        frames: bool = True,
        local_address: str | None = None,
    ) -> None:
        self.joined = asyncio.Event()
        self.connections = 0  # that got as far as a welcome
        self.gaps = 0
        self.stale_frames = 0
        self.stopped_by: CloseCode | Error | None = None  # why the server will not have us
        self._url = url
        self._stream = stream
        self._on_message = on_message
        self._ticket_source = ticket_source
        self._frames = frames
        self._local_address = local_address
        self._ticket: str | None = None
        self._ticket_expires_ms = 0
        self._renewing = False
        self._hellos_refused = 0
        self._cursors = Cursors()
        self._stretch = Stretch()
        self._outbox = Outbox(self._send_post)
        self._wire: Wire | None = None
        self._ended: asyncio.Future[int] | None = None
        self._come_back: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    # --- life -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Connect, and stay connected until `stop` or until the server refuses for good."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Close; posts that are still unanswered end as `Lost`."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._outbox.give_up()

    @property
    def process(self) -> str:
        """The web process at the other end; empty while there is none."""
        return self._wire.process if self._wire is not None else ""

    @property
    def unanswered(self) -> int:
        """How many posts wait for an answer."""
        return len(self._outbox)

    @property
    def why_stopped(self) -> str:
        """Why the server will not have us, in a word; empty while it will."""
        stopped_by = self.stopped_by
        if stopped_by is None:
            return ""
        code = stopped_by.name if isinstance(stopped_by, CloseCode) else stopped_by.code.value
        return code.lower()

    @property
    def epoch(self) -> str:
        """The epoch of the frames that are being shown."""
        return self._cursors.epoch

    async def _run(self) -> None:
        attempt = 0
        try:
            while self.stopped_by is None:
                started = time.monotonic()
                code = await self._connect_safely()
                if 4100 <= code < 4200:
                    self.stopped_by = CloseCode(code)
                if time.monotonic() - started > STABLE_SECONDS:
                    attempt = 0
                if self.stopped_by is None:
                    await asyncio.sleep(self._delay(attempt))
                attempt += 1
        finally:
            if self._wire is not None:
                await self._wire.close()
            self._outbox.give_up()

    async def _connect_safely(self) -> int:
        try:
            return await self._one_connection()
        except Exception:
            logger.exception("a connection failed in a way that is not known here")
            return NO_CLOSE_CODE

    def _delay(self, attempt: int) -> float:
        """Full jitter, so that a crowd does not come back in step; a `bye` says it better."""
        if self._come_back is not None:
            delay, self._come_back = self._come_back, None
            return delay
        return random.uniform(0, min(RECONNECT_MAX_MS, RECONNECT_MIN_MS * 2**attempt)) / 1000

    async def _one_connection(self) -> int:
        """Connect once and return the close code when that is over."""
        loop = asyncio.get_running_loop()
        self._ended = loop.create_future()
        self._hellos_refused = 0
        try:
            self._wire = await open_wire(
                self._url, self._receive, self._closed, local_address=self._local_address
            )
        except ConnectFailed as error:
            logger.debug("no connection: %r", error)
            return NO_CLOSE_CODE
        self._say_hello()
        try:
            return await self._ended
        finally:
            self._link_lost()

    def _closed(self, code: int) -> None:
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(code)

    def _link_lost(self) -> None:
        self.joined.clear()
        self._set_timer(0, None)
        self._renewing = False
        self._outbox.link_lost()

    def _set_timer(self, seconds: float, run: Callable[[], None] | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(seconds, run) if run is not None else None

    # --- sending --------------------------------------------------------------------------------

    def post(self, text: str, *, reply_to: str | None = None) -> "asyncio.Future[Answer]":
        """Say something; the answer comes when it comes, over as many connections as it takes."""
        post = CommentPost(nonce=secrets.token_hex(8), text=text, reply_to=reply_to)
        if self.stopped_by is not None:
            return _answered(Lost.UNSENT)
        if len(_encode(post)) > CLIENT_MESSAGE_MAX_BYTES:
            # The server would close the connection before it could answer.
            return _answered(Error(code=ErrorCode.TOO_LONG, message="", ref=post.nonce))
        return self._outbox.add(post)

    def react(self, kind: ReactionKind, count: int = 1) -> bool:
        """Press a reaction; False when nobody is there to see it."""
        if self.joined.is_set():
            self._send(ReactionSend(kind=kind, count=count))
            return True
        return False

    def _send(self, message: ClientMessage) -> None:
        if self._wire is not None:
            self._wire.send(_encode(message))

    def _send_post(self, post: CommentPost) -> bool:
        if not self.joined.is_set() or self._come_back is not None:
            return False
        self._keep_ticket_fresh()
        self._send(post)
        return True

    def _say_hello(self) -> None:
        assert self._wire is not None
        self._set_timer(WELCOME_SECONDS, self._wire.abort)
        self._send(
            Hello(
                version=PROTOCOL_VERSION,
                stream=self._stream,
                ticket=self._valid_ticket(),
                resume=self._cursors.resume() if self._frames else None,
                frames=self._frames,
            )
        )

    # --- tickets --------------------------------------------------------------------------------

    def _valid_ticket(self) -> str | None:
        if self._ticket_source is None:
            return None
        if self._ticket is None or self._ticket_expires_ms <= _now_ms():
            self._ticket, self._ticket_expires_ms = self._ticket_source()
        return self._ticket

    def _keep_ticket_fresh(self) -> None:
        """Renew over the open socket what is about to expire; replace what has expired."""
        if self._ticket is None or self._renewing:
            return
        if self._ticket_expires_ms - _now_ms() < RENEW_BEFORE_MS:
            self._renew()

    def _renew(self) -> None:
        ticket = self._valid_ticket()
        if ticket is not None:
            self._renewing = True
            self._send(TicketRenew(ticket=ticket))

    # --- receiving ------------------------------------------------------------------------------

    def _receive(self, raw: bytes) -> None:
        message = decode(raw)
        if isinstance(message, Frame):
            self._take_frame(message)
        elif isinstance(message, CommentAccepted | CommentHeld):
            self._outbox.settle(message.nonce, message)
        elif isinstance(message, Error):
            self._refused(message)
        elif isinstance(message, Welcome):
            self._welcomed(message)
        elif isinstance(message, Ticket):
            self._renewing = False
            self._ticket, self._ticket_expires_ms = message.ticket, message.expires_at
            self._outbox.flush()
        elif isinstance(message, Bye):
            self._come_back = message.reconnect_after_ms / 1000
        else:
            if isinstance(message, Backfill):
                self._cursors.backfill(message)
            for told in self._stretch.take(message):
                self._on_message(told)

    def _take_frame(self, frame: Frame) -> None:
        place = self._cursors.take(frame)
        if place is Place.NEXT:
            self._on_message(frame)
        elif place is Place.SEEN:
            self.stale_frames += 1
        else:
            self.gaps += 1
            if self._wire is not None:
                self._wire.abort()  # what is missing comes with the resume

    def _welcomed(self, welcome: Welcome) -> None:
        self._set_timer(0, None)
        self._cursors.welcome(welcome)
        self._stretch.drop()
        if not self.joined.is_set():
            self.connections += 1
            self.joined.set()
        self._on_message(welcome)
        self._outbox.flush()

    # --- refusals -------------------------------------------------------------------------------

    def _refused(self, error: Error) -> None:
        if error.ref is not None and error.ref in self._outbox:
            self._post_refused(error.ref, error)
        elif error.ref == "hello":
            self._hello_refused(error)
        elif error.ref == "ticket.renew" or error.code in _TICKET_CODES:
            self._ticket, self._renewing = None, False
        else:
            self._on_message(error)

    def _post_refused(self, nonce: str, error: Error) -> None:
        if error.code in _RETRY_CODES:
            self._outbox.defer(nonce, error.retry_after_ms)
        elif error.code in _TICKET_CODES and self._outbox.refused_ticket(nonce) <= TICKETS_TRIED:
            self._ticket = None
            self._renew()
        else:
            self._outbox.settle(nonce, error)

    def _hello_refused(self, error: Error) -> None:
        if error.code in _RETRY_CODES:
            delay = (error.retry_after_ms or 0) / 1000 + random.uniform(0, 0.5)
            self._set_timer(delay, self._say_hello)
        elif error.code in _TICKET_CODES and self._hellos_refused < TICKETS_TRIED:
            self._hellos_refused += 1
            self._ticket = None
            self._say_hello()
        else:
            self.stopped_by = error
            if self._wire is not None:
                self._wire.abort()


def _answered(answer: Answer) -> "asyncio.Future[Answer]":
    future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    future.set_result(answer)
    return future


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
