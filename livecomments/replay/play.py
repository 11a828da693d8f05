"""Play a log against a running server: viewers first, then each line when it is due. Async."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from livecomments import tickets

from .cast import Author, Cast
from .logs import Line
from .progress import LOOK_SECONDS, Progress
from .viewers import Viewers
from .wall import Wall

START_SECONDS = 3.0  # between the viewers' coming and the first line: its authors come meanwhile
SHOWN_SECONDS = 30.0  # how long nothing new may be shown before we stop waiting for it
LOOK_AGAIN_SECONDS = 0.05
INTERRUPTED_SECONDS = 5.0  # the same, and for answers, after Ctrl-C


@dataclass(frozen=True, slots=True)
class Plan:
    """What to play, where, how fast, for how many."""

    url: str
    room: tickets.Room
    lines: Sequence[Line]
    people: Mapping[str, tickets.Identity]
    speed: float
    viewers: int

    @property
    def seconds(self) -> float:
        """How long the lines take at this speed."""
        return (self.lines[-1].at - self.lines[0].at) / self.speed


@dataclass
class Played:
    """What happened."""

    plan: Plan
    wall: Wall
    viewers: Viewers
    cast: Cast
    all_came: bool = False
    interrupted: bool = False
    seconds: float = 0.0
    latest_line_seconds: float = 0.0  # how far behind its time a line was said, at worst
    stop: asyncio.Event = field(default_factory=asyncio.Event)


async def play(plan: Plan, progress: Progress, interrupted: asyncio.Event) -> Played:
    """Return what happened when the plan was played to its end or until interrupted."""
    wall = Wall()
    played = Played(
        plan,
        wall,
        Viewers(plan.url, plan.room.slug, wall, size=plan.viewers),
        Cast(plan.url, plan.room, plan.people, plan.lines),
        stop=interrupted,
    )
    reporter = asyncio.create_task(_report(played, progress))
    try:
        played.all_came = await played.viewers.come()
        if played.all_came:
            await _perform(played)
    finally:
        played.interrupted = played.stop.is_set()
        reporter.cancel()
        progress.show(*_state(played), now=True)
        progress.end()
        await played.cast.leave_all()
        await played.viewers.leave()
    return played


async def _perform(played: Played) -> None:
    loop = asyncio.get_running_loop()
    begin = loop.time() + START_SECONDS
    entrances = played.cast.entrances(played.plan.lines, played.plan.speed)
    doorman = asyncio.create_task(_let_in(played.cast, entrances, begin))
    try:
        await _say_all(played, begin)
        played.seconds = loop.time() - begin
        await _answers(played)
        await _everything_shown(played)
    finally:
        doorman.cancel()
        played.seconds = played.seconds or loop.time() - begin


async def _let_in(cast: Cast, entrances: Sequence[tuple[float, Author]], begin: float) -> None:
    loop = asyncio.get_running_loop()
    for at, author in entrances:
        wait = begin + at - loop.time()
        if wait > 0:
            await asyncio.sleep(wait)
        cast.enter(author)


async def _say_all(played: Played, begin: float) -> None:
    loop = asyncio.get_running_loop()
    plan = played.plan
    for line in plan.lines:
        due = begin + (line.at - plan.lines[0].at) / plan.speed
        wait = due - loop.time()
        if wait > 0:
            await _sleep(wait, played.stop)
        if played.stop.is_set():
            return
        played.latest_line_seconds = max(played.latest_line_seconds, loop.time() - due)
        played.cast.say(line)


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    if seconds < LOOK_SECONDS:
        await asyncio.sleep(seconds)
        return
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


async def _answers(played: Played) -> None:
    """Wait until every post is answered; the client itself gives up after five minutes."""
    waited_since_stop = 0.0
    while played.cast.waiting and waited_since_stop < INTERRUPTED_SECONDS:
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        if played.stop.is_set():
            waited_since_stop += LOOK_AGAIN_SECONDS


async def _everything_shown(played: Played) -> None:
    """Wait until every viewer has been shown the last comment, or nothing new comes any more."""
    loop = asyncio.get_running_loop()
    last = max(played.cast.acknowledged, default=0)
    reached, since = -1, loop.time()
    while played.viewers.reached < last:
        if played.viewers.reached > reached:
            reached, since = played.viewers.reached, loop.time()
        patience = INTERRUPTED_SECONDS if played.stop.is_set() else SHOWN_SECONDS
        if loop.time() - since > patience:
            return
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def _report(played: Played, progress: Progress) -> None:
    while True:
        progress.show(*_state(played))
        await asyncio.sleep(LOOK_SECONDS)


def _state(played: Played) -> tuple[float, str]:
    cast, total = played.cast, len(played.plan.lines)
    said = len(cast.sayings)
    text = (
        f"{said:,} of {total:,} lines · {len(cast.acknowledged):,} acknowledged · "
        f"{cast.waiting:,} waiting · {played.viewers.connected:,} of {played.plan.viewers:,} "
        f"viewers · {cast.open_sockets:,} authors"
    )
    return said / total, text
