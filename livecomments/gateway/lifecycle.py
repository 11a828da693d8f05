"""Whether this process takes part, and how it leaves. Async.

A deploy must not send every viewer away in the same instant. On SIGTERM the process says it is not
ready, takes no more posts, answers those it has, tells its viewers when to come back, and closes
their sockets spread over a few seconds (docs/ARCHITECTURE.md, "Drain").
"""

import asyncio
import logging
import random
from typing import TYPE_CHECKING

from comments.admission import admission
from comments.screening import screening
from livecomments.protocol import Bye, CloseCode
from reactions.tally import tally

if TYPE_CHECKING:
    from .consumer import StreamConsumer

logger = logging.getLogger(__name__)

# Spread of the closes: a thousand a second is what the other processes take without a murmur.
CLOSES_PER_SECOND = 1_000
SPREAD_MIN_SECONDS = 0.3
SPREAD_MAX_SECONDS = 5.0
SLICE_SECONDS = 0.05
ANSWER_SECONDS = 0.01  # between two looks at who is still waiting
FLUSH_SECONDS = 5.0  # how long acknowledgements on their way are waited for


class Lifecycle:
    """The state of this process and the sockets it would have to close."""

    def __init__(self) -> None:
        self.draining = False
        self.sockets: set[StreamConsumer] = set()

    async def drain(self) -> None:
        """Answer what was taken, then send everybody away in good order."""
        self.draining = True
        await self._flush()
        sockets = list(self.sockets)
        random.shuffle(sockets)
        spread = min(max(len(sockets) / CLOSES_PER_SECOND, SPREAD_MIN_SECONDS), SPREAD_MAX_SECONDS)
        slices = max(1, round(spread / SLICE_SECONDS))
        for number in range(slices):
            for socket in sockets[number::slices]:
                socket.member.tell(Bye(reconnect_after_ms=random.randint(0, 1_000)))
                socket.close(CloseCode.GOING_AWAY)
            await asyncio.sleep(SLICE_SECONDS)
        await self._flush()
        logger.info("drained %d sockets in %.1f s", len(sockets), spread)

    async def _flush(self) -> None:
        """Wait until every post has its answer and all that is counted is written."""
        try:
            async with asyncio.timeout(FLUSH_SECONDS):
                await admission().drain()
                # A reply is looked up before it is admitted; an answer is written a turn later.
                # Looked at again and again, at the end only: an event would cost every post.
                while any(socket.unanswered for socket in self.sockets):  # noqa: ASYNC110 -- see above
                    await asyncio.sleep(ANSWER_SECONDS)
                await tally().drain()
                await screening().drain()
        except TimeoutError:
            logger.warning("some posts were not answered in time; their pages will ask again")


_lifecycle = Lifecycle()


def lifecycle() -> Lifecycle:
    """Return this process's."""
    return _lifecycle
