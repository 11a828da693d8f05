"""What Redis keeps of a room, and how an event changes what viewers see of it. Sync, pure.

The state hash has two halves. Admission's half (status and modes) changes the instant an event is
appended; the publisher's half (`room`, the wire state as JSON) changes when the event is
published, so that a snapshot always fits the `seq` it is read with.
"""

import secrets

import msgspec

from livecomments import events, ids
from livecomments.eventlog import Operation, set_field
from livecomments.protocol import Room as RoomState

MODES = ("closed", "slow_seconds", "min_account_age_minutes", "review", "pace")

_encode = msgspec.json.encode
_decoder = msgspec.json.Decoder(RoomState)


def new_epoch() -> str:
    """Return a fresh epoch: cursors of another epoch mean nothing, so their owners reload."""
    return secrets.token_hex(6)


def initial_values(state: RoomState) -> list[str | int | bytes]:
    """Return the field and value pairs of both halves for a room in this state."""
    return [
        "status",
        state.status.value,
        "closed",
        int(state.closed),
        "slow_seconds",
        state.slow_seconds,
        "min_account_age_minutes",
        state.min_account_age_minutes,
        "review",
        int(state.review),
        "pace",
        state.pace,
        "room",
        _encode(state),
    ]


def encode(state: RoomState) -> bytes:
    """Return the published half as it is kept."""
    return _encode(state)


def decode(raw: bytes) -> RoomState:
    """Return the published half."""
    return _decoder.decode(raw)


def effects(body: events.Body) -> list[Operation]:
    """Return what an event changes in admission's half, in the step that appends it."""
    match body:
        case events.StatusChanged(status=status):
            return [set_field("status", status.value)]
        case events.ModesChanged():
            wanted = {name: getattr(body, name) for name in MODES}
            return [set_field(name, value) for name, value in wanted.items() if value is not None]
        case events.UserSanctioned(user=user, seconds=seconds):
            length = "ban" if seconds is None else str(seconds * 1000)
            return [Operation("sanction", str(user), length)]
        case events.SanctionLifted(user=user):
            return [Operation("lift", str(user))]
        case events.CommentSaid(hold=str(hold)) | events.HoldClosed(hold=hold):
            return [Operation("take", ids.position(int(hold)))]
        case _:
            return []


def after(state: RoomState, body: events.Body) -> RoomState:
    """Return the state after an event; the same object when the event leaves it alone."""
    match body:
        case events.StatusChanged(status=status):
            return msgspec.structs.replace(state, status=status)
        case events.CommentPinned(comment=comment):
            return msgspec.structs.replace(state, pinned=comment)
        case events.CommentUnpinned():
            return msgspec.structs.replace(state, pinned=None)
        case events.CommentHidden(comment=hidden):
            pinned = state.pinned
            if pinned is not None and pinned.id == hidden:
                return msgspec.structs.replace(state, pinned=None)
            return state
        case events.ModesChanged():
            return _with_modes(state, body)
        case _:
            return state


def _with_modes(state: RoomState, body: events.ModesChanged) -> RoomState:
    wanted = {name: getattr(body, name) for name in MODES}
    return msgspec.structs.replace(
        state, **{name: value for name, value in wanted.items() if value is not None}
    )
