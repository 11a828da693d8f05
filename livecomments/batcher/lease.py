"""Who owns a partition: a lease with a fencing token. Async.

A contender judges expiry by its own monotonic clock: an owner whose renewal counter has stood
still for a while is taken to be gone. It may only be asleep, so every write of an owner carries
its fence, and a stale one is refused (docs/ARCHITECTURE.md, "Leases").
"""

import asyncio
import time

from redis.asyncio import Redis

from livecomments import redisdb
from livecomments.cancellation import stop_if_cancelled

RENEW_SECONDS = 0.3
EXPIRES_SECONDS = 1.5  # five renewals missed
WATCH_SECONDS = 0.2


class LostLease(Exception):
    """Another process owns the partition now, or Redis has forgotten us."""


class RolledBack(LostLease):
    """Redis has an older count of renewals than it acknowledged: it lost its last seconds."""


class Lease:
    """One process's claim on one partition."""

    def __init__(self, redis: "Redis", partition: int, owner: str) -> None:
        self.fence = 0
        self._redis = redis
        self._key = redisdb.lease(partition)
        self._owner = owner
        self._renewals = 0  # as last acknowledged under this fence
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
            if now != seen:
                seen, since = now, time.monotonic()
            if not owner or time.monotonic() - since >= EXPIRES_SECONDS:
                self.fence = await self._run("claim", self._owner, *seen, floor)
                if self.fence:
                    self._renewals = 1
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
            self.fence, self._renewals = raised, 1
            return raised

    async def renew(self) -> None:
        """Say that we live. Raises `LostLease`."""
        async with self._one_at_a_time:
            renewals = await self._run("renew", self._owner, self.fence)
            if not renewals:
                raise LostLease
            if renewals <= self._renewals:
                raise RolledBack
            self._renewals = renewals

    async def release(self) -> None:
        """Give it up, so that the next owner need not wait."""
        await self._run("release", self._owner, self.fence)

    async def _run(self, *arguments: str | int) -> int:
        return int(await redisdb.script("lease")(self._redis, [self._key], list(arguments)))
