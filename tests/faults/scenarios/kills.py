"""F1 to F4: kill -9 of each part, over and over, while people talk. Async."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext

from livecomments.client.session import STABLE_SECONDS

from ..disk import disk_load, is_syncing
from ..finding import percentile
from ..scene import Scene, Show

SERVICE_SECONDS = 3.0  # how long may nobody be answered, or shown anything
NEVER_STOPS_SECONDS = 1.0
CAUGHT_UP_SECONDS = 5.0
SYNC_SECONDS = 1.0  # to wait for the disk to be in the middle of it

Strike = Callable[[], Awaitable[str]]


async def postgres(scene: Scene) -> None:
    """F1: the chat does not need PostgreSQL; the archive catches up."""

    async def strike() -> str:
        await scene.kill("postgres")
        return "postgres"

    async with scene.under_load() as show:
        paused = await _often(scene, show, strike, times=scene.times(2, 50), every=3.2)
    scene.finding.figure("longest without an answer", max(paused), at_most=NEVER_STOPS_SECONDS)


async def web(scene: Scene) -> None:
    """F2: whoever loses a web process comes back to the other and has everything.

    Whoever loses one connection after the other waits longer and longer before the next, as clients
    should; so after both processes were killed there is time to be sure of a connection again.
    """
    order = scene.random.sample(["web-1", "web-2"], 2)

    async def strike() -> str:
        order.reverse()
        await scene.kill(order[0])
        return order[0]

    async with scene.under_load(viewers=scene.times(20, 40)) as show:
        paused = await _often(
            scene, show, strike, times=scene.times(2, 50), every=3.2, rest=STABLE_SECONDS
        )
    finding = scene.finding
    finding.figure("longest without an answer", max(paused), at_most=SERVICE_SECONDS)
    p99 = percentile(finding.caught_up, 99)
    finding.figure("caught up p99", p99, at_most=CAUGHT_UP_SECONDS)


async def valkey(scene: Scene) -> None:
    """F3: what was acknowledged is on the disk, also when the disk is what is slow."""
    live_again: list[float] = []

    async def kill_in_a_sync() -> str:
        await asyncio.to_thread(_await_sync, scene)
        await scene.kill("valkey")
        return "valkey"

    async def kill() -> str:
        await scene.kill("valkey")
        return "valkey"

    async def measure(show: Show) -> None:
        back = scene.stage.parts["valkey"].back
        live_again.append(show.unavailable(back, time.monotonic()))

    async with scene.under_load() as show:
        paused: list[float] = []
        for strike, times, busy in (
            (kill, scene.times(1, 25), False),
            (kill_in_a_sync, scene.times(2, 25), True),
        ):
            load = disk_load(scene.stage.folder) if busy else nullcontext()
            with load:
                paused += await _often(
                    scene, show, strike, times=times, every=scene.pick(3.0, 3.5), afterwards=measure
                )
    finding = scene.finding
    finding.figure("longest without an answer", max(paused))
    finding.figure("live again after its restart", max(live_again), at_most=SERVICE_SECONDS)


async def batcher(scene: Scene) -> None:
    """F4: the second batcher takes over; nothing is published twice."""
    shown: list[float] = []
    struck = [0.0]

    async def strike() -> str:
        name = await scene.owner(show.room)
        struck[0] = await scene.kill(name)
        return name

    async def measure(show: Show) -> None:
        shown.append(show.watcher.pause(struck[0], time.monotonic()))

    async with scene.under_load() as show:
        await _often(scene, show, strike, times=scene.times(2, 50), every=3.5, afterwards=measure)
        scene.finding.unavailable = shown
    scene.finding.figure("longest with nothing shown", max(shown), at_most=SERVICE_SECONDS)
    scene.finding.notes.append("unavailable is the time in which viewers were shown nothing")


async def _often(
    scene: Scene,
    show: Show,
    strike: Strike,
    *,
    times: int,
    every: float,
    rest: float = 0.0,
    afterwards: Callable[[Show], Awaitable[None]] | None = None,
) -> list[float]:
    """Strike so often; return for each how long nobody was answered.

    `rest`: how much longer everybody is left in peace after each second one.
    """
    paused = []
    for number in range(times):
        scene.say(number / times, f"{number + 1} of {times}")
        await scene.moment()
        began = time.monotonic()
        name = await strike()
        struck = scene.stage.parts[name].died
        await scene.serving(name)
        # Until it is in order again, and a while of good days, so that each fault stands alone.
        await scene.until(max(began + every, time.monotonic() + 1.0))
        if number % 2 and number + 1 < times:
            await asyncio.sleep(rest)
        paused.append(show.unavailable(struck, time.monotonic()))
        if afterwards is not None:
            await afterwards(show)
    scene.finding.unavailable += paused
    return paused


def _await_sync(scene: Scene) -> None:
    """Return as soon as Valkey waits for its disk, which is when an answer is not yet safe."""
    pid = scene.stage.parts["valkey"].pid
    give_up = time.monotonic() + SYNC_SECONDS
    while not is_syncing(pid) and time.monotonic() < give_up:
        pass
