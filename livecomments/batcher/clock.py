"""The clock of a partition, as lua/clock.lua keeps it, read from here. Async.

The time of an event is told by Redis. The clock of this machine may be another's, and either may be
set while we run, so waiting times are reckoned from Redis's own: read once a second, and carried on
by our monotonic clock in between.
"""

import time

from redis.asyncio import Redis

from livecomments import redisdb

READ_EVERY_SECONDS = 1.0


class PartitionClock:
    """What time it is in a partition's log."""

    def __init__(self, redis: "Redis", partition: int) -> None:
        self._redis = redis
        self._key = redisdb.clock(partition)
        self._ahead_ms: float | None = None  # of our monotonic clock
        self._read_at = 0.0

    async def read(self) -> None:
        """Compare clocks, unless that was done a moment ago. Raises `RedisError`."""
        began = time.monotonic()
        if self._ahead_ms is not None and began - self._read_at < READ_EVERY_SECONDS:
            return
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.time()
        pipeline.hget(self._key, "offset")
        (seconds, micros), offset = await pipeline.execute()
        now = time.monotonic()
        there = seconds * 1000 + micros / 1000 + float(offset or 0)
        self._ahead_ms = there - (began + now) / 2 * 1000
        self._read_at = now

    @property
    def now_ms(self) -> float | None:
        """The time in Unix ms; None before it was ever read."""
        return None if self._ahead_ms is None else self._ahead_ms + time.monotonic() * 1000
