"""What the person at the terminal reads. Sync."""

import sys
import time
from contextlib import suppress


class Console:
    """Prints plain lines, each with the seconds since the start."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def step(self, text: str) -> None:
        """Prints one line of progress."""
        self.block(f"[{time.monotonic() - self._started:6.1f} s] {text}")

    def block(self, text: str) -> None:
        """Prints the text as it is."""
        # A closed terminal must not keep the servers from being stopped in order.
        with suppress(OSError):
            print(text, flush=True)

    def problem(self, text: str) -> None:
        """Prints the sentence that explains why there is nothing to see."""
        with suppress(OSError):
            print(text, file=sys.stderr, flush=True)
