"""Change a room: status, modes, sanctions. Async, free of the ORM.

Each action is one event in the room's log; the same script changes the state that admission
reads, so it holds from that instant and on sockets already open. Rows and audit follow from
streams/archive.py.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from livecomments import eventlog, events, ids, redisdb
from livecomments.errors import DomainError
from livecomments.eventlog import Operation, expect_field
from livecomments.protocol import (
    ACCOUNT_AGE_MAX_MINUTES,
    ANNOUNCEMENT_MAX_SECONDS,
    ANNOUNCEMENT_MIN_SECONDS,
    DELAY_MAX_SECONDS,
    PACE_MAX_PER_SECOND,
    PACE_MIN_PER_SECOND,
    RAID_MAX_SECONDS,
    REASON_MAX_LENGTH,
    SLOW_MODE_DEFAULT_SECONDS,
    SLOW_MODE_MAX_SECONDS,
    TIMEOUT_MAX_SECONDS,
    TIMEOUT_MIN_SECONDS,
    Announce,
    Announcement,
    Comment,
    EndAnnouncement,
    ErrorCode,
    LinksMode,
    Panic,
    Role,
    SanctionKind,
    SetModes,
    StreamStatus,
)
from livecomments.protocol import Room as RoomState
from livecomments.tickets import Identity, Room, now_ms

from . import roomstate
from .rights import protected_from, require
from .roomstate import CALM, MODES, RAID, effects, initial_values, modes_of, new_epoch

# What the panic switch does: nothing is hidden, but whoever came for trouble gets nothing through.
PANIC_MODES: Mapping[str, Any] = {
    "slow_seconds": SLOW_MODE_DEFAULT_SECONDS,
    "links": LinksMode.BLOCK,
    "standing_only": True,
    "delay": 4,
}
_RANGES: Mapping[str, tuple[str, int, int]] = {
    "slow_seconds": ("Slow mode", 0, SLOW_MODE_MAX_SECONDS),
    "min_account_age_minutes": ("The account-age gate", 0, ACCOUNT_AGE_MAX_MINUTES),
    "pace": ("The pace, unless it is 0,", PACE_MIN_PER_SECOND, PACE_MAX_PER_SECOND),
    "delay": ("The delay", 0, DELAY_MAX_SECONDS),
}


def require_staff(actor: Identity) -> None:
    """Raise `forbidden` unless the actor is staff of the room."""
    if not actor.is_staff:
        raise DomainError(ErrorCode.FORBIDDEN)


async def ensure_room(
    room: Room,
    *,
    state: RoomState,
    staff: Mapping[int, Role] | None = None,
    calm: Mapping[str, bool | int | str] | None = None,
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
    values = initial_values(state, staff=staff, calm=calm)
    arguments: list[bytes | str | int] = [new_epoch(), eventlog.FIRST_POSITION]
    arguments += [len(values), *values, 2 * len(totals or {})]
    for kind, count in (totals or {}).items():
        arguments += [kind, count]
    for comment in recent:
        arguments += [ids.position(int(comment.id)), msgspec.json.encode(comment)]
    with redisdb.busy_without_redis():
        done = await redisdb.script("ensure_room")(redisdb.client(), keys, arguments)
    if not done:
        raise DomainError(ErrorCode.BUSY, retry_after_ms=1000)


async def set_status(room: Room, *, actor: Identity, status: StreamStatus) -> int:
    """Return the log id. Only a live stream takes comments and reactions."""
    require_staff(actor)
    return await _append(room, events.StatusChanged(status=status, by=actor.user_id))


async def set_modes(room: Room, *, actor: Identity, modes: SetModes) -> int:
    """Return the log id. Staff are exempt from all but the delay. Raises `bad_message`."""
    require(actor.role, modes)
    wanted = _wanted(modes)
    before = await read_modes(room)
    changed = {name: before[name] for name in wanted if name in before}
    return await _append(room, _modes_changed(actor, wanted, before=changed))


async def begin_raid(room: Room, *, until: int, known: int) -> int:
    """Return the log id. The room turns raid mode on by itself, or lengthens it. Unix ms.

    `known`: what the caller holds for its end until now. Raises `conflict` when it has been
    changed: by another process, or by somebody who switched it off.
    """
    body = events.ModesChanged(raid_until=until, before={RAID: known})
    return await _append(room, body, expect_field(RAID, known))


async def begin_panic(room: Room, *, actor: Identity) -> int:
    """Return the log id. A preset of modes at once. Raises `conflict` when it is on already."""
    require(actor.role, Panic(on=True))
    before = await read_modes(room)
    wanted = {name: _stricter(name, before.get(name), mode) for name, mode in PANIC_MODES.items()}
    body = _modes_changed(actor, {**wanted, "panic": True}, before=before)
    return await _append(room, body, expect_field("panic", False))


def _stricter(name: str, present: Any, mode: Any) -> Any:
    """A preset of strict modes loosens nothing: a room may be stricter already."""
    if name == "links":
        # Refused for everybody is more than refused for newcomers.
        return present if present == LinksMode.LISTED else mode
    return max(present or 0, mode)


async def end_panic(room: Room, *, actor: Identity) -> int:
    """Return the log id. The modes that the panic set are again what they were before.

    What was set besides meanwhile, such as a closed room, stays. Raises `conflict`.
    """
    require(actor.role, Panic(on=False))
    fields = await _read_state(room, [CALM])
    calm = msgspec.json.decode(fields[CALM], type=dict[str, bool | int | str]) if fields else {}
    modes = await read_modes(room)
    wanted = {name: calm[name] for name in PANIC_MODES if name in calm}
    body = _modes_changed(actor, {**wanted, "panic": False}, before=modes)
    return await _append(room, body, expect_field("panic", True))


async def read_modes(room: Room) -> dict[str, bool | int | str]:
    """Return the modes that hold at this moment. Raises `busy`."""
    return modes_of(await _read_state(room, MODES))


async def read_room(room: Room) -> RoomState:
    """Return the room as its viewers see it. Raises `busy`, `unknown_stream`."""
    fields = await _read_state(room, ["room"])
    if not fields:
        raise DomainError(ErrorCode.UNKNOWN_STREAM)
    return _as_viewers_see(fields["room"])


async def announce(
    room: Room, *, actor: Identity, text: str, seconds: int | None, instead_of: int
) -> int:
    """Return the log id. `instead_of`: the one that stands until now, 0 for none; else `conflict`.

    `text` is clean (comments.spam.text). Raises `bad_message`.
    """
    require(actor.role, Announce(text=text))
    if seconds is not None:
        what = "The length of an announcement"
        _require_range(what, seconds, ANNOUNCEMENT_MIN_SECONDS, ANNOUNCEMENT_MAX_SECONDS)
    body = events.AnnouncementMade(
        text=text, by=actor.user_id, name=actor.name, role=actor.role, seconds=seconds
    )
    none = expect_field(roomstate.ANNOUNCED, 0)
    return await _append(room, body, _stands(room, instead_of) if instead_of else none)


async def end_announcement(room: Room, *, actor: Identity, standing: int, text: str = "") -> int:
    """Return the log id. Raises `conflict` when this announcement stands no longer."""
    action = EndAnnouncement(id=str(standing))
    require(actor.role, action)
    body = events.AnnouncementEnded(announcement=action.id, by=actor.user_id, text=text)
    return await _append(room, body, _stands(room, standing))


async def read_announcement(room: Room) -> tuple[int, Announcement | None]:
    """Return the id of the announcement that stands, 0 for none, and it, once it is published.

    One whose time is over has an id until another stands. Raises `busy`.
    """
    fields = await _read_state(room, [roomstate.ANNOUNCED, "room"])
    if roomstate.ANNOUNCED not in fields:
        return 0, None
    standing = ids.from_position(fields[roomstate.ANNOUNCED], room.partition)
    announcement = _as_viewers_see(fields["room"]).announcement
    is_it = announcement is not None and announcement.id == str(standing)
    return standing, announcement if is_it else None


def _as_viewers_see(published: str) -> RoomState:
    return roomstate.as_of(roomstate.decode(published.encode()), now_ms())


def _stands(room: Room, announcement: int) -> Operation:
    """The condition that this announcement stands. Raises `conflict`."""
    if ids.partition_of(announcement) != room.partition:
        raise DomainError(ErrorCode.CONFLICT)  # another room's
    return expect_field(roomstate.ANNOUNCED, ids.position(announcement))


async def sanction_user(
    room: Room,
    *,
    actor: Identity,
    user_id: int,
    kind: SanctionKind,
    seconds: int | None = None,
    reason: str = "",
    instead_of: str | None = None,
) -> int:
    """Return the log id. A time-out needs `seconds`; a newer sanction replaces an older one.

    `instead_of`: only this one (`sanction_end`). Raises `forbidden` for oneself, `protected` for
    the broadcaster and, unless by the broadcaster or an administrator, for moderators; `conflict`.
    """
    require_staff(actor)
    if kind is SanctionKind.TIMEOUT:
        _require_range("A time-out", seconds or 0, TIMEOUT_MIN_SECONDS, TIMEOUT_MAX_SECONDS)
    body = events.UserSanctioned(
        user=user_id,
        kind=kind,
        by=actor.user_id,
        seconds=seconds if kind is SanctionKind.TIMEOUT else None,
        reason=reason[:REASON_MAX_LENGTH],
    )
    return await _append(room, body, shield(actor, user_id), *_under(user_id, instead_of))


async def lift_sanction(
    room: Room, *, actor: Identity, user_id: int, placed: str | None = None
) -> int:
    """Return the log id. `placed`: only this one (`sanction_end`), else `conflict`.

    Raises `not_found` when the person has no sanction here.
    """
    require_staff(actor)
    body = events.SanctionLifted(user=user_id, by=actor.user_id)
    return await _append(room, body, *_under(user_id, placed))


def sanction_end(log_id: int, seconds: int | None) -> str:
    """Return how a sanction is known in the room's state: `ban`, or its end in Unix ms."""
    return "ban" if seconds is None else str(ids.id_ms(log_id) + seconds * 1000)


