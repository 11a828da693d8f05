"""Read missed items from the archive. Sync (ORM); called in a database thread."""

from dataclasses import dataclass

import msgspec

from comments import queries as comment_queries
from comments.payloads import comment_of
from livecomments import events
from livecomments.protocol import Comment, CommentHidden, CommentPosted, CommentRestored, Item
from livecomments.tickets import Room
from streams import queries as stream_queries


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a part of the log means to one viewer, in log order."""

    items: list[Item]
    left_out: int  # comments that are not among the items: the room was busier than its pace
    replies: list[Comment]  # of those, the replies to this viewer


def stretch_between(
    room: Room, *, after: int, upto: int, limit: int, user_id: int | None
) -> Stretch | None:
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
    left_out = comment_queries.left_out_between(room.id, after, upto).count()
    replies: list[Comment] = []
    if left_out and user_id is not None:
        found = comment_queries.replies_left_out(room.id, user_id, after, upto)
        replies = [comment_of(row) for row in found[:limit]]
    in_order = [item for _, item in sorted(items, key=lambda pair: pair[0])]
    return Stretch(in_order, left_out, replies)


def _item(body: events.Body) -> Item | None:
    match body:
        case events.CommentHidden(comment=comment):
            return CommentHidden(id=comment)
        case events.CommentRestored(comment=comment):
            return CommentRestored(comment=comment)
        case _:
            return None  # modes and pins are sent whole, at the end
