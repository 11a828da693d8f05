"""Floor: bare non-blocking `send()` to as many sockets; no server can be cheaper. Sync."""

from ..floor import measure_floor
from ..report import PartResult
from ..show import Bench
from .fanout import SIZES

FRAME_BYTES, RATE = 600, 10


def run(bench: Bench) -> PartResult:
    """Measure the floor at the sizes of the fan-out part, which are the cases."""
    result = PartResult("floor")
    for step, size in enumerate(SIZES):
        if not bench.wants(str(size)):
            continue
        sockets = bench.viewers(size)
        bench.progress.show(step / len(SIZES), f"floor: {sockets:,} sockets", now=True)
        floor = measure_floor(sockets, FRAME_BYTES, RATE, bench.seconds(3, 10))
        result.add(f"{sockets:,} sockets: CPU per send", floor.cpu_us_per_send, "µs")
        if floor.sweeps_late:
            result.notes.append(f"{sockets:,} sockets: {floor.sweeps_late} sweeps began late")
    return result
