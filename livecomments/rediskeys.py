"""Every name in Redis. Sync, pure.

No other file spells a key. All keys that one script touches share a hash tag: `{p0}` for a
partition, `{u0}` for a shard of people and addresses, so partitions may live on different Redis
servers. Each builder says the value's type, its lifetime and who writes it. Import them through
`livecomments.redisdb`.
"""

import zlib

from django.conf import settings

from livecomments.protocol import Audience
from livecomments.tickets import Room

# --- partition: one event log and what its owner needs -------------------------------------------


def log(partition: int) -> str:
    """Stream of events; entry id = log position. Written by admission, trimmed by the owner."""
    return f"lc:{{p{partition}}}:log"


def clock(partition: int) -> str:
    """Hash `real offset ms seq`, for ever. The never-receding clock of lua/clock.lua."""
    return f"lc:{{p{partition}}}:clock"


def ready(partition: int) -> str:
    """String, for ever: up to which position the archive stood at the last restore. Without it
    admission refuses: the owner has not restored this Redis."""
    return f"lc:{{p{partition}}}:ready"


EVERY_READY = "lc:{p*}:ready"  # the pattern of all of them


def behind(partition: int) -> str:
    """String, ms that comments lately waited to be published; a moment. Written by the owner when
    it falls behind, and admission then takes less."""
    return f"lc:{{p{partition}}}:behind"


def lease(partition: int) -> str:
    """Hash `owner fence renewals`, for ever. Who publishes this partition (lua/lease.lua)."""
    return f"lc:{{p{partition}}}:lease"


def cursor(partition: int) -> str:
    """String, log position: everything up to it is published. Written by lua/publish.lua."""
    return f"lc:{{p{partition}}}:cursor"


def reacting(partition: int) -> str:
    """Set of stream ids with unpublished reactions. Written by lua/react.lua and publish.lua."""
    return f"lc:{{p{partition}}}:reacting"


def tallied(partition: int) -> str:
    """Set of stream ids whose reactions the archive has yet to copy. Added by publish.lua."""
    return f"lc:{{p{partition}}}:tallied"


def delaying(partition: int) -> str:
    """Set of stream ids in which something waits to be shown to viewers. By lua/publish.lua."""
    return f"lc:{{p{partition}}}:delaying"


def watched(partition: int) -> str:
    """Set of stream ids somebody watches. Added by presence reports, removed by the owner."""
    return f"lc:{{p{partition}}}:watched"


def holding(partition: int) -> str:
    """Sorted set `stream id|log position` by time of holding. The owner expires from it."""
    return f"lc:{{p{partition}}}:holding"


def holding_member(room: Room, position: str) -> str:
    """The member of `holding` for one held comment; lua/admit.lua and append.lua build the same."""
    return f"{room.id}|{position}"


def sockets() -> str:
    """Hash web process → its sockets by address and person (msgpack), a minute unless repeated.
    Written and read by each web process (gateway/crowding.py)."""
    return "lc:sockets"


# --- stream: the room's state and its frames -----------------------------------------------------


def _stream(partition: int, stream_id: int, name: str) -> str:
    return f"lc:{{p{partition}}}:s{stream_id}:{name}"


def state(room: Room) -> str:
    """Hash, for ever. Admission's view (status, modes, pace_spent) and the publisher's (epoch, seq,
    through, room): see lua/append.lua, lua/pace.lua and lua/publish.lua."""
    return _stream(room.partition, room.id, "state")


def sanctions(room: Room) -> str:
    """Hash user id → `ban` or the Unix ms a time-out ends. Written by lua/append.lua."""
    return _stream(room.partition, room.id, "sanctions")


def frames(room: Room, audience: Audience) -> str:
    """Stream of frames, entry id = `seq-0`, capped. Written by lua/publish.lua."""
    return _stream(room.partition, room.id, f"frames:{audience}")


def recent(room: Room) -> str:
    """Stream of the last visible comments as JSON, entry id = log position, capped."""
    return _stream(room.partition, room.id, "recent")


def holds(room: Room) -> str:
    """Hash log position → body of a comment that waits for a moderator."""
    return _stream(room.partition, room.id, "holds")


def delayed(room: Room) -> str:
    """Stream of comments that staff see and viewers not yet, entry id = log position. Written by
    lua/publish.lua."""
    return _stream(room.partition, room.id, "delayed")


