"""One socket, as the hub writes to it. Async server side, sync calls: nothing here waits.

Two ways of sending: straight to the transport where the server offers the extension
(gateway/server.py), and `websocket.send` where it does not (Daphne, the test communicator).
Both bound what a viewer who does not read may cost.
"""

import asyncio
import contextlib
import socket
import struct
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from .frames import Prepared, Run

if TYPE_CHECKING:
    from asgiref.typing import ASGISendCallable

EXTENSION = "livecomments.transport"

# What may wait in this process for one viewer: a few seconds of a fast room.
BUFFER_LIMIT_BYTES = 128 * 1024

Message = Prepared | Run

_NO_LINGER = struct.pack("ii", 1, 0)


def reset(transport: asyncio.Transport) -> None:
    """End a connection whose peer does not read, so that nobody keeps what is unsent.

    After a plain abort the kernel would hold its send buffer for minutes, offering it to a peer
    that may never take it; with no time to linger it sends RST and forgets.
    """
    raw: socket.socket | None = transport.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()


class DirectSocket(Protocol):
    """What the server's extension offers (gateway/server.py)."""

    transport: asyncio.Transport
    deflates: bool

    def cut(self) -> None:
        """End the connection at once; harmless when it has ended."""

    def attach(self, connection: "DirectConnection", receiver: Callable[[bytes], None]) -> None:
        """Keep the connection's state, and hand it text messages in the turn they are read."""


class Direct(Protocol):
    """What the hub writes to by itself, for every viewer and frame, sparing all other calls.

    Only while `ready`, and `wire` or `deflated` bytes as `deflates` says.
    """

    ready: bool
    deflates: bool

    def write(self, data: bytes) -> None: ...


class Connection(Protocol):
    """A socket that takes prepared messages, in order, without waiting."""

    @property
    def direct(self) -> Direct | None:
        """The short way to this socket, where there is one."""

    def send(self, message: Message) -> None: ...
    def buffered(self) -> int: ...
    def abort(self) -> None: ...


class DirectConnection:
    """Writes the shared bytes to the transport."""

    __slots__ = ("_socket", "buffered", "deflates", "open", "ready", "write")

    def __init__(self, socket: DirectSocket) -> None:
        self._socket = socket
        self.deflates = socket.deflates
        self.write = socket.transport.write
        self.buffered = socket.transport.get_write_buffer_size
        # Kept by the server: nothing is written after a close, and `ready` also ends while more
        # than a viewer may cost waits for the network.
        self.open = True
        self.ready = True

    @property
    def direct(self) -> Direct:
        return self

    def send(self, message: Message) -> None:
        if self.open:
            self.write(message.deflated if self.deflates else message.wire)

    def abort(self) -> None:
        """Cut: a close frame could not get through to a reader that does not read."""
        self.open = self.ready = False
        self._socket.cut()


class PlainConnection:
    """Sends through ASGI from a task of its own, so that a stalled reader delays nobody."""

    direct = None  # what is sent here is queued

    def __init__(self, send: "ASGISendCallable") -> None:
        self._send = send
        self._queue: deque[Prepared] = deque()
        self._bytes = 0
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    def send(self, message: Message) -> None:
        if self._closed:
            return
        for part in message.parts:
            self._queue.append(part)
            self._bytes += len(part.payload)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    def buffered(self) -> int:
        return self._bytes

    def abort(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._queue.clear()
        self._bytes = 0
        self._closing = asyncio.ensure_future(self._close())

    async def _close(self) -> None:
        await self._quietly({"type": "websocket.close", "code": 4001})

    async def _write(self) -> None:
        while self._queue:
            message = self._queue.popleft()
            await self._quietly({"type": "websocket.send", "text": message.text})
            self._bytes = max(0, self._bytes - len(message.payload))
        self._writer = None

    async def _quietly(self, message: Any) -> None:
        try:
            await self._send(message)
        except Exception:  # noqa: BLE001 -- each server has its own error for a gone peer
            self._closed = True
            self._queue.clear()
            self._bytes = 0


def connect(
    scope: dict[str, Any], send: "ASGISendCallable", receiver: Callable[[bytes], None]
) -> Connection:
    """Return the best way to send that this server offers.

    Where the server hands over text messages directly, they go to `receiver`; elsewhere they come
    as ASGI messages.
    """
    socket: DirectSocket | None = scope.get("extensions", {}).get(EXTENSION)
    if socket is None:
        return PlainConnection(send)
    connection = DirectConnection(socket)
    socket.attach(connection, receiver)
    return connection
