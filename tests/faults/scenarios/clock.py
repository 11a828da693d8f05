"""F9: somebody sets a clock an hour wrong, forwards and back, while people talk. Async.

The clocks of Valkey, which gives out ids and counts limits, and of the batchers. That of a web
process decides whether a ticket is still good; an hour there is no fault to be survived, and the
start-up checks warn of it.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from django.test import override_settings

from comments.domain import post_comment
from livecomments import limits, tickets
from livecomments.errors import DomainError

from ..clocks import HOUR_SECONDS, NOTICED_SECONDS, WHY_NOT, WRAPPER, WrongClock, find_library
from ..scene import Scene, Show
from ..stage import BATCHERS

FORWARD, BACK = (HOUR_SECONDS, 0), (-HOUR_SECONDS, 0)
BURST = 12
PER_SECOND = limits.POST_WINDOWS[0].count
SETTLED_SECONDS = NOTICED_SECONDS + 1.0
SERVICE_SECONDS = 3.0
_numbers = itertools.count(1)


async def wrong_clocks(scene: Scene) -> None:
    """F9: order stays, limits neither stuck nor open, the chat goes on."""
    if find_library() is None:
        scene.finding.not_run = WHY_NOT
        return
    async with _clocks(scene) as (valkey, batchers), scene.under_load() as show:
        both = (*FORWARD, *BACK)
        clocks = [
            ("Valkey", valkey, both if scene.long else FORWARD),
            ("the batchers", batchers, both if scene.long else BACK[:1]),
        ]
        rounds = scene.times(1, 2)
        for number in range(rounds):
            for name, clock, steps in clocks:
                for step in steps:
                    scene.say(number / rounds, f"clock of {name} at {step / HOUR_SECONDS:+.0f} h")
                    await scene.moment()
                    await _set(scene, show, clock, step, f"{name} at {step / HOUR_SECONDS:+.0f} h")


@asynccontextmanager
async def _clocks(scene: Scene) -> AsyncIterator[tuple[WrongClock, WrongClock]]:
    """Start Valkey and the batchers on clocks of ours; right ones in the end."""
    stage = scene.stage
    valkey, batchers = WrongClock(stage.folder, "valkey"), WrongClock(stage.folder, "batchers")
    environments = {
        "valkey": valkey.environment,
        **dict.fromkeys(BATCHERS, batchers.python_environment),
    }
    stage.wrappers.update(dict.fromkeys(BATCHERS, WRAPPER))
    try:
        for name, environment in environments.items():
            await asyncio.to_thread(stage.begin_restart, name, environment)
        for name in environments:
            await scene.serving(name)
        yield valkey, batchers
    finally:
        for name in BATCHERS:
            del stage.wrappers[name]
        for name in environments:
            await asyncio.to_thread(stage.begin_restart, name)
        for name in environments:
            await scene.serving(name)


async def _set(scene: Scene, show: Show, clock: WrongClock, step: int, name: str) -> None:
    finding = scene.finding
    other = await scene.open_venue()  # what is said there is no part of the load's history
    person = await scene.person(other)
    before = await _accepted(other.room, person)
    at = time.monotonic()
    clock.set(step)
    finding.kills += 1
    await asyncio.sleep(SETTLED_SECONDS)
    answered = show.unavailable(at, time.monotonic())
    shown = show.watcher.pause(at, time.monotonic())
    finding.unavailable.append(max(answered, shown))
    finding.figure(f"{name}: no answer", answered, at_most=SERVICE_SECONDS)
    finding.figure(f"{name}: nothing shown", shown, at_most=SERVICE_SECONDS)
    after = await _accepted(other.room, person)
    await asyncio.sleep(1.2)
    later = await _accepted(other.room, person)
    # Open would be more than the limit at once; stuck, none for somebody who waited a window long.
    # Right after a step back the time since the last look at the clock is not known: none is right.
    finding.expect(before == PER_SECOND, f"{name}: {before} taken at once before the step")
    finding.expect(after <= PER_SECOND, f"{name}: {after} taken at once after the step")
    finding.expect(1 <= later <= PER_SECOND, f"{name}: {later} taken at once a second later")


async def _accepted(room: tickets.Room, person: tickets.Identity) -> int:
    """Return how many of many posts at once were taken, with the limits of a viewer."""
    with override_settings(NO_LIMITS=False):
        answers = await asyncio.gather(*(_post(room, person, next(_numbers)) for _ in range(BURST)))
    return sum(answers)


async def _post(room: tickets.Room, person: tickets.Identity, number: int) -> bool:
    try:
        await post_comment(
            room,
            author=person,
            address=f"198.51.100.{number % 250}",
            nonce=f"clock-{number}",
            text=f"clock-{number} tells the time",
        )
    except DomainError:
        return False
    return True