def _under(user_id: int, sanction: str | None) -> list[Operation]:
    return [] if sanction is None else [Operation("under", str(user_id), sanction)]


async def warn_user(
    room: Room, *, actor: Identity, user_id: int, reason: str, about: str | None = None
) -> int:
    """Return the log id. The person is told at once, or when they are back."""
    require_staff(actor)
    body = events.UserWarned(
        user=user_id, by=actor.user_id, reason=reason[:REASON_MAX_LENGTH], about=about
    )
    return await _append(room, body, shield(actor, user_id))


async def change_staff(room: Room, *, user_id: int, role: Role, by: int | None) -> int:
    """Return the log id. `viewer` takes a role away. The row is the caller's (streams.editing)."""
    return await _append(room, events.StaffChanged(user=user_id, role=role, by=by))


def shield(actor: Identity, user_id: int) -> Operation:
    """Return the condition that this person can be sanctioned by the actor. Raises `forbidden`."""
    if user_id == actor.user_id:
        raise DomainError(ErrorCode.FORBIDDEN, "Nobody can sanction themselves.")
    return Operation("protect", str(user_id), protected_from(actor.role))


async def _append(room: Room, body: events.Body, *conditions: Operation) -> int:
    return await eventlog.append(room, body, operations=[*conditions, *effects(body)])