def unseen(room: Room) -> str:
    """Stream of what was hidden, cleared and shown again of late, capped: what no quote may show.
    Written by lua/publish.lua, read by whoever publishes the room (batcher/unseen.py)."""
    return _stream(room.partition, room.id, "unseen")


def noted(room: Room, log_id: int) -> str:
    """Hash of what is noted of a comment or an action, a week: user id → weight of who reported it,
    and by name what happens only once. Written by lua/append.lua."""
    return _stream(room.partition, room.id, f"e{log_id}:noted")


def pending_reactions(room: Room) -> str:
    """Hash kind → presses not yet published. Written by lua/react.lua, moved by publish.lua."""
    return _stream(room.partition, room.id, "pending")


def reaction_totals(room: Room) -> str:
    """Hash kind → presses since the stream began. Written by lua/publish.lua."""
    return _stream(room.partition, room.id, "totals")


def reaction_slices(room: Room) -> str:
    """Hash `unix second:kind` → presses of that ten-second slice; the archive removes old ones."""
    return _stream(room.partition, room.id, "slices")


def stream_rate(room: Room) -> str:
    """Packed sliding window of the whole stream, seconds."""
    return _stream(room.partition, room.id, "rate")


def viewer_processes(room: Room) -> str:
    """Hash web process → `Unix ms its report is good until:lag in ms`. By lua/presence.lua."""
    return _stream(room.partition, room.id, "viewers")


def process_viewers(room: Room, process: str) -> str:
    """Set of viewer keys one web process serves; expires unless reported again."""
    return _stream(room.partition, room.id, f"viewers:{process}")


def author(room: Room, user_id: int) -> str:
    """Packed record of what a person lately said here (lua/windows.lua), minutes."""
    return _stream(room.partition, room.id, f"u{user_id}:said")


def reactor(room: Room, user_id: int) -> str:
    """Packed sliding window of a person's reactions here, a minute."""
    return _stream(room.partition, room.id, f"u{user_id}:pressed")


def nonce(room: Room, user_id: int, value: str) -> str:
    """String `position:kind:digest:more`, ten minutes: the answer a repeated post gets again."""
    return _stream(room.partition, room.id, f"u{user_id}:n:{value}")


def action_taken(room: Room, user_id: int, ref: str) -> str:
    """String, the action and its answer as JSON, ten minutes; empty while it is being taken: what
    a repeated action is answered again (comments/taken.py)."""
    return _stream(room.partition, room.id, f"u{user_id}:a:{ref}")


def rule_hits(room: Room) -> str:
    """Hash `reason` or `reason|entry` → how often the layers on spam found it; for ever. Added to
    by each web process, some seconds late (comments/screening.py)."""
    return _stream(room.partition, room.id, "rule_hits")


# --- people and addresses: limits over all streams -----------------------------------------------


def shard_of(name: str) -> int:
    """Return the shard of a person or an address. Changing PARTITIONS only forgets a minute."""
    return zlib.crc32(name.encode()) % int(settings.PARTITIONS)


def shard_clock(shard: int) -> str:
    """Hash as `clock`, for the limits of one shard."""
    return f"lc:{{u{shard}}}:clock"


def rate(name: str) -> str:
    """Packed sliding window, a minute, of a person (`user:7`) or an address (`address:…`)."""
    return f"lc:{{u{shard_of(name)}}}:rate:{name}"


def suspended(shard: int) -> str:
    """Hash user id → `ban` or the Unix ms a time-out in all streams ends. Written by
    livecomments/accounts/suspension.py, read by lua/reserve.lua."""
    return f"lc:{{u{shard}}}:suspended"


# --- the whole installation ----------------------------------------------------------------------


def revocations() -> str:
    """Stream `user`, `after` (Unix ms): tickets issued before it are dead. A ticket's lifetime."""
    return "lc:revocations"


def claim(kind: str, number: int) -> str:
    """String, user id or `done`; a minute. Who looks at one item of the review queue
    (lua/claim.lua)."""
    return f"lc:claim:{kind}:{number}"


def stream_card(slug: str) -> str:
    """String, JSON of what joining needs to know of a stream; a minute. streams/directory.py."""
    return f"lc:card:{slug}"


def frame_group(room: Room, audience: Audience) -> str:
    """Channel-layer group that is woken when a frame of this audience was published."""
    return f"lc.p{room.partition}.s{room.id}.{audience.value}"
