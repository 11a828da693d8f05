"""All viewers of one stream: how they come, go, are cut off and come back. Async."""

import asyncio
import time
from array import array
from collections import Counter
from collections.abc import Sequence

import msgspec
import picows
from picows import WSMsgType

from livecomments.client.wire import ConnectFailed, home_address, socket_url
from livecomments.protocol import PROTOCOL_VERSION, Cursor, Hello, Resume

from .viewer import Book, DeflatedViewer, Viewer

OPENED_AT_ONCE = 150
HANDSHAKE_SECONDS = 90.0
JOIN_SECONDS = 120.0
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
LOOK_SECONDS = 0.02
STILL_SECONDS = 20.0
RETRY_SECONDS = 0.5
DEFLATE_OFFER = "permessage-deflate; client_max_window_bits"

_monotonic = time.monotonic
_encode = msgspec.json.encode


class Audience:
    """All viewers of one stream, in this process."""

    def __init__(
        self, url: str, slug: str, *, first_number: int = 0, deflate: bool = False
    ) -> None:
        self.book = Book()
        self.everybody: list[Viewer] = []
        self.leaving = False
        self.cut_by_server = 0
        self.failed_handshakes: Counter[str] = Counter()
        self.refused_hellos: Counter[str] = Counter()
        self._url = socket_url(url)
        self._slug = slug
        self._first = first_number
        self._deflate = deflate
        self._plain_hello = _encode(Hello(version=PROTOCOL_VERSION, stream=slug))
        self.entered: array = array("d")  # when each viewer had everything
        self._waiting: set[Viewer] = set()
        self._returning: set[asyncio.Task[None]] = set()
        self._all_in = asyncio.Event()
        self._door = asyncio.Semaphore(OPENED_AT_ONCE)  # for those who come back one by one

    # --- coming ----------------------------------------------------------------------------------

    async def come(self, count: int, *, at_once: int = OPENED_AT_ONCE) -> bool:
        """Bring so many more viewers; True when all of them were welcomed in time."""
        kind = DeflatedViewer if self._deflate else Viewer
        first = self._first + len(self.everybody)
        fresh = [kind(self.book, self, number) for number in range(first, first + count)]
        self.everybody += fresh
        return await self._connect(fresh, at_once=at_once)

    async def _connect(self, viewers: Sequence[Viewer], *, at_once: int) -> bool:
        """Open a socket for each; True once all are welcomed, or caught up."""
        self._waiting = set(viewers)
        self._all_in.clear()
        gate = asyncio.Semaphore(at_once)
        tasks = [asyncio.create_task(self._open(viewer, gate)) for viewer in viewers]
        try:
            async with asyncio.timeout(JOIN_SECONDS):
                await asyncio.gather(*tasks)
                await self._all_in.wait()
        except TimeoutError:
            return False
        return True

    async def _open(self, viewer: Viewer, gate: asyncio.Semaphore) -> None:
        address = home_address(self._url, viewer.number)
        async with gate:
            while not self.leaving:
                try:
                    await picows.ws_connect(
                        lambda: viewer,
                        self._url,
                        websocket_handshake_timeout=HANDSHAKE_SECONDS,
                        max_frame_size=MAX_MESSAGE_BYTES,
                        extra_headers=self._headers(),
                        max_redirects=0,
                        local_addr=(address, 0) if address else None,
                    )
                    return
                except ConnectFailed as error:
                    self.failed_handshakes[type(error).__name__] += 1
                    await asyncio.sleep(0.05)

    def _headers(self) -> dict[str, str] | None:
        return {"Sec-WebSocket-Extensions": DEFLATE_OFFER} if self._deflate else None

    def hello(self, viewer: Viewer) -> bytes:
        """Return the first message of a viewer; one who was here before shows where it stands."""
        if not viewer.epoch:
            return self._plain_hello
        seq = viewer.expected - 1
        shown = self.book.frames.get(seq)
        cursor = Cursor(seq, str(shown.through)) if shown else viewer.start
        return _encode(
            Hello(
                version=PROTOCOL_VERSION,
                stream=self._slug,
                resume=Resume(epoch=viewer.epoch, public=cursor),
            )
        )

    def welcomed(self, viewer: Viewer) -> None:
        """Note that a viewer is in; one who resumes still waits for what it missed."""
        if not viewer.resumed:
            self.caught_up(viewer)

    def caught_up(self, viewer: Viewer) -> None:
        """Note that a viewer has everything."""
        self.entered.append(_monotonic())
        self._waiting.discard(viewer)
        if not self._waiting:
            self._all_in.set()

    # --- going -----------------------------------------------------------------------------------

    def refused(self, viewer: Viewer, code: str, retry_after_ms: int | None) -> None:
        """Say hello again when the server is ready for it."""
        self.refused_hellos[code] += 1
        wait = RETRY_SECONDS if retry_after_ms is None else retry_after_ms / 1000
        asyncio.get_running_loop().call_later(wait, self._say_hello, viewer)

    def _say_hello(self, viewer: Viewer) -> None:
        if viewer.transport is not None:
            viewer.transport.send(WSMsgType.TEXT, self.hello(viewer))

    def lost(self, viewer: Viewer, *, joined: bool) -> None:
        """Let a viewer come back whose connection was ended by somebody else."""
        if self.leaving:
            return
        if joined:
            self.cut_by_server += 1
        else:
            self.failed_handshakes["closed before the welcome"] += 1
        task = asyncio.create_task(self._open(viewer, self._door))
        self._returning.add(task)
        task.add_done_callback(self._returning.discard)

    async def leave(self) -> None:
        """Close every socket, in turns with what else is to do."""
        self.leaving = True
        for number, viewer in enumerate(self.everybody):
            viewer.cut()
            if number % 200 == 199:
                await asyncio.sleep(0)
        await self._gone()

    async def cut_all(self) -> None:
        """Cut every connection in one go, as when a cable is pulled."""
        self.leaving = True
        for viewer in self.everybody:
            viewer.cut()
        await self._gone()
        self.leaving = False

    async def come_back(self) -> bool:
        """Let everybody reconnect in the same moment and resume; True once all caught up."""
        self.entered = array("d")
        return await self._connect(self.everybody, at_once=len(self.everybody))

    async def _gone(self) -> None:
        for task in self._returning:
            task.cancel()
        while any(viewer.transport is not None for viewer in self.everybody):
            await asyncio.sleep(LOOK_SECONDS)

    # --- what came -------------------------------------------------------------------------------

    @property
    def reached(self) -> int:
        """The frame that every viewer has been shown."""
        return min((viewer.expected - 1 for viewer in self.everybody), default=0)

    async def await_shown(self, log_id: int) -> float | None:
        """Return when everybody was shown as far as a log id; None when nothing comes any more."""
        loop = asyncio.get_running_loop()
        reached, since = -1, loop.time()
        while True:
            wanted = self.book.frame_of(log_id)
            if wanted is not None and self.reached >= wanted:
                return max(self.book.frames[wanted].arrivals)
            if self.reached > reached:
                reached, since = self.reached, loop.time()
            if loop.time() - since > STILL_SECONDS:
                return None
            await asyncio.sleep(LOOK_SECONDS)
