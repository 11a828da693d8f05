"""When viewers are shown what only staff have been shown so far. Sync.

By our own monotonic clock: that of the log may be another. Whoever takes over cannot tell how long
something has waited already and lets it wait its time once more, a few seconds at most.
"""

import time
from collections.abc import Sequence

from livecomments.protocol import DELAY_MAX_SECONDS
from streams.delay import Waiting


class DelayQueue:
    """What waits in one stream, oldest first."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}
        self._release_at: dict[str, float] = {}

    @property
    def waiting(self) -> dict[str, Waiting]:
        """A copy of what waits, by comment id."""
        return dict(self._waiting)

    @property
    def release_at(self) -> float | None:
        """When the first is to be shown, monotonic."""
        return next(iter(self._release_at.values()), None)

    def is_due(self, now: float) -> bool:
        """True when something has waited long enough."""
        return self.release_at is not None and self.release_at <= now

    def due(self) -> list[str]:
        """Return what has waited long enough."""
        now = time.monotonic()
        return [comment_id for comment_id, moment in self._release_at.items() if moment <= now]

    def keep(self, waiting: dict[str, Waiting]) -> None:
        """Take note of what waits now; none is shown before an older one."""
        now = last = time.monotonic()
        release_at = {}
        for comment_id, one in waiting.items():
            moment = self._release_at.get(comment_id, now + _wait(one))
            last = release_at[comment_id] = max(last, moment)
        self._waiting, self._release_at = waiting, release_at

    def take_over(self, kept: Sequence[Waiting]) -> None:
        """Go on with what another owner let wait, or with what we did."""
        now = time.monotonic()
        self._waiting = {one.comment.id: one for one in kept}
        self._release_at = {
            comment_id: self._release_at.get(comment_id, now + _wait(one))
            for comment_id, one in self._waiting.items()
        }


def _wait(waiting: Waiting) -> float:
    return min(DELAY_MAX_SECONDS, (waiting.until - waiting.comment.at) / 1000)
