"""Read comments back: the recent ones from Redis, older ones from the archive. Async.

The archive is asked in a thread of its own and only for what Redis no longer has; if it is away,
that one question is answered `unavailable` and nothing else notices.
"""

from collections.abc import Sequence

import msgspec

from livecomments import dbthreads, ids, limits, redisdb
from livecomments.protocol import Comment
from livecomments.tickets import Identity, Room
from streams.delay import waiting_of
from streams.live import shown_through

from . import queries

RECENT_AT_MOST = 200  # the longest join history
WITHDRAWN = "withdrawn"  # noted of a comment, which happens once (lua/append.lua)

_decoder = msgspec.json.Decoder(Comment)


async def recent_comments(room: Room, limit: int) -> list[Comment]:
    """Return the last visible comments, oldest first. Raises `busy`."""
    with redisdb.busy_without_redis():
        raw = await redisdb.stream_tail(redisdb.client(), redisdb.recent(room), count=limit)
    return [_decoder.decode(fields[b"c"]) for _, fields in raw]


async def delayed_comments(room: Room) -> list[Comment]:
    """Return what viewers are about to be shown, oldest first. Raises `busy`."""
    with redisdb.busy_without_redis():
        raw = await redisdb.stream_range(redisdb.client(), redisdb.delayed(room))
    waiting = [waiting_of(fields[b"w"]) for _, fields in raw]
    return [one.comment for one in waiting if not one.left_out]


async def with_present_quotes(room: Room, comments: Sequence[Comment]) -> list[Comment]:
    """Return comments that come back together, each quoting only what is surely shown by now.

    Raises `busy`. Where Postgres is away, what is not among the recent ones is not quoted.
    """
    quoted = {one.reply.id for one in comments if one.reply is not None and one.reply.text}
    gone = await not_surely_shown(room, quoted - {comment.id for comment in comments})
    return [
        one.without_quote() if one.reply is not None and one.reply.id in gone else one
        for one in comments
    ]


async def not_surely_shown(room: Room, comment_ids: set[str]) -> set[str]:
    """Return those that may be hidden by now: not recent, and not visible in the archive, or it is
    away. Raises `busy`."""
    if not comment_ids:
        return set()
    recent = await recent_comments(room, RECENT_AT_MOST)
    older = comment_ids - {comment.id for comment in recent}
    if not older:
        return set()
    asked = dbthreads.run(queries.not_visible, room.id, [int(one) for one in older])
    return await dbthreads.unless_away(asked, otherwise=older)


async def name_behind(room: Room, comment_id: str) -> str:
    """Return who said a comment that may be hidden; empty when that is not known (any more)."""
    snowflake = ids.parse_id(comment_id)
    if snowflake is None or ids.partition_of(snowflake) != room.partition:
        return ""
    return await dbthreads.run(queries.author_name, room.id, snowflake)


async def find_comment(
    room: Room, comment_id: str, *, by: Identity | None = None
) -> Comment | None:
    """Return a visible comment of this room, or None. Raises `busy` or `unavailable`.

    `by`: a viewer finds only what viewers have been shown, or what is their own, and looks for
    what is not recent only so often: else `rate_limited`.
    """
    snowflake = ids.parse_id(comment_id)
    if snowflake is None or ids.partition_of(snowflake) != room.partition:
        return None
    position = ids.position(snowflake)
    with redisdb.busy_without_redis():
        raw = await redisdb.stream_range(
            redisdb.client(), redisdb.recent(room), lowest=position, highest=position
        )
    if raw:
        return _decoder.decode(raw[0][1][b"c"])
    if by is not None:
        await limits.spend(limits.look_up(by.user_id, staff=by.is_staff))
    found = await dbthreads.run(queries.visible_comment, room.id, snowflake)
    if found is None or by is None or by.is_staff or found.user.id == str(by.user_id):
        return found
    return found if await is_shown(room, comment_id) else None


async def is_shown(room: Room, comment_id: str) -> bool:
    """False while a comment waits to be shown to viewers. Raises `busy`."""
    with redisdb.busy_without_redis():
        shown = await shown_through(room)
    return shown is None or int(comment_id) <= shown


async def withdrawn_among(comments: Sequence[tuple[Room, int]]) -> set[int]:
    """Return those that their authors took back within the last week, the archive may not know
    yet; none while Redis is away."""
    if not comments:
        return set()
    try:
        async with redisdb.client().pipeline(transaction=False) as pipeline:
            for room, comment_id in comments:
                pipeline.hexists(redisdb.noted(room, comment_id), WITHDRAWN)
            answers = await pipeline.execute()
    except redisdb.RedisError:
        return set()
    return {
        number for (_, number), is_withdrawn in zip(comments, answers, strict=True) if is_withdrawn
    }
