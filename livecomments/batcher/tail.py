"""The end of a partition's log as the fan-out has read it, for the archive to take. Sync, pure.

Both need every entry in the same order, so it is fetched and decoded once. The archive reads the
log itself only while it is further behind than is kept here.
"""

from collections import deque

from livecomments import events
from livecomments.eventlog import BadEntry

AnyEntry = events.Entry | BadEntry

KEPT = 10_000  # a few seconds of the fastest partition; what is older the archive reads by itself


class Tail:
    """Entries without a gap, after `start` (an id, or a position's: nothing lies between)."""

    def __init__(self, start: int) -> None:
        self._start = start
        self._entries: deque[AnyEntry] = deque()

    def add(self, entry: AnyEntry) -> None:
        """Take the next entry of the log."""
        self._entries.append(entry)
        if len(self._entries) > KEPT:
            self._start = self._entries.popleft().id

    def after(self, cursor: int, count: int) -> list[AnyEntry] | None:
        """Return the next entries after a cursor, which is never asked for anything earlier again.

        None when they are not all here.
        """
        if cursor < self._start:
            return None
        while self._entries and self._entries[0].id <= cursor:
            self._start = self._entries.popleft().id
        return [self._entries[i] for i in range(min(count, len(self._entries)))]
