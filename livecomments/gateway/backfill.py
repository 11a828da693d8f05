"""Read missed items from the archive. Sync (ORM); called in a database thread."""

from dataclasses import dataclass

import msgspec

from comments import queries as comment_queries
from comments.payloads import comment_of
from livecomments import events
from livecomments.protocol import (
    BACKFILL_ITEMS_PER_MESSAGE,
    Audience,
    Backfill,
    Comment,
    CommentHidden,
    CommentPosted,
    CommentRestored,
    Item,
)
from livecomments.tickets import Room
from streams import queries as stream_queries

from .frames import Prepared


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a part of the log means to every viewer, in log order, ready to be sent."""

    messages: list[Prepared]
    comments: int  # that are shown in them
    left_out: int  # comments that are not: the room was busier than its pace


def stretch_between(room: Room, *, after: int, upto: int, limit: int) -> Stretch | None:
    """Return what happened in (`after`, `upto`].

    None when the archive has not come that far, or when there is more than `limit`.
    """
    if stream_queries.archived_through(room.partition) < upto:
        return None
    rows = list(comment_queries.comments_between(room.id, after, upto)[: limit + 1])
    actions = list(stream_queries.actions_between(room.id, after, upto)[: limit + 1])
    if len(rows) + len(actions) > limit:
        return None
    items: list[tuple[int, Item]] = [
        (row.pk, CommentPosted(comment=comment_of(row))) for row in rows
    ]
    for action in actions:
        item = _item(events.decode(action.action, msgspec.json.encode(action.event)))
        if item is not None:
            items.append((action.log_id, item))
    in_order = [item for _, item in sorted(items, key=lambda pair: pair[0])]
    return Stretch(
        messages=[_message(part, upto) for part in _parts(in_order)],
        comments=len(rows),
        left_out=comment_queries.left_out_between(room.id, after, upto).count(),
    )


def replies_between(
    room: Room, *, after: int, upto: int, user_id: int, limit: int
) -> list[Comment]:
    """Return the replies to one person among the comments of a stretch that were left out."""
    found = comment_queries.replies_left_out(room.id, user_id, after, upto)
    return [comment_of(row) for row in found[:limit]]


def _parts(items: list[Item]) -> list[list[Item]]:
    size = BACKFILL_ITEMS_PER_MESSAGE
    return [items[start : start + size] for start in range(0, len(items), size)]


def _message(items: list[Item], upto: int) -> Prepared:
    message = Backfill(audience=Audience.PUBLIC, through=str(upto), items=items)
    return Prepared(msgspec.json.encode(message))


def _item(body: events.Body) -> Item | None:
    match body:
        case events.CommentHidden(comment=comment):
            return CommentHidden(id=comment)
        case events.CommentRestored(comment=comment):
            return CommentRestored(comment=comment)
        case _:
            return None  # modes and pins are sent whole, at the end
