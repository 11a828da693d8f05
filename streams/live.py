"""What Redis knows of rooms at this moment. Async, free of the ORM."""

from collections.abc import Sequence

from livecomments import eventlog, ids, redisdb
from livecomments.tickets import Room, now_ms


async def viewer_counts(rooms: Sequence[Room]) -> list[int]:
    """Return how many watch each room, as last published; 0 for all while Redis is away."""
    if not rooms:
        return []
    try:
        async with redisdb.client().pipeline(transaction=False) as pipeline:
            for room in rooms:
                pipeline.hget(redisdb.state(room), "viewers")
            return [int(found or 0) for found in await pipeline.execute()]
    except redisdb.RedisError:
        return [0] * len(rooms)


async def shown_through(room: Room) -> int | None:
    """Return up to which id viewers have been shown what was said; `ids.MAX_ID`: all there is.

    None when Redis has no state of the room. Raises `RedisError`.
    """
    names = ("shown", "delay", "through")
    fields = await redisdb.read_hash(redisdb.client(), redisdb.state(room), names)
    if "through" not in fields:
        return None
    if "shown" in fields:
        return int(fields["shown"])
    delay = int(fields.get("delay", 0))
    if not delay:
        return ids.MAX_ID
    # What is on its way to be shown to staff may be in the archive already.
    through = fields["through"].decode()
    if through == eventlog.FIRST_POSITION:  # nothing was published here: it may have older rows
        return ids.first_id_at(now_ms() - delay * 1000, room.partition)
    return ids.from_position(through, room.partition)
