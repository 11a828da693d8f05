"""Read missed items from the archive. Sync (ORM); called in a database thread."""

from dataclasses import dataclass

import msgspec

from comments import queries as comment_queries
from comments.payloads import comment_of
from livecomments import events, ids, personal
from livecomments.protocol import (
    BACKFILL_ITEMS_PER_MESSAGE,
    Audience,
    Backfill,
    Comment,
    CommentHidden,
    CommentPosted,
    CommentRestored,
    Item,
    PersonalItem,
    UserCleared,
    YouHeldApproved,
)
from livecomments.tickets import Room
from streams import queries as stream_queries
from streams.models import AuditEntry

from .frames import Prepared


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a part of the log means to every viewer, in log order, ready to be sent.

    None of the messages is the last one of its stretch: that is for whoever sends them.
    """

    messages: list[Prepared]
    comments: int  # that are shown in them
    left_out: int  # comments that are not: the room was busier than its pace
    told: dict[int, list[PersonalItem]]  # what concerned one person, by user id


def stretch_between(room: Room, *, after: int, upto: int, acted: int, limit: int) -> Stretch | None:
    """Return what was said in (`after`, `upto`], and what was done in (`after`, `acted`].

    None when the archive has not come that far, or when there is more than `limit`.
    """
    if stream_queries.archived_through(room.partition) < acted:
        return None
    rows = list(comment_queries.comments_between(room.id, after, upto)[: limit + 1])
    actions = list(stream_queries.actions_between(room.id, after, acted)[: limit + 1])
    if len(rows) + len(actions) > limit:
        return None
    shown = {row.pk: comment_of(row) for row in rows}
    items: list[tuple[int, Item]] = [
        (log_id, CommentPosted(comment=comment)) for log_id, comment in shown.items()
    ]
    acts = _shown_actions(actions)
    for log_id, body in acts:
        items += [(log_id, item) for item in _items(log_id, body)]
    in_order = [item for _, item in sorted(items, key=lambda pair: pair[0])]
    in_order = _as_it_is_now(room, in_order, upto)
    return Stretch(
        messages=[_message(part, upto) for part in _parts(in_order)],
        comments=len(rows),
        left_out=comment_queries.left_out_between(room.id, after, upto).count(),
        told=_told(acts, shown),
    )


def _told(
    acts: list[tuple[int, events.Body]], shown: dict[int, Comment]
) -> dict[int, list[PersonalItem]]:
    found: dict[int, list[PersonalItem]] = {}
    for log_id, body in acts:
        concerned = personal.told(body, ids.id_ms(log_id))
        if isinstance(body, events.CommentSaid) and body.hold and log_id in shown:
            approved = YouHeldApproved(hold=body.hold, comment=shown[log_id])
            concerned = (body.author, approved)
        if concerned is not None:
            user_id, item = concerned
            found.setdefault(user_id, []).append(item)
    return found


def _shown_actions(actions: list[AuditEntry]) -> list[tuple[int, events.Body]]:
    """The actions, without clearings that were taken back meanwhile: what the rows show is right
    already, and of the comments that a clearing hid only the recent ones come back one by one."""
    found = [
        # Every action of a stream has a log id.
        (action.log_id or 0, events.decode(action.action, msgspec.json.encode(action.event)))
        for action in actions
    ]
    taken_back = {int(body.clear) for _, body in found if isinstance(body, events.UserRestored)}
    return [(log_id, body) for log_id, body in found if log_id not in taken_back]


def _as_it_is_now(room: Room, items: list[Item], upto: int) -> list[Item]:
    """The items, without what was restored and hidden again, or that viewers are yet to be shown.

    What stays restored is told as it is now: what it quotes may have been hidden since.
    """
    restored = [int(item.comment.id) for item in items if isinstance(item, CommentRestored)]
    if not restored:
        return items
    present = comment_queries.visible_comments(room.id, [one for one in restored if one <= upto])
    return [
        CommentRestored(comment=present[item.comment.id])
        if isinstance(item, CommentRestored)
        else item
        for item in items
        if not isinstance(item, CommentRestored) or item.comment.id in present
    ]


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
    message = Backfill(audience=Audience.PUBLIC, through=str(upto), items=items, more=True)
    return Prepared(msgspec.json.encode(message))


def _items(log_id: int, body: events.Body) -> list[Item]:
    match body:
        case events.CommentHidden(comment=comment):
            return [CommentHidden(id=comment)]
        case events.CommentWithdrawn(comment=comment):
            return [CommentHidden(id=comment, withdrawn=True)]
        case events.CommentRestored(comment=comment):
            return [CommentRestored(comment=comment)]
        case events.UserCleared(user=user, name=name):
            return [UserCleared(user=str(user), name=name, through=str(log_id))]
        case events.UserRestored(shown=shown):
            return [CommentRestored(comment=comment) for comment in shown]
        case _:
            return []  # modes and pins are sent whole, at the end
