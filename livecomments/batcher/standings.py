"""Keeps people's standing up to date: of those who lately said something here. Async.

Whoever speaks is looked at again every ten minutes, a few at a time, so that a newcomer is known
soon after they have earned it and somebody whose comments are removed no longer is. Beside the
archive, in its database threads; when that is away it waits.
"""

import logging
import time
from collections.abc import Iterable

from comments.people import renew_standings
from livecomments import dbthreads, events
from livecomments.errors import DomainError

logger = logging.getLogger(__name__)

AGAIN_AFTER_SECONDS = 600.0
AT_ONCE = 20  # each costs a few small queries
WAITING_AT_MOST = 50_000


class Standings:
    """Who is to be looked at, of one partition."""

    def __init__(self) -> None:
        self._waiting: dict[int, None] = {}  # in the order in which they spoke
        self._looked_at: dict[int, float] = {}

    def note(self, entries: Iterable[events.Entry]) -> None:
        """Take note of who spoke, or had something decided about them."""
        now = time.monotonic()
        for entry in entries:
            user_id = _concerned(entry.body)
            if user_id is None or len(self._waiting) >= WAITING_AT_MOST:
                continue
            if now - self._looked_at.get(user_id, float("-inf")) >= AGAIN_AFTER_SECONDS:
                self._waiting[user_id] = None

    async def step(self) -> None:
        """Look at the next few."""
        due = list(self._waiting)[:AT_ONCE]
        if not due:
            return
        try:
            changed = await dbthreads.run(renew_standings, due)
        except DomainError as error:
            logger.debug("standings wait: %s", error)
            return
        now = time.monotonic()
        for user_id in due:
            del self._waiting[user_id]
            self._looked_at[user_id] = now
        if changed:
            logger.info("the standing of %d people is another now", changed)
        self._forget(now)

    def _forget(self, now: float) -> None:
        if len(self._looked_at) < WAITING_AT_MOST:
            return
        self._looked_at = {
            user_id: moment
            for user_id, moment in self._looked_at.items()
            if now - moment < AGAIN_AFTER_SECONDS
        }


def _concerned(body: events.Body) -> int | None:
    match body:
        case events.CommentSaid(author=author) | events.HoldClosed(author=author):
            return author
        case events.UserSanctioned(user=user) | events.UserCleared(user=user):
            return user
        case _:
            return None
