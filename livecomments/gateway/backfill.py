"""Read missed items from the archive. Sync (ORM); called in a database thread."""

import msgspec

from comments import queries as comment_queries
from comments.payloads import comment_of
from livecomments import events
from livecomments.protocol import CommentHidden, CommentPosted, CommentRestored, Item
from livecomments.tickets import Room
from streams import queries as stream_queries


def items_between(room: Room, *, after: int, upto: int, limit: int) -> list[Item] | None:
    """Return what happened in (`after`, `upto`], in log order.

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
    return [item for _, item in sorted(items, key=lambda pair: pair[0])]


def _item(body: events.Body) -> Item | None:
    match body:
        case events.CommentHidden(comment=comment):
            return CommentHidden(id=comment)
        case events.CommentRestored(comment=comment):
            return CommentRestored(comment=comment)
        case _:
            return None  # modes and pins are sent whole, at the end
