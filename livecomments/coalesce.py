"""Gather single requests into batches, one batch in flight at a time. Async.

What arrives while the previous batch is on its way, or within a moment of the first, goes into the
next one. Redis runs one script for fifty posts at little more than the price of one, and with
`appendfsync always` the batch is also the group commit (docs/ARCHITECTURE.md, "Admission").
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Request = TypeVar("Request")
Answer = TypeVar("Answer")

logger = logging.getLogger(__name__)


class Coalescer(Generic[Request, Answer]):
    """Calls `flush` with lists of requests; it returns one answer, or exception, per request."""

    def __init__(
        self,
        flush: Callable[[list[Request]], Awaitable[list[Answer | BaseException]]],
        *,
        wait_seconds: float,
        batch: int,
    ) -> None:
        self._flush = flush
        self._wait_seconds = wait_seconds
        self._batch = batch
        self._queue: list[tuple[Request, asyncio.Future[Answer]]] = []
        self._runner: asyncio.Task[None] | None = None

    def submit(self, request: Request) -> asyncio.Future[Answer]:
        """Return a future of the answer. Requests are flushed in the order they were submitted."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append((request, future))
        if self._runner is None:
            self._runner = asyncio.create_task(self._run())
        return future

    @property
    def pending(self) -> int:
        """How many requests have not been flushed."""
        return len(self._queue)

    async def drain(self) -> None:
        """Wait until everything submitted so far is answered."""
        while self._runner is not None:
            await asyncio.wait([self._runner])

    async def _run(self) -> None:
        try:
            await asyncio.sleep(self._wait_seconds)
            while self._queue:
                taken, self._queue = self._queue[: self._batch], self._queue[self._batch :]
                await self._answer(taken)
        finally:
            self._runner = None
            if self._queue:  # cancelled: nobody is left waiting for ever
                _cancel(self._queue)
                self._queue = []

    async def _answer(self, taken: list[tuple[Request, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._flush([request for request, _ in taken])
        except Exception as error:
            logger.exception("a batch of %d failed", len(taken))
            answers = [error] * len(taken)
        except asyncio.CancelledError:
            _cancel(taken)
            raise
        for (_, future), answer in zip(taken, answers, strict=True):
            if future.done():
                continue  # whoever asked has gone; the answer stands all the same
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)


def _cancel(asked: list[tuple[Request, asyncio.Future[Answer]]]) -> None:
    for _, future in asked:
        future.cancel()
