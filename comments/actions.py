"""The one door for everything that changes a room: page, API, admin and rules come through here.

Async, free of the ORM. An action is checked (`streams.rights`), becomes one event in the room's
log, and comes back with the action that takes it back, so that an undo is an action like any other.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from livecomments import dbthreads, eventlog, events, ids, limits, redisdb
from livecomments.accounts.queries import is_of_the_house
from livecomments.errors import DomainError
from livecomments.legible import legible
from livecomments.protocol import (
    ANNOUNCEMENT_MIN_SECONDS,
    RAID_MAX_SECONDS,
    STAFF_ROLES,
    TIMEOUT_MIN_SECONDS,
    Action,
    Announce,
    Announcement,
    ApproveHeld,
    BanUser,
    ClearUser,
    Comment,
    DismissReports,
    EndAnnouncement,
    ErrorCode,
    HideComment,
    LiftSanction,
    Message,
    Panic,
    PinComment,
    RefuseHeld,
    ReopenHeld,
    ReportComment,
    RestoreComment,
    RestoreUser,
    SanctionKind,
    SetModes,
    TimeOutUser,
    UnpinComment,
    WarnUser,
    WithdrawComment,
)
from livecomments.tickets import Identity, Room, now_ms
from streams import domain, rights, roomstate
from streams.record import find_action

from . import moderation
from .history import find_comment, is_shown
from .review import reports
from .spam.text import clean
from .taken import Taken, once


async def act(
    room: Room, *, actor: Identity, action: Action, where: str = "", ref: str | None = None
) -> Taken:
    """Return where the action stands in the log. `where`: it came from, for the audit.

    With a `ref` of the actor's own it may be repeated for ten minutes: it is taken once.

    Raises `DomainError`: `forbidden`, `protected`, `conflict`, `not_found`, `unknown_comment`,
    `bad_message`, `nonce_reused`, `busy`, `unavailable`.
    """
    rights.require(actor.role, action)
    legible_action = _legible(action)

    async def take() -> Taken:
        await _count(actor, legible_action)
        with eventlog.acting_from(where):
            return await _ACTS[type(legible_action)](room, actor, legible_action)

    if ref is None:
        return await take()
    return await once(room, actor, ref, legible_action, take)


def _legible(action: Action) -> Action:
    """The action with nothing in its free text but text."""
    free = {name: getattr(action, name, None) for name in ("reason", "note")}
    texts = {name: legible(text) for name, text in free.items() if type(text) is str}
    return msgspec.structs.replace(action, **texts) if texts else action


async def _count(actor: Identity, action: Action) -> None:
    wanted = limits.action_reservations(
        actor.user_id,
        staff=actor.is_staff,
        is_report=isinstance(action, ReportComment),
        is_withdrawal=isinstance(action, WithdrawComment),
    )
    await limits.spend(wanted)


# --- comments -----------------------------------------------------------------------------------


async def _hide(room: Room, actor: Identity, action: HideComment) -> Taken:
    comment_id = _id(action.id)
    taken = await moderation.hide_comment(
        room, actor=actor, comment_id=comment_id, reason=action.reason
    )
    return Taken(taken, RestoreComment(id=action.id, hidden_by=str(taken)))


async def _restore(room: Room, actor: Identity, action: RestoreComment) -> Taken:
    comment = await _hidden_comment(room, action)
    taken = await moderation.restore_comment(
        room, actor=actor, comment=comment, hidden_by=action.hidden_by
    )
    return Taken(taken, HideComment(id=action.id))


async def _hidden_comment(room: Room, action: RestoreComment) -> Comment:
    """The comment as it was shown: from the action that hid it, else from the archive."""
    if action.hidden_by is not None:
        hidden = await find_action(room, _id(action.hidden_by))
        if (
            isinstance(hidden, events.CommentHidden)
            and hidden.comment == action.id
            and hidden.said is not None
        ):
            return hidden.said
    comment = await moderation.find_any_comment(room, _id(action.id))
    if comment is None:
        raise DomainError(ErrorCode.UNKNOWN_COMMENT)
    return comment


async def _withdraw(room: Room, actor: Identity, action: WithdrawComment) -> Taken:
    return Taken(await moderation.withdraw_comment(room, actor=actor, comment_id=_id(action.id)))


async def _report(room: Room, actor: Identity, action: ReportComment) -> Taken:
    if isinstance(await _present_sanction(room, str(actor.user_id)), BanUser):
        raise DomainError(ErrorCode.BANNED)
    comment_id = _id(action.id)
    taken = await reports.report_comment(
        room, actor=actor, comment_id=comment_id, reason=action.reason, note=action.note
    )
    threshold = await reports.report_threshold(room)
    weights = await reports.report_weights(room, comment_id)
    if 0 < threshold <= sum(weights.values()):
        await _hide_reported(room, comment_id)
    return Taken(taken)


async def _hide_reported(room: Room, comment_id: int) -> None:
    """Hide what enough people reported, once: what was restored since is not hidden again, and
    what staff say is not for viewers to hide."""
    comment = await find_comment(room, str(comment_id))
    if comment is None or comment.user.role in STAFF_ROLES:
        return
    try:
        await moderation.hide(room, comment_id=comment_id, by=None, reason=events.REPORTED)
    except DomainError as error:
        if error.code is not ErrorCode.CONFLICT:
            raise


async def _dismiss(room: Room, actor: Identity, action: DismissReports) -> Taken:
    return Taken(await reports.dismiss_reports(room, actor=actor, comment_id=_id(action.id)))


async def _pin(room: Room, actor: Identity, action: PinComment) -> Taken:
    comment = await _visible(room, action.id)
    if not await is_shown(room, comment.id):
        raise DomainError(ErrorCode.CONFLICT, "Viewers have not been shown this comment yet.")
    before = await _pinned(room)
    taken = await moderation.pin_comment(room, actor=actor, comment=comment)
    return Taken(taken, PinComment(id=before) if before else UnpinComment())


async def _unpin(room: Room, actor: Identity, action: UnpinComment) -> Taken:
    before = await _pinned(room)
    taken = await moderation.unpin_comment(room, actor=actor)
    return Taken(taken, PinComment(id=before) if before else None)


# --- held comments ------------------------------------------------------------------------------


async def _approve(room: Room, actor: Identity, action: ApproveHeld) -> Taken:
    taken = await moderation.approve_hold(room, actor=actor, hold=_id(action.hold))
    return Taken(taken, HideComment(id=str(taken)))


async def _refuse(room: Room, actor: Identity, action: RefuseHeld) -> Taken:
    taken = await moderation.refuse_hold(
        room, actor=actor, hold=_id(action.hold), reason=action.reason
    )
    return Taken(taken, ReopenHeld(refused_by=str(taken)))


async def _reopen(room: Room, actor: Identity, action: ReopenHeld) -> Taken:
    taken = await moderation.reopen_hold(room, actor=actor, refused_by=_id(action.refused_by))
    return Taken(taken, RefuseHeld(hold=str(taken)))


# --- people -------------------------------------------------------------------------------------


async def _clear(room: Room, actor: Identity, action: ClearUser) -> Taken:
    user_id = _id(action.user)
    await _protect_the_house(actor, user_id)
    taken = await moderation.clear_user(room, actor=actor, user_id=user_id, reason=action.reason)
    return Taken(taken, RestoreUser(cleared_by=str(taken)))


async def _restore_user(room: Room, actor: Identity, action: RestoreUser) -> Taken:
    cleared_by = _id(action.cleared_by)
    cleared = await find_action(room, cleared_by)
    taken = await moderation.restore_user(room, actor=actor, cleared_by=cleared_by)
    user = cleared.user if isinstance(cleared, events.UserCleared) else None
    return Taken(taken, ClearUser(user=str(user)) if user else None)


async def _warn(room: Room, actor: Identity, action: WarnUser) -> Taken:
    if not action.reason.strip():
        raise DomainError(ErrorCode.BAD_MESSAGE, "A warning says what it is about.")
    about = None if action.comment is None else str(_id(action.comment))
    user_id = _id(action.user)
    await _protect_the_house(actor, user_id)
    taken = await domain.warn_user(
        room, actor=actor, user_id=user_id, reason=action.reason, about=about
    )
    return Taken(taken)


async def _time_out(room: Room, actor: Identity, action: TimeOutUser) -> Taken:
    return await _sanction(room, actor, action, SanctionKind.TIMEOUT, action.seconds)


async def _ban(room: Room, actor: Identity, action: BanUser) -> Taken:
    return await _sanction(room, actor, action, SanctionKind.BAN, None)


async def _sanction(
    room: Room,
    actor: Identity,
    action: TimeOutUser | BanUser,
    kind: SanctionKind,
    seconds: int | None,
) -> Taken:
    user_id = _id(action.user)
    await _protect_the_house(actor, user_id)
    before = await _present_sanction(room, action.user)
    taken = await domain.sanction_user(
        room,
        actor=actor,
        user_id=user_id,
        kind=kind,
        seconds=seconds,
        reason=action.reason,
        instead_of=action.instead_of,
    )
    placed = domain.sanction_end(taken, seconds)
    if before is None:
        return Taken(taken, LiftSanction(user=action.user, placed=placed))
    return Taken(taken, msgspec.structs.replace(before, instead_of=placed))


async def _lift(room: Room, actor: Identity, action: LiftSanction) -> Taken:
    before = await _present_sanction(room, action.user)
    taken = await domain.lift_sanction(
        room, actor=actor, user_id=_id(action.user), placed=action.placed
    )
    return Taken(taken, before)


async def _protect_the_house(actor: Identity, user_id: int) -> None:
    """Raises `protected`. A room knows its own staff, and who ran the house when it was opened."""
    if user_id == actor.user_id:
        return  # that is refused in other words
    if await dbthreads.unless_away(dbthreads.run(is_of_the_house, user_id), otherwise=False):
        raise DomainError(ErrorCode.PROTECTED)


async def _present_sanction(room: Room, user: str) -> BanUser | TimeOutUser | None:
    """The action that would place the sanction that somebody is under, for as long as is left."""
    with redisdb.busy_without_redis():
        raw = await redisdb.read_hash(redisdb.client(), redisdb.sanctions(room), [user])
    if user not in raw:
        return None
    if raw[user] == b"ban":
        return BanUser(user=user)
    seconds = (int(raw[user]) - now_ms()) // 1000
    return TimeOutUser(user=user, seconds=seconds) if seconds >= TIMEOUT_MIN_SECONDS else None


# --- the room -----------------------------------------------------------------------------------


async def _set_modes(room: Room, actor: Identity, action: SetModes) -> Taken:
    before = await domain.read_modes(room)
    taken = await domain.set_modes(room, actor=actor, modes=action)
    named = {name for name in before if getattr(action, name, None) is not None}
    undo = {name: before[name] for name in named}
    if action.raid_seconds is not None:
        left = (int(before.get(roomstate.RAID, 0)) - now_ms()) // 1000
        undo["raid_seconds"] = min(max(0, left), RAID_MAX_SECONDS)
    return Taken(taken, msgspec.convert({"type": "set_modes", **undo}, SetModes))


async def _panic(room: Room, actor: Identity, action: Panic) -> Taken:
    step = domain.begin_panic if action.on else domain.end_panic
    return Taken(await step(room, actor=actor), Panic(on=not action.on))


async def _announce(room: Room, actor: Identity, action: Announce) -> Taken:
    text = clean(action.text)
    standing, before = await domain.read_announcement(room)
    if action.instead_of is not None:
        standing = _id(action.instead_of)
    taken = await domain.announce(
        room, actor=actor, text=text, seconds=action.seconds, instead_of=standing
    )
    again = _announced_again(before, instead_of=taken)
    return Taken(taken, again or EndAnnouncement(id=str(taken)))


async def _end_announcement(room: Room, actor: Identity, action: EndAnnouncement) -> Taken:
    standing = _id(action.id)
    _, before = await domain.read_announcement(room)
    text = before.text if before else ""
    taken = await domain.end_announcement(room, actor=actor, standing=standing, text=text)
    return Taken(taken, _announced_again(before, instead_of=0))


def _announced_again(before: Announcement | None, *, instead_of: int) -> Announce | None:
    """The action that would announce the same for as long as is left of it."""
    if before is None:
        return None
    seconds = None if before.until is None else (before.until - now_ms()) // 1000
    if seconds is not None and seconds < ANNOUNCEMENT_MIN_SECONDS:
        return None
    return Announce(text=before.text, seconds=seconds, instead_of=str(instead_of))


_Act = Callable[[Room, Identity, Any], Awaitable[Taken]]
_ACTS: dict[type[Message], _Act] = {
    HideComment: _hide,
    RestoreComment: _restore,
    WithdrawComment: _withdraw,
    ReportComment: _report,
    DismissReports: _dismiss,
    PinComment: _pin,
    UnpinComment: _unpin,
    ApproveHeld: _approve,
    RefuseHeld: _refuse,
    ReopenHeld: _reopen,
    ClearUser: _clear,
    RestoreUser: _restore_user,
    WarnUser: _warn,
    TimeOutUser: _time_out,
    BanUser: _ban,
    LiftSanction: _lift,
    SetModes: _set_modes,
    Panic: _panic,
    Announce: _announce,
    EndAnnouncement: _end_announcement,
}


def _id(text: str) -> int:
    """A number from the wire. Raises `bad_message`."""
    number = ids.parse_id(text)
    if number is None:
        raise DomainError(ErrorCode.BAD_MESSAGE, "An id is a number, written as a string.")
    return number


async def _visible(room: Room, comment_id: str) -> Comment:
    comment = await find_comment(room, comment_id)
    if comment is None:
        raise DomainError(ErrorCode.UNKNOWN_COMMENT)
    return comment


async def _pinned(room: Room) -> str | None:
    """The id of the pinned comment, as viewers see the room."""
    pinned = (await domain.read_room(room)).pinned
    return pinned.id if pinned else None
