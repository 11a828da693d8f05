"""Store one batch of events and move the cursor, in one transaction. Sync, ORM, but for `claimed`.

A batch with an event that Postgres refuses is halved until that event is found; it is set aside,
whole and loudly, and the archive goes on.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from comments import archive as comments_archive
from livecomments import dbthreads, events
from livecomments.eventlog import BadEntry
from streams import archive as streams_archive
from streams.models import ArchiveCursor, SetAsideEvent

from .lease import Lease

logger = logging.getLogger(__name__)

AnyEntry = events.Entry | BadEntry


class Stale(Exception):
    """The cursor is not where we believed: another owner has written since."""


# What a bad event may raise on its way to a row. A query that is wrong for every event is not here.
BAD_EVENT = (DataError, IntegrityError, ValueError, TypeError, LookupError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Archived:
    """How far the archive has come, and the highest fence that wrote to it."""

    log_id: int
    fence: int


def archived_position(partition: int) -> Archived:
    """Return the archive's cursor of a partition."""
    row = ArchiveCursor.objects.filter(partition=partition).values_list("log_id", "fence").first()
    return Archived(*row) if row else Archived(0, 0)


def claim_archive(partition: int, fence: int) -> Archived:
    """Return where to go on. From now on no owner with a lower fence writes any more.

    Waits for a batch of theirs that is under way. A higher fence in the answer: not claimed.
    """
    ArchiveCursor.objects.get_or_create(partition=partition)
    with transaction.atomic():
        row = ArchiveCursor.objects.select_for_update().get(partition=partition)
        if row.fence < fence:
            row.fence = fence
            row.save(update_fields=["fence"])
    return Archived(row.log_id, row.fence)


async def claimed(lease: Lease, partition: int) -> Archived:
    """Return where the archive of a partition that we hold goes on: it is ours, too. Async.

    Raises `LostLease`, `unavailable`, `RedisError`.
    """
    at = await dbthreads.run(claim_archive, partition, lease.fence)
    if at.fence > lease.fence:
        at = await dbthreads.run(claim_archive, partition, await lease.raise_fence(at.fence))
    return at


@contextmanager
def fenced(partition: int, fence: int) -> Iterator[None]:
    """A transaction of the archive's owner. Raises `Stale` for anybody else."""
    with transaction.atomic():
        mine = ArchiveCursor.objects.select_for_update().filter(partition=partition, fence=fence)
        if not mine.exists():
            raise Stale(f"partition {partition}: fence {fence} is not the archive's")
        yield


def store_batch(partition: int, entries: Sequence[AnyEntry], *, fence: int, cursor: int) -> int:
    """Return the new cursor. Raises `Stale`; database errors other than bad rows pass through."""
    try:
        _store(partition, entries, fence=fence, cursor=cursor)
    except BAD_EVENT as error:
        if len(entries) == 1:
            _set_aside(partition, entries[0], str(error), fence=fence, cursor=cursor)
        else:
            middle = len(entries) // 2
            cursor = store_batch(partition, entries[:middle], fence=fence, cursor=cursor)
            store_batch(partition, entries[middle:], fence=fence, cursor=cursor)
    else:
        streams_archive.forget_changed(_readable(entries))
    return entries[-1].id


def _store(partition: int, entries: Sequence[AnyEntry], *, fence: int, cursor: int) -> None:
    readable = _readable(entries)
    with transaction.atomic():
        _move_cursor(partition, fence=fence, old=cursor, new=entries[-1].id)
        streams_archive.store(readable)
        comments_archive.store(readable)
        for entry in entries:
            if isinstance(entry, BadEntry):
                _keep(partition, entry, entry.error)


def _set_aside(partition: int, entry: AnyEntry, error: str, *, fence: int, cursor: int) -> None:
    logger.error("event %d of partition %d is set aside: %s", entry.id, partition, error)
    with transaction.atomic():
        _move_cursor(partition, fence=fence, old=cursor, new=entry.id)
        _keep(partition, entry, error)


def _move_cursor(partition: int, *, fence: int, old: int, new: int) -> None:
    """Compare and set: two owners cannot both write a batch, however late one wakes."""
    if old == 0:
        ArchiveCursor.objects.get_or_create(partition=partition)
    moved = ArchiveCursor.objects.filter(partition=partition, log_id=old, fence__lte=fence).update(
        log_id=new, fence=fence, updated_at=timezone.now()
    )
    if moved != 1:
        raise Stale(f"partition {partition}: cursor is not at {old}, or our fence {fence} is old")


def _keep(partition: int, entry: AnyEntry, error: str) -> None:
    if isinstance(entry, BadEntry):
        raw = repr(entry.raw)
    else:
        raw = msgspec.json.encode(
            {
                "stream": entry.stream_id,
                "kind": entry.kind,
                "body": entry.body,
                "left_out": entry.left_out,
            }
        ).decode()
    SetAsideEvent.objects.get_or_create(
        partition=partition, log_id=entry.id, defaults={"event": raw, "error": error}
    )


def _readable(entries: Sequence[AnyEntry]) -> list[events.Entry]:
    return [entry for entry in entries if isinstance(entry, events.Entry)]
