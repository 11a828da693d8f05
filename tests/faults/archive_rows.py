"""What Postgres and Redis have in the end. Async; the ORM in threads that close their connections.

Whatever is asked may be away at that moment: then there is no answer yet, and the caller asks
again.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, connection

from comments.models import Comment, Status
from livecomments import ids, redisdb, tickets
from reactions.models import ReactionTotal
from streams.models import AuditEntry
from streams.queries import archived_through

from .history import ArchivedAction, History, Kind, Row

KINDS = {"comment.hidden": Kind.HIDDEN, "comment.restored": Kind.RESTORED}
AWAY = (DatabaseError, InterfaceError, redisdb.RedisError, OSError, TimeoutError)

Result = TypeVar("Result")


async def in_thread(function: Callable[..., Result], *args: object) -> Result:
    """Return what a function of the ORM returns; its connection is closed behind it."""
    return await asyncio.to_thread(_closing, function, *args)


def _closing(function: Callable[..., Result], *args: object) -> Result:
    try:
        return function(*args)
    finally:
        connection.close()


async def log_ends(partitions: Sequence[int]) -> dict[int, int]:
    """Return the newest id that each partition's log has given."""
    ends = {}
    for partition in partitions:
        ms, seq = await redisdb.client().hmget(redisdb.clock(partition), ["ms", "seq"])
        ends[partition] = ids.make_id(int(ms or 0), partition, int(seq or 0))
    return ends


def has_archived(ends: Mapping[int, int]) -> bool:
    """True when the archive has come to these ends. Sync, ORM."""
    return all(archived_through(partition) >= end for partition, end in ends.items())


def read_rows(begins: Mapping[int, int]) -> tuple[list[Row], list[ArchivedAction]]:
    """Return comments and actions of these streams, above an id each. Sync, ORM."""
    rows: list[Row] = []
    actions: list[ArchivedAction] = []
    for stream, begin in begins.items():
        comments = Comment.objects.filter(stream_id=stream, id__gt=begin).order_by("id")
        rows += [
            Row(number, stream, author, text, status != Status.VISIBLE, left_out)
            for number, author, text, status, left_out in comments.values_list(
                "id", "author_id", "text", "status", "left_out"
            )
        ]
        entries = AuditEntry.objects.filter(
            stream_id=stream, log_id__gt=begin, action__in=list(KINDS)
        ).order_by("log_id")
        actions += [
            ArchivedAction(log_id, stream, KINDS[action], target)
            for log_id, action, target in entries.values_list(
                "log_id", "action", "target_comment_id"
            )
        ]
    return rows, actions


async def read_presses(history: History, room: tickets.Room, before: Mapping[str, int]) -> None:
    """Note how many presses of each kind were counted since the totals of `before`."""
    redis = redisdb.client()
    counted = {
        kind.decode(): int(n)
        for kind, n in (await redis.hgetall(redisdb.reaction_totals(room))).items()
    }
    for kind, waiting in (await redis.hgetall(redisdb.pending_reactions(room))).items():
        counted[kind.decode()] = counted.get(kind.decode(), 0) + int(waiting)
    archived = await in_thread(_archived_totals, room.id)
    for (stream, kind), presses in history.presses.items():
        if stream == room.id:
            most = max(counted.get(kind, 0), archived.get(kind, 0))
            presses.counted = most - before.get(kind, 0)


def _archived_totals(stream: int) -> dict[str, int]:
    return dict(ReactionTotal.objects.filter(stream_id=stream).values_list("kind", "total"))
