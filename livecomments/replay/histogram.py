"""Times in whole milliseconds, counted; percentiles without keeping each. Sync, pure."""

from collections import Counter


class Histogram:
    """A count for every millisecond that occurred."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()

    def __len__(self) -> int:
        return self._counts.total()

    def add(self, ms: float, count: int = 1) -> None:
        """Count a time; below zero is zero."""
        self._counts[max(0, int(ms))] += count

    def percentile(self, percent: float) -> int:
        """Return the time that this many per cent do not exceed; 0 when nothing was counted."""
        wanted = len(self) * percent / 100
        counted = 0
        for ms in sorted(self._counts):
            counted += self._counts[ms]
            if counted >= wanted:
                return ms
        return 0

    def __str__(self) -> str:
        if not self._counts:
            return "–"
        middle, high, top = (self.percentile(percent) for percent in (50, 95, 99))
        return f"p50 {middle:,} · p95 {high:,} · p99 {top:,} · most {max(self._counts):,} ms"
