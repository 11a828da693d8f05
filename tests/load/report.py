"""Figures, their bars, and how they are told: table, JSON, RESULTS.md. Sync, pure but for the file.

A bar that is missed is marked "short of": it is no error of the run. What was shown wrongly is a
fault, and a run with faults ends with status 1.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

HEADINGS = ("part", "figure", "value", "ratio", "bar", "beyond", "")
HEAD = "# Results\n\nWritten by `make bench` with `--record`; README.md says how to read it.\n"
MARK = "<!-- {command} -->"


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure is held against: `limit`, and `beyond` it where there is more to reach."""

    limit: float
    beyond: float | None = None
    at_most: bool = True

    def verdict(self, value: float) -> str:
        """Return `met`, `beyond`, or `short of`."""
        if self.beyond is not None and self._holds(value, self.beyond):
            return "beyond"
        return "met" if self._holds(value, self.limit) else "short of"

    def _holds(self, value: float, limit: float) -> bool:
        return value <= limit if self.at_most else value >= limit


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `held`: what the bar speaks of, where that is not the value itself."""

    name: str
    value: float | None
    unit: str = ""
    bar: Bar | None = None
    held: float | None = None
    ratio: str = ""
    note: str = ""

    @property
    def verdict(self) -> str:
        value = self.held if self.held is not None else self.value
        return self.bar.verdict(value) if self.bar and value is not None else ""

    def cells(self) -> tuple[str, ...]:
        """Return name, value, ratio, bar, beyond, verdict as they are printed."""
        value = "–" if self.value is None else f"{number(self.value)} {self.unit}".rstrip()
        return (self.name, value, self.ratio, *self._bar_cells(), self.verdict or self.note)

    def _bar_cells(self) -> tuple[str, str]:
        if self.bar is None:
            return "", ""
        sign = "≤" if self.bar.at_most else "≥"
        beyond = "" if self.bar.beyond is None else f"{sign} {number(self.bar.beyond)}"
        return f"{sign} {number(self.bar.limit)}", beyond


@dataclass(slots=True)
class PartResult:
    """What one part found."""

    part: str
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, name: str, value: float | None, unit: str = "", **more: object) -> None:
        """Add a figure."""
        self.figures.append(Figure(name, value, unit, **more))


@dataclass(frozen=True, slots=True)
class Run:
    """Where, when and how the results came about."""

    machine: str
    commit: str
    command: str
    at: datetime
    seconds: float


def number(value: float) -> str:
    """Return a number with as many digits as mean something."""
    if value >= 1_000 or value == int(value):
        return f"{value:,.0f}"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def rows_of(results: Sequence[PartResult]) -> list[tuple[str, ...]]:
    """Return the rows of the table."""
    return [(result.part, *figure.cells()) for result in results for figure in result.figures]


def as_text(results: Sequence[PartResult]) -> str:
    """Return the table for a terminal, with notes and faults under it."""
    rows = [HEADINGS, *rows_of(results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join([*lines, *_remarks(results, "  ")])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _remarks(results: Sequence[PartResult], start: str) -> list[str]:
    lines = [f"{start}{result.part}: {note}" for result in results for note in result.notes]
    lines += [f"{start}FAULT in {r.part}: {fault}" for r in results for fault in r.faults]
    return ["", *lines] if lines else []


def as_markdown(results: Sequence[PartResult], run: Run) -> str:
    """Return the section of RESULTS.md for a run."""
    head = [
        MARK.format(command=run.command),
        f"## `{run.command}`",
        "",
        f"- machine: {run.machine}",
        f"- commit: {run.commit}",
        f"- date: {run.at:%Y-%m-%d %H:%M} UTC, {run.seconds / 60:.1f} minutes",
        "",
    ]
    table = [HEADINGS, ("---",) * len(HEADINGS), *rows_of(results)]
    body = ["| " + " | ".join(row) + " |" for row in table]
    return "\n".join([*head, *body, *_remarks(results, "- "), ""])


def as_json(results: Sequence[PartResult], run: Run) -> str:
    """Return everything for a program."""
    told = asdict(run) | {"at": run.at.isoformat()}
    parts = [
        asdict(result)
        | {"figures": [asdict(figure) | {"verdict": figure.verdict} for figure in result.figures]}
        for result in results
    ]
    return json.dumps({"run": told, "parts": parts}, indent=2, ensure_ascii=False) + "\n"


def record(path: Path, section: str, command: str, *, head: str = HEAD) -> None:
    """Puts the section of a command in the place of its last one, else at the end."""
    text = path.read_text() if path.exists() else head
    mark = MARK.format(command=command)
    before, found, after = text.partition(mark)
    if found:
        _, next_mark, rest = after.partition("\n<!-- ")
        text = before + section + (f"{next_mark}{rest}" if next_mark else "")
    else:
        text = text.rstrip("\n") + "\n\n" + section
    path.write_text(text)
