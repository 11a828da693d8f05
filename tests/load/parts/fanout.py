"""Fan-out: what it costs to bring every comment to every viewer of one stream. Sync around async.

One web process has the first core to itself. CPU per delivery is all of its processor time in the
window, whatever it was spent on, over the frames that reached a viewer.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import uvloop

from .. import rows, texts
from ..authors import in_turn
from ..floor import Floor, measure_floor
from ..machine import memory_bytes
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

SIZES = (500, 2_000, 5_000, 10_000)
# With 60 characters each, 25 comments a second make frames of about 600 bytes, some ten a second.
FRAME_COMMENTS = 25.0
TEXT_LENGTH = 60
FLOOR_SECONDS = 3.0
# Staff of the stream may post 100 in 30 s: so many people stay below.
COMMENTS_PER_AUTHOR = 2.5
WARM_VIEWERS = 20  # come before memory is looked at: the first ones load code
HOT_VIEWERS, HOT_RATE = 5_000, 200.0
LADDER = (300.0, 400.0)
LONG_LADDER = (300.0, 400.0, 500.0, 600.0, 800.0)
LADDER_P99_MS = 1_000.0
CROWD_VIEWERS, CROWD_RATE = 1_000, 400.0
QUIET_VIEWERS, QUIET_EVERY_SECONDS = 5, 0.7

LOOP_BAR = Bar(50, 20)
# Of the floor; in smaller rooms the fixed costs weigh more.
COST_BAR, COST_BAR_AT = Bar(1.4, 1.2), 5_000


@dataclass
class Case:
    """One number of viewers at one rate of comments."""

    viewers: int
    rate: float
    window: Window
    delivered: Delivered
    shown: Times
    accepted: int  # of what was sent in the window
    memory: float  # bytes per viewer
    late: float  # how far behind its time a comment was sent, at worst
    cut: int  # viewers whom the server cut off
    refused: Mapping[str, int]
    faults: list[str] = field(default_factory=list)

    @property
    def cpu_us(self) -> float:
        """The web process's time for each frame delivered, in microseconds."""
        return self.window.cpu["web"] / max(1, self.delivered.deliveries) * 1e6

    @property
    def comments_per_second(self) -> float:
        return self.delivered.comments / self.window.seconds

    @property
    def comments_per_core_second(self) -> float:
        return self.delivered.comments / max(0.01, self.window.cpu["web"])

    @property
    def frames_per_second(self) -> float:
        return self.delivered.frames / self.window.seconds


def run(bench: Bench) -> PartResult:
    """Measure the cases `quiet`, `500`, `2000`, `5000`, `10000`, `crowd` and `hot`."""
    result = PartResult("fan-out")
    bench.rig.pin_apart()
    if bench.wants("quiet"):
        _quiet(bench, result)
    costs = {size: _size(bench, result, size) for size in SIZES if bench.wants(str(size))}
    if {SIZES[0], SIZES[-1]} <= costs.keys():
        most, least = bench.viewers(SIZES[-1]), bench.viewers(SIZES[0])
        result.add(
            f"cost per delivery, {most:,} viewers against {least:,}",
            costs[SIZES[-1]] / costs[SIZES[0]],
            "×",
            bar=Bar(1.25, 1.0),
        )
    if bench.wants("crowd"):
        _crowd(bench, result)
    if bench.wants("hot"):
        _hot(bench, result)
    bench.rig.stop_web()
    return result


def measure_case(
    bench: Bench, *, viewers: int, rate: float, seconds: float, cut_allowed: bool = False
) -> Case:
    """Return what happens with so many viewers and comments a second, in a fresh web process."""
    bench.rig.start_web()
    venue = rows.make_venue()
    people = rows.make_people(venue, max(2, round(rate / COMMENTS_PER_AUTHOR)))
    show = Show(bench, venue)

    async def go() -> Case:
        doing = f"fan-out: {viewers:,} viewers, {rate:g} comments/s"
        bench.progress.show(0.0, f"{doing}: they come in", now=True)
        await show.open(min(viewers, WARM_VIEWERS), people)
        memory = await _join(bench, show, viewers - len(show.audience.everybody))
        send = in_turn(show.authors.everybody, texts.lines(TEXT_LENGTH))
        async with writing(rate, send) as pace:
            await settle()
            window = await measure(bench, seconds, doing)
        await show.finish()
        case = Case(
            viewers=viewers,
            rate=rate,
            window=window,
            delivered=show.delivered(window),
            shown=show.shown(window),
            accepted=show.ledger.accepted_of(window.begin, window.end),
            memory=memory,
            late=pace.late,
            cut=show.audience.cut_by_server,
            refused=show.ledger.refused,
        )
        await show.close()
        return case

    case = uvloop.run(on_one_loop(go()))
    case.faults = show.faults(cut_allowed=cut_allowed)
    return case


