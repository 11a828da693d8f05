"""F13: hours of ordinary talk; what a process holds in memory must not grow. Async."""

import asyncio
import time

from tests.load.machine import memory_bytes

from ..scene import Scene
from ..stage import BATCHERS, WEB

SAMPLE_SECONDS = 30.0
RATE = 60.0
# A nonce is kept for ten minutes: until then there is more of them every second.
WARM_UP_SECONDS = 15 * 60.0
GROWTH_PER_HOUR = 2.0


async def soak(scene: Scene) -> None:
    """F13: memory grows by two per cent an hour at most."""
    seconds = scene.minutes * 60
    samples: dict[str, list[tuple[float, float]]] = {}
    async with scene.under_load(rate=RATE, viewers=100, pace=0) as show:
        began = time.monotonic()
        while (gone := time.monotonic() - began) < seconds:
            scene.say(gone / seconds, f"{gone / 60:.0f} of {scene.minutes:.0f} minutes")
            for name in (*WEB, *BATCHERS, "valkey"):
                held = sum(
                    memory_bytes(process.pid)["Private"] for process in scene.stage.family(name)
                )
                samples.setdefault(name, []).append((gone, held))
            await asyncio.sleep(min(SAMPLE_SECONDS, seconds - gone))
        scene.finding.unavailable.append(show.unavailable(began, time.monotonic()))
    warm = min(WARM_UP_SECONDS, seconds / 2)
    for name, path in samples.items():
        late = [sample for sample in path if sample[0] >= warm]
        scene.finding.figure(
            f"{name}: growth an hour", growth(late), "%", at_most=GROWTH_PER_HOUR, timed=False
        )
        scene.finding.figure(f"{name}: holds", path[-1][1] / 2**20, "MiB")


def growth(samples: list[tuple[float, float]]) -> float:
    """Return by how many per cent an hour the line of best fit rises. Pairs of seconds, bytes."""
    if len(samples) < 2:
        return 0.0
    times, values = [moment for moment, _ in samples], [value for _, value in samples]
    mean_time, mean = sum(times) / len(times), sum(values) / len(values)
    spread = sum((moment - mean_time) ** 2 for moment in times)
    rise = sum(
        (moment - mean_time) * (value - mean) for moment, value in zip(times, values, strict=True)
    )
    return rise / spread * 3_600 / mean * 100 if spread and mean else 0.0
