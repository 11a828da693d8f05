"""The archive loop of one partition: events become rows, exactly once. Async around sync ORM.

Its own cursor lives in Postgres and is moved in the transaction of the rows, so a crash between
two batches repeats nothing and a stale owner is fenced off there too. Broadcast never waits for
it. The log is trimmed only behind archive and fan-out.
"""

import asyncio
import logging

from redis.asyncio import Redis

from livecomments import dbthreads, eventlog, events, ids, redisdb
from livecomments.cancellation import stop_if_cancelled
from livecomments.errors import DomainError

from .archive_batch import Stale, claimed, store_batch
from .lease import Lease, LostLease
from .reaction_archive import archive_reactions
from .restore import ensure_joined, note_archived
from .standings import Standings
from .tail import Tail

logger = logging.getLogger(__name__)

BATCH = 1_000
IDLE_SECONDS = 0.2
AWAY_SECONDS = 1.0
REACTIONS_SECONDS = 2.0
TRIM_SECONDS = 2.0


class Archiver:
    """Copies a partition's log to Postgres."""

    def __init__(self, redis: "Redis", lease: Lease, partition: int, tail: Tail) -> None:
        self._redis = redis
        self._lease = lease
        self._partition = partition
        self._tail = tail  # of the log, as the fan-out has read it
        self._cursor: int | None = None
        self.standings = Standings()
        self._next_reactions = 0.0
        self._next_trim = 0.0

    async def run(self) -> None:
        """Archive until cancelled. Raises `LostLease` when fenced off."""
        while True:
            stop_if_cancelled()
            try:
                pause = await self._step()
            except Stale:
                raise LostLease from None
            except DomainError as error:
                logger.warning("partition %d waits for the archive: %s", self._partition, error)
                self._cursor = None  # what was committed last is not known: ask again
                pause = AWAY_SECONDS
            except (redisdb.RedisError, OSError) as error:
                logger.warning("partition %d: archive: %r", self._partition, error)
                pause = AWAY_SECONDS
            except LostLease:
                raise
            except Exception:
                # A fault of ours, or tables of another release: the chat goes on without it.
                logger.exception("partition %d: the archive stands still", self._partition)
                self._cursor = None
                pause = AWAY_SECONDS
            await asyncio.sleep(pause)

    async def _step(self) -> float:
        if self._cursor is None:
            self._cursor = (await claimed(self._lease, self._partition)).log_id
        entries = self._tail.after(self._cursor, BATCH)
        if entries is None:
            entries = await eventlog.entries_after(
                self._redis, self._partition, ids.position(self._cursor), count=BATCH
            )
        if entries:
            # Asked after they were read: if any of them was written after a roll-back, it is seen.
            await ensure_joined(self._redis, self._partition, self._cursor)
            self._cursor = await dbthreads.run(
                store_batch,
                self._partition,
                entries,
                fence=self._lease.fence,
                cursor=self._cursor,
            )
            self.standings.note(entry for entry in entries if isinstance(entry, events.Entry))
        note_archived(self._partition, self._cursor)
        await self._housekeeping()
        return 0.0 if len(entries) == BATCH else IDLE_SECONDS

    async def _housekeeping(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._next_reactions:
            self._next_reactions = now + REACTIONS_SECONDS
            await archive_reactions(self._redis, self._partition, self._lease.fence)
        if now >= self._next_trim:
            self._next_trim = now + TRIM_SECONDS
            await self._trim()

    async def _trim(self) -> None:
        published = await self._redis.get(redisdb.cursor(self._partition))
        if published is None or self._cursor is None:
            return
        behind = min(ids.from_position(published, self._partition), self._cursor)
        keys = [redisdb.lease(self._partition), redisdb.log(self._partition)]
        dropped = await redisdb.script("trim")(
            self._redis, keys, [self._lease.fence, ids.position(behind)]
        )
        if int(dropped) < 0:
            raise LostLease
