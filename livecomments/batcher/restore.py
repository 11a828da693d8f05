"""Put Redis back from the archive when it was emptied or rolled back. Async around sync ORM.

Without its `ready` marker a partition refuses posts. The owner restores modes, sanctions, holds,
totals, recent comments and the last id, opens a new epoch – viewers reload – and sets the marker.
What Redis had acknowledged but the archive had not yet, an emptied Redis has lost; the log's
append-only file is what keeps that from happening (docs/ARCHITECTURE.md, "Restore").
"""

import logging
from dataclasses import dataclass

import msgspec
from redis.asyncio import Redis

from comments import archive as comments_archive
from comments.review import archive as review_archive
from livecomments import dbthreads, eventlog, events, ids, redisdb, revocation
from livecomments.accounts import suspension
from livecomments.accounts.queries import standing_revocations
from livecomments.protocol import Audience, Comment
from livecomments.tickets import Room as Address
from reactions import archive as reactions_archive
from streams import archive as streams_archive
from streams import roomstate
from streams.archive import ArchivedRoom

from .archive_batch import Archived, claimed
from .lease import Lease, LostLease
from .publisher import RECENT_KEPT

REPLAY_COUNT = 1_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RoomArchive:
    """What the archive knows of one room."""

    room: ArchivedRoom
    rules: tuple[int, str] | None  # version and JSON
    totals: dict[str, int]
    holds: list[tuple[int, events.CommentSaid]]
    recent: list[Comment]


async def needs_restore(redis: "Redis", partition: int) -> bool:
    """True without the marker, or when the log is behind what the archive has noted in it."""
    marker, ms, seq, archived = await _standing(redis, partition)
    if marker is None:
        return True
    return archived is not None and (int(ms or 0), int(seq or 0)) < archived


async def _standing(
    redis: "Redis", partition: int
) -> tuple[bytes | None, bytes | None, bytes | None, tuple[int, int] | None]:
    pipeline = redis.pipeline(transaction=True)
    pipeline.get(redisdb.ready(partition))
    pipeline.hmget(redisdb.clock(partition), ["ms", "seq"])
    marker, (ms, seq) = await pipeline.execute()
    known = _highest_archived.get(partition)
    return marker, ms, seq, known


async def ensure_joined(redis: "Redis", partition: int, cursor: int) -> None:
    """See that what comes after the archive's cursor in the log is what came next.

    A log is trimmed only behind the archive, so the event that was archived last is still there,
    unless the log began, at a restore, right after it. Where it is not, Redis has lost its last
    seconds and gone on: raises `LostLease`, and the marker is gone.
    """
    position = ids.position(cursor)
    if cursor == 0 or await eventlog.holds(redis, partition, position):
        return
    marker, *_ = await _standing(redis, partition)
    if marker == position.encode():
        return
    logger.warning("partition %d: the log does not go on from %s", partition, position)
    await redis.delete(redisdb.ready(partition))
    raise LostLease


# The highest position this process has seen in the archive, by partition.
_highest_archived: dict[int, tuple[int, int]] = {}


def note_archived(partition: int, log_id: int) -> None:
    """Remember how far the archive is known to be, to tell a rolled-back Redis by."""
    ms, _, seq = ids.position(log_id).partition("-")
    at = (int(ms), int(seq))
    _highest_archived[partition] = max(at, _highest_archived.get(partition, (0, 0)))


async def restore_partition(redis: "Redis", lease: Lease, partition: int) -> None:
    """Restore every room of a partition. Raises `LostLease`, `unavailable`, `RedisError`."""
    # First of all: a batch of the owner before may still be on its way into the archive, and what
    # is read without it would never be shown to anybody.
    at = await claimed(lease, partition)
    rooms = await dbthreads.run(_collect, partition)
    for number, room in enumerate(rooms, 1):
        await _restore_room(redis, lease, room, through=at.log_id)
        if number % 50 == 0:
            await lease.renew()
    await _replay_effects(redis, lease, partition, at.log_id)
    if partition == 0:  # one owner does it for the whole installation
        for user_id, after_ms in await dbthreads.run(standing_revocations):
            await revocation.note(redis, user_id, after_ms)
        await suspension.note(redis, await dbthreads.run(suspension.standing_suspensions))
    await _open(redis, lease, partition, at)
    logger.info("partition %d restored: %d rooms up to %d", partition, len(rooms), at.log_id)


