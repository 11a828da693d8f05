"""Moderate what is said: hide, restore, pin, decide on held comments. Async, free of the ORM.

Each action is one event in the room's log and holds from the instant it is appended; rows and
audit follow from the archive, so moderators can act while Postgres is away. Who may: staff of the
room (`streams.domain.require_staff`).
"""

import msgspec

from livecomments import eventlog, events, ids, redisdb
from livecomments.errors import DomainError
from livecomments.protocol import Comment, ErrorCode
from livecomments.tickets import Identity, Room
from streams.domain import require_staff
from streams.roomstate import effects

_said = msgspec.json.Decoder(events.CommentSaid)


async def hide_comment(room: Room, *, actor: Identity, comment_id: int, reason: str = "") -> int:
    """Return the log id. Viewers lose the text within a tick. Raises `forbidden`, `busy`."""
    require_staff(actor)
    _require_own(room, comment_id)
    body = events.CommentHidden(comment=str(comment_id), by=actor.user_id, reason=reason)
    return await eventlog.append(room, body)


async def restore_comment(room: Room, *, actor: Identity, comment: Comment) -> int:
    """Return the log id. The comment goes back to its old place."""
    require_staff(actor)
    _require_own(room, int(comment.id))
    return await eventlog.append(room, events.CommentRestored(comment=comment, by=actor.user_id))


async def pin_comment(room: Room, *, actor: Identity, comment: Comment) -> int:
    """Return the log id. There is one pinned comment: this one replaces another."""
    require_staff(actor)
    _require_own(room, int(comment.id))
    return await eventlog.append(room, events.CommentPinned(comment=comment, by=actor.user_id))


async def unpin_comment(room: Room, *, actor: Identity) -> int:
    """Return the log id."""
    require_staff(actor)
    return await eventlog.append(room, events.CommentUnpinned(by=actor.user_id))


async def approve_hold(room: Room, *, actor: Identity, hold: int) -> int:
    """Return the id of the comment it became: it is appended afresh, at its new place.

    Raises `not_found` when the hold was decided or has expired; two moderators cannot both win.
    """
    require_staff(actor)
    said = await _held(room, hold)
    approved = msgspec.structs.replace(said, hold=str(hold), by=actor.user_id, reason="")
    return await eventlog.append(
        room,
        approved,
        kind=events.COMMENT_POSTED,
        operations=effects(approved),
    )


async def refuse_hold(room: Room, *, actor: Identity, hold: int, reason: str = "") -> int:
    """Return the log id; the sender is told. Raises `not_found` as `approve_hold`."""
    require_staff(actor)
    said = await _held(room, hold)
    body = events.HoldClosed(
        hold=str(hold), author=said.author, outcome="refused", by=actor.user_id, reason=reason
    )
    return await eventlog.append(room, body, operations=effects(body))


async def expire_hold(room: Room, *, hold: int) -> int:
    """Return the log id; called by the partition's owner when nobody decided in time."""
    said = await _held(room, hold)
    body = events.HoldClosed(hold=str(hold), author=said.author, outcome="expired")
    return await eventlog.append(room, body, operations=effects(body))


async def _held(room: Room, hold: int) -> events.CommentSaid:
    try:
        raw = await redisdb.client().hget(redisdb.holds(room), ids.position(hold))
    except redisdb.RedisError as error:
        raise DomainError(ErrorCode.BUSY, retry_after_ms=1000) from error
    if raw is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    return _said.decode(raw)


def _require_own(room: Room, comment_id: int) -> None:
    if ids.partition_of(comment_id) != room.partition:
        raise DomainError(ErrorCode.UNKNOWN_COMMENT)
