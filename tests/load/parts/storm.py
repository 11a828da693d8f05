"""Storm: every viewer of one web process is cut off and reconnects in the same moment. Sync/async.

No jitter, no patience: ten thousand handshakes at once, each with a resume token, while people go
on writing. The web process's statements to PostgreSQL are logged by the server, and counted.
"""

import asyncio
import re
import time
from dataclasses import dataclass

import uvloop

from .. import rows, texts
from ..authors import in_turn
from ..machine import refused_connections
from ..report import Bar, PartResult
from ..show import Bench, NotReady, Show, Window, cpu_note, on_one_loop, settle, writing
from ..stats import Times

VIEWERS = 10_000
RATE = 20.0
AUTHORS = 10
TEXT_LENGTH = 60
LONG_AWAY_SECONDS = 30.0
CAUGHT_UP_BAR = Bar(20, 10)
LOOP_BAR = Bar(50, 20)
LOG_STATEMENTS = "options=-c%20log_statement%3Dall%20-c%20log_duration%3Doff"
STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): ")


@dataclass
class Storm:
    """What happened from the cut until everybody had everything."""

    window: Window
    entered: Times  # from the cut
    statements: int
    statements_before: int  # so that 0 is known to be counted, not overlooked
    failed_handshakes: int
    turned_back: int  # attempts that the kernel dropped because nobody had accepted the others
    faults: list[str]


def run(bench: Bench) -> PartResult:
    """Measure the cases `at-once` and, in the long form or asked for by name, `away`."""
    result = PartResult("storm")
    bench.rig.pin_apart()
    if bench.wants("at-once"):
        _add(bench, result, "reconnect at once", away=0.0)
    if "away" in bench.cases or (bench.long and bench.wants("away")):
        _add(bench, result, f"away for {LONG_AWAY_SECONDS:.0f} s", away=LONG_AWAY_SECONDS)
    bench.rig.stop_web()
    return result


def _add(bench: Bench, result: PartResult, name: str, *, away: float) -> None:
    viewers = bench.viewers(VIEWERS)
    storm = _storm(bench, viewers, away=away)
    name = f"{viewers:,} viewers, {name}"
    result.add(f"{name}: all caught up after", storm.window.seconds, "s", bar=CAUGHT_UP_BAR)
    result.add(f"{name}: half of them after", storm.entered.percentile(50) / 1000, "s")
    result.add(f"{name}: PostgreSQL queries of the web process", storm.statements, bar=Bar(0))
    result.add(f"{name}: web CPU per viewer", storm.window.cpu["web"] / viewers * 1e6, "µs")
    result.add(f"{name}: handshakes that failed", storm.failed_handshakes)
    result.add(f"{name}: attempts the kernel dropped", storm.turned_back)
    result.add(f"{name}: loop delay p99", storm.window.delays.percentile(99), "ms", bar=LOOP_BAR)
    result.add(f"{name}: loop delay, longest", storm.window.delays.most, "ms")
    result.notes.append(
        f"{name}: {cpu_note(storm.window)}; {storm.statements_before} statements before it"
    )
    result.faults += [f"{name}: {fault}" for fault in storm.faults]


def _storm(bench: Bench, viewers: int, *, away: float) -> Storm:
    bench.rig.start_web(DATABASE_URL=f"{bench.rig.postgres.url}?{LOG_STATEMENTS}")
    venue = rows.make_venue()
    people = rows.make_people(venue, AUTHORS)
    show = Show(bench, venue)

    async def go() -> Storm:
        bench.progress.show(0.0, f"storm: {viewers:,} viewers come in", now=True)
        await show.open(viewers, people)
        send = in_turn(show.authors.everybody, texts.lines(TEXT_LENGTH))
        async with writing(RATE, send):
            await settle()
            storm = await _cut_and_return(bench, show, away=away)
            await asyncio.sleep(1.0)
        await show.finish()
        await show.close()
        return storm

    storm = uvloop.run(on_one_loop(go()))
    storm.faults = show.faults(cut_allowed=True)
    if not storm.statements_before:
        storm.faults.append("statements were not counted: there are always some at the start")
    return storm


async def _cut_and_return(bench: Bench, show: Show, *, away: float) -> Storm:
    rig, audience = bench.rig, show.audience
    failed = audience.failed_handshakes.total()
    turned_back = refused_connections()
    before = rig.cpu()
    await asyncio.to_thread(rig.take_delays)
    statements = _statements(bench)
    window = Window(time.monotonic())
    await audience.cut_all()
    if away:
        await asyncio.sleep(away)
        window.begin = time.monotonic()
    bench.progress.show(0.5, "storm: everybody comes back", now=True)
    if not await audience.come_back():
        raise NotReady(
            f"Only {len(audience.entered):,} viewers came back in time; handshakes that failed: "
            f"{dict(audience.failed_handshakes)}, hellos refused: {dict(audience.refused_hellos)}."
        )
    window.end = max(audience.entered)
    after = rig.cpu()
    window.cpu = {name: after[name] - before[name] for name in after}
    window.delays = await asyncio.to_thread(rig.take_delays)
    entered = Times()
    for moment in audience.entered:
        entered.add(moment - window.begin)
    return Storm(
        window,
        entered,
        _statements(bench) - statements,
        statements,
        audience.failed_handshakes.total() - failed,
        refused_connections() - turned_back,
        [],
    )


def _statements(bench: Bench) -> int:
    """How many statements the server has logged; those of the web process alone are."""
    return len(STATEMENT.findall(bench.rig.log("postgres")))
