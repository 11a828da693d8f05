"""One WebSocket connection: bytes in, bytes out, no reconnect. Async, callbacks only.

picows calls back straight from the read loop, so thousands of these fit in one process. Nothing
here knows what the messages mean (client/session.py does).
"""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

import picows
from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport

from livecomments.protocol import HEARTBEAT_SECONDS

SOCKET_PATH = "/ws/"
CONNECT_SECONDS = 10.0
PONG_SECONDS = 10.0
CLOSE_SECONDS = 2.0  # a server that does not answer a close is left without one
MAX_MESSAGE_BYTES = 4 * 1024 * 1024  # a frame of 500 long comments is below one
NO_CLOSE_CODE = 1006  # RFC 6455: the connection ended without saying why

ConnectFailed = (OSError, TimeoutError, WSError)


class Wire(WSListener):
    """An open connection. `close_code` is set once it has ended."""

    def __init__(
        self, on_text: Callable[[bytes], None], on_closed: Callable[[int], None] | None = None
    ) -> None:
        self.close_code: int | None = None
        self.process = ""
        self._on_text = on_text
        self._on_closed = on_closed
        self._transport: WSTransport | None = None
        self._said = NO_CLOSE_CODE

    @property
    def is_open(self) -> bool:
        """True while messages can be sent."""
        return self._transport is not None and self.close_code is None

    def send(self, message: bytes) -> None:
        """Send one text message; nothing happens when the connection has ended."""
        if self._transport is not None and self.close_code is None:
            self._transport.send(WSMsgType.TEXT, message)

    def abort(self) -> None:
        """Cut the connection without a word."""
        if self._transport is not None:
            self._transport.disconnect(False)

    async def close(self) -> None:
        """Say good-bye and wait, for a moment, until the connection has ended."""
        transport = self._transport
        if transport is None or self.close_code is not None:
            return
        transport.send_close(picows.WSCloseCode.OK)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await transport.wait_disconnected()
        self.abort()

    # --- called by picows ---------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self.process = transport.response.headers.get("X-Process", "")

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.TEXT:
            self._on_text(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.CLOSE:
            self._said = int(frame.get_close_code())  # type: ignore[call-overload]  # untyped code
            transport.send_close(frame.get_close_code())
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.close_code = self._said
        if self._on_closed is not None:
            self._on_closed(self._said)


def socket_url(base_url: str) -> str:
    """Return where the socket is, for the address of the site."""
    parts = urlsplit(base_url)
    scheme = {"http": "ws", "https": "wss"}[parts.scheme]
    return f"{scheme}://{parts.netloc}{SOCKET_PATH}"


def home_address(url: str, number: int) -> str | None:
    """Return an address of its own for one of many clients on the server's machine, else None.

    Linux answers for all of 127.0.0.0/8; with it, limits per address see a crowd as a crowd.
    """
    if urlsplit(url).hostname not in ("127.0.0.1", "localhost") or sys.platform != "linux":
        return None
    number %= 254 * 256 * 64
    return f"127.{64 + number // (254 * 256)}.{number // 254 % 256}.{number % 254 + 1}"


async def open_wire(
    url: str,
    on_text: Callable[[bytes], None],
    on_closed: Callable[[int], None] | None = None,
    *,
    origin: str | None = None,
    local_address: str | None = None,
) -> Wire:
    """Return an open connection. Raises one of `ConnectFailed`."""
    _, wire = await picows.ws_connect(
        lambda: Wire(on_text, on_closed),
        url,
        websocket_handshake_timeout=CONNECT_SECONDS,
        enable_auto_ping=True,
        auto_ping_idle_timeout=HEARTBEAT_SECONDS,
        auto_ping_reply_timeout=PONG_SECONDS,
        max_frame_size=MAX_MESSAGE_BYTES,
        extra_headers={"Origin": origin} if origin is not None else None,
        max_redirects=0,
        local_addr=(local_address, 0) if local_address is not None else None,
    )
    if not isinstance(wire, Wire):
        raise ConnectionResetError("the connection ended in the moment it was made")
    return wire
