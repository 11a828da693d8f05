"""Moderate what is said: hide, restore, clear, pin, decide on held comments. Async.

Each action is one event in the room's log and holds from the instant it is appended; rows and
audit follow from the archive, so moderators can act while Postgres is away. What an action needs
to be taken back stands in its event. `comments.actions` is the door that everybody comes through.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from livecomments import dbthreads, eventlog, events, ids, redisdb
from livecomments.errors import DomainError
from livecomments.eventlog import Operation
from livecomments.protocol import REASON_MAX_LENGTH, Comment, ErrorCode, Quote
from livecomments.tickets import Identity, Room
from streams.domain import require_staff, shield
from streams.record import find_action
from streams.roomstate import effects

from . import queries
from .history import (
    RECENT_AT_MOST,
    WITHDRAWN,
    delayed_comments,
    find_comment,
    not_surely_shown,
    recent_comments,
    with_present_quotes,
)

# What is noted of a comment or an action because it happens once (lua/append.lua).
HIDDEN = "hidden"  # by a moderator, until it is restored
HIDDEN_BY_REPORTS = "hidden by reports"
TAKEN_BACK = "taken back"

_said = msgspec.json.Decoder(events.CommentSaid)


# --- comments -----------------------------------------------------------------------------------


async def hide_comment(room: Room, *, actor: Identity, comment_id: int, reason: str = "") -> int:
    """Return the log id. Viewers lose the text within a tick.

    Raises `forbidden`, `busy`, `unknown_comment` for one that was never said here, and `conflict`
    when another moderator has hidden it.
    """
    require_staff(actor)
    _require_own(room, comment_id)
    with conflict_means("This comment is hidden already."):
        return await hide(room, comment_id=comment_id, by=actor.user_id, reason=reason)


async def hide(room: Room, *, comment_id: int, by: int | None, reason: str) -> int:
    """Return the log id. `by` None: the room's own rules did it, once; then `conflict`."""
    body = events.CommentHidden(
        comment=str(comment_id),
        by=by,
        reason=reason[:REASON_MAX_LENGTH],
        said=await _as_shown(room, comment_id),
    )
    once = [Operation("once", HIDDEN_BY_REPORTS if by is None else HIDDEN)]
    return await eventlog.append(room, body, operations=once, about=comment_id)


async def restore_comment(
    room: Room, *, actor: Identity, comment: Comment, hidden_by: str | None = None
) -> int:
    """Return the log id. The comment goes back to its old place.

    `hidden_by`: the action that this takes back; what that decided waits again. Raises `conflict`
    when its author has withdrawn the comment.
    """
    require_staff(actor)
    number = int(comment.id)
    _require_own(room, number)
    [comment] = await with_present_quotes(room, [comment])
    body = events.CommentRestored(comment=comment, by=actor.user_id, hidden_by=hidden_by)
    operations = [
        Operation("unless", WITHDRAWN),
        Operation("forget", HIDDEN),
        Operation("settle", "-"),
    ]
    with conflict_means("Its author has withdrawn this comment."):
        # What is noted does not outlive a Redis that was emptied; the archive does.
        asked = dbthreads.run(queries.is_withdrawn, room.id, number)
        if await dbthreads.unless_away(asked, otherwise=False):
            raise DomainError(ErrorCode.CONFLICT)
        return await eventlog.append(room, body, operations=operations, about=number)


async def withdraw_comment(room: Room, *, actor: Identity, comment_id: int) -> int:
    """Return the log id. Only of one's own, whether it is shown or not.

    Raises `unknown_comment`, `forbidden`, `conflict` when it is withdrawn already.
    """
    comment = await _find_said(room, comment_id) or await find_any_comment(room, comment_id)
    if comment is None:
        raise DomainError(ErrorCode.UNKNOWN_COMMENT)
    if comment.user.id != str(actor.user_id):
        raise DomainError(ErrorCode.FORBIDDEN, "Only its author can withdraw a comment.")
    body = events.CommentWithdrawn(comment=comment.id, author=actor.user_id)
    once = [Operation("once", WITHDRAWN)]
    with conflict_means("This comment is withdrawn already."):
        return await eventlog.append(room, body, operations=once, about=comment_id)


