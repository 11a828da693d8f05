"""Who owns a partition: a lease with a fencing token. Async.

A contender judges expiry by its own monotonic clock: an owner whose renewal counter has stood
still for a while is taken to be gone. It may only be asleep, so every write of an owner carries
its fence, and a stale one is refused (docs/ARCHITECTURE.md, "Leases").

Fences and renewals only grow. Whoever meets fewer than Redis has told before, owner or contender,
knows that it lost its last seconds, and takes the partition's `ready` marker away: nothing is taken
until the archive has put right what was lost.
"""

import asyncio
import logging
import time

from redis.asyncio import Redis

from livecomments import redisdb
from livecomments.cancellation import stop_if_cancelled

logger = logging.getLogger(__name__)

RENEW_SECONDS = 0.3
EXPIRES_SECONDS = 1.5  # five renewals missed
WATCH_SECONDS = 0.2


class LostLease(Exception):
    """Another process owns the partition now, or Redis has forgotten us."""


class Lease:
    """One process's claim on one partition."""

    def __init__(self, redis: "Redis", partition: int, owner: str) -> None:
        self.fence = 0
        self._redis = redis
        self._partition = partition
        self._key = redisdb.lease(partition)
        self._owner = owner
        self._known = (0, 0)  # the highest fence and renewals that Redis has told
        # A renewal between the two steps of raising the fence would make either look lost.
        self._one_at_a_time = asyncio.Lock()

    async def acquire(self, *, floor: int = 0) -> int:
        """Return the new fence, above `floor`, as soon as nobody else holds the lease."""
        seen: tuple[int, int] | None = None
        since = time.monotonic()
        while True:
            stop_if_cancelled()
            owner, fence, renewals = await self._redis.hmget(
                self._key, ["owner", "fence", "renewals"]
            )
            now = (int(fence or 0), int(renewals or 0))
            await self._learn(now)
            if now != seen:
                seen, since = now, time.monotonic()
            if not owner or time.monotonic() - since >= EXPIRES_SECONDS:
                self.fence = await self._run("claim", self._owner, *seen, floor)
                if self.fence:
                    self._known = (self.fence, 1)
                    return self.fence
            await asyncio.sleep(WATCH_SECONDS)

    async def raise_fence(self, floor: int) -> int:
        """Return a higher fence for what we hold: the archive has seen higher ones than ours."""
        async with self._one_at_a_time:
            fence, renewals = await self._redis.hmget(self._key, ["fence", "renewals"])
            if int(fence or 0) != self.fence:
                raise LostLease
            raised = await self._run("claim", self._owner, self.fence, int(renewals or 0), floor)
            if not raised:
                raise LostLease
            self.fence, self._known = raised, (raised, 1)
            return raised

    async def renew(self) -> None:
        """Say that we live. Raises `LostLease`."""
        async with self._one_at_a_time:
            renewals = await self._run("renew", self._owner, self.fence)
            if not renewals:
                raise LostLease
            self._known = (self.fence, self._known[1] + 1)  # at least: it counted this one
            if await self._learn((self.fence, renewals)):
                raise LostLease

    async def release(self) -> None:
        """Give it up, so that the next owner need not wait."""
        await self._run("release", self._owner, self.fence)

    async def _learn(self, now: tuple[int, int]) -> bool:
        """True when Redis knows less than it has told before; then the marker is gone."""
        fewer = now < self._known
        if fewer:
            logger.warning("partition %d: Redis was emptied or rolled back", self._partition)
            await self._redis.delete(redisdb.ready(self._partition))
        self._known = now
        return fewer

    async def _run(self, *arguments: str | int) -> int:
        return int(await redisdb.script("lease")(self._redis, [self._key], list(arguments)))
