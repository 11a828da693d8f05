"""How the findings are told: table, JSON, docs/RELIABILITY.md. Sync, pure but for the files."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from .finding import COUNTS, HEADINGS, Figure, Finding, number

BEGIN, END = "<!-- recorded: faults -->", "<!-- end -->"


@dataclass(frozen=True, slots=True)
class Run:
    """Where, when and how the findings came about."""

    machine: str
    commit: str
    command: str
    at: datetime
    seconds: float
    seed: int
    long: bool


def as_text(findings: Sequence[Finding]) -> str:
    """Return the table for a terminal, with figures, notes and violations under it."""
    rows = [HEADINGS, *(finding.cells() for finding in findings), total(findings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [_line(row, widths) for row in rows]
    rule = "  ".join("─" * width for width in widths)
    return "\n".join([lines[0], rule, *lines[1:-1], rule, lines[-1], *_remarks(findings, "  ")])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [row[0].ljust(widths[0])]
    cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
    return "  ".join(cells).rstrip()


def total(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return the last row: everything together."""
    counts = {name: sum(finding.counts[name] for finding in findings) for name in COUNTS}
    failed = sum(finding.failed for finding in findings)
    return (
        "all",
        f"{sum(finding.acknowledged for finding in findings):,}",
        f"{sum(finding.kills for finding in findings):,}",
        *(f"{counts[name]:,}" for name in COUNTS[:4]),
        f"{sum(counts[name] for name in COUNTS[4:]):,}",
        "",
        "",
        f"{failed} violated" if failed else "holds",
    )


def _remarks(findings: Sequence[Finding], start: str) -> list[str]:
    lines = []
    for finding in findings:
        figures = "; ".join(str(figure) for figure in _worst(finding.figures))
        if figures:
            lines.append(f"{start}{finding.fault}: {figures}")
        if finding.not_run:
            lines.append(f"{start}{finding.fault} was not run: {finding.not_run}")
        lines += [f"{start}{finding.fault}: {note}" for note in dict.fromkeys(finding.notes)]
        lines += [f"{start}VIOLATION in {finding.fault}: {what}" for what in finding.violations]
    return ["", *lines] if lines else []


def _worst(figures: Sequence[Figure]) -> list[Figure]:
    """Return the worst of each name: what was measured again and again is told once."""
    worst: dict[str, Figure] = {}
    for figure in figures:
        if figure.name not in worst or figure.value > worst[figure.name].value:
            worst[figure.name] = figure
    return list(worst.values())


def as_markdown(findings: Sequence[Finding], run: Run) -> str:
    """Return what docs/RELIABILITY.md shows of a run."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(each.cells() for each in findings)]
    rows.append(total(findings))
    acknowledged = sum(finding.acknowledged for finding in findings)
    head = [
        f"`{run.command}` on {run.machine}; commit {run.commit}, {run.at:%Y-%m-%d %H:%M} UTC, "
        f"{run.seconds / 60:.0f} minutes, seed {run.seed}.",
        "",
    ]
    body = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([*head, *body, *_remarks(findings, "- "), "", bound(acknowledged)])


def bound(acknowledged: int) -> str:
    """Return the sentence that says how much the run shows."""
    if not acknowledged:
        return "Nothing was acknowledged, so nothing is shown."
    return (
        f"No failure in {acknowledged:,} acknowledged comments bounds the rate of failures at "
        f"3/N, one in {number(acknowledged // 3)}, with 95 % confidence – under these faults: "
        "kill -9 is neither power loss nor failover."
    )


def as_json(findings: Sequence[Finding], run: Run | None) -> str:
    """Return everything for a program; without `run` as long as it goes on."""
    told = None if run is None else asdict(run) | {"at": run.at.isoformat()}
    found = [asdict(each) | {"verdict": each.verdict} for each in findings]
    return json.dumps({"run": told, "faults": found}, indent=2, ensure_ascii=False) + "\n"


def write_json(path: Path, text: str) -> None:
    """Replaces a file in one step: somebody may be reading it."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(text)
    draft.replace(path)


def record(path: Path, text: str) -> None:
    """Puts the table between its marks in a document; raises `ValueError` where they are not."""
    document = path.read_text()
    before, found, rest = document.partition(BEGIN)
    _, found_end, after = rest.partition(END)
    if not (found and found_end):
        raise ValueError(f"{path} has no place for the table between {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