def _collect(partition: int) -> list[RoomArchive]:
    found = []
    for room in streams_archive.rooms_of(partition):
        stream_id = room.address.id
        found.append(
            RoomArchive(
                room=room,
                rules=review_archive.rules_of(stream_id),
                totals=reactions_archive.totals_of(stream_id),
                holds=comments_archive.open_holds(stream_id),
                recent=comments_archive.recent_of(stream_id, RECENT_KEPT),
            )
        )
    return found


async def _restore_room(
    redis: "Redis", lease: Lease, archive: RoomArchive, *, through: int
) -> None:
    room, address = archive.room, archive.room.address
    state: list[bytes | str | int] = ["epoch", roomstate.new_epoch(), "seq", 0, "staff_seq", 0]
    state += ["through", ids.position(through), "token", "", "viewers", 0]
    state += roomstate.initial_values(room.state, staff=room.staff, calm=room.calm)
    if archive.rules is not None:
        version, rules = archive.rules
        state += ["rules", rules, "rules_version", version]
    sanctions: list[bytes | str | int] = []
    for user_id, until in room.sanctions.items():
        sanctions += [user_id, "ban" if until is None else until]
    totals: list[bytes | str | int] = []
    for kind, count in archive.totals.items():
        totals += [kind, count]
    holds: list[bytes | str | int] = []
    for number, said in archive.holds:
        holds += [ids.position(number), events.encode(said)]
    recent: list[bytes | str | int] = []
    for comment in archive.recent:
        recent += [ids.position(int(comment.id)), msgspec.json.encode(comment)]
    arguments: list[bytes | str | int] = [lease.fence, address.id, len(state), *state]
    groups = {"sanctions": sanctions, "totals": totals, "holds": holds, "recent": recent}
    for name, values in groups.items():
        arguments += [name, len(values), *values]
    if not await redisdb.script("restore_room")(redis, _room_keys(address), arguments):
        raise LostLease


def _room_keys(address: Address) -> list[str]:
    return [
        redisdb.lease(address.partition),
        redisdb.state(address),
        redisdb.frames(address, Audience.PUBLIC),
        redisdb.frames(address, Audience.STAFF),
        redisdb.recent(address),
        redisdb.sanctions(address),
        redisdb.reaction_totals(address),
        redisdb.holds(address),
        redisdb.holding(address.partition),
        redisdb.pending_reactions(address),
        redisdb.delayed(address),
        redisdb.unseen(address),
    ]


async def _replay_effects(redis: "Redis", lease: Lease, partition: int, archived: int) -> None:
    """Apply to admission's half what the log still holds beyond the archive.

    The events themselves are published and archived from there as ever.
    """
    position = ids.position(archived)
    while entries := await eventlog.entries_after(redis, partition, position, count=REPLAY_COUNT):
        for entry in entries:
            if isinstance(entry, events.Entry):
                await _replay(redis, lease, partition, entry)
        position = ids.position(entries[-1].id)


async def _replay(redis: "Redis", lease: Lease, partition: int, entry: events.Entry) -> None:
    operations: list[bytes | str | int] = []
    if entry.kind == events.COMMENT_HELD:
        operations = ["hold", ids.position(entry.id), events.encode(entry.body)]
    else:
        for operation in roomstate.effects(entry.body):
            operator, value = operation.operator, operation.value
            if operator == "sanction" and value != "ban":
                value = str(entry.at_ms + int(value))
            elif operator == "mark":
                operator, value = "set", ids.position(entry.id)
            operations += [operator, operation.key, value]
    if not operations:
        return
    room = Address(entry.stream_id, partition, "")
    keys = [
        redisdb.lease(partition),
        redisdb.state(room),
        redisdb.sanctions(room),
        redisdb.holds(room),
        redisdb.holding(partition),
    ]
    arguments = [lease.fence, room.id, *operations]
    if not await redisdb.script("replay_effect")(redis, keys, arguments):
        raise LostLease


async def _open(redis: "Redis", lease: Lease, partition: int, at: Archived) -> None:
    keys = [
        redisdb.lease(partition),
        redisdb.clock(partition),
        redisdb.ready(partition),
        redisdb.cursor(partition),
    ]
    position = ids.position(at.log_id)
    ms, _, seq = position.partition("-")
    arguments: list[bytes | str | int] = [lease.fence, ms, seq, position]
    if not await redisdb.script("open_partition")(redis, keys, arguments):
        raise LostLease
