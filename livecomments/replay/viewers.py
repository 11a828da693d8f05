"""The viewers of a replay: each a socket of its own, each checked on its own. Async."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from livecomments.client.session import Session
from livecomments.client.wire import home_address
from livecomments.protocol import Backfill, Cursor, Frame, ServerMessage, Welcome

from .wall import Viewpoint, Wall

OPENED_AT_ONCE = 50  # handshakes in flight: a crowd that comes in, not a stampede
OPENING_PAUSE_SECONDS = 0.05
JOIN_SECONDS = 60.0


class Viewer:
    """Somebody anonymous who watches."""

    def __init__(self, url: str, stream: str, wall: Wall, *, number: int) -> None:
        self.view = Viewpoint(wall)
        self.start: Cursor | None = None
        self.session = Session(url, stream, self._take, local_address=home_address(url, number))

    def _take(self, message: ServerMessage) -> None:
        if isinstance(message, Frame):
            self.view.frame(self.session.epoch, message)
        elif isinstance(message, Backfill):
            self.view.backfill(message)
        elif isinstance(message, Welcome):
            self._welcome(message)

    def _welcome(self, welcome: Welcome) -> None:
        if self.start is None:
            self.start = welcome.public
            self.view.begin(welcome.recent, welcome.public.through)
        elif not welcome.resumed:
            self.view.reload(welcome.recent, welcome.public.through)


class Viewers:
    """All viewers of a replay."""

    def __init__(self, url: str, stream: str, wall: Wall, *, size: int) -> None:
        self.everybody = [Viewer(url, stream, wall, number=number) for number in range(size)]
        self.processes: Counter[str] = Counter()  # where the viewers sat when all had come

    async def come(self) -> bool:
        """Open every socket; True when all of them were welcomed in time."""
        for number in range(0, len(self.everybody), OPENED_AT_ONCE):
            for viewer in self.everybody[number : number + OPENED_AT_ONCE]:
                viewer.session.start()
            await asyncio.sleep(OPENING_PAUSE_SECONDS)
        waits = [asyncio.create_task(viewer.session.joined.wait()) for viewer in self.everybody]
        _, late = await asyncio.wait(waits, timeout=JOIN_SECONDS)
        for wait in late:
            wait.cancel()
        self.processes = Counter(
            viewer.session.process or "(unnamed)"
            for viewer in self.everybody
            if viewer.session.joined.is_set()
        )
        return not late

    async def leave(self) -> None:
        """Close every socket."""
        await asyncio.gather(*(viewer.session.stop() for viewer in self.everybody))

    @property
    def start_through(self) -> int:
        """The log id that the replay's comments are above."""
        starts = [int(viewer.start.through) for viewer in self.everybody if viewer.start]
        return max(starts, default=0)

    @property
    def first_through(self) -> int:
        """The log id that everything which any viewer was told is above."""
        return min((int(one.start.through) for one in self.everybody if one.start), default=0)

    @property
    def views(self) -> Sequence[Viewpoint]:
        return [viewer.view for viewer in self.everybody]

    @property
    def connected(self) -> int:
        """How many watch at this moment."""
        return sum(viewer.session.joined.is_set() for viewer in self.everybody)

    @property
    def reached(self) -> int:
        """The log id that every viewer has come to."""
        return min((int(viewer.view.through) for viewer in self.everybody), default=0)

    @property
    def reconnects(self) -> int:
        return sum(max(0, viewer.session.connections - 1) for viewer in self.everybody)
