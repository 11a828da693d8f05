"""What there is one of for each event loop: made when it is first asked for. Async.

A socket, a future or a lock belongs to the loop it was made in. A process has one loop; tests have
many, one after the other, and each finds its own.
"""

import asyncio
import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class PerLoop(Generic[Made]):
    """Called, it is what the running event loop has of this; it goes when the loop goes."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._of: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Made] = (
            weakref.WeakKeyDictionary()
        )

    def __call__(self) -> Made:
        """Return the running loop's, which is made if it has none."""
        loop = asyncio.get_running_loop()
        found = self._of.get(loop)
        if found is None:
            found = self._of[loop] = self._make()
        return found

    def let_go(self) -> Made | None:
        """Return the running loop's, if it has one; the next call makes another."""
        return self._of.pop(asyncio.get_running_loop(), None)
