"""1,000 comments a minute for a long time: what is held at the end and at the beginning. Async."""

from tests.load.report import Bar, PartResult

from ..figures import FRAMES, add_list, add_order, add_rows, add_work
from ..rig import Bench

PER_MINUTE = 1_000
SHORT_SECONDS, LONG_SECONDS = 120.0, 1_200.0
# The list is full and the scripts have been compiled by then.
WARM_UP_SECONDS = 60.0
READINGS = {False: 4, True: 20}
HEAP = Bar(10, 5)  # per cent, more or less
MB = 1_000_000


async def run(bench: Bench) -> PartResult:
    """Return how the heap went."""
    result = PartResult("soak")
    seconds = bench.seconds(SHORT_SECONDS, LONG_SECONDS)
    warm_up = min(WARM_UP_SECONDS, seconds)
    readings = READINGS[bench.long]
    viewer = await bench.open("/s/reader/")
    before = await viewer.begin()
    # A little longer than it is watched: the last reading, too, is of a room that talks.
    await bench.rig.play(bench.per_minute(PER_MINUTE), warm_up + seconds + readings)
    await bench.rig.watch(bench.progress, warm_up, "warming up")
    heaps = [await viewer.heap()]
    for number in range(1, readings + 1):
        doing = f"{heaps[-1].script / MB:.2f} MB, reading {number} of {readings}"
        await bench.rig.watch(bench.progress, seconds / readings, doing)
        heaps.append(await viewer.heap())
    told, after = await viewer.told(), await viewer.work()
    played = await bench.rig.over(patience=2.0 * readings)
    rows = await viewer.told()
    first, last = heaps[0], heaps[-1]
    result.add("script heap at the beginning", first.script / MB, "MB")
    _add_drift(result, "script heap at the end", [heap.script for heap in heaps], bar=HEAP)
    _add_drift(result, "page heap at the end", [heap.page for heap in heaps], bar=None)
    result.add("DOM nodes, whole page", last.nodes, note=f"{first.nodes:,} at the beginning")
    result.add("listeners", last.listeners, note=f"{first.listeners:,} at the beginning")
    add_rows(result, rows, played["comments"])
    result.add("frames a second", sum(told["frames"]) / len(told["frames"]), bar=FRAMES)
    add_list(result, told)
    add_work(result, after.since(before))
    add_order(result, rows, await viewer.place(), played["last"])
    result.notes.append("script heap: " + " ".join(f"{h.script / MB:.2f}" for h in heaps) + " MB")
    result.faults += viewer.heard
    await viewer.close()
    return result


def _add_drift(result: PartResult, name: str, sizes: list[int], bar: Bar | None) -> None:
    ratio = sizes[-1] / sizes[0] if sizes[0] else 1.0
    result.add(
        name, sizes[-1] / MB, "MB", ratio=f"{ratio:.3f} ×", bar=bar, held=abs(ratio - 1) * 100
    )
