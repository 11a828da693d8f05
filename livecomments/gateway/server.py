"""Serve with uvicorn: one process, shared port, direct writes, our own drain. Async.

The extension is the one thing a stock server lacks: the transport, so that the hub can write the
same prepared bytes to thousands of sockets without an ASGI message for each (DECISIONS.md). A
subclass of uvicorn's `websockets-sansio` protocol offers it; everything else is uvicorn.
"""

import logging
import os
import socket
from typing import Any

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from livecomments.protocol import CLIENT_MESSAGE_MAX_BYTES

from .connection import EXTENSION
from .lifecycle import lifecycle

logger = logging.getLogger(__name__)

SEND_BUFFER_BYTES = 128 * 1024  # the kernel's part of what a stalled reader may cost
# What one read may bring: a flood of small messages is parsed in turns with everybody else's.
RECEIVE_BUFFER_BYTES = 32 * 1024
PING_SECONDS = 20.0  # a dead peer is found within two of these
AFTER_CLOSE_BYTES = 256 * 1024  # what may still be on its way when we close; more is a flood
BACKLOG = 4_096
SHUTDOWN_SECONDS = 5


class TransportProtocol(WebSocketsSansIOProtocol):
    """Offers its transport to the application as the ASGI extension `livecomments.transport`."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):  # the handshake may have been refused
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[EXTENSION] = self
            raw: socket.socket | None = self.transport.get_extra_info("socket")
            if raw is not None:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)

    _after_close = 0

    def data_received(self, data: bytes) -> None:
        """uvicorn's, but it would go on parsing for ten seconds what it then throws away."""
        if self.close_sent:
            self._after_close += len(data)
            if self._after_close > AFTER_CLOSE_BYTES:
                self.transport.abort()
                return
        super().data_received(data)

    def keepalive_timeout(self) -> None:
        """A peer that does not answer pings: uvicorn's close would wait for it to read first."""
        super().keepalive_timeout()
        self.transport.abort()

    async def send(self, message: Any) -> None:
        """uvicorn's, but a close that the peer does not answer ends, whatever is unsent."""
        await super().send(message)
        if self.close_timer is not None:
            self.close_timer.cancel()
            self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)

    def write_prepared(self, data: bytes) -> None:
        """Write a whole frame; between two of them the protocol may write its own."""
        if not (self.close_sent or self.disconnected or self.transport.is_closing()):
            self.transport.write(data)

    def buffered_bytes(self) -> int:
        return self.transport.get_write_buffer_size()

    def abort(self) -> None:
        """Cut: a close frame could not get through to a reader that does not read."""
        self.transport.abort()


class Server(uvicorn.Server):
    """uvicorn, but it drains before it shuts down."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()  # new sockets go to the other processes on this port
        for listener in sockets or []:
            listener.close()
        await lifecycle().drain()
        await super().shutdown(sockets=None)


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket that several processes may share. Raises `OSError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    return listener


def make_server(*, access_log: bool = False, **overrides: Any) -> Server:
    """Return a server for the application; the caller runs it on a bound socket."""
    name = os.environ.get("LIVECOMMENTS_PROCESS") or f"web-{os.getpid()}"
    config = uvicorn.Config(
        "livecomments.asgi:application",
        ws=TransportProtocol,
        ws_max_size=CLIENT_MESSAGE_MAX_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        headers=[("X-Process", name)],
        server_header=False,
        proxy_headers=False,
        access_log=access_log,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        backlog=BACKLOG,
        **overrides,
    )
    return Server(config)
