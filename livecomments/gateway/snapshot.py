"""What a joining viewer is shown first, read from Redis in one instant. Async."""

from dataclasses import dataclass, field

import msgspec

from livecomments import events, ids, redisdb
from livecomments.protocol import (
    RECENT_COMMENTS,
    Audience,
    Comment,
    CommentDelayed,
    Cursor,
    Held,
    Room,
    SanctionKind,
)
from livecomments.tickets import Room as Address
from livecomments.tickets import now_ms
from streams import roomstate
from streams.delay import waiting_of

_comment = msgspec.json.Decoder(Comment)
_said = msgspec.json.Decoder(events.CommentSaid)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A room at `cursors`; what happens later is in the frames after them."""

    epoch: str
    cursors: dict[Audience, Cursor]
    room: Room
    recent: list[Comment]
    totals: dict[str, int]
    viewers: int
    held: list[Held]
    delayed: list[CommentDelayed] = field(default_factory=list)


async def read_snapshot(address: Address) -> Snapshot | None:
    """Return the room now, or None when Redis has no state of it. Raises `RedisError`."""
    keys = [
        redisdb.state(address),
        redisdb.recent(address),
        redisdb.reaction_totals(address),
        redisdb.holds(address),
        redisdb.delayed(address),
    ]
    answer = await redisdb.script("snapshot")(redisdb.client(), keys, [RECENT_COMMENTS])
    state, recent, totals, holds = _pairs(answer[0]), answer[1], _pairs(answer[2]), answer[3]
    if b"epoch" not in state:
        return None
    through = str(ids.from_position(state[b"through"], address.partition))
    shown = state.get(b"shown", b"").decode() or through
    return Snapshot(
        epoch=state[b"epoch"].decode(),
        cursors={
            Audience.PUBLIC: Cursor(int(state[b"seq"]), shown),
            Audience.STAFF: Cursor(int(state[b"staff_seq"]), through),
        },
        room=roomstate.as_of(roomstate.decode(state[b"room"]), now_ms()),
        recent=[_comment.decode(fields[1]) for _, fields in reversed(recent)],
        totals={kind.decode(): int(count) for kind, count in totals.items()},
        viewers=int(state.get(b"viewers", 0)),
        held=_held(address, _pairs(holds)),
        delayed=_delayed(answer[4]),
    )


@dataclass(frozen=True, slots=True)
class Sanction:
    """What keeps a person from taking part. `until_ms` is None for a ban."""

    kind: SanctionKind
    until_ms: int | None


async def read_sanction(address: Address, user_id: int) -> Sanction | None:
    """Return the sanction a person is under in this room, if any. Raises `RedisError`."""
    raw = await redisdb.client().hget(redisdb.sanctions(address), str(user_id))
    if raw is None:
        return None
    if raw == b"ban":
        return Sanction(SanctionKind.BAN, None)
    until = int(raw)
    return Sanction(SanctionKind.TIMEOUT, until) if until > now_ms() else None


async def read_tops(addresses: list[Address]) -> list[tuple[str, dict[Audience, int]] | None]:
    """Return epoch and newest `seq` per audience of each room; None where there is no state."""
    pipeline = redisdb.client().pipeline(transaction=False)
    for address in addresses:
        pipeline.hmget(redisdb.state(address), ["epoch", "seq", "staff_seq"])
    tops: list[tuple[str, dict[Audience, int]] | None] = []
    for epoch, seq, staff_seq in await pipeline.execute():
        if epoch is None:
            tops.append(None)
        else:
            by_audience = {Audience.PUBLIC: int(seq), Audience.STAFF: int(staff_seq)}
            tops.append((epoch.decode(), by_audience))
    return tops


async def read_frames(
    address: Address, audience: Audience, *, after: int
) -> list[tuple[int, bytes, bytes]]:
    """Return `(seq, frame, side list)` from the frame log, in order; older ones may be gone."""
    raw = await redisdb.stream_range(
        redisdb.client(), redisdb.frames(address, audience), lowest=f"{after + 1}-0"
    )
    return [(int(entry.split(b"-")[0]), fields[b"f"], fields[b"s"]) for entry, fields in raw]


async def read_newest_frames(
    address: Address, audience: Audience, *, count: int
) -> tuple[str, list[tuple[int, bytes, bytes]]]:
    """Return the room's epoch and the newest frames of its log, newest first, read in one step."""
    pipeline = redisdb.client().pipeline(transaction=True)
    pipeline.hget(redisdb.state(address), "epoch")
    pipeline.xrevrange(redisdb.frames(address, audience), count=count)
    epoch, raw = await pipeline.execute()
    frames = [(int(entry.split(b"-")[0]), fields[b"f"], fields[b"s"]) for entry, fields in raw]
    return (epoch or b"").decode(), frames


def _pairs(flat: list[bytes]) -> dict[bytes, bytes]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _delayed(entries: list[tuple[bytes, list[bytes]]]) -> list[CommentDelayed]:
    """What viewers are about to be shown; what the pace leaves out they never are."""
    waiting = [waiting_of(fields[1]) for _, fields in entries]
    return [one.item for one in waiting if not one.left_out]


def _held(address: Address, holds: dict[bytes, bytes]) -> list[Held]:
    found = [
        events.held_of(ids.from_position(position, address.partition), _said.decode(body))
        for position, body in holds.items()
    ]
    return sorted(found, key=lambda held: int(held.hold))
