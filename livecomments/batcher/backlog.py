"""How far behind the log a partition's fan-out is, and telling admission so. Async.

What is taken must still be shown soon. When more is admitted than can be published – the machine is
too small, or busy with something else – the owner writes how long comments lately waited for their
frame, and lua/admit.lua takes less the longer that is. The note expires at once when the owner is
gone: then posts are taken, and shown by the next one.
"""

import time

from redis.asyncio import Redis

from livecomments import redisdb

from .clock import PartitionClock

TELL_FROM_MS = 250.0
TELL_EVERY_SECONDS = 0.2
GOOD_FOR_MS = 600


class Backlog:
    """The waiting times of one partition's comments."""

    def __init__(self, redis: "Redis", partition: int) -> None:
        self._redis = redis
        self._clock = PartitionClock(redis, partition)
        self._key = redisdb.behind(partition)
        self._longest_ms = self._before_ms = 0.0
        self._told_at = 0.0
        self._told_bad = False

    def note(self, oldest_ms: int) -> None:
        """Take a flush of comments, the oldest of which was admitted then (Unix ms)."""
        now = self._clock.now_ms
        if now is not None:
            self._longest_ms = max(self._longest_ms, now - oldest_ms)

    async def tell(self) -> None:
        """Say how long comments wait, if it is long. Raises `RedisError`."""
        now = time.monotonic()
        if now - self._told_at < TELL_EVERY_SECONDS:
            return
        before, longest = self._before_ms, self._longest_ms
        self._before_ms, self._longest_ms, self._told_at = longest, 0.0, now
        await self._clock.read()
        # Once is what a new owner finds, or a hiccup: it is made up for with the next flush.
        if min(before, longest) > TELL_FROM_MS:
            await self._redis.set(self._key, round(longest), px=GOOD_FOR_MS)
            self._told_bad = True
        elif self._told_bad:
            # It expires by itself, but not in time where the clock of Redis has been set back.
            await self._redis.delete(self._key)
            self._told_bad = False