async def _read_state(room: Room, names: Sequence[str]) -> dict[str, str]:
    with redisdb.busy_without_redis():
        values = await redisdb.read_hash(redisdb.client(), redisdb.state(room), names)
    return {name: value.decode() for name, value in values.items()}


def _modes_changed(
    actor: Identity, wanted: Mapping[str, Any], *, before: Mapping[str, Any]
) -> events.ModesChanged:
    fields = {**wanted, "by": actor.user_id, "before": before}
    return msgspec.convert(fields, events.ModesChanged)


def _wanted(modes: SetModes) -> dict[str, Any]:
    """The fields of the room that are to change. Raises `bad_message`."""
    wanted = {name: getattr(modes, name) for name in MODES if name != RAID}
    wanted = {name: value for name, value in wanted.items() if value is not None}
    if (seconds := modes.raid_seconds) is not None:
        _require_range("Raid mode", seconds, 0, RAID_MAX_SECONDS)
        wanted[RAID] = seconds and now_ms() + seconds * 1000
    _check_modes(wanted)
    return wanted


def _check_modes(wanted: Mapping[str, object]) -> None:
    if not wanted:
        raise DomainError(ErrorCode.BAD_MESSAGE, "No mode is named.")
    for name, (what, lowest, highest) in _RANGES.items():
        value = wanted.get(name)
        if isinstance(value, int) and not (name == "pace" and value == 0):
            _require_range(what, value, lowest, highest)


def _require_range(what: str, value: int, lowest: int, highest: int) -> None:
    if not lowest <= value <= highest:
        raise DomainError(ErrorCode.BAD_MESSAGE, f"{what} must be between {lowest} and {highest}.")
