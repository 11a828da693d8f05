"""Times, counted in grains of half a millisecond, and what they amount to. Sync, pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

GRAINS_PER_SECOND = 2_000


class Times:
    """How often each time occurred."""

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self._counts: Counter[int] = Counter(counts or {})

    def __len__(self) -> int:
        return self._counts.total()

    def add(self, seconds: float, count: int = 1) -> None:
        """Count a time; below zero is zero."""
        self._counts[max(0, int(seconds * GRAINS_PER_SECOND))] += count

    def add_spread(self, since: float, moments: Mapping[int, int]) -> None:
        """Count the times from one moment to others, which are given in grains."""
        start = int(since * GRAINS_PER_SECOND)
        for moment, count in moments.items():
            self._counts[max(0, moment - start)] += count

    def merge(self, other: "Times") -> None:
        """Count what another counted."""
        self._counts.update(other._counts)

    def percentile(self, percent: float) -> float:
        """Return the milliseconds that this many per cent do not exceed; 0 without any time."""
        wanted = len(self) * percent / 100
        counted = 0
        for grain in sorted(self._counts):
            counted += self._counts[grain]
            if counted >= wanted:
                return (grain + 1) * 1000 / GRAINS_PER_SECOND
        return 0.0

    @property
    def most(self) -> float:
        """The longest time, in milliseconds."""
        return (max(self._counts) + 1) * 1000 / GRAINS_PER_SECOND if self._counts else 0.0


def in_grains(moments: Iterable[float]) -> Counter[int]:
    """Return how many of the moments, in seconds, fall into each grain."""
    return Counter(int(moment * GRAINS_PER_SECOND) for moment in moments)
