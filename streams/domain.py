"""Change a room: status, modes, sanctions. Async, free of the ORM.

Each action is one event in the room's log; the same script changes the state that admission
reads, so it holds from that instant and on sockets already open. Rows and audit follow from
streams/archive.py.
"""

from collections.abc import Mapping, Sequence

import msgspec

from livecomments import eventlog, events, ids, redisdb
from livecomments.errors import DomainError
from livecomments.protocol import (
    PACE_MAX_PER_SECOND,
    PACE_MIN_PER_SECOND,
    Comment,
    ErrorCode,
    SanctionKind,
    StreamStatus,
)
from livecomments.protocol import Room as RoomState
from livecomments.tickets import Identity, Room

from .roomstate import effects, initial_values, new_epoch

SLOW_MODE_DEFAULT_SECONDS = 30
SLOW_MODE_MAX_SECONDS = 300
ACCOUNT_AGE_MAX_MINUTES = 129_600
TIMEOUT_MIN_SECONDS = 1
TIMEOUT_MAX_SECONDS = 14 * 24 * 60 * 60
REASON_MAX_LENGTH = 300


def require_staff(actor: Identity) -> None:
    """Raise `forbidden` unless the actor is staff of the room."""
    if not actor.is_staff:
        raise DomainError(ErrorCode.FORBIDDEN)


async def ensure_room(
    room: Room,
    *,
    state: RoomState,
    totals: Mapping[str, int] | None = None,
    recent: Sequence[Comment] = (),
) -> None:
    """Create the state of a room that has none; one that exists is left as it is. Raises `busy`."""
    keys = [
        redisdb.ready(room.partition),
        redisdb.state(room),
        redisdb.reaction_totals(room),
        redisdb.recent(room),
    ]
    values = initial_values(state)
    arguments: list[bytes | str | int] = [new_epoch(), eventlog.FIRST_POSITION]
    arguments += [len(values), *values, 2 * len(totals or {})]
    for kind, count in (totals or {}).items():
        arguments += [kind, count]
    for comment in recent:
        arguments += [ids.position(int(comment.id)), msgspec.json.encode(comment)]
    try:
        done = await redisdb.script("ensure_room")(redisdb.client(), keys, arguments)
    except redisdb.RedisError as error:
        raise DomainError(ErrorCode.BUSY, retry_after_ms=1000) from error
    if not done:
        raise DomainError(ErrorCode.BUSY, retry_after_ms=1000)


async def set_status(room: Room, *, actor: Identity, status: StreamStatus) -> int:
    """Return the log id. Only a live stream takes comments and reactions."""
    require_staff(actor)
    return await _append(room, events.StatusChanged(status=status, by=actor.user_id))


async def close_room(room: Room, *, actor: Identity) -> int:
    """Return the log id. Viewers may read; staff may still speak."""
    return await _set_modes(room, events.ModesChanged(by=actor.user_id, closed=True), actor)


async def open_room(room: Room, *, actor: Identity) -> int:
    """Return the log id."""
    return await _set_modes(room, events.ModesChanged(by=actor.user_id, closed=False), actor)


async def set_slow_mode(room: Room, *, actor: Identity, seconds: int) -> int:
    """Return the log id. 0 switches it off; staff are exempt."""
    _require_range("Slow mode", seconds, 0, SLOW_MODE_MAX_SECONDS)
    return await _set_modes(
        room, events.ModesChanged(by=actor.user_id, slow_seconds=seconds), actor
    )


async def set_account_age_gate(room: Room, *, actor: Identity, minutes: int) -> int:
    """Return the log id. 0 switches it off; staff are exempt."""
    _require_range("The account-age gate", minutes, 0, ACCOUNT_AGE_MAX_MINUTES)
    return await _set_modes(
        room, events.ModesChanged(by=actor.user_id, min_account_age_minutes=minutes), actor
    )


async def set_review(room: Room, *, actor: Identity, enabled: bool) -> int:
    """Return the log id. While on, what viewers say is held until a moderator approves it."""
    return await _set_modes(room, events.ModesChanged(by=actor.user_id, review=enabled), actor)


async def set_pace(room: Room, *, actor: Identity, pace: int) -> int:
    """Return the log id. So many comments a second are shown at most; 0 shows them all."""
    if pace != 0:
        _require_range("The pace, unless it is 0,", pace, PACE_MIN_PER_SECOND, PACE_MAX_PER_SECOND)
    return await _set_modes(room, events.ModesChanged(by=actor.user_id, pace=pace), actor)


async def sanction_user(
    room: Room,
    *,
    actor: Identity,
    user_id: int,
    kind: SanctionKind,
    seconds: int | None = None,
    reason: str = "",
) -> int:
    """Return the log id. A time-out needs `seconds`; a newer sanction replaces an older one."""
    require_staff(actor)
    if user_id == actor.user_id:
        raise DomainError(ErrorCode.FORBIDDEN, "Nobody can sanction themselves.")
    if kind is SanctionKind.TIMEOUT:
        _require_range("A time-out", seconds or 0, TIMEOUT_MIN_SECONDS, TIMEOUT_MAX_SECONDS)
    body = events.UserSanctioned(
        user=user_id,
        kind=kind,
        by=actor.user_id,
        seconds=seconds if kind is SanctionKind.TIMEOUT else None,
        reason=reason[:REASON_MAX_LENGTH],
    )
    return await _append(room, body)


async def lift_sanction(room: Room, *, actor: Identity, user_id: int) -> int:
    """Return the log id. Raises `not_found` when the person has no sanction here."""
    require_staff(actor)
    return await _append(room, events.SanctionLifted(user=user_id, by=actor.user_id))


async def _set_modes(room: Room, body: events.ModesChanged, actor: Identity) -> int:
    require_staff(actor)
    return await _append(room, body)


async def _append(room: Room, body: events.Body) -> int:
    return await eventlog.append(room, body, operations=effects(body))


def _require_range(what: str, value: int, lowest: int, highest: int) -> None:
    if not lowest <= value <= highest:
        raise DomainError(ErrorCode.BAD_MESSAGE, f"{what} must be between {lowest} and {highest}.")
