"""Own one partition for as long as the lease holds. Async.

Acquire, make sure Redis is whole, then fan out, archive, expire holds and trim until stopped or
fenced off; then begin again. Nothing here gives up: a worker that stopped would be silence.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import cast

from comments.moderation import expire_hold
from livecomments import dbthreads, eventlog, ids, redisdb
from livecomments.cancellation import stop_if_cancelled
from livecomments.errors import DomainError
from livecomments.protocol import HOLD_SECONDS, ErrorCode
from livecomments.tickets import Room

from .archive_batch import archived_position
from .archiver import Archiver
from .clock import PartitionClock
from .lease import RENEW_SECONDS, Lease, LostLease
from .partition import FanOut
from .restore import needs_restore, note_archived, restore_partition

logger = logging.getLogger(__name__)

EXPIRE_SLICE = 25  # at once, so that a reviewed room with many holds keeps up
EXPIRED_AT_ONCE = 1_000
CHECK_SECONDS = 1.0
STANDING_SECONDS = 5.0
RETRY_SECONDS = 0.5
READ_TIMEOUT_SECONDS = 5.0  # above the longest block, so that a dead connection is noticed


class PartitionOwner:
    """One partition, from lease to lease."""

    def __init__(self, partition: int, name: str) -> None:
        self.partition = partition
        self.owning = False
        self._name = name
        self._redis = redisdb.make_client()
        self._reader = redisdb.make_client(timeout=READ_TIMEOUT_SECONDS)
        self._lease = Lease(self._redis, partition, name)
        self._clock = PartitionClock(self._redis, partition)

    async def run(self) -> None:
        """Own the partition whenever nobody else does, until cancelled."""
        try:
            while True:
                stop_if_cancelled()
                with self._logged():
                    await self._lease.acquire(floor=await self._archived_fence())
                    # A task of its own: a task group leaves its mark on the task that it ends in
                    # (Python 3.11 keeps counting it as cancelled).
                    await asyncio.create_task(self._own())
                self.owning = False
                await asyncio.sleep(RETRY_SECONDS)
        finally:
            await self._leave()

    async def _own(self) -> None:
        # Asked once we own: what an earlier owner archived cannot grow under us.
        await self._ensure_whole()
        self.owning = True
        logger.info("partition %d is ours, fence %d", self.partition, self._lease.fence)
        fan_out = FanOut(
            self._reader, self._redis, self._lease, self.partition, await self._published()
        )
        archiver = Archiver(self._redis, self._lease, self.partition, fan_out.tail)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(fan_out.run())
                tasks.create_task(archiver.run())
                tasks.create_task(self._every(RENEW_SECONDS, self._lease.renew))
                tasks.create_task(self._every(CHECK_SECONDS, self._expire_holds))
                tasks.create_task(self._every(CHECK_SECONDS, self._check_whole))
                tasks.create_task(self._every(STANDING_SECONDS, archiver.standings.step))
        except BaseExceptionGroup as group:
            if group.subgroup(LostLease) is not None:
                raise LostLease from None
            raise

    async def _published(self) -> str:
        """Return the position up to which everything has been published."""
        kept = cast(bytes | None, await self._redis.get(redisdb.cursor(self.partition)))
        return kept.decode() if kept else eventlog.FIRST_POSITION

    async def _every(self, seconds: float, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            stop_if_cancelled()
            started = time.monotonic()
            try:
                await step()
            except (redisdb.RedisError, OSError) as error:
                logger.warning("partition %d: %r", self.partition, error)
            await asyncio.sleep(max(0.0, seconds - (time.monotonic() - started)))

    # --- is Redis what the archive knows? --------------------------------------------------------

    async def _archived_fence(self) -> int:
        """Return the highest fence the archive has seen, or 0 while Postgres is away."""
        try:
            at = await dbthreads.run(archived_position, self.partition)
        except DomainError:
            return 0
        note_archived(self.partition, at.log_id)
        return at.fence

    async def _ensure_whole(self) -> None:
        if not await needs_restore(self._redis, self.partition):
            return
        # A large archive takes longer to read than a lease lasts: without renewals two batchers
        # would take the restore out of each other's hands for ever.
        renewing = asyncio.create_task(self._every(RENEW_SECONDS, self._lease.renew))
        try:
            await self._restore()
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _restore(self) -> None:
        while True:
            stop_if_cancelled()
            try:
                await restore_partition(self._redis, self._lease, self.partition)
                return
            except DomainError as error:
                if error.code is not ErrorCode.UNAVAILABLE:
                    raise
                logger.warning(
                    "partition %d must be restored, but Postgres is away", self.partition
                )
                await asyncio.sleep(RETRY_SECONDS)
                await self._lease.renew()  # raises when it is lost

    async def _check_whole(self) -> None:
        """Notice a Redis that was emptied or rolled back under us: then everything begins anew."""
        if await needs_restore(self._redis, self.partition):
            logger.warning("partition %d: Redis was emptied or rolled back", self.partition)
            raise LostLease

    # --- holds -----------------------------------------------------------------------------------

    async def _expire_holds(self) -> None:
        await self._clock.read()
        if self._clock.now_ms is None:
            return
        oldest = int(self._clock.now_ms) - HOLD_SECONDS * 1000
        key = redisdb.holding(self.partition)
        for _ in range(0, EXPIRED_AT_ONCE, EXPIRE_SLICE):
            due = cast(
                list[bytes],
                await self._redis.zrangebyscore(key, 0, oldest, start=0, num=EXPIRE_SLICE),
            )
            gone = await asyncio.gather(*(self._expire_hold(key, member) for member in due))
            if len(due) < EXPIRE_SLICE or not all(gone):
                return
            stop_if_cancelled()

    async def _expire_hold(self, key: str, member: bytes) -> bool:
        """True when a hold has left the set; False when Redis is busy."""
        stream_id, _, position = member.decode().partition("|")
        room = Room(int(stream_id), self.partition, "")
        try:
            await expire_hold(room, hold=ids.from_position(position, self.partition))
        except DomainError as error:
            # Decided this very moment, or of a room that is no more.
            if error.code not in (ErrorCode.NOT_FOUND, ErrorCode.UNKNOWN_STREAM):
                return False
            await self._redis.zrem(key, member)
        return True

    # --- ends ------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _logged(self) -> Iterator[None]:
        try:
            yield
        except LostLease:
            logger.warning("partition %d: the lease is lost", self.partition)
        except (redisdb.RedisError, OSError, DomainError) as error:
            logger.warning("partition %d: %r", self.partition, error)
        except Exception:
            logger.exception("partition %d: begins again", self.partition)

    async def _leave(self) -> None:
        with contextlib.suppress(redisdb.RedisError, OSError):
            if self._lease.fence:
                await self._lease.release()
        for client in (self._redis, self._reader):
            await client.aclose()
            await client.connection_pool.disconnect()
