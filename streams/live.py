"""What Redis knows about many rooms at once. Async, free of the ORM."""

from collections.abc import Sequence

from livecomments import redisdb
from livecomments.tickets import Room


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
