"""Mixed: viewers, comments and reactions together, with pacing off and on. Sync around async.

Those who write and those who press are ordinary viewers with the ordinary limits; every press must
be counted in the frames, every comment shown or counted as left out.
"""

import asyncio
import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass

import uvloop

from livecomments.protocol import ReactionKind, Role

from .. import rows, texts
from ..authors import in_turn
from ..report import Bar, PartResult
from ..show import (
    Bench,
    Delivered,
    Show,
    Window,
    cpu_note,
    measure,
    on_one_loop,
    refused_note,
    settle,
    writing,
)
from ..stats import Times

VIEWERS = 5_000
COMMENT_RATE, REACTION_RATE = 100.0, 1_000.0
AUTHORS = 500  # a viewer may post 10 in 30 s
PRESSERS = 900  # and press 100 times a minute
TEXT_LENGTH = 60
PACE = 20
COUNTED_SECONDS = 5.0


@dataclass
class Mixed:
    """What happened in one room."""

    window: Window
    delivered: Delivered
    shown: Times
    accepted: int
    left_out: int
    pressed: int
    refused: Mapping[str, int]
    faults: list[str]


def run(bench: Bench) -> PartResult:
    """Measure the cases `off` and `on`."""
    result = PartResult("mixed")
    bench.rig.pin_apart()
    if bench.wants("off"):
        _add(bench, result, "pacing off", pace=rows.NO_PACE)
    if bench.wants("on") and rows.has_pace():
        _add(bench, result, f"pacing at {PACE}/s", pace=PACE)
    bench.rig.stop_web()
    return result


def _add(bench: Bench, result: PartResult, name: str, *, pace: int) -> None:
    viewers = bench.viewers(VIEWERS)
    mixed = _mixed(bench, viewers, pace=pace)
    name = f"{viewers:,} viewers, {name}"
    shown, window = mixed.shown, mixed.window
    result.add(f"{name}: post to shown p50", shown.percentile(50), "ms", bar=Bar(110))
    result.add(f"{name}: post to shown p95", shown.percentile(95), "ms")
    result.add(f"{name}: post to shown p99", shown.percentile(99), "ms", bar=Bar(200, 170))
    result.add(f"{name}: frames a second", mixed.delivered.frames / window.seconds)
    result.add(
        f"{name}: CPU per delivery",
        window.cpu["web"] / max(1, mixed.delivered.deliveries) * 1e6,
        "µs",
    )
    result.add(f"{name}: web process", 100 * window.cpu["web"] / window.seconds, "% of a core")
    result.add(f"{name}: loop delay p99", window.delays.percentile(99), "ms", bar=Bar(50, 20))
    result.add(f"{name}: comments accepted", mixed.accepted)
    result.add(f"{name}: of them left out", mixed.left_out)
    result.add(f"{name}: reactions counted", mixed.pressed)
    result.notes.append(f"{name}: {refused_note(mixed.refused)}; {cpu_note(window)}")
    result.faults += [f"{name}: {fault}" for fault in mixed.faults]


def _mixed(bench: Bench, viewers: int, *, pace: int) -> Mixed:
    bench.rig.start_web()
    venue = rows.make_venue(pace=pace)
    people = rows.make_people(venue, AUTHORS + PRESSERS, role=Role.VIEWER)
    show = Show(bench, venue)
    kinds = itertools.cycle(kind.value.encode() for kind in ReactionKind)

    async def go() -> Window:
        doing = f"mixed: {viewers:,} viewers, pace {pace}"
        bench.progress.show(0.0, f"{doing}: they come in", now=True)
        await show.open(viewers, people)
        pressers = show.authors.everybody[AUTHORS:]
        send = in_turn(show.authors.everybody[:AUTHORS], texts.lines(TEXT_LENGTH))

        def press(number: int) -> None:
            pressers[number % len(pressers)].press(next(kinds))

        async with writing(COMMENT_RATE, send), writing(REACTION_RATE, press):
            await settle()
            window = await measure(bench, bench.seconds(10, 30), doing)
        await show.finish()
        await _all_counted(show)
        await show.close()
        return window

    window = uvloop.run(on_one_loop(go()))
    ledger = show.ledger
    return Mixed(
        window,
        show.delivered(window),
        show.shown(window),
        len(ledger.sent_at),
        len(ledger.left_out),
        ledger.pressed - ledger.pressed_refused,
        ledger.refused,
        show.faults(),
    )


async def _all_counted(show: Show) -> None:
    """Wait until the frames have as many reactions as were pressed, or for long enough."""
    give_up = time.monotonic() + COUNTED_SECONDS
    while time.monotonic() < give_up:
        pressed = show.ledger.pressed - show.ledger.pressed_refused
        if show.audience.book.reactions.total() == pressed:
            # The frame that the first viewer counted is on its way to the others.
            last = max(show.audience.book.frames)
            if show.audience.reached >= last:
                return
        await asyncio.sleep(0.02)
