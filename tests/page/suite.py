"""The parts in their order, one stub and one Chromium under all of them. Async."""

import os
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import psutil
from playwright.async_api import Error as BrowserError

from tests.load import machine
from tests.load.report import PartResult, Run

from .parts import lighthouse, pause, rush, soak, weight
from .rig import Bench, RigProblem

PARTS: dict[str, Callable[[Bench], Awaitable[PartResult]]] = {
    "weight": weight.run,
    "lighthouse": lighthouse.run,
    "rush": rush.run,
    "pause": pause.run,
    "soak": soak.run,
}


async def run_parts(
    bench: Bench, names: Sequence[str], command: str
) -> tuple[list[PartResult], Run]:
    """Return what the parts found, and what is to be known of the run."""
    began = time.monotonic()
    results = []
    for number, name in enumerate(names, 1):
        bench.say(f"Part {number} of {len(names)}: {name}")
        results.append(await _run_one(bench, name))
    return results, Run(
        machine=f"{machine.describe()}, Chromium {bench.browser.version}",
        commit=machine.commit(),
        command=command,
        at=datetime.now(UTC),
        seconds=time.monotonic() - began,
    )


async def _run_one(bench: Bench, name: str) -> PartResult:
    began, elsewhere = time.monotonic(), _cpu_elsewhere()
    try:
        result = await PARTS[name](bench)
    except (RigProblem, BrowserError) as problem:
        result = PartResult(name, faults=[str(problem).splitlines()[0]])
    finally:
        bench.progress.end()
    result.seconds = time.monotonic() - began
    cores = (_cpu_elsewhere() - elsewhere) / result.seconds
    result.notes.append(f"other programs took {max(0.0, cores):.2f} of the machine's cores")
    bench.say(f"  {len(result.figures)} figures in {result.seconds:.0f} s")
    return result


def _cpu_elsewhere() -> float:
    """Return the processor time, in seconds, of all programs but ours."""
    times = psutil.cpu_times()
    whole = times.user + times.nice + times.system + times.irq + times.softirq + times.steal
    return whole - machine.cpu_seconds(os.getpid())
