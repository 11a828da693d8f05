"""Deflate: bytes on the wire per comment, with compression shared by all viewers and without. Sync.

The same lines are said twice, in two rooms of their own: once to viewers that do not offer
per-message deflate, once to viewers that do. Bytes are those of WebSocket frames; the headers of
TCP and IP are the kernel's. The lines are those of a chat log (`--log`), else made up.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import uvloop

from livecomments.protocol import Role
from livecomments.replay.logs import read_log

from .. import rows, texts
from ..report import Bar, PartResult
from ..show import (
    SETTLE_SECONDS,
    Bench,
    Delivered,
    Show,
    Window,
    measure,
    on_one_loop,
    refused_note,
    settle,
    writing,
)

VIEWERS = 1_000
RATES = (10, 50, 200)
BARRED_FROM = 50
# A viewer may post 10 in 30 s: who says more in the log is several people of one name here.
LINES_PER_PERSON = 8
MADE_UP_PEOPLE = 5


@dataclass
class Said:
    """What it took to say the lines at one rate."""

    window: Window
    delivered: Delivered
    compressed: int  # frames
    refused: Mapping[str, int]
    faults: list[str]

    @property
    def bytes_per_comment(self) -> float:
        return self.delivered.wire_bytes / max(1, self.delivered.comments)

    @property
    def cpu(self) -> float:
        """The web process's share of a core."""
        return self.window.cpu["web"] / self.window.seconds


def run(bench: Bench) -> PartResult:
    """Measure each rate without and with compression; the cases are `10`, `50` and `200`."""
    result = PartResult("deflate")
    bench.rig.pin_apart()
    what = f"lines of {Path(bench.log).name}" if bench.log else "made-up chat (no --log was given)"
    result.notes.append(f"said were {what}")
    for rate in RATES:
        if bench.wants(str(rate)):
            _rate(bench, result, rate)
    bench.rig.stop_web()
    return result


def _rate(bench: Bench, result: PartResult, rate: int) -> None:
    plain = _say(bench, rate, deflate=False)
    shared = _say(bench, rate, deflate=True)
    name = f"{rate} comments/s"
    barred = rate >= BARRED_FROM
    share = 100 * shared.bytes_per_comment / max(1.0, plain.bytes_per_comment)
    cpu = shared.cpu / max(0.001, plain.cpu)
    result.add(f"{name}: bytes per comment, plain", plain.bytes_per_comment)
    result.add(
        f"{name}: bytes per comment, deflated",
        shared.bytes_per_comment,
        ratio=f"{share:.0f} % of plain",
        bar=Bar(45) if barred else None,
        held=share,
    )
    result.add(f"{name}: web process, plain", 100 * plain.cpu, "% of a core")
    result.add(
        f"{name}: web process, deflated",
        100 * shared.cpu,
        "% of a core",
        ratio=f"{cpu:.2f} × plain",
        bar=Bar(1.1) if barred else None,
        held=cpu,
    )
    result.notes.append(
        f"{name}: {shared.compressed} of {shared.delivered.frames} frames came compressed; "
        f"{refused_note(shared.refused)}"
    )
    result.faults += [f"{name}, plain: {fault}" for fault in plain.faults]
    result.faults += [f"{name}, deflated: {fault}" for fault in shared.faults]


def _say(bench: Bench, rate: int, *, deflate: bool) -> Said:
    bench.rig.start_web()
    venue = rows.make_venue()
    seconds = bench.seconds(8, 20)
    script = list(itertools.islice(_lines(bench), round(rate * (seconds + 2 * SETTLE_SECONDS))))
    parts, names = _cast(script)
    people = rows.make_people(venue, len(names), role=Role.VIEWER, names=names)
    show = Show(bench, venue, deflate=deflate)

    async def go() -> Window:
        doing = f"deflate: {rate} comments/s, {'deflated' if deflate else 'plain'}"
        bench.progress.show(0.0, f"{doing}: they come in", now=True)
        await show.open(bench.viewers(VIEWERS), people)

        def send(number: int) -> None:
            if number < len(script):
                show.authors.everybody[parts[number]].post(script[number][1])

        async with writing(rate, send):
            await settle()
            window = await measure(bench, seconds, doing)
        await show.finish()
        await show.close()
        return window

    window = uvloop.run(on_one_loop(go()))
    inside = [
        shown
        for shown in show.audience.book.in_order
        if shown.arrivals and window.begin <= shown.arrivals[0] < window.end
    ]
    compressed = sum(shown.deflated is not None for shown in inside)
    return Said(window, show.delivered(window), compressed, show.ledger.refused, show.faults())


def _lines(bench: Bench) -> Iterator[tuple[str, str]]:
    """Yield who says what, for ever."""
    if bench.log:
        said = [(line.name, line.text) for line in read_log(Path(bench.log))]
        yield from itertools.cycle(said)
    for number, text in enumerate(texts.chat()):
        yield f"{texts.WORDS[number % 61]}_{number % MADE_UP_PEOPLE}", text


def _cast(script: list[tuple[str, str]]) -> tuple[list[int], list[str]]:
    """Return who says each line, as an index, and the names of those people."""
    names: list[str] = []
    current: dict[str, list[int]] = {}  # of a name: index of the person, lines left
    parts = []
    for name, _ in script:
        person = current.get(name)
        if person is None or not person[1]:
            person = current[name] = [len(names), LINES_PER_PERSON]
            names.append(name)
        person[1] -= 1
        parts.append(person[0])
    return parts, names
