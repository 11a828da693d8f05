"""Serve with uvicorn: one process, shared port, direct writes, our own drain. Async.

The extension is the one thing a stock server lacks: the transport, so that the hub can write the
same prepared bytes to thousands of sockets without an ASGI message for each (DECISIONS.md). A
subclass of uvicorn's `websockets-sansio` protocol offers it, and agrees on permessage-deflate
without context, so that a frame is deflated once for all; everything else is uvicorn.
"""

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

import uvicorn
from django.conf import settings
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import NegotiationError
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.frames import CloseCode, Frame
from websockets.http11 import Request

from livecomments.protocol import CLIENT_MESSAGE_MAX_BYTES

from .connection import BUFFER_LIMIT_BYTES, EXTENSION, DirectConnection, reset
from .door import Door
from .http import BoundedHttp
from .inbox import Inbox
from .lifecycle import lifecycle

logger = logging.getLogger(__name__)

SEND_BUFFER_BYTES = 128 * 1024  # the kernel's part of what a stalled reader may cost
# What one read may bring: a flood of small messages is parsed in turns with everybody else's.
RECEIVE_BUFFER_BYTES = 32 * 1024
# A flood on one socket is handled in turns with everybody else's. A slice has 170 of the smallest
# frames at most, and parsing them takes a millisecond or two.
SLICE_BYTES = 1024
MESSAGES_PER_TURN = 64
TURN_SECONDS = 0.005
PING_SECONDS = 20.0  # a dead peer is found within two of these
AFTER_CLOSE_BYTES = 256 * 1024  # what may still be on its way when we close; more is a flood
SHUTDOWN_SECONDS = 5
FULL_WINDOW = "15"  # RFC 7692 §7.1.2.1, and gateway/frames.py


class SharedDeflate(ServerPerMessageDeflateFactory):
    """Per-message deflate without context on either side, and with the full window.

    Every message stands alone, nothing is kept per socket, and all clients can read the same bytes.
    """

    def __init__(self) -> None:
        super().__init__(server_no_context_takeover=True, client_no_context_takeover=True)

    def process_request_params(
        self, params: Sequence[tuple[str, str | None]], accepted_extensions: Sequence[Any]
    ) -> tuple[list[tuple[str, str | None]], Any]:
        """Decline an offer that asks us for a smaller window; the client may have made another."""
        if dict(params).get("server_max_window_bits", FULL_WINDOW) != FULL_WINDOW:
            raise NegotiationError("what is deflated for all needs the full window")
        return super().process_request_params(params, accepted_extensions)


DEFLATE = SharedDeflate()


