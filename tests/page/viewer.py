"""One page of the room with its probe, and what the browser says of it. Async."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, CDPSession, Page

PROBE = Path(__file__).with_name("probe.js")
JOINED_MS = 20_000
KEY_SECONDS = 0.14  # between two keys of somebody who types fast
TYPED = "what a night, the lamps are on and the boats come home "
LISTED = "[role=log] [data-row]"


@dataclass(frozen=True, slots=True)
class Heap:
    """What is held once everything unreachable is gone, in bytes and pieces."""

    script: int
    page: int  # the browser's own objects: nodes, styles, listeners
    nodes: int
    listeners: int


@dataclass(frozen=True, slots=True)
class Work:
    """Seconds of the processor that the page's main thread has had, and when."""

    at: float
    task: float
    script: float
    layout: float
    style: float

    def since(self, before: "Work") -> dict[str, float]:
        """Return the shares of the time between, in per cent."""
        passed = self.at - before.at
        names = ("task", "script", "layout", "style")
        return {
            name: 100 * (getattr(self, name) - getattr(before, name)) / passed for name in names
        }


class Viewer:
    """A reader of the page."""

    page: Page
    cdp: CDPSession

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self.heard: list[str] = []  # every error and warning of the page

    async def open(self, url: str, *, slower: float = 1.0) -> None:
        """Go there and wait for the first comments."""
        self.page = await self._context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.heard.append(f"uncaught: {error}"))
        await self.page.add_init_script(path=PROBE)
        self.cdp = await self._context.new_cdp_session(self.page)
        # In time of the processor: what other programs took is not the page's work.
        await self.cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        if slower != 1.0:
            await self.cdp.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        await self.page.goto(url)
        await self.page.wait_for_selector(LISTED, timeout=JOINED_MS)

    def _hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.heard.append(message.text)

    async def close(self) -> None:
        """Leave the room."""
        await self._context.close()

    # --- the probe -------------------------------------------------------------------------------

    async def begin(self) -> Work:
        """Count from now on; return the work so far."""
        await self.page.evaluate("pageProbe.begin()")
        return await self.work()

    async def told(self) -> dict[str, Any]:
        """Return what the probe has counted."""
        return await self.page.evaluate("pageProbe.told()")

    async def hold(self) -> bool:
        """Choose the row in the middle, and watch it; False where there is none."""
        return await self.page.evaluate("pageProbe.hold()")

    async def release(self) -> dict[str, Any]:
        """Return how the row stood."""
        return await self.page.evaluate("pageProbe.release()")

    async def place(self) -> dict[str, Any]:
        """Return where the list stands."""
        return await self.page.evaluate("pageProbe.place()")

    # --- what people do --------------------------------------------------------------------------

    async def type_for(self, seconds: float) -> None:
        """Type in the composer for so long; nothing is sent, and all is deleted in the end."""
        composer = self.page.get_by_role("textbox").first
        await composer.focus()
        loop = asyncio.get_running_loop()
        end, at = loop.time() + seconds, 0
        while loop.time() < end:
            await self.page.keyboard.press(TYPED[at % len(TYPED)])
            at += 1
            if at % (2 * len(TYPED)) == 0:
                await self._clear()
            await asyncio.sleep(KEY_SECONDS)
        await self._clear()

    async def _clear(self) -> None:
        await self.page.keyboard.press("Control+a")
        await self.page.keyboard.press("Delete")

    async def scroll_back(self, pixels: int) -> None:
        """Turn the wheel over the list."""
        await self.page.get_by_role("log").hover()
        await self.page.mouse.wheel(0, -pixels)

    async def jump_to_latest(self) -> None:
        """Press the button that leads back to the end."""
        await self.page.get_by_role("button", name="latest").click()

    # --- the browser -----------------------------------------------------------------------------

    async def work(self) -> Work:
        """Return how long the main thread has worked, and at what."""
        found = await self._metrics()
        return Work(
            at=time.monotonic(),
            task=found["TaskDuration"],
            script=found["ScriptDuration"],
            layout=found["LayoutDuration"],
            style=found["RecalcStyleDuration"],
        )

    async def heap(self) -> Heap:
        """Return what is held after the collector has run."""
        for _ in range(2):  # the first may only have freed what kept something else alive
            await self.cdp.send("HeapProfiler.collectGarbage")
        used = await self.cdp.send("Runtime.getHeapUsage")
        found = await self._metrics()
        return Heap(
            script=int(used["usedSize"]),
            page=int(used.get("embedderHeapUsedSize", 0)),
            nodes=int(found["Nodes"]),
            listeners=int(found["JSEventListeners"]),
        )

    async def _metrics(self) -> dict[str, float]:
        told = await self.cdp.send("Performance.getMetrics")
        return {metric["name"]: metric["value"] for metric in told["metrics"]}
