"""Open a room that Redis does not know from what the archive has of it. Async around sync ORM.

A stream that was just created while Redis was away, or one so old that nobody kept it.
"""

from comments.archive import recent_of
from livecomments import dbthreads
from livecomments.protocol import RECENT_COMMENTS, Comment, Role
from livecomments.protocol import Room as RoomState
from livecomments.tickets import Room
from reactions.archive import totals_of
from streams.domain import ensure_room
from streams.queries import calm_of, room_state_of, staff_of

Calm = dict[str, bool | int | str] | None
Archived = tuple[RoomState, Calm, dict[int, Role], dict[str, int], list[Comment]]


async def revive_room(room: Room) -> None:
    """Create the state of a room from its rows, if there are any. Raises `busy`, `unavailable`."""
    found = await dbthreads.run(_read, room.id)
    if found is not None:
        state, calm, staff, totals, recent = found
        await ensure_room(room, state=state, calm=calm, staff=staff, totals=totals, recent=recent)


def _read(stream_id: int) -> Archived | None:
    state = room_state_of(stream_id)
    if state is None:
        return None
    calm = calm_of(stream_id)
    return (
        state,
        calm,
        staff_of(stream_id),
        totals_of(stream_id),
        recent_of(stream_id, RECENT_COMMENTS),
    )
