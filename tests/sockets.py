"""A typed socket for tests: says hello, decodes every message, closes cleanly. Async.

    async with stream_socket(base_url, "talk", ticket=ticket) as socket:
        answer = await socket.post("hello")
        await socket.shows(answer.comment.id)

Messages are consumed in order by `next` and `until`; `seen` keeps all of them for ever. `post` and
`ask` take their own answer out of the queue and leave the rest where it is.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import msgspec

from livecomments.client.wire import Wire, open_wire, socket_url
from livecomments.protocol import (
    PROTOCOL_VERSION,
    Act,
    Action,
    Backfill,
    ClientMessage,
    Comment,
    CommentAccepted,
    CommentHeld,
    CommentPost,
    CommentPosted,
    Cursor,
    Done,
    Error,
    Frame,
    Hello,
    Item,
    Resume,
    ServerMessage,
    Welcome,
)

M = TypeVar("M", bound=ServerMessage)

_decoder = msgspec.json.Decoder(ServerMessage)
_nonces = itertools.count(1)


class StreamSocket:
    """One open connection, as a test sees it."""

    def __init__(self) -> None:
        self.seen: list[ServerMessage] = []  # everything, in the order of arrival
        self.raw: list[bytes] = []  # the same, as it came
        self.welcome: Welcome | None = None
        self._queue: list[ServerMessage] = []  # what `next` and `until` have not consumed
        self._wire: Wire | None = None
        self._news = asyncio.Event()

    # --- what has come ------------------------------------------------------------------------

    @property
    def frames(self) -> list[Frame]:
        """Every frame so far, of both audiences."""
        return [message for message in self.seen if isinstance(message, Frame)]

    @property
    def items(self) -> list[Item]:
        """Every item so far, from frames and from the archive, in order."""
        return [
            item
            for message in self.seen
            if isinstance(message, Frame | Backfill)
            for item in message.items
        ]

    @property
    def comments(self) -> list[Comment]:
        """Every comment shown so far, beginning with the welcome's recent ones."""
        recent = list(self.welcome.recent) if self.welcome else []
        return recent + [item.comment for item in self.items if isinstance(item, CommentPosted)]

    @property
    def resume(self) -> Resume:
        """What a client that was cut off now would show the server."""
        assert self.welcome is not None, "no welcome yet"
        at = self.welcome.public
        for frame in self.frames:
            if frame.audience == "public":
                at = Cursor(seq=frame.seq, through=frame.through)
        staff = self.welcome.staff
        for frame in self.frames:
            if frame.audience == "staff":
                staff = Cursor(seq=frame.seq, through=frame.through)
        return Resume(epoch=self.welcome.epoch, public=at, staff=staff)

    @property
    def process(self) -> str:
        """The name of the web process at the other end."""
        assert self._wire is not None
        return self._wire.process

    @property
    def close_code(self) -> int | None:
        """Why the connection ended; None while it is open."""
        assert self._wire is not None
        return self._wire.close_code

    # --- waiting --------------------------------------------------------------------------------

    async def next(self, kind: type[M], timeout: float = 5) -> M:  # noqa: ASYNC109 -- it says what was awaited
        """Return the next message, which must be of this kind. Counts and reactions also come
        in frames by themselves: `until` is the safer choice for those."""
        message = await self._wait(
            lambda: self._queue.pop(0) if self._queue else None, kind, timeout
        )
        assert isinstance(message, kind), f"wanted {kind.__name__}, got {message}"
        return message

    async def until(
        self,
        kind: type[M],
        timeout: float = 5,  # noqa: ASYNC109 -- it says what was awaited
        *,
        where: Callable[[M], bool] = lambda message: True,
    ) -> M:
        """Return the next message of this kind (for which `where` holds); others are consumed."""

        def consume() -> M | None:
            while self._queue:
                message = self._queue.pop(0)
                if isinstance(message, kind) and where(message):
                    return message
            return None

        return await self._wait(consume, kind, timeout)

    async def shows(self, comment_id: str, timeout: float = 5) -> Comment:  # noqa: ASYNC109 -- it says what was awaited
        """Return the comment once it has been shown here; consumes nothing."""

        def find() -> Comment | None:
            return next((found for found in self.comments if found.id == comment_id), None)

        return await self._wait(find, Comment, timeout)

    async def closed(self, timeout: float = 5) -> int:  # noqa: ASYNC109 -- it says what was awaited
        """Return the close code once the server has closed."""
        async with asyncio.timeout(timeout):
            while self.close_code is None:
                self._news.clear()
                await self._news.wait()
        assert self.close_code is not None
        return self.close_code

    async def _wait(self, look: Callable[[], M | None], kind: type, seconds: float) -> M:
        try:
            async with asyncio.timeout(seconds):
                while (found := look()) is None:
                    if self.close_code is not None:
                        raise AssertionError(f"closed with {self.close_code}{self._story(kind)}")
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"nothing came within {seconds} s{self._story(kind)}") from None
        return found

    def _story(self, kind: type) -> str:
        last = "\n  ".join(str(message) for message in self.seen[-10:])
        return f" while waiting for {kind.__name__}; last seen:\n  {last}"

    # --- sending --------------------------------------------------------------------------------

    def send(self, message: ClientMessage) -> None:
        """Send one message."""
        self.send_raw(msgspec.json.encode(message))

    def send_raw(self, data: bytes) -> None:
        """Send any text, well formed or not."""
        assert self._wire is not None
        self._wire.send(data)

    async def ask(
        self,
        message: ClientMessage,
        kind: type[M],
        timeout: float = 5,  # noqa: ASYNC109 -- it says what was awaited
        *,
        where: Callable[[M], bool] = lambda message: True,
    ) -> M:
        """Send a message and return the answer, leaving everything else in the queue."""
        self.send(message)

        def take() -> M | None:
            for index, answer in enumerate(self._queue):
                if isinstance(answer, kind) and where(answer):
                    del self._queue[index]
                    return answer
            return None

        return await self._wait(take, kind, timeout)

    async def post(
        self,
        text: str,
        *,
        nonce: str | None = None,
        reply_to: str | None = None,
        timeout: float = 5,  # noqa: ASYNC109 -- it says what was awaited
    ) -> CommentAccepted | CommentHeld | Error:
        """Post a comment and return the server's answer to it."""
        nonce = nonce or f"test-{next(_nonces)}"

        def answers(message: CommentAccepted | CommentHeld | Error) -> bool:
            return nonce == (message.ref if isinstance(message, Error) else message.nonce)

        kinds = CommentAccepted | CommentHeld | Error
        message = CommentPost(nonce=nonce, text=text, reply_to=reply_to)
        return await self.ask(message, kinds, timeout, where=answers)  # type: ignore[arg-type]  # a union is no type

    async def act(
        self,
        action: Action,
        *,
        timeout: float = 5,  # noqa: ASYNC109 -- it says what was awaited
    ) -> Done | Error:
        """Change the room and return the server's answer to it."""
        ref = f"act-{next(_nonces)}"
        message = Act(ref=ref, action=action)
        return await self.ask(
            message,
            Done | Error,  # type: ignore[arg-type]  # a union is no type
            timeout,
            where=lambda answer: answer.ref == ref,
        )

    # --- life -----------------------------------------------------------------------------------

    async def say_hello(
        self,
        slug: str,
        *,
        ticket: str | None = None,
        resume: Resume | None = None,
        frames: bool = True,
    ) -> Welcome:
        """Join a stream; an error fails the test."""
        self.send(
            Hello(
                version=PROTOCOL_VERSION, stream=slug, ticket=ticket, resume=resume, frames=frames
            )
        )
        self.welcome = await self.next(Welcome)
        return self.welcome

    def _take(self, raw: bytes) -> None:
        message = _decoder.decode(raw)
        self.raw.append(raw)
        self.seen.append(message)
        self._queue.append(message)
        self._news.set()

    async def open(self, base_url: str, *, origin: str | None = None) -> None:
        """Connect; raises what the connection raised."""
        self._wire = await open_wire(
            socket_url(base_url), self._take, lambda _: self._news.set(), origin=origin
        )

    async def close(self) -> None:
        """Close; harmless when it is closed already."""
        if self._wire is not None:
            await self._wire.close()

    def cut(self) -> None:
        """Break the connection as a lost network would."""
        assert self._wire is not None
        self._wire.abort()


@asynccontextmanager
async def stream_socket(
    base_url: str,
    slug: str = "",
    *,
    ticket: str | None = None,
    resume: Resume | None = None,
    frames: bool = True,
    hello: bool = True,
    origin: str | None = None,
) -> AsyncIterator[StreamSocket]:
    """Yield an open socket that has joined (`hello=False`: that has said nothing yet)."""
    socket = StreamSocket()
    await socket.open(base_url, origin=origin)
    try:
        if hello:
            await socket.say_hello(slug, ticket=ticket, resume=resume, frames=frames)
        yield socket
    finally:
        await socket.close()
