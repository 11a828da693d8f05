"""One partition we own: read the log in order, flush its streams on the tick. Async.

A quiet stream is flushed at once and then holds off for a tick, so batching costs latency only
where it pays. One reader, plain XREAD: several readers of a consumer group would reorder.
"""

import asyncio
import logging
import statistics
import time
from collections import Counter

from redis.asyncio import Redis

from livecomments import eventlog, events, ids, redisdb
from livecomments.cancellation import stop_if_cancelled
from livecomments.tickets import Room
from streams.presence import watching

from .backlog import Backlog
from .lease import Lease
from .publisher import Extras, Publisher
from .tail import Tail

logger = logging.getLogger(__name__)

REACTION_TICK_SECONDS = 0.5
VIEWER_TICK_SECONDS = 2.0
READ_COUNT = 2_000
CONCURRENT_FLUSHES = 20
IDLE_BLOCK_MS = 250  # an idle partition looks at its ticks this often
TICKING_BLOCK_MS = 5  # while reactions and counts are on their way
RETRY_SECONDS = 0.25


class FanOut:
    """Reads a partition's log and publishes its streams."""

    def __init__(
        self, reader: "Redis", redis: "Redis", lease: Lease, partition: int, position: str
    ) -> None:
        self.partition = partition
        self.position = position  # up to here the log has been read
        self.tail = Tail(ids.from_position(position, partition))
        self._reader = reader
        self._redis = redis
        self._lease = lease
        self._backlog = Backlog(redis, partition)
        self._publishers: dict[int, Publisher] = {}
        self._extras: dict[int, Extras] = {}  # what waits for its stream's next flush
        self._flush_seconds: list[float] = []  # how long flushing took, since last looked at
        self._reaction_flushes: Counter[int] = Counter()  # begun, by stream
        self._took_over = False
        self._next_reactions = 0.0
        self._next_viewers = 0.0
        self._ticking: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Publish until cancelled. Raises `LostLease`."""
        try:
            await self._run()
        finally:
            if self._ticking is not None:
                self._ticking.cancel()

    async def _run(self) -> None:
        while True:
            stop_if_cancelled()
            try:
                await self._take_over()
                self._begin_ticks()
                await self._read()
                self._end_ticks()
                await self._backlog.tell()
            except (redisdb.RedisError, OSError) as error:
                logger.warning("partition %d: %r", self.partition, error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            await self._flush()

    async def _take_over(self) -> None:
        """Go on, once, with the rooms in which something waits to be shown to viewers."""
        if self._took_over:
            return
        for member in await self._redis.smembers(redisdb.delaying(self.partition)):
            await self._publisher(int(member)).take_over()
        self._took_over = True

    # --- reading ---------------------------------------------------------------------------------

    async def _read(self) -> None:
        raw = await redisdb.stream_wait(
            self._reader,
            redisdb.log(self.partition),
            after=self.position,
            count=READ_COUNT,
            block_ms=self._block_ms(),
        )
        for entry_id, fields in raw:
            entry = eventlog.read_entry(self.partition, entry_id, fields)
            self.tail.add(entry)
            if isinstance(entry, events.Entry):
                self._publisher(entry.stream_id).take(entry)
            self.position = entry_id.decode()

    def _block_ms(self) -> int:
        """Return how long to wait for events before something else is due. 0 would be for ever."""
        if self._ticking is not None:
            return TICKING_BLOCK_MS
        now = time.monotonic()
        due = [self._next_reactions]
        for stream_id, publisher in self._publishers.items():
            if publisher.pending or stream_id in self._extras:
                due.append(publisher.not_before)
            elif publisher.queue.release_at is not None:
                due.append(max(publisher.not_before, publisher.queue.release_at))
        return max(1, min(IDLE_BLOCK_MS, int((min(due) - now) * 1000)))

    def _publisher(self, stream_id: int) -> Publisher:
        found = self._publishers.get(stream_id)
        if found is None:
            address = Room(stream_id, self.partition, "")
            found = self._publishers[stream_id] = Publisher(self._redis, self._lease, address)
        return found

    # --- ticks -----------------------------------------------------------------------------------

    def _begin_ticks(self) -> None:
        """Begin to gather what is due, without keeping comments waiting meanwhile."""
        now = time.monotonic()
        if now >= self._next_reactions and self._ticking is None:
            self._next_reactions = now + REACTION_TICK_SECONDS
            self._ticking = asyncio.create_task(self._tick(now))

    def _end_ticks(self) -> None:
        """Note that it has been gathered. Raises what went wrong."""
        if self._ticking is not None and self._ticking.done():
            ticking, self._ticking = self._ticking, None
            ticking.result()

    async def _tick(self, now: float) -> None:
        await self._add_reactions()
        # Counts ride on this tick: never more than two extra messages a second.
        if now >= self._next_viewers:
            self._next_viewers = now + VIEWER_TICK_SECONDS
            await self._add_viewers()

    async def _add_reactions(self) -> None:
        raw = await self._redis.smembers(redisdb.reacting(self.partition))
        stream_ids = [int(member) for member in raw]
        if not stream_ids:
            return
        before = self._reaction_flushes.copy()
        pipeline = self._redis.pipeline(transaction=False)
        for stream_id in stream_ids:
            pipeline.hgetall(redisdb.pending_reactions(Room(stream_id, self.partition, "")))
        for stream_id, pending in zip(stream_ids, await pipeline.execute(), strict=True):
            presses = {kind.decode(): int(count) for kind, count in pending.items()}
            # What is being published meanwhile is still pending there: it is not taken twice.
            if presses and before[stream_id] == self._reaction_flushes[stream_id]:
                self._publisher(stream_id)
                self._extras.setdefault(stream_id, Extras()).reactions = presses

    async def _add_viewers(self) -> None:
        flushing = statistics.median(self._flush_seconds or [0.0])
        self._flush_seconds.clear()
        raw = await self._redis.smembers(redisdb.watched(self.partition))
        for stream_id in map(int, raw):
            publisher = self._publisher(stream_id)
            seen = await watching(self._redis, publisher.address)
            publisher.tempo.observe(max(seen.lag_ms / 1000, flushing), time.monotonic())
            if seen.viewers != publisher.viewers:
                self._extras.setdefault(stream_id, Extras()).viewers = seen.viewers

    # --- flushing --------------------------------------------------------------------------------

    async def _flush(self) -> None:
        """Publish every stream that has something and has held off for its tick.

        Reactions and counts wait for the same moment, so that they seldom need a frame of their
        own.
        """
        now = time.monotonic()
        due = [
            publisher
            for stream_id, publisher in self._publishers.items()
            if publisher.not_before <= now
            and (publisher.pending or stream_id in self._extras or publisher.queue.is_due(now))
        ]
        oldest = min((p.pending[0].at_ms for p in due if p.pending), default=None)
        for start in range(0, len(due), CONCURRENT_FLUSHES):
            part = due[start : start + CONCURRENT_FLUSHES]
            await asyncio.gather(*(self._flush_one(publisher) for publisher in part))
        if due:
            self._flush_seconds.append(time.monotonic() - now)
        if oldest is not None:
            self._backlog.note(oldest)

    async def _flush_one(self, publisher: Publisher) -> None:
        publisher.hold_off(time.monotonic())
        extras = self._extras.pop(publisher.address.id, Extras())
        if extras.reactions:
            self._reaction_flushes[publisher.address.id] += 1
        went = await publisher.flush(self._cursor(), extras)
        while went and publisher.pending:  # a backlog: the rest goes out now, a frame at a time
            went = await publisher.flush(self._cursor(), Extras())

    def _cursor(self) -> str:
        """Return the position up to which everything is surely published once this flush is.

        What is pending in any stream is not: the flush under way counts as pending too, so the
        cursor may lag by one flush. A new owner skips what each stream's `through` covers.
        """
        first = [p.pending[0].id for p in self._publishers.values() if p.pending]
        if not first:
            return self.position
        return before(ids.position(min(first)))


def before(position: str) -> str:
    """Return the highest position below one."""
    ms, _, seq = position.partition("-")
    if int(seq) > 0:
        return f"{ms}-{int(seq) - 1}"
    return f"{int(ms) - 1}-{(1 << ids.SEQUENCE_BITS) - 1}"
