"""What the archive has of a replay. Sync, ORM."""

import time
from collections.abc import Iterable

from django.db import DatabaseError, connection

from comments.models import Comment
from livecomments.tickets import Room
from streams.queries import archived_through

POLL_SECONDS = 0.25
STILL_SECONDS = 30.0  # how long the archive may stand still, or be away, before we stop waiting


def wait_for_archive(room: Room, last_id: int) -> bool:
    """Return True once the archive has come as far as `last_id`; False when it does not move."""
    reached, since = -1, time.monotonic()
    while True:
        at = _archived_through(room)
        if at is not None and at >= last_id:
            return True
        if at is not None and at > reached:
            reached, since = at, time.monotonic()
        if time.monotonic() - since > STILL_SECONDS:
            return False
        time.sleep(POLL_SECONDS)


def archived_ids(room: Room, *, after: int, authors: Iterable[int]) -> set[int]:
    """Return what these authors said in the room after a log id, as far as it was said at once.

    What a moderator let through later has no acknowledgement to compare with.
    """
    wanted = set(authors)
    rows = Comment.objects.filter(stream_id=room.id, id__gt=after, hold__isnull=True)
    return {number for number, author in rows.values_list("id", "author_id") if author in wanted}


def left_out_ids(room: Room, *, after: int) -> set[int]:
    """Return what was left out in the room after a log id, whoever said it."""
    rows = Comment.objects.filter(stream_id=room.id, id__gt=after, left_out=True)
    return set(rows.values_list("id", flat=True))


def _archived_through(room: Room) -> int | None:
    """Return the archive's cursor, or None while Postgres is away."""
    try:
        return archived_through(room.partition)
    except DatabaseError:
        connection.close()
        return None
