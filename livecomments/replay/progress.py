"""How far a replay is: one line that is written over, or plain lines in a file. Sync."""

import time
from typing import TextIO

BAR_WIDTH = 24
LOOK_SECONDS = 0.25
PLAIN_SECONDS = 10.0


class Progress:
    """A progress bar on a terminal; plain lines elsewhere."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._is_terminal = out.isatty()
        self._width = 0
        self._next_plain = 0.0

    def show(self, share: float, text: str, *, now: bool = False) -> None:
        """Show how much is done, from 0 to 1, and what that means."""
        if self._is_terminal:
            self._write_over(share, text)
        elif now or time.monotonic() >= self._next_plain:
            self._next_plain = time.monotonic() + PLAIN_SECONDS
            self._print(f"{share:4.0%}  {text}\n")

    def end(self) -> None:
        """Leave the line to whoever writes next."""
        if self._is_terminal and self._width:
            self._print("\n")
            self._width = 0

    def _write_over(self, share: float, text: str) -> None:
        done = round(BAR_WIDTH * min(1.0, max(0.0, share)))
        line = f"[{'█' * done}{'·' * (BAR_WIDTH - done)}] {share:4.0%}  {text}"
        self._print(f"\r{line:<{self._width}}")
        self._width = len(line)

    def _print(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
