"""How often each layer, and each entry of a list, found something in a room. Async.

Counted in the process and written to Redis every few seconds: a process that is killed takes the
last of its counts with it, which is no harm, as nothing is decided by them.
"""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass
from typing import cast

from comments.spam.verdict import Hit, Reason
from livecomments import redisdb
from livecomments.tickets import Room

logger = logging.getLogger(__name__)

FLUSH_SECONDS = 5.0
FIELDS_AT_MOST = 5_000  # of a room whose lists change all the time; it begins anew
# Of these it is also told which entry it was; of others that would be somebody's text.
_WITH_ENTRY = frozenset({Reason.WORDS, Reason.PATTERNS})


@dataclass(frozen=True, slots=True)
class Found:
    """How often one layer, or one entry of its list, found something."""

    reason: Reason
    entry: str  # empty for layers without a list
    count: int


class HitCounter:
    """The counts of one event loop that Redis does not have yet."""

    def __init__(self) -> None:
        self._counts: dict[Room, Counter[str]] = {}
        self._flushing: asyncio.Task[None] | None = None

    def count(self, room: Room, hits: tuple[Hit, ...]) -> None:
        """Counts what was found in one comment."""
        self._counts.setdefault(room, Counter()).update(map(_field, hits))
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush_later())

    async def flush(self) -> None:
        """Write what was counted to Redis; on an error it is dropped: nothing is decided by it."""
        counts, self._counts = self._counts, {}
        for room, counted in counts.items():
            try:
                await _add(room, counted)
            except (redisdb.RedisError, OSError) as error:
                logger.warning("hits of the rules were not counted: %r", error)

    async def _flush_later(self) -> None:
        try:
            await asyncio.sleep(FLUSH_SECONDS)
        finally:
            self._flushing = None
        await self.flush()


async def read_hits(room: Room) -> list[Found]:
    """Return what was found in a room so far, the most frequent first. Raises `RedisError`."""
    raw = await redisdb.client().hgetall(redisdb.rule_hits(room))
    found = []
    for name, count in cast(dict[bytes, bytes], raw).items():
        reason, _, entry = name.decode().partition("|")
        if reason in _REASONS:
            found.append(Found(Reason(reason), entry, int(count)))
    return sorted(found, key=lambda one: (-one.count, one.reason, one.entry))


_REASONS = frozenset(reason.value for reason in Reason)


def _field(hit: Hit) -> str:
    return f"{hit.reason}|{hit.detail}" if hit.reason in _WITH_ENTRY else hit.reason.value


async def _add(room: Room, counted: Counter[str]) -> None:
    key = redisdb.rule_hits(room)
    if await redisdb.client().hlen(key) > FIELDS_AT_MOST:
        await redisdb.client().delete(key)
    async with redisdb.client().pipeline(transaction=False) as pipeline:
        for name, count in counted.items():
            pipeline.hincrby(key, name, count)
        await pipeline.execute()
