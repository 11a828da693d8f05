"""Report a comment, weigh its reports, find that they were wrong. Async, free of the ORM.

A report is an event in the room's log like any action, and counts from the instant it is appended.
What it weighs is noted beside the comment in Redis, so reports count while Postgres is away.
"""

import msgspec

from comments.history import find_comment
from comments.moderation import conflict_means
from livecomments import dbthreads, eventlog, events, redisdb
from livecomments.errors import DomainError
from livecomments.eventlog import Operation
from livecomments.protocol import REASON_MAX_LENGTH, ErrorCode, ReportReason
from livecomments.tickets import Identity, Room
from streams.domain import require_staff

from .accuracy import accuracy_of, weight_of

REPORTS_HIDE_FROM = 5  # so much they weigh together, unless the room's rules say otherwise


async def report_comment(
    room: Room, *, actor: Identity, comment_id: int, reason: ReportReason, note: str = ""
) -> int:
    """Return the log id. Raises `conflict` when this person has reported it before."""
    comment = await find_comment(room, str(comment_id), by=actor)
    if comment is None:
        raise DomainError(ErrorCode.UNKNOWN_COMMENT)
    if comment.user.id == str(actor.user_id):
        raise DomainError(ErrorCode.FORBIDDEN, "Nobody reports themselves.")
    accuracy = await dbthreads.unless_away(
        dbthreads.run(accuracy_of, actor.user_id), otherwise=None
    )
    weight = weight_of(actor.standing, accuracy)
    body = events.CommentReported(
        comment=comment,
        reporter=actor.user_id,
        reason=reason,
        reports=len(await report_weights(room, comment_id)) + 1,
        weight=weight,
        note=note[:REASON_MAX_LENGTH],
    )
    counted = [Operation("report", str(actor.user_id), str(weight))]
    with conflict_means("You have reported this comment already."):
        return await eventlog.append(room, body, operations=counted, about=comment_id)


async def dismiss_reports(room: Room, *, actor: Identity, comment_id: int) -> int:
    """Return the log id: the comment stands, and who reported it was wrong."""
    require_staff(actor)
    comment = await find_comment(room, str(comment_id))
    if comment is None:
        raise DomainError(ErrorCode.UNKNOWN_COMMENT)
    body = events.ReportsDismissed(
        comment=comment.id, author=int(comment.user.id), by=actor.user_id
    )
    settled = [Operation("settle", "-")]
    return await eventlog.append(room, body, operations=settled, about=comment_id)


async def report_weights(room: Room, comment_id: int) -> dict[int, int]:
    """Return what each report of a comment weighs, by who reported it. Raises `busy`."""
    with redisdb.busy_without_redis():
        noted = await redisdb.whole_hash(redisdb.client(), redisdb.noted(room, comment_id))
    return {int(name): int(weight) for name, weight in noted.items() if name.isdigit()}


class _Threshold(msgspec.Struct):
    """The one part of a room's rules that is read here (comments.spam.rules)."""

    report_threshold: int = REPORTS_HIDE_FROM


async def report_threshold(room: Room) -> int:
    """Return how much the reports of a comment weigh together when it is hidden; 0 for never."""
    with redisdb.busy_without_redis():
        raw = await redisdb.read_hash(redisdb.client(), redisdb.state(room), ["rules"])
    try:
        return msgspec.json.decode(raw.get("rules", b"{}"), type=_Threshold).report_threshold
    except msgspec.DecodeError:
        return REPORTS_HIDE_FROM  # rules of another release do not keep reports from counting