async def _join(bench: Bench, show: Show, viewers: int) -> float:
    """Let the others in; returns how much more memory the web process holds for each."""
    if viewers <= 0:
        return 0.0
    (pid,) = bench.rig.web_pids()
    before = memory_bytes(pid)["Rss"]
    await show.open(viewers, [])
    await asyncio.sleep(1.0)
    return (memory_bytes(pid)["Rss"] - before) / viewers


def _size(bench: Bench, result: PartResult, size: int) -> float:
    viewers = bench.viewers(size)
    case = measure_case(bench, viewers=viewers, rate=FRAME_COMMENTS, seconds=bench.seconds(10, 30))
    bench.rig.stop_web()
    floor = _floor_for(case)
    ratio = case.cpu_us / floor.cpu_us_per_send
    name = f"{viewers:,} viewers"
    result.add(
        f"{name}: CPU per delivery",
        case.cpu_us,
        "µs",
        ratio=f"{ratio:.2f} × floor",
        bar=COST_BAR if size == COST_BAR_AT else None,
        held=ratio,
    )
    result.add(f"{name}: floor of this size", floor.cpu_us_per_send, "µs")
    result.add(f"{name}: frames a second", case.frames_per_second)
    result.add(f"{name}: bytes per delivery", case.delivered.bytes_each)
    _add_times(result, f"{name}: post to shown", case.shown)
    result.add(f"{name}: memory per viewer", case.memory / 1000, "kB", bar=Bar(30, 20))
    result.add(f"{name}: loop delay p99", case.window.delays.percentile(99), "ms", bar=LOOP_BAR)
    _close_case(result, name, case)
    return case.cpu_us


def _floor_for(case: Case) -> Floor:
    """The kernel's price of the same: as many sockets, as many bytes, as often."""
    return measure_floor(
        case.viewers,
        max(1, round(case.delivered.bytes_each)),
        max(1, round(case.frames_per_second)),
        FLOOR_SECONDS,
    )


def _add_times(result: PartResult, name: str, times: Times, **bars: Bar) -> None:
    for percent in (50, 95, 99):
        label = f"p{percent}"
        result.add(f"{name} {label}", times.percentile(percent), "ms", bar=bars.get(label))


def _close_case(result: PartResult, name: str, case: Case) -> None:
    told = f"{refused_note(case.refused)}; {cpu_note(case.window)}"
    result.notes.append(f"{name}, {case.rate:g} comments/s: {told}")
    if case.late > 0.05:
        result.notes.append(f"{name}: a comment was sent {case.late:.2f} s late, at worst")
    result.faults += [f"{name}: {fault}" for fault in case.faults]


def _quiet(bench: Bench, result: PartResult) -> None:
    case = measure_case(
        bench,
        viewers=QUIET_VIEWERS,
        rate=1 / QUIET_EVERY_SECONDS,
        seconds=bench.seconds(14, 42),
    )
    name = "quiet room: post to shown"
    result.add(f"{name} p50", case.shown.percentile(50), "ms", bar=Bar(30, 15))
    result.add(f"{name} p99", case.shown.percentile(99), "ms")
    result.faults += [f"quiet room: {fault}" for fault in case.faults]


def _crowd(bench: Bench, result: PartResult) -> None:
    viewers = bench.viewers(CROWD_VIEWERS)
    case = measure_case(bench, viewers=viewers, rate=CROWD_RATE, seconds=bench.seconds(10, 30))
    name = f"{viewers:,} viewers × {CROWD_RATE:g} comments/s"
    wanted = case.accepted * viewers
    share = 100.0 * len(case.shown) / wanted if wanted else 0.0
    result.add(f"{name}: delivered", share, "%", bar=Bar(100, at_most=False))
    _add_times(result, f"{name}: post to shown", case.shown, p99=Bar(250))
    result.add(f"{name}: loop delay p99", case.window.delays.percentile(99), "ms", bar=LOOP_BAR)
    _close_case(result, name, case)


def _hot(bench: Bench, result: PartResult) -> None:
    viewers = bench.viewers(HOT_VIEWERS)
    best = None
    rates = [HOT_RATE, *(LONG_LADDER if bench.long else LADDER)]
    for step, rate in enumerate(rates):
        case = measure_case(
            bench, viewers=viewers, rate=rate, seconds=bench.seconds(8, 20), cut_allowed=step > 0
        )
        name = f"{viewers:,} viewers × {rate:g} comments/s"
        result.add(f"{name}: comments delivered a second", case.comments_per_second)
        result.add(f"{name}: the same per core", case.comments_per_core_second)
        result.add(f"{name}: post to shown p99", case.shown.percentile(99), "ms")
        result.add(f"{name}: loop delay p99", case.window.delays.percentile(99), "ms", bar=LOOP_BAR)
        _close_case(result, name, case)
        if case.cut or case.shown.percentile(99) > LADDER_P99_MS:
            break
        best = case
    result.add(
        f"{viewers:,} viewers: most comments delivered a second with p99 ≤ 1 s",
        best.comments_per_second if best else None,
        bar=Bar(1_000_000, 2_000_000, at_most=False),
    )
