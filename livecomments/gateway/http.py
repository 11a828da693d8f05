"""HTTP for clients that are slow or endless on purpose: every request has a deadline and a size.

Callbacks of the event loop, async side. uvicorn starts no clock before its first answer and bounds
neither headers nor bodies: a connection that says nothing, or says it a byte a minute, would stay
for ever. In production the proxy in front has such bounds as well; these hold without one.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .connection import reset

# From the first byte (or the connection) to the last of a request: a page sends a few hundred.
REQUEST_SECONDS = 10.0
# An answer that nobody reads. A page's largest file takes a slow line less.
ANSWER_SECONDS = 60.0
HEAD_MAX_BYTES = 32 * 1024  # cookies and a long address; Django would read no more of it either
# More than Django takes (DATA_UPLOAD_MAX_MEMORY_SIZE), so that it is Django that explains.
BODY_MAX_BYTES = 1024 * 1024

_REFUSALS = {
    413: b"HTTP/1.1 413 Content Too Large\r\n",
    431: b"HTTP/1.1 431 Request Header Fields Too Large\r\n",
}


class BoundedHttp(HttpToolsProtocol):
    """uvicorn's, with an end to everything."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request_timer: asyncio.TimerHandle | None = None
        self._answer_timer: asyncio.TimerHandle | None = None
        self._in_head = True
        self._head_bytes = 0
        self._body_bytes = 0
        self._refused = 0

    # --- connection --------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._request_begins()

    def connection_lost(self, exc: Exception | None) -> None:
        self._request_ends()
        self._stop_answer_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, unless it is too much already."""
        if self._refused:
            return
        if self.cycle is None or self.cycle.response_complete:
            self._request_begins()  # also for a stray line that begins no request
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_MAX_BYTES:
                self._refused = 431
        if self._refused:
            self._refuse()

    def handle_websocket_upgrade(self) -> None:
        """The socket's own clocks begin: ten seconds until it must have joined."""
        self._request_ends()
        self._in_head = False
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._answer_timer is None:
            self._answer_timer = self.loop.call_later(ANSWER_SECONDS, reset, self.transport)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_answer_timer()

    # --- the parser ----------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        self._in_head = True
        self._head_bytes = self._body_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        if _declared_length(self.headers) > BODY_MAX_BYTES:
            self._refused = 413
            return
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        if self._body_bytes > BODY_MAX_BYTES:
            self._refused = 413
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._request_ends()
        if not self._refused:
            super().on_message_complete()

    # --- clocks --------------------------------------------------------------------------------

    def _request_begins(self) -> None:
        if self._request_timer is None:
            self._request_timer = self.loop.call_later(REQUEST_SECONDS, reset, self.transport)

    def _request_ends(self) -> None:
        if self._request_timer is not None:
            self._request_timer.cancel()
            self._request_timer = None

    def _stop_answer_timer(self) -> None:
        if self._answer_timer is not None:
            self._answer_timer.cancel()
            self._answer_timer = None

    def _refuse(self) -> None:
        """Answer, if nothing of another answer has been sent, and end the connection."""
        if self.transport.is_closing():
            return
        if self.cycle is None or not self.cycle.response_started or self.cycle.response_complete:
            self.transport.write(
                _REFUSALS[self._refused] + b"content-length: 0\r\nconnection: close\r\n\r\n"
            )
        self.transport.close()


def _declared_length(headers: list[tuple[bytes, bytes]]) -> int:
    """Return what the request says its body has; the parser has refused what is no number."""
    return max((int(value) for name, value in headers if name == b"content-length"), default=0)
