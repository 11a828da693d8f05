"""A web process of the product that also tells how late its event loop was. Async, from outside.

`python -m tests.load.webprocess --port …` runs the gateway's own `main`. A timer on its loop, every
ten milliseconds, notes how late it is called; SIGUSR1 writes what it noted since the last SIGUSR1
to the file that BENCH_DELAYS names. A stall is counted as all the timers it would have delayed:
what somebody who comes at a random moment has to wait.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from livecomments.gateway import __main__ as gateway
from livecomments.gateway.server import Server

EVERY_SECONDS = 0.01
GRAINS_PER_SECOND = 2_000  # half a millisecond


class Sampler:
    """Notes how late the loop is, from now on."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._loop = asyncio.get_running_loop()
        self._late: Counter[int] = Counter()
        self._writes = 0
        self._loop.add_signal_handler(signal.SIGUSR1, self._write)
        self._wait()

    def _wait(self) -> None:
        self._due = time.monotonic() + EVERY_SECONDS
        self._loop.call_later(EVERY_SECONDS, self._look)

    def _look(self) -> None:
        late = max(0.0, time.monotonic() - self._due)
        while late >= 0:
            self._late[int(late * GRAINS_PER_SECOND)] += 1
            late -= EVERY_SECONDS
        self._wait()

    def _write(self) -> None:
        self._writes += 1
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps({"number": self._writes, "late": self._late}))
        draft.replace(self._file)
        self._late.clear()


async def startup(server: Server, sockets: object = None) -> None:
    """Starts the server as it does by itself, then the timer."""
    await _startup(server, sockets=sockets)
    Sampler(Path(os.environ["BENCH_DELAYS"]))


_startup = Server.startup
Server.startup = startup

if __name__ == "__main__":
    sys.exit(gateway.main())
