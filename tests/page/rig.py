"""The stub in a process of its own, and the Chromium that looks at it. Sync at the edge, async."""

import asyncio
import json
import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from playwright.async_api import Browser, async_playwright

from livecomments.local.ports import HOST, free_port
from livecomments.local.processes import Program, last_line, spawn, stop_together
from livecomments.replay.progress import Progress
from tests import chromium

from .viewer import Viewer

PROJECT = Path(__file__).parents[2]
START_SECONDS = 30.0
ANSWER_SECONDS = 10.0
LOOK_SECONDS = 0.5
OVER_SECONDS = 5.0  # after a show's end its last frame is long there


class RigProblem(Exception):
    """One sentence that says why there is nothing to measure."""


@dataclass
class Bench:
    """What every part is given."""

    rig: "Rig"
    browser: Browser
    progress: Progress
    long: bool = False
    window: float | None = None  # seconds, in the place of each part's own
    rate: float | None = None  # comments a minute, in the place of each part's own
    slower: float = 1.0  # how many times slower the page's processor is made
    profile: Path | None = None
    say: Callable[[str], None] = print

    def seconds(self, short: float, long: float | None = None) -> float:
        """How long a window lasts."""
        return self.window or (long if self.long and long is not None else short)

    def per_minute(self, usual: float) -> float:
        """How many comments a minute are said."""
        return self.rate or usual

    async def open(self, path: str) -> Viewer:
        """Return a page of the room that has joined it."""
        viewer = Viewer(await self.browser.new_context(locale="en-GB", viewport=WIDE))
        await viewer.open(f"{self.rig.url}{path}", slower=self.slower)
        return viewer


WIDE = {"width": 1280, "height": 800}


class Rig:
    """Use as a context: entering starts the stub, leaving ends it."""

    def __enter__(self) -> "Rig":
        if chromium.PATH is None:
            raise RigProblem("Chromium is not installed; on Debian: apt install chromium.")
        self._folder = tempfile.TemporaryDirectory(prefix="livecomments-page-")
        self.folder = Path(self._folder.name)
        port = free_port()
        self.url = f"http://{HOST}:{port}"
        self._program = Program(
            name="stub",
            argv=(sys.executable, "-m", "tests.page.stub", "--port", str(port)),
            log=self.folder / "stub.log",
            env=os.environ | {"PYTHONUNBUFFERED": "1", "LIVECOMMENTS_VAR": str(self.folder)},
            cwd=PROJECT,
        )
        self._process = spawn(self._program)
        try:
            self._await()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        stop_together([(self._program, self._process)])
        self._folder.cleanup()

    def _await(self) -> None:
        give_up = time.monotonic() + START_SECONDS
        while True:
            with suppress(OSError):
                self._ask("")
                return
            if self._process.poll() is not None or time.monotonic() > give_up:
                raise RigProblem(f"The stub did not start: {last_line(self._program.log)}.")
            time.sleep(0.1)

    # --- the stub's room -------------------------------------------------------------------------

    def _ask(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/stage/{path}", timeout=ANSWER_SECONDS) as answer:
            return json.load(answer)

    async def play(self, per_minute: float, seconds: float) -> None:
        """Begin a show: so many comments a minute."""
        asked = urlencode({"per_minute": per_minute, "seconds": seconds})
        await asyncio.to_thread(self._ask, f"play/?{asked}")

    async def played(self) -> dict[str, Any]:
        """Return what the stub has sent since the show began (`room.Played`)."""
        return await asyncio.to_thread(self._ask, "")

    async def watch(self, progress: Progress, seconds: float, doing: str) -> None:
        """Let time of a show pass, and say how far it is."""
        began = time.monotonic()
        while (gone := time.monotonic() - began) < seconds:
            progress.show(gone / seconds, doing)
            await asyncio.sleep(min(LOOK_SECONDS, seconds - gone))

    async def over(self, patience: float = OVER_SECONDS) -> dict[str, Any]:
        """Wait for the show's end and the last of its frames; return what was sent."""
        give_up = time.monotonic() + patience
        while not (played := await self.played())["is_over"]:
            if time.monotonic() > give_up:
                raise RigProblem("The stub is behind with its show.")
            await asyncio.sleep(0.05)
        await asyncio.sleep(LOOK_SECONDS)
        return played


class Chromium:
    """Use as an async context: one browser for all parts."""

    async def __aenter__(self) -> Browser:
        self._playwright = await async_playwright().start()
        # Playwright's own flags keep a page that nobody looks at from being slowed down
        # (no throttling of timers or of renderers in the background, no occlusion).
        self._browser = await self._playwright.chromium.launch(
            executable_path=chromium.PATH, args=chromium.FLAGS
        )
        return self._browser

    async def __aexit__(self, *problem: object) -> None:
        await self._browser.close()
        await self._playwright.stop()
