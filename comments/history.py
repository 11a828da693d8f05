"""Read comments back: the recent ones from Redis, older ones from the archive. Async.

The archive is asked in a thread of its own and only for what Redis no longer has; if it is away,
that one question is answered `unavailable` and nothing else notices.
"""

from collections.abc import Container, Sequence

import msgspec

from livecomments import dbthreads, ids, redisdb
from livecomments.errors import DomainError
from livecomments.protocol import Comment, ErrorCode
from livecomments.tickets import Room
from streams.delay import waiting_of

from . import queries

RECENT_AT_MOST = 200  # the longest join history

_decoder = msgspec.json.Decoder(Comment)


async def recent_comments(room: Room, limit: int) -> list[Comment]:
    """Return the last visible comments, oldest first. Raises `busy`."""
    try:
        raw = await redisdb.stream_tail(redisdb.client(), redisdb.recent(room), count=limit)
    except redisdb.RedisError as error:
        raise DomainError(ErrorCode.BUSY, retry_after_ms=1000) from error
    return [_decoder.decode(fields[b"c"]) for _, fields in raw]


async def delayed_comments(room: Room) -> list[Comment]:
    """Return what viewers are about to be shown, oldest first. Raises `busy`."""
    try:
        raw = await redisdb.stream_range(redisdb.client(), redisdb.delayed(room))
    except redisdb.RedisError as error:
        raise DomainError(ErrorCode.BUSY, retry_after_ms=1000) from error
    waiting = [waiting_of(fields[b"w"]) for _, fields in raw]
    return [one.comment for one in waiting if not one.left_out]


async def with_present_quotes(room: Room, comments: Sequence[Comment]) -> list[Comment]:
    """Return comments that come back together, each quoting only what is surely shown by now.

    Raises `busy`. Where Postgres is away, what is not among the recent ones is not quoted.
    """
    quoted = {one.reply.id for one in comments if one.reply is not None and one.reply.text}
    if not quoted:
        return list(comments)
    recent = await recent_comments(room, RECENT_AT_MOST)
    older = quoted - {comment.id for comment in [*comments, *recent]}
    if not older:
        return list(comments)
    asked = dbthreads.run(queries.not_visible, room.id, [int(one) for one in older])
    gone = await dbthreads.unless_away(asked, otherwise=older)
    return [_without_quote(one, gone) for one in comments]


def _without_quote(comment: Comment, gone: Container[str]) -> Comment:
    quote = comment.reply
    if quote is None or quote.id not in gone:
        return comment
    return msgspec.structs.replace(comment, reply=msgspec.structs.replace(quote, text=""))


async def name_behind(room: Room, comment_id: str) -> str:
    """Return who said a comment that may be hidden; empty when that is not known (any more)."""
    snowflake = ids.parse_id(comment_id)
    if snowflake is None or ids.partition_of(snowflake) != room.partition:
        return ""
    return await dbthreads.run(queries.author_name, room.id, snowflake)


async def find_comment(room: Room, comment_id: str) -> Comment | None:
    """Return a visible comment of this room, or None. Raises `busy` or `unavailable`."""
    snowflake = ids.parse_id(comment_id)
    if snowflake is None or ids.partition_of(snowflake) != room.partition:
        return None
    position = ids.position(snowflake)
    try:
        raw = await redisdb.stream_range(
            redisdb.client(), redisdb.recent(room), lowest=position, highest=position
        )
    except redisdb.RedisError as error:
        raise DomainError(ErrorCode.BUSY, retry_after_ms=1000) from error
    if raw:
        return _decoder.decode(raw[0][1][b"c"])
    return await dbthreads.run(queries.visible_comment, room.id, snowflake)
