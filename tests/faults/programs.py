"""Programs that post through the REST API, one comment after the other. Async.

Each request is a connection of its own. Whatever goes wrong – no connection, no answer, 503 – the
same comment is sent again under the same `Idempotency-Key`, until it is answered or given up.
"""

import asyncio
import random
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec

from livecomments import tickets
from livecomments.client.outbox import Answer, Lost
from livecomments.client.wire import home_address
from livecomments.protocol import CommentAccepted, CommentHeld, Error, ErrorCode

from .history import Post

ANSWER_SECONDS = 8.0
GIVE_UP_SECONDS = 60.0
PAUSE_SECONDS = 0.3
CREATED, ACCEPTED, SERVER_ERRORS = 201, 202, 500

_decode = msgspec.json.decode


class _Problem(msgspec.Struct):
    code: str


class Program:
    """A program with a token, at the room it posts to."""

    def __init__(
        self,
        url: str,
        room: tickets.Room,
        identity: tickets.Identity,
        token: str,
        *,
        number: int,
    ) -> None:
        self.room = room
        self.identity = identity
        self._at = urlsplit(url)
        self._token = token
        self._address = home_address(url, number)
        self.stopping = asyncio.Event()

    async def run(
        self, next_post: Callable[[], Post], then: Callable[[Post, Answer], None]
    ) -> None:
        """Post one comment after the other until told to stop."""
        while not self.stopping.is_set():
            post = next_post()
            answer: Answer = Lost.UNKNOWN
            try:
                answer = await self._post(post)
            finally:
                then(post, answer)
            await asyncio.sleep(random.uniform(0, 2 * PAUSE_SECONDS))

    async def _post(self, post: Post) -> Answer:
        give_up = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < give_up:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    status, body = await self._ask(post)
                answer = _answer(status, body)
            except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
                answer = None  # not an answer, or half of one
            if answer is not None:
                return answer
            await asyncio.sleep(random.uniform(0.1, 2 * PAUSE_SECONDS))
        return Lost.UNKNOWN

    async def _ask(self, post: Post) -> tuple[int, bytes]:
        """Return status and body of one request."""
        body = msgspec.json.encode({"text": post.text})
        reader, writer = await asyncio.open_connection(
            self._at.hostname,
            self._at.port,
            local_addr=(self._address, 0) if self._address else None,
        )
        try:
            writer.write(
                f"POST /api/v1/streams/{self.room.slug}/comments/ HTTP/1.1\r\n"
                f"Host: {self._at.netloc}\r\nConnection: close\r\n"
                f"Authorization: Bearer {self._token}\r\nIdempotency-Key: {post.nonce}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body
            )
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = int(head.partition("content-length:")[2].partition("\r\n")[0])
            return int(head.split(" ", 2)[1]), await reader.readexactly(length)
        finally:
            writer.transport.abort()


def _answer(status: int, body: bytes) -> Answer | None:
    """Return what was answered; None when it is worth another try."""
    if status == CREATED:
        return _decode(body, type=CommentAccepted)
    if status == ACCEPTED:
        return _decode(body, type=CommentHeld)
    if status >= SERVER_ERRORS:
        return None
    return Error(code=ErrorCode(_decode(body, type=_Problem).code), message="")