async def find_any_comment(room: Room, comment_id: int) -> Comment | None:
    """Return a comment of this room that may be hidden, from the archive. Raises `unavailable`."""
    _require_own(room, comment_id)
    return await dbthreads.run(queries.restorable_comment, room.id, comment_id)


async def pin_comment(room: Room, *, actor: Identity, comment: Comment) -> int:
    """Return the log id. There is one pinned comment: this one replaces another."""
    require_staff(actor)
    _require_own(room, int(comment.id))
    return await eventlog.append(room, events.CommentPinned(comment=comment, by=actor.user_id))


async def unpin_comment(room: Room, *, actor: Identity) -> int:
    """Return the log id."""
    require_staff(actor)
    return await eventlog.append(room, events.CommentUnpinned(by=actor.user_id))


# --- everything of one person --------------------------------------------------------------------


async def clear_user(room: Room, *, actor: Identity, user_id: int, reason: str = "") -> int:
    """Return the log id. Everything this person has said in the room is hidden.

    Raises `protected` as a sanction does.
    """
    require_staff(actor)
    condition = shield(actor, user_id)
    recent = [*await recent_comments(room, RECENT_AT_MOST), *await delayed_comments(room)]
    shown = [comment for comment in recent if comment.user.id == str(user_id)]
    body = events.UserCleared(
        user=user_id,
        name=shown[-1].user.name if shown else await _name_of(room, user_id),
        by=actor.user_id,
        reason=reason[:REASON_MAX_LENGTH],
        shown=shown,
    )
    return await eventlog.append(room, body, operations=[condition])


async def restore_user(room: Room, *, actor: Identity, cleared_by: int) -> int:
    """Return the log id. What that clearing hid is shown again.

    Raises `not_found`, and `conflict` when it was shown again before.
    """
    require_staff(actor)
    cleared = await find_action(room, cleared_by)
    if not isinstance(cleared, events.UserCleared):
        raise DomainError(ErrorCode.NOT_FOUND)
    still = await _still_cleared(room, cleared.shown, cleared_by)
    shown = await with_present_quotes(room, still)
    body = events.UserRestored(
        user=cleared.user, by=actor.user_id, clear=str(cleared_by), shown=shown
    )
    once = [Operation("once", TAKEN_BACK)]
    with conflict_means("This was taken back already."):
        return await eventlog.append(room, body, operations=once, about=cleared_by)


async def _still_cleared(room: Room, shown: list[Comment], cleared_by: int) -> list[Comment]:
    """Those that nothing else hides; without Postgres, those that their authors left there."""
    numbers = [int(comment.id) for comment in shown]
    asked = dbthreads.run(queries.kept_hidden, room.id, numbers, cleared_by)
    kept: set[int] = await dbthreads.unless_away(asked, otherwise=set())
    gone = await _withdrawn(room, shown)
    return [comment for comment in shown if int(comment.id) not in kept | gone]


async def _withdrawn(room: Room, comments: list[Comment]) -> set[int]:
    redis = redisdb.client().pipeline(transaction=False)
    for comment in comments:
        redis.hexists(redisdb.noted(room, int(comment.id)), WITHDRAWN)
    with redisdb.busy_without_redis():
        gone = await redis.execute()
    return {int(comment.id) for comment, is_gone in zip(comments, gone, strict=True) if is_gone}


async def _name_of(room: Room, user_id: int) -> str:
    """The name that quotes of a person have, if Postgres can say."""
    return await dbthreads.unless_away(
        dbthreads.run(queries.last_name, room.id, user_id), otherwise=""
    )


# --- held comments ------------------------------------------------------------------------------


