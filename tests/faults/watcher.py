"""One more viewer, who only looks at the clock: how long was nothing shown? Async.

The load tells how long posts went without an answer; a dead batcher does not touch those, but the
screens stand still. This one stands before such a screen, with the product's own client.
"""

import time
from bisect import bisect_left, bisect_right
from itertools import pairwise

from livecomments.client.session import Session
from livecomments.client.wire import socket_url
from livecomments.protocol import Backfill, Frame, ServerMessage


class Watcher:
    """A viewer of one stream; use as an async context."""

    def __init__(self, url: str, slug: str) -> None:
        self.moments: list[float] = []  # at which comments were shown
        self._session = Session(socket_url(url), slug, self._take)

    async def __aenter__(self) -> "Watcher":
        self._session.start()
        await self._session.joined.wait()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._session.stop()

    def _take(self, message: ServerMessage) -> None:
        if isinstance(message, Frame | Backfill) and (message.items or message.left_out):
            self.moments.append(time.monotonic())

    def pause(self, since: float, until: float) -> float:
        """Return the longest stillness that ends in this window, or has not ended by then."""
        first = max(0, bisect_left(self.moments, since) - 1)
        path = self.moments[first : bisect_right(self.moments, until)]
        if not path:
            return until - since
        gaps = [later - earlier for earlier, later in pairwise(path)]
        if path[-1] < until:
            gaps.append(until - path[-1])
        return max(gaps, default=0.0)
