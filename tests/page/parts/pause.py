"""The same rush while somebody has scrolled back and reads: nothing may move. Async."""

from tests.load.report import Bar, PartResult

from ..figures import add_list, add_order, add_smoothness
from ..rig import Bench
from .rush import PER_MINUTE

FOLLOWED_SECONDS = 10.0
READ_SECONDS = 30.0
AFTER_SECONDS = 5.0
BACK_PX = 900
STILL_SECONDS = 0.5  # for the wheel to come to rest


async def run(bench: Bench) -> PartResult:
    """Return how still the page stood."""
    result = PartResult("pause")
    follow = bench.seconds(FOLLOWED_SECONDS)
    read = bench.seconds(READ_SECONDS)
    after = bench.seconds(AFTER_SECONDS)
    viewer = await bench.open("/s/reader/")
    whole = follow + STILL_SECONDS + read + after
    await bench.rig.play(bench.per_minute(PER_MINUTE), whole)
    await bench.rig.watch(bench.progress, follow, "following")
    await viewer.scroll_back(BACK_PX)
    await bench.rig.watch(bench.progress, STILL_SECONDS, "scrolled back")
    await viewer.begin()
    if not await viewer.hold():
        result.faults.append("there was no row to read")
    await bench.rig.watch(bench.progress, read, "reading while the room goes on")
    stood, told = await viewer.release(), await viewer.told()
    await viewer.jump_to_latest()
    await bench.rig.watch(bench.progress, after, "following again")
    played = await bench.rig.over()
    result.add("the row being read moved", stood["farthest"], "px", bar=Bar(0.5, 0))
    result.add("frames in which it stood elsewhere", stood["moved"], bar=Bar(0))
    result.add("frames in which it was gone", stood["gone"], bar=Bar(0))
    add_smoothness(result, told)
    add_list(result, told)
    add_order(result, await viewer.told(), await viewer.place(), played["last"])
    result.faults += viewer.heard
    await viewer.close()
    return result
