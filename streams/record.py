"""Find what was done: in the log while it is there, then in the audit. Async.

An action that is taken back needs what it changed. The log is trimmed behind the archive, so one
of the two has it; while Postgres is away only the log is asked.
"""

import msgspec

from livecomments import dbthreads, eventlog, events, ids
from livecomments.tickets import Room

from . import queries


async def find_action(room: Room, log_id: int) -> events.Body | None:
    """Return an event of this room, or None. Raises `busy` or `unavailable`."""
    if ids.partition_of(log_id) != room.partition:
        return None
    entry = await eventlog.find_entry(room, log_id)
    if entry is not None:
        return entry.body
    found = await dbthreads.run(queries.audited, room.id, log_id)
    if found is None:
        return None
    kind, event = found
    return events.decode(kind, msgspec.json.encode(event))