class TransportProtocol(WebSocketsSansIOProtocol):
    """Offers itself to the application as the ASGI extension `livecomments.transport`.

    With it, whole prepared frames are written straight to the transport, and text messages reach
    the consumer in the turn in which they were read. Everything else stays uvicorn's.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn.available_extensions = [DEFLATE]
        self.queue = cast(Any, Inbox())
        self._receiver: Callable[[bytes], None] | None = None
        self._connection: DirectConnection | None = None
        self._after_close = 0
        self._taken = 0  # frames in this turn
        self._waits = False  # for its next turn
        self._later = b""  # what has come and waits with it
        self._is_cut = False

    @property
    def deflates(self) -> bool:
        """True when this client offered permessage-deflate."""
        return bool(self.conn.extensions)

    def attach(self, connection: DirectConnection, receiver: Callable[[bytes], None]) -> None:
        """Keep the connection's state, and hand text messages over without a queue between."""
        self._connection = connection
        self._receiver = receiver
        self.transport.set_write_buffer_limits(high=BUFFER_LIMIT_BYTES)

    def pause_writing(self) -> None:
        """More waits for the network than one viewer may cost."""
        super().pause_writing()
        if self._connection is not None:
            self._connection.ready = False

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._connection is not None:
            self._connection.ready = self._connection.open

    def _forget_handshake(self) -> None:
        """Empty what was only needed to open the socket, and would stay while it is open."""
        self.request.headers.clear()
        self.response.headers.clear()
        cast(list[Any], self.scope["headers"]).clear()

    def cut(self) -> None:
        """End the connection at once, whatever its peer has not read."""
        self._shut()
        if not (self.disconnected or self._is_cut):
            self._is_cut = True
            reset(self.transport)

    def _shut(self) -> None:
        if self._connection is not None:
            self._connection.open = self._connection.ready = False

    def handle_close(self, event: Frame) -> None:
        self._shut()
        super().handle_close(event)
        self.close_sent = True  # else a shutdown would try to say it once more
        self._end_soon()

    def handle_parser_exception(self) -> None:
        """uvicorn's, but what the peer is still sending is read for a while and thrown away.

        Closed at once with something unread, the kernel would reset the connection, and the peer
        might never be told why.
        """
        self._shut()
        assert self.conn.close_sent is not None
        code, reason = self.conn.close_sent.code, self.conn.close_sent.reason
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._end_soon()

    def _end_soon(self) -> None:
        """End the connection although its peer does not read what is still to be sent."""
        if self.close_timer is not None:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(self.close_timeout, self.cut)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):  # the handshake may have been refused
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = self
            raw: socket.socket | None = self.transport.get_extra_info("socket")
            if raw is not None:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)

    def _refuse_handshake(self) -> None:
        """Answer 400 to what the parser gave up on without an answer."""
        self.close_sent = self.handshake_complete = True
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
        self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Take what came, as much of it as one turn allows."""
        if self._waits:
            self._later += data
            self.transport.pause_reading()
            return
        self._taken = 0
        if len(data) <= SLICE_BYTES:
            self._parse(data)
        else:
            self._parse_in_slices(data)
        if self.transport.is_closing():
            return
        if not self.handshake_initiated and self.conn.handshake_exc is not None:
            self._refuse_handshake()
        elif self._taken > MESSAGES_PER_TURN:
            self._waits = True
            self.transport.pause_reading()
            self.loop.call_later(TURN_SECONDS, self._next_turn)

    def _parse_in_slices(self, data: bytes) -> None:
        for start in range(0, len(data), SLICE_BYTES):
            if self.transport.is_closing():
                return
            if self._taken > MESSAGES_PER_TURN:
                self._later = data[start:]
                return
            self._parse(data[start : start + SLICE_BYTES])

    def _parse(self, data: bytes) -> None:
        """uvicorn's, but it would go on parsing for ten seconds what it then throws away."""
        if self.close_sent:
            self._after_close += len(data)
            if self._after_close > AFTER_CLOSE_BYTES:
                self.cut()
            if self.conn.parser_exc is not None or self.transport.is_closing():
                return
        super().data_received(data)

    def _next_turn(self) -> None:
        self._waits = False
        if self.transport.is_closing():
            return
        later, self._later = self._later, b""
        if later:
            self.data_received(later)
        # While a message that came through the queue waits, uvicorn starts the reading again.
        if not (self._waits or self.read_paused or self.transport.is_closing()):
            self.transport.resume_reading()

    def handle_ping(self) -> None:
        """uvicorn's, but a peer that reads nothing gets no more pongs to keep."""
        self._taken += 1
        if self.transport.get_write_buffer_size() > BUFFER_LIMIT_BYTES:
            self.conn.data_to_send()
        else:
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        self._taken += 1
        super().handle_pong(event)

    def handle_cont(self, event: Frame) -> None:
        """uvicorn's, but empty pieces, of which there may be no end, are not kept."""
        self._taken += 1
        if event.data:
            self.frames.append(bytes(event.data))
        if event.fin:
            self.send_receive_event_to_app()

    def send_receive_event_to_app(self) -> None:
        self._taken += 1
        if self.close_sent:
            self.frames = []
            return
        if self.curr_msg_data_type != "text":
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        if not (data.isascii() or _is_utf8(data)):  # uvicorn would log it as a fault of ours
            self.conn.send_close(CloseCode.INVALID_DATA)
            self.handle_parser_exception()
        elif self._receiver is None:
            super().send_receive_event_to_app()
        else:
            self._receiver(data)
        self.frames = []

    def connection_lost(self, exc: Exception | None) -> None:
        """uvicorn's; then nothing holds on to the other end, so that both are freed at once."""
        self._shut()
        super().connection_lost(exc)
        self._receiver = self._connection = None
        self._later = b""
        self.conn.parser.close()
        if hasattr(self, "scope"):
            self.scope["extensions"].clear()

    def keepalive_timeout(self) -> None:
        """A peer that does not answer pings: uvicorn's close would wait for it to read first."""
        self._shut()
        super().keepalive_timeout()
        self.cut()

    async def send(self, message: Any) -> None:
        """uvicorn's, but a close that the peer does not answer ends, whatever is unsent."""
        await super().send(message)
        if message["type"] == "websocket.accept":
            self._forget_handshake()
        if self.close_sent:
            self._shut()
        if self.close_timer is not None:
            self._end_soon()


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


class Server(uvicorn.Server):
    """uvicorn, but with a door of its own, and it drains before it shuts down."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=[])
        make_protocol: Callable[[], asyncio.Protocol] = partial(
            cast(Any, self.config.http_protocol_class),
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        self.servers = [cast(Any, Door(sockets or [], make_protocol))]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await lifecycle().drain()
        await super().shutdown(sockets=None)


def make_server(*, access_log: bool = False, **overrides: Any) -> Server:
    """Return a server for the application; the caller runs it on a bound socket."""
    name = settings.PROCESS
    config = uvicorn.Config(
        "livecomments.asgi:application",
        http=BoundedHttp,
        ws=TransportProtocol,
        ws_max_size=CLIENT_MESSAGE_MAX_BYTES,
        ws_per_message_deflate=False,  # the protocol class above has its own
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        headers=[("X-Process", name)],
        server_header=False,
        proxy_headers=False,
        access_log=access_log,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        **overrides,
    )
    return Server(config)
