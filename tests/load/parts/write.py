"""Write: comments a second that are accepted, archived and delivered. Sync around async.

Two web processes, and everything, this load too, on both cores. First as fast as answers come
(closed loop), then three quarters of that, each when it is due (open loop), then twice of it, where
the product must refuse; then the same room through the REST API.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import uvloop

from .. import rows, texts
from ..authors import Author, closed_loop, in_turn, stop_closed_loop
from ..report import Bar, PartResult
from ..rest import post_until
from ..show import (
    Bench,
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

WEB_PROCESSES = 2
STREAMS = 8  # one takes 2,000 comments a second at most
VIEWERS_EACH = 10
# Staff may post 100 in 30 s each: what is refused shall be refused for want of time, not of them.
AUTHORS_EACH = 250
IN_FLIGHT = 1
TEXT_LENGTH = 40
STEADY_SHARE, OVERLOAD = 0.75, 2.0
REST_CLIENTS, TOKENS_EACH = 32, 6
LOOP_BAR = Bar(50, 20)
ACCEPTED_BAR = Bar(5_000, 8_000, at_most=False)


@dataclass
class Phase:
    """What came of one way of writing."""

    window: Window
    accepted: int  # in the window
    total: int  # that was accepted, with what came before and after the window
    seconds_shown: float | None  # from the first comment until all were shown
    seconds_archived: float | None
    answered: Times
    shown: Times
    refused: Counter[str]
    without_wait: int
    late: float
    faults: list[str]

    @property
    def accepted_per_second(self) -> float:
        return self.accepted / self.window.seconds

    def per_second(self, seconds: float | None) -> float | None:
        """How many comments a second were through with it."""
        return self.total / seconds if seconds else None


def run(bench: Bench) -> PartResult:
    """Measure the cases `closed`, `steady` and `overload`, which need it, and `rest`."""
    result = PartResult("write")
    bench.rig.unpin()
    bench.rig.start_web(WEB_PROCESSES)
    most = 0.0
    if bench.wants("closed") or bench.wants("steady") or bench.wants("overload"):
        most = _closed(bench, result)
    if bench.wants("steady"):
        phase = _phase(bench, "steady", rate=most * STEADY_SHARE)
        _add_rates(result, f"open loop at {most * STEADY_SHARE:,.0f}/s", phase)
    if bench.wants("overload"):
        _overload(bench, result, most * OVERLOAD)
    if bench.wants("rest"):
        _rest(bench, result)
    bench.rig.stop_web()
    return result


def _closed(bench: Bench, result: PartResult) -> float:
    phase = _phase(bench, "closed loop", rate=None)
    name = "closed loop"
    sustained = [phase.accepted_per_second, phase.per_second(phase.seconds_shown) or 0.0]
    sustained.append(phase.per_second(phase.seconds_archived) or 0.0)
    result.add("comments a second, accepted, shown and archived", min(sustained), bar=ACCEPTED_BAR)
    _add_rates(result, name, phase)
    for program, seconds in phase.window.cpu.items():
        result.add(f"{name}: {program}, CPU per comment", seconds / phase.accepted * 1e6, "µs")
    return min(sustained)


def _overload(bench: Bench, result: PartResult, rate: float) -> None:
    phase = _phase(bench, "overload", rate=rate)
    name = f"twice of it, {rate:,.0f}/s"
    _add_rates(result, name, phase, bar=Bar(1_000))
    result.add(f"{name}: refused as busy", phase.refused["busy"])
    result.add(f"{name}: busy without retry_after_ms", phase.without_wait, bar=Bar(0))


def _add_rates(result: PartResult, name: str, phase: Phase, bar: Bar | None = None) -> None:
    result.add(f"{name}: accepted a second", phase.accepted_per_second)
    result.add(f"{name}: shown a second, all of it", phase.per_second(phase.seconds_shown))
    result.add(f"{name}: archived a second, all of it", phase.per_second(phase.seconds_archived))
    for what, times in (("answer", phase.answered), ("shown", phase.shown)):
        result.add(f"{name}: post to {what} p50", times.percentile(50), "ms")
        result.add(f"{name}: post to {what} p99", times.percentile(99), "ms", bar=bar)
    delay = phase.window.delays.percentile(99)
    result.add(f"{name}: loop delay p99", delay, "ms", bar=LOOP_BAR)
    result.notes.append(f"{name}: {refused_note(phase.refused)}; {cpu_note(phase.window)}")
    if phase.late > 0.05:
        result.notes.append(f"{name}: a comment was sent {phase.late:.2f} s late, at worst")
    result.faults += [f"{name}: {fault}" for fault in phase.faults]


# --- one way of writing ---------------------------------------------------------------------------


def _phase(bench: Bench, name: str, *, rate: float | None) -> Phase:
    """Return what comes of writing at a rate; without one, as fast as answers come."""
    venues = [rows.make_venue(partition=number % 2) for number in range(STREAMS)]
    people = [rows.make_people(venue, max(3, bench.viewers(AUTHORS_EACH))) for venue in venues]
    shows = [
        Show(bench, venue, first_number=number * VIEWERS_EACH)
        for number, venue in enumerate(venues)
    ]

    async def go() -> Phase:
        bench.progress.show(0.0, f"write, {name}: they come in", now=True)
        for show, some in zip(shows, people, strict=True):
            await show.open(VIEWERS_EACH, some)
        began = time.monotonic()
        window, late = await _write(bench, name, shows, rate)
        ends = await asyncio.gather(*(show.finish() for show in shows))
        phase = _sum_up(shows, window, began, ends)
        phase.late = late
        await asyncio.gather(*(show.close() for show in shows))
        return phase

    phase = uvloop.run(on_one_loop(go()))
    for number, show in enumerate(shows, 1):
        phase.faults += [f"stream {number}: {fault}" for fault in show.faults()]
    return phase


async def _write(
    bench: Bench, name: str, shows: Sequence[Show], rate: float | None
) -> tuple[Window, float]:
    authors = _mixed(shows)
    seconds = bench.seconds(10, 20)
    lines = texts.lines(TEXT_LENGTH)
    if rate is None:
        closed_loop(authors, lines, in_flight=IN_FLIGHT)
        try:
            await settle()
            return await measure(bench, seconds, f"write, {name}"), 0.0
        finally:
            stop_closed_loop(authors)
    async with writing(rate, in_turn(authors, lines)) as pace:
        await settle()
        window = await measure(bench, seconds, f"write, {name}, {rate:,.0f} comments/s")
    return window, pace.late


def _mixed(shows: Sequence[Show]) -> list[Author]:
    """Return the authors of all streams, taking one of each stream in turn."""
    in_turns = zip(*(show.authors.everybody for show in shows), strict=True)
    return list(itertools.chain.from_iterable(in_turns))


def _sum_up(
    shows: Sequence[Show],
    window: Window,
    began: float,
    ends: Sequence[tuple[float | None, float | None]],
) -> Phase:
    ledgers = [show.ledger for show in shows]
    answered, shown = Times(), Times()
    refused: Counter[str] = Counter()
    for show in shows:
        answered.merge(show.ledger.answers(window.begin, window.end))
        shown.merge(show.shown(window))
        refused.update(show.ledger.refused)
    return Phase(
        window=window,
        accepted=sum(ledger.accepted(window.begin, window.end) for ledger in ledgers),
        total=sum(len(ledger.sent_at) for ledger in ledgers),
        seconds_shown=_latest([shown for shown, _ in ends], began),
        seconds_archived=_latest([archived for _, archived in ends], began),
        answered=answered,
        shown=shown,
        refused=refused,
        without_wait=sum(ledger.without_wait for ledger in ledgers),
        late=0.0,
        faults=[],
    )


def _latest(moments: Sequence[float | None], began: float) -> float | None:
    """Return the seconds until the last of these moments; None when one did not come."""
    known = [moment for moment in moments if moment is not None]
    return max(known) - began if len(known) == len(moments) else None


# --- REST -----------------------------------------------------------------------------------------


def _rest(bench: Bench, result: PartResult) -> None:
    venue = rows.make_venue()
    made = rows.make_tokens(rows.make_people(venue, REST_CLIENTS * TOKENS_EACH))
    tokens = [made[number::REST_CLIENTS] for number in range(REST_CLIENTS)]
    show = Show(bench, venue)

    async def go() -> Window:
        await show.open(VIEWERS_EACH, [])
        seconds = bench.seconds(8, 15)
        posting = asyncio.create_task(
            post_until(
                bench.rig.url,
                venue.room.slug,
                tokens,
                texts.lines(TEXT_LENGTH),
                show.ledger,
                end=time.monotonic() + seconds + 1.0,
            )
        )
        await asyncio.sleep(0.5)
        window = await measure(bench, seconds, "write, REST")
        await posting
        await show.finish()
        await show.close()
        return window

    window = uvloop.run(on_one_loop(go()))
    times = show.ledger.answers(window.begin, window.end)
    result.add(f"REST, {REST_CLIENTS} programs: comments a second", len(times) / window.seconds)
    result.add("REST: post to answer p50", times.percentile(50), "ms")
    result.add("REST: post to answer p99", times.percentile(99), "ms")
    result.notes.append(f"REST: {refused_note(show.ledger.refused)}; {cpu_note(window)}")
    result.faults += [f"REST: {fault}" for fault in show.faults()]
