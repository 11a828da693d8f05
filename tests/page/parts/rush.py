"""10,000 comments a minute, every one rendered, while the reader follows and types. Async."""

import asyncio
from typing import Any

from tests.load.report import PartResult

from ..figures import add_keys, add_list, add_longest, add_order, add_rows, add_smoothness, add_work
from ..profile import profiled
from ..programs import shares, spent
from ..rig import Bench
from ..viewer import Viewer

PER_MINUTE = 10_000
SECONDS = 120.0
STILL_SECONDS = 3.0  # after the page has loaded, before the rush
PROFILED_SECONDS = 10.0


async def run(bench: Bench) -> PartResult:
    """Return how smooth it was."""
    result = PartResult("rush")
    seconds = bench.seconds(SECONDS)
    viewer = await bench.open("/s/reader/")
    quiet = await _quiet(bench, viewer, min(STILL_SECONDS, seconds))
    before, programs = await viewer.begin(), spent()
    rate = bench.per_minute(PER_MINUTE)
    await bench.rig.play(rate, seconds)
    doing = f"{rate:,.0f} comments a minute"
    writing = asyncio.create_task(_write(viewer, seconds))
    if bench.profile is None:
        await bench.rig.watch(bench.progress, seconds, doing)
    else:
        result.notes += await profiled(bench, viewer, min(PROFILED_SECONDS, seconds / 2), doing)
        await bench.rig.watch(bench.progress, max(0.0, seconds - PROFILED_SECONDS), doing)
    await writing
    result.notes.append(shares(programs, spent()))
    after, told = await viewer.work(), await viewer.told()
    played = await bench.rig.over()
    told |= {name: value for name, value in (await viewer.told()).items() if name in ROWS}
    _add_load(result, quiet)
    add_rows(result, told, played["comments"])
    add_smoothness(result, told)
    add_list(result, told)
    add_keys(result, told)
    add_work(result, after.since(before))
    add_order(result, told, await viewer.place(), played["last"])
    result.add("the stub's latest frame", played["late_ms"], "ms late")
    result.faults += viewer.heard
    await viewer.close()
    return result


# Counted to the end, when the last frame has been rendered; the rest belongs to the rush alone.
ROWS = ("rows", "again", "disorders", "last")


async def _write(viewer: Viewer, seconds: float) -> None:
    """Write in the second quarter of the rush."""
    await asyncio.sleep(seconds / 4)
    await viewer.type_for(seconds / 4)


async def _quiet(bench: Bench, viewer: Viewer, seconds: float) -> dict[str, Any]:
    """Return what the probe tells of a room in which nothing happens."""
    await viewer.begin()
    await bench.rig.watch(bench.progress, seconds, "a quiet room")
    return await viewer.told()


def _add_load(result: PartResult, quiet: dict[str, Any]) -> None:
    loading, frames = quiet["loading"], quiet["frames"]
    result.add("while loading: tasks over 50 ms", loading["tasks"])
    add_longest(result, "while loading: longest task", loading["longestTask"])
    if frames:
        result.add("a quiet room: frames a second", sum(frames) / len(frames))