async def approve_hold(room: Room, *, actor: Identity, hold: int) -> int:
    """Return the id of the comment it became: it is appended afresh, at its new place.

    Raises `not_found` when the hold was decided or has expired; two moderators cannot both win.
    """
    require_staff(actor)
    said = await _held(room, hold)
    approved = msgspec.structs.replace(
        said,
        hold=str(hold),
        by=actor.user_id,
        reason="",
        detail="",
        quote=await _present_quote(room, said.quote),
    )
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
        hold=str(hold),
        author=said.author,
        outcome="refused",
        by=actor.user_id,
        reason=reason[:REASON_MAX_LENGTH],
        said=said,
    )
    return await eventlog.append(room, body, operations=effects(body))


async def expire_hold(room: Room, *, hold: int) -> int:
    """Return the log id; called by the partition's owner when nobody decided in time."""
    said = await _held(room, hold)
    body = events.HoldClosed(hold=str(hold), author=said.author, outcome="expired")
    return await eventlog.append(room, body, operations=effects(body))


async def reopen_hold(room: Room, *, actor: Identity, refused_by: int) -> int:
    """Return the new hold's number: what was refused waits again.

    Raises `not_found`, and `conflict` when it waits again already, or did.
    """
    require_staff(actor)
    closed = await find_action(room, refused_by)
    if not isinstance(closed, events.HoldClosed) or closed.said is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    operations = [Operation("once", TAKEN_BACK), Operation("wait", "-")]
    with conflict_means("It was taken back already."):
        return await eventlog.append(
            room, closed.said, kind=events.COMMENT_HELD, operations=operations, about=refused_by
        )


async def _present_quote(room: Room, quote: Quote | None) -> Quote | None:
    """The quote, without its text unless what it quotes is surely shown still."""
    if quote is None:
        return None
    gone = await not_surely_shown(room, {quote.id})
    return msgspec.structs.replace(quote, text="") if gone else quote


async def _held(room: Room, hold: int) -> events.CommentSaid:
    with redisdb.busy_without_redis():
        raw = await redisdb.client().hget(redisdb.holds(room), ids.position(hold))
    if raw is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    return _said.decode(raw)


async def _as_shown(room: Room, comment_id: int) -> Comment | None:
    """The comment as viewers see it, if it can be found; hiding does not wait for Postgres.

    Raises `unknown_comment` for one that was surely never said here.
    """
    asked = _look_up(room, comment_id)
    found, may_exist = await dbthreads.unless_away(asked, otherwise=(None, True))
    if not may_exist:
        raise DomainError(ErrorCode.UNKNOWN_COMMENT)
    return found


async def _look_up(room: Room, comment_id: int) -> tuple[Comment | None, bool]:
    """The comment if it is shown, and whether it was ever said."""
    found = await _find_said(room, comment_id)
    if found is not None:
        return found, True
    name = await dbthreads.run(queries.author_name, room.id, comment_id)
    return None, name != ""


async def _find_said(room: Room, comment_id: int) -> Comment | None:
    """The comment from where it is found first: what waits to be shown, or was left out, stands in
    the log before the archive has it."""
    _require_own(room, comment_id)
    entry = await eventlog.find_entry(room, comment_id)
    if entry is None:
        return await find_comment(room, str(comment_id))
    if isinstance(entry.body, events.CommentSaid) and entry.kind == events.COMMENT_POSTED:
        return events.comment_of(entry.id, entry.body)
    return None


@contextmanager
def conflict_means(message: str) -> Iterator[None]:
    """Let a `conflict` say what it is about."""
    try:
        yield
    except DomainError as error:
        if error.code is ErrorCode.CONFLICT:
            raise DomainError(error.code, message) from None
        raise


def _require_own(room: Room, comment_id: int) -> None:
    if ids.partition_of(comment_id) != room.partition:
        raise DomainError(ErrorCode.UNKNOWN_COMMENT)
