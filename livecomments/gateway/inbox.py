"""A queue of ASGI messages for one reader, small because there is one per socket. Async.

`asyncio.Queue` is made for many readers and writers and takes three kilobytes; with thousands of
sockets that read almost nothing, it would be an eighth of what each of them costs.
"""

import asyncio
from typing import Any


class Inbox:
    """What uvicorn uses of a queue: `put_nowait`, `get` and `empty`."""

    __slots__ = ("_messages", "_waiter")

    def __init__(self) -> None:
        self._messages: list[Any] = []
        self._waiter: asyncio.Future[None] | None = None

    def put_nowait(self, message: Any) -> None:
        """Add a message and wake the reader."""
        self._messages.append(message)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def empty(self) -> bool:
        return not self._messages

    async def get(self) -> Any:
        """Return the oldest message, as soon as there is one."""
        while not self._messages:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._messages.pop(0)
