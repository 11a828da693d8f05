"""Gather single requests into batches, one batch in flight at a time. Async.

What arrives while the previous batch is on its way, or within a moment of the first, goes into the
next one. Redis runs one script for fifty posts at little more than the price of one, and with
`appendfsync always` the batch is also the group commit (docs/ARCHITECTURE.md, "Admission").
"""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from typing import Generic, NamedTuple, TypeVar

Request = TypeVar("Request")
Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)

SMOOTHING = 0.3  # the weight of the last flush in what is expected of the next


class _Asked(NamedTuple, Generic[Request, Answer]):
    request: Request
    answer: "asyncio.Future[Answer]"


class Coalescer(Generic[Request, Answer]):
    """Calls `flush` with lists of requests; it returns one answer, or exception, per request."""

    def __init__(
        self,
        flush: Callable[[list[Request]], Awaitable[list[Answer | BaseException]]],
        *,
        wait_seconds: float,
        batch: int,
        idle_seconds: float = math.inf,
    ) -> None:
        """After `idle_seconds` without a request the next one does not wait for company."""
        self._flush = flush
        self._wait_seconds = wait_seconds
        self._batch = batch
        self._idle_seconds = idle_seconds
        self._ended = -math.inf
        self._flush_seconds = 0.0  # smoothed
        self._began = math.inf  # the flush under way
        self._queue: list[_Asked[Request, Answer]] = []
        self._runner: asyncio.Task[None] | None = None

    def submit(self, request: Request) -> asyncio.Future[Answer]:
        """Return a future of the answer. Requests are flushed in the order they were submitted."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append(_Asked(request, future))
        if self._runner is None:
            self._runner = asyncio.create_task(self._run())
        return future

    @property
    def pending(self) -> int:
        """How many requests have not been flushed."""
        return len(self._queue)

    @property
    def wait_seconds_expected(self) -> float:
        """How long a request that is submitted now will wait, as flushes lately went."""
        if not self._queue:
            return 0.0
        under_way = asyncio.get_running_loop().time() - self._began
        flush_seconds = max(self._flush_seconds, under_way)  # one that hangs may be the first
        return (len(self._queue) // self._batch + 1) * flush_seconds

    async def drain(self) -> None:
        """Wait until everything submitted so far is answered."""
        while self._runner is not None:
            await asyncio.wait([self._runner])

    async def _run(self) -> None:
        try:
            loop = asyncio.get_running_loop()
            idle = loop.time() - self._ended > self._idle_seconds
            await asyncio.sleep(0 if idle else self._wait_seconds)
            while self._queue:
                taken, self._queue = self._queue[: self._batch], self._queue[self._batch :]
                await self._answer(taken)
        finally:
            self._ended = asyncio.get_running_loop().time()
            self._runner = None
            if self._queue:  # cancelled: nobody is left waiting for ever
                _cancel(self._queue)
                self._queue = []

    async def _answer(self, taken: list[_Asked[Request, Answer]]) -> None:
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        try:
            answers = await self._flush([asked.request for asked in taken])
        except Exception as error:
            logger.exception("a batch of %d failed", len(taken))
            answers = [error] * len(taken)
        except asyncio.CancelledError:
            _cancel(taken)
            raise
        took = loop.time() - self._began
        self._flush_seconds += SMOOTHING * (took - self._flush_seconds)
        self._began = math.inf
        for asked, answer in zip(taken, answers, strict=True):
            future = asked.answer
            if future.done():
                continue  # whoever asked has gone; the answer stands all the same
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)


def _cancel(queue: list[_Asked[Request, Answer]]) -> None:
    for asked in queue:
        asked.answer.cancel()
