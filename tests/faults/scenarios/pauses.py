"""F5 and F15: parts that stand still for a while and wake as if nothing had happened. Async."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from livecomments import redisdb

from ..proxy import Proxy, Trap
from ..scene import Scene, Show
from ..stage import BATCHERS

TAKEOVER_SECONDS = 3.0
NEVER_STOPS_SECONDS = 1.0
HANDED_OVER_SECONDS = 5  # a pause this long is above any lease
PULSE_SECONDS = 5.0
ANSWERED_SECONDS = 0.15  # by then Valkey has taken what it was sent
FLUSH_SECONDS = 10.0  # reactions are published twice a second


async def each_part(scene: Scene) -> None:
    """F5: SIGSTOP of each part; an owner that wakes finds that it is none any more."""
    pauses = (1, 5, 30) if scene.long else (1,)
    plan = [(part, seconds) for seconds in pauses for part in ("valkey", "postgres", "web-1")]
    # The short form's one pause of the owner is above the lease: somebody else must take over.
    plan += [("owner", seconds) for seconds in (pauses if scene.long else (3,))]
    finding = scene.finding
    async with scene.under_load(rate=scene.pick(150, 300)) as show:
        for number, (part, seconds) in enumerate(plan):
            scene.say(number / len(plan), f"{part} for {seconds} s")
            await scene.moment()
            if part == "owner":
                await _stop_owner(scene, show, seconds)
            else:
                await _stop(scene, show, part, seconds)
    finding.notes.append("unavailable is what is left after the pause itself of Valkey")


async def _stop(scene: Scene, show: Show, part: str, seconds: int) -> None:
    finding = scene.finding
    async with scene.paused(part) as at:
        await scene.until(at + seconds)
    await asyncio.sleep(1.0 + seconds / 5)
    away = show.unavailable(at, time.monotonic())
    if part == "valkey":
        # Who waited goes on with the answer, or is told `busy` and asks again.
        finding.unavailable.append(max(0.0, away - seconds))
    elif part == "postgres":
        finding.unavailable.append(away)
        finding.figure(f"PostgreSQL away {seconds} s: no answer", away, at_most=NEVER_STOPS_SECONDS)
    else:
        finding.unavailable.append(away)


async def _stop_owner(scene: Scene, show: Show, seconds: int) -> None:
    name = await scene.owner(show.room)
    async with scene.paused(name) as at:
        await scene.until(at + seconds)
        if seconds >= TAKEOVER_SECONDS:
            taken_by = await scene.owner(show.room)
            scene.finding.expect(taken_by != name, f"{name} owned while it stood still")
    await asyncio.sleep(2.0)
    pause = show.watcher.pause(at, time.monotonic())
    scene.finding.unavailable.append(pause)
    name_of = f"owner away {seconds} s: nothing shown"
    scene.finding.figure(name_of, pause, at_most=TAKEOVER_SECONDS)
    if seconds >= HANDED_OVER_SECONDS:
        again = await scene.owner(show.room)
        scene.finding.expect(again != name, f"{name} took the partition back as it woke")


async def valkey_with_reactions(scene: Scene) -> None:
    """F15: whatever is repeated is counted and shown once.

    The batchers reach Valkey through a proxy, which acts in the moment in which a frame with
    reactions is on its way. Either Valkey stands still for five seconds and finds the flush and its
    repetition when it wakes; or it takes the flush at once and the answer is lost.
    """
    pauses, losses = scene.times(1, 6), scene.times(2, 20)
    async with _batchers_behind(scene) as proxy:
        async with scene.under_load(
            rate=scene.pick(100, 200), reactions=scene.pick(100, 200)
        ) as show:
            for number in range(pauses + losses):
                scene.say(number / (pauses + losses), f"{number + 1} of {pauses + losses}")
                await scene.moment(0.3, 1.0)
                scene.finding.kills += 1
                if number < pauses:
                    await _stand_still(scene, show, proxy)
                else:
                    await _lose_the_answer(scene, show, proxy)
    scene.finding.notes.append("unavailable is what is left after the pause itself")
    assert show.history is not None
    presses = show.history.presses.values()
    sent, counted = sum(each.sent for each in presses), sum(each.counted for each in presses)
    scene.finding.notes.append(f"{sent:,} reactions sent, {counted:,} counted")


async def _stand_still(scene: Scene, show: Show, proxy: Proxy) -> None:
    try:
        at = await _at_a_flush(proxy, lambda: scene.stage.pause("valkey"))
        await scene.until(at + PULSE_SECONDS)
    finally:
        await asyncio.to_thread(scene.stage.resume, "valkey")
    await asyncio.sleep(scene.pick(2.0, 4.0))
    away = show.unavailable(at, time.monotonic())
    scene.finding.unavailable.append(max(0.0, away - PULSE_SECONDS))


async def _lose_the_answer(scene: Scene, show: Show, proxy: Proxy) -> None:
    at = await _at_a_flush(proxy, lambda: proxy.shut(up=False))
    await asyncio.sleep(ANSWERED_SECONDS)
    proxy.reset()
    proxy.open()
    await asyncio.sleep(1.0)
    scene.finding.unavailable.append(show.unavailable(at, time.monotonic()))


async def _at_a_flush(proxy: Proxy, act: Callable[[], object]) -> float:
    """Act in the moment in which a frame with reactions is on its way; return when that was."""
    acted = asyncio.Event()

    def spring() -> None:
        act()
        acted.set()

    proxy.up.trap = Trap((redisdb.script("publish").sha.encode(), b'"reactions":{'), spring)
    try:
        async with asyncio.timeout(FLUSH_SECONDS):
            await acted.wait()
    finally:
        proxy.up.trap = None
    return time.monotonic()


@asynccontextmanager
async def _batchers_behind(scene: Scene) -> AsyncIterator[Proxy]:
    """Let the batchers reach Valkey through a proxy for the time of the block."""
    stage = scene.stage
    port = stage.valkey.port
    async with Proxy(port) as proxy:
        environment = {"REDIS_URL": stage.valkey.url.replace(str(port), str(proxy.port))}
        try:
            for name in BATCHERS:
                await asyncio.to_thread(stage.begin_restart, name, environment)
            for name in BATCHERS:
                await scene.serving(name)
            yield proxy
        finally:
            for name in BATCHERS:
                await asyncio.to_thread(stage.begin_restart, name)
