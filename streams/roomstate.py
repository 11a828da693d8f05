"""What Redis keeps of a room, and how an event changes what viewers see of it. Sync, pure.

The state hash has two halves. Admission's half (status and modes) changes the instant an event is
appended; the publisher's half (`room`, the wire state as JSON) changes when the event is
published, so that a snapshot always fits the `seq` it is read with.
"""

import secrets
from collections.abc import Container, Mapping

import msgspec

from livecomments import events, ids
from livecomments.eventlog import Operation, set_field
from livecomments.protocol import Role, StreamStatus
from livecomments.protocol import Room as RoomState

MODES = (
    "closed",
    "slow_seconds",
    "min_account_age_minutes",
    "review",
    "pace",
    "links",
    "standing_only",
    "delay",
    "raid_until",
)
RAID = "raid_until"  # among the modes, but it ends by itself and is set as a length
CALM = "calm"  # the modes from before the panic switch, JSON; there while it is on
ANNOUNCED = "announced"  # the log position of the last announcement, until it is taken away

_encode = msgspec.json.encode
_decoder = msgspec.json.Decoder(RoomState)


def new_epoch() -> str:
    """Return a fresh epoch: cursors of another epoch mean nothing, so their owners reload."""
    return secrets.token_hex(6)


def staff_field(user_id: int) -> str:
    """Return the field that tells a person's role in the room, for those who have one."""
    return f"staff:{user_id}"


def initial_values(
    state: RoomState,
    *,
    staff: Mapping[int, Role] | None = None,
    calm: Mapping[str, bool | int | str] | None = None,
) -> list[str | int | bytes]:
    """Return the field and value pairs of both halves for a room in this state."""
    values: list[str | int | bytes] = ["status", state.status.value, "panic", int(state.panic)]
    for name in MODES:
        values += [name, _kept(getattr(state, name))]
    for user_id, role in (staff or {}).items():
        values += [staff_field(user_id), role.value]
    if calm:
        values += [CALM, _encode(calm)]
    if state.announcement is not None:
        values += [ANNOUNCED, ids.position(int(state.announcement.id))]
    return [*values, "room", _encode(state)]


def _kept(value: bool | int | str) -> str | int:
    return int(value) if isinstance(value, bool | int) else str(value)


def encode(state: RoomState) -> bytes:
    """Return the published half as it is kept."""
    return _encode(state)


def decode(raw: bytes) -> RoomState:
    """Return the published half."""
    return _decoder.decode(raw)


_MODES_STATE = msgspec.defstruct(
    "Modes",
    [
        (field.name, field.type | None, None)
        for field in msgspec.structs.fields(RoomState)
        if field.name in MODES
    ],
)


def modes_of(fields: Mapping[str, str]) -> dict[str, bool | int | str]:
    """Return the modes as admission's half keeps them. `fields`: of the state hash."""
    kept = {name: fields[name] for name in MODES if name in fields}
    modes = msgspec.to_builtins(msgspec.convert(kept, _MODES_STATE, strict=False))
    return {name: modes[name] for name in kept}


def effects(body: events.Body) -> list[Operation]:
    """Return what an event changes in admission's half, in the step that appends it."""
    match body:
        case events.StatusChanged(status=status):
            return [set_field("status", status.value)]
        case events.ModesChanged():
            return _modes_set(body)
        case events.UserSanctioned(user=user, seconds=seconds):
            length = "ban" if seconds is None else str(seconds * 1000)
            return [Operation("sanction", str(user), length)]
        case events.SanctionLifted(user=user):
            return [Operation("lift", str(user))]
        case events.CommentSaid(hold=str(hold)) | events.HoldClosed(hold=hold):
            return [Operation("take", ids.position(int(hold)))]
        case events.StaffChanged(user=user, role=Role.VIEWER):
            return [Operation("unset", staff_field(user))]
        case events.StaffChanged(user=user, role=role):
            return [set_field(staff_field(user), role.value)]
        case events.RulesChanged(version=version, rules=rules):
            return [set_field("rules", rules), set_field("rules_version", version)]
        case events.AnnouncementMade():
            return [Operation("mark", ANNOUNCED)]
        case events.AnnouncementEnded():
            return [Operation("unset", ANNOUNCED)]
        case _:
            return []


def _modes_set(body: events.ModesChanged) -> list[Operation]:
    wanted = {name: getattr(body, name) for name in (*MODES, "panic")}
    operations = [set_field(name, value) for name, value in wanted.items() if value is not None]
    if body.panic:
        operations.append(set_field(CALM, _encode(body.before).decode()))
    elif body.panic is False:
        operations.append(Operation("unset", CALM))
    return operations


def as_of(state: RoomState, now: int) -> RoomState:
    """Return the state without an announcement whose time is over. `now`: Unix ms."""
    standing = state.announcement
    if standing is None or standing.until is None or standing.until > now:
        return state
    return msgspec.structs.replace(state, announcement=None)


def after(state: RoomState, entry: events.Entry) -> RoomState:
    """Return the state after an event; the same object when the event leaves it alone."""
    if isinstance(entry.body, events.CommentSaid):
        return state  # nearly every event
    changed = _changed(state, entry)
    return state if changed is state else as_of(changed, entry.at_ms)


def _changed(state: RoomState, entry: events.Entry) -> RoomState:
    match body := entry.body:
        case events.StatusChanged(status=status):
            return _with_status(state, status, at=entry.at_ms)
        case events.CommentPinned(comment=comment):
            return msgspec.structs.replace(state, pinned=comment)
        case events.CommentUnpinned():
            return msgspec.structs.replace(state, pinned=None)
        case events.CommentHidden(comment=hidden) | events.CommentWithdrawn(comment=hidden):
            return _without_hidden(state, {hidden})
        case events.UserCleared(user=user, name=name, shown=shown):
            theirs = {comment.id for comment in shown}
            return _without_hidden(state, theirs, user=str(user), name=name)
        case events.ModesChanged():
            return _with_modes(state, body)
        case events.AnnouncementMade():
            announcement = events.announcement_of(entry.id, body)
            return msgspec.structs.replace(state, announcement=announcement)
        case events.AnnouncementEnded():
            return msgspec.structs.replace(state, announcement=None)
        case _:
            return state


def _with_status(state: RoomState, status: StreamStatus, *, at: int) -> RoomState:
    """The state with its times: a stream that goes live again goes on from its first start."""
    began, ended = state.started_at, state.ended_at
    if status is StreamStatus.LIVE:
        began, ended = at if began is None else began, None
    elif status is StreamStatus.ENDED:
        ended = at
    return msgspec.structs.replace(state, status=status, started_at=began, ended_at=ended)


def _without_hidden(
    state: RoomState, hidden: Container[str], *, user: str = "", name: str = ""
) -> RoomState:
    """The state, without the pinned comment if it is one of these, or by this person; without its
    quote, for good, if that is."""
    pinned = state.pinned
    if pinned is None:
        return state
    if pinned.id in hidden or pinned.user.id == user:
        return msgspec.structs.replace(state, pinned=None)
    quote = pinned.reply
    if quote is None or not quote.text or not (quote.id in hidden or quote.name == name):
        return state
    return msgspec.structs.replace(state, pinned=pinned.without_quote())


def _with_modes(state: RoomState, body: events.ModesChanged) -> RoomState:
    wanted = {name: getattr(body, name) for name in (*MODES, "panic")}
    return msgspec.structs.replace(
        state, **{name: value for name, value in wanted.items() if value is not None}
    )
