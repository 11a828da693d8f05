"""What a scenario found: counts that must be nought, times with their bars, notes. Sync, pure."""

from dataclasses import dataclass, field
from statistics import median

# The short form runs beside other tests on the same two cores: there a bar only tells "hangs" from
# "works". The long form has the machine to itself and holds every bar as it is written.
SHORT_FORM_SLACK = 5.0

COUNTS = ("lost", "doubled", "reordered", "ghosts", "returned", "diverged", "miscounted", "presses")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value and the most it may be, where there is a bar."""

    name: str
    value: float
    unit: str = "s"
    at_most: float | None = None

    @property
    def meets(self) -> bool:
        return self.at_most is None or self.value <= self.at_most

    def __str__(self) -> str:
        bar = "" if self.at_most is None else f" (bar {number(self.at_most)})"
        return f"{self.name} {number(self.value)} {self.unit}".rstrip() + bar


@dataclass(slots=True)
class Finding:
    """One row of the table."""

    fault: str
    title: str
    long: bool = False
    acknowledged: int = 0
    unknown: int = 0  # posts whose authors gave up
    forgiven: int = 0  # acknowledged and lost together with Redis itself
    kills: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    unavailable: list[float] = field(default_factory=list)  # per fault, seconds
    caught_up: list[float] = field(default_factory=list)  # per connection lost, seconds
    figures: list[Figure] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    not_run: str = ""  # why
    seconds: float = 0.0

    def figure(
        self,
        name: str,
        value: float,
        unit: str = "s",
        *,
        at_most: float | None = None,
        timed: bool = True,
    ) -> None:
        """Add a figure; one beyond its bar is a violation. `timed`: the short form is lenient."""
        limit = at_most
        if limit is not None and timed and not self.long:
            limit *= SHORT_FORM_SLACK
        figure = Figure(name, value, unit, at_most)
        self.figures.append(figure)
        if limit is not None and value > limit:
            self.violations.append(str(figure))

    def expect(self, holds: bool, otherwise: str) -> None:
        """Note a violation unless it holds."""
        if not holds:
            self.violations.append(otherwise)

    @property
    def verdict(self) -> str:
        if self.not_run:
            return "not run"
        return "violated" if self.violations or any(self.counts.values()) else "holds"

    @property
    def failed(self) -> bool:
        """True when something that was promised was not kept."""
        return self.verdict == "violated"

    def cells(self) -> tuple[str, ...]:
        """Return the row of the table, as `HEADINGS` names it."""
        counts = [f"{self.counts[name]:,}" for name in COUNTS[:4]]
        others = sum(self.counts[name] for name in COUNTS[4:])
        return (
            f"{self.fault} {self.title}",
            f"{self.acknowledged:,}",
            f"{self.kills:,}",
            *counts,
            f"{others:,}",
            spread(self.unavailable),
            number(percentile(self.caught_up, 99)) if self.caught_up else "–",
            self.verdict,
        )


HEADINGS = (
    "fault", "N acknowledged", "faults", "lost", "doubled", "reordered", "ghosts", "other",
    "unavailable s p50 / max", "caught up s p99", "verdict",
)  # fmt: skip


def spread(times: list[float]) -> str:
    """Return the median and the longest of some times."""
    return f"{number(median(times))} / {number(max(times))}" if times else "–"


def percentile(values: list[float], per_cent: float) -> float:
    """Return the value that so many per cent of them do not exceed; 0 of none."""
    if not values:
        return 0.0
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * per_cent / 100))]


def number(value: float) -> str:
    """Return a number with as many digits as mean something."""
    if value == int(value) or abs(value) >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
