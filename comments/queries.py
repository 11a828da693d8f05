"""Comments as they are read from the archive. Sync, ORM.

Everything pages by id: an id is a place in the stream's order and a moment in time at once.
"""

from django.db.models import QuerySet

from livecomments import protocol
from livecomments.protocol import ReportReason

from .models import Comment, Status
from .payloads import comment_of
from .review.models import Report, ReportOutcome


def comments_before(stream_id: int, before: int | None, *, limit: int) -> list[protocol.Comment]:
    """The last visible comments before an id, or of all; oldest first."""
    rows = _visible(stream_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [comment_of(row) for row in reversed(rows.order_by("-id")[:limit])]


def comments_after(
    stream_id: int, after: int, *, limit: int, upto: int | None = None
) -> list[protocol.Comment]:
    """The first visible comments after an id, and below another; oldest first."""
    rows = _visible(stream_id).filter(id__gt=after)
    if upto is not None:
        rows = rows.filter(id__lt=upto)
    return [comment_of(row) for row in rows.order_by("id")[:limit]]


def comments_between(stream_id: int, after: int, upto: int) -> QuerySet[Comment]:
    """The visible comments in (`after`, `upto`] that viewers were shown, in log order."""
    return _visible(stream_id).filter(id__gt=after, id__lte=upto, left_out=False).order_by("id")


def left_out_between(stream_id: int, after: int, upto: int) -> QuerySet[Comment]:
    """The comments in (`after`, `upto`] that no frame had, hidden ones among them."""
    return Comment.objects.filter(
        stream_id=stream_id, id__gt=after, id__lte=upto, left_out=True
    ).order_by("id")


def replies_left_out(stream_id: int, user_id: int, after: int, upto: int) -> QuerySet[Comment]:
    """The visible ones of them that reply to something this person said, by somebody else."""
    own = Comment.objects.filter(stream_id=stream_id, author_id=user_id)
    return (
        left_out_between(stream_id, after, upto)
        .filter(status=Status.VISIBLE, reply_to__in=own.values("id"))
        .exclude(author_id=user_id)
    )


def visible_comment(stream_id: int, comment_id: int) -> protocol.Comment | None:
    """One comment of a stream that viewers may see."""
    row = _visible(stream_id).filter(id=comment_id).first()
    return None if row is None else comment_of(row)


def not_visible(stream_id: int, comment_ids: list[int]) -> set[str]:
    """Those of the comments that viewers may not see, as the wire names them."""
    found = _visible(stream_id).filter(id__in=comment_ids).values_list("id", flat=True)
    return {str(comment_id) for comment_id in set(comment_ids) - set(found)}


def visible_comments(stream_id: int, comment_ids: list[int]) -> dict[str, protocol.Comment]:
    """Those of some comments of a stream that viewers may see, by their ids."""
    rows = _visible(stream_id).filter(id__in=comment_ids)
    return {str(row.pk): comment_of(row) for row in rows}


def restorable_comment(stream_id: int, comment_id: int) -> protocol.Comment | None:
    """One comment of a stream, hidden or not, unless its author has withdrawn it."""
    rows = Comment.objects.filter(stream_id=stream_id, id=comment_id)
    row = rows.exclude(status=Status.WITHDRAWN).first()
    return None if row is None else comment_of(row)


def is_withdrawn(stream_id: int, comment_id: int) -> bool:
    """True for a comment that its author has taken back."""
    rows = Comment.objects.filter(stream_id=stream_id, id=comment_id)
    return rows.filter(status=Status.WITHDRAWN).exists()


def kept_hidden(stream_id: int, comment_ids: list[int], cleared_by: int) -> set[int]:
    """Those of the comments that something else hides than this clearing of their author."""
    rows = Comment.objects.filter(stream_id=stream_id, id__in=comment_ids)
    hidden = rows.exclude(status=Status.VISIBLE).exclude(hidden_by=cleared_by)
    return set(hidden.values_list("id", flat=True))


def last_name(stream_id: int, user_id: int) -> str:
    """The name under which somebody spoke last in a stream; empty when they never did."""
    rows = Comment.objects.filter(author_id=user_id, stream_id=stream_id)
    return rows.order_by("-id").values_list("author_name", flat=True).first() or ""


def reported_comments(
    stream_id: int, *, limit: int
) -> list[tuple[protocol.Comment, list[ReportReason], int]]:
    """Comments still shown, with what is reported about them and how often; oldest report first."""
    open_ones = Report.objects.filter(stream_id=stream_id, outcome=ReportOutcome.OPEN)
    leading = open_ones.filter(leads=True).order_by("log_id").values_list("comment_id", flat=True)
    wanted = list(leading[:limit])
    rows = {row.pk: row for row in _visible(stream_id).filter(id__in=wanted)}
    reasons: dict[int, list[ReportReason]] = {comment_id: [] for comment_id in wanted}
    told = open_ones.filter(comment_id__in=wanted).order_by("log_id")
    for comment_id, reason in told.values_list("comment_id", "reason"):
        reasons[comment_id].append(ReportReason(reason))
    return [
        (comment_of(rows[comment_id]), list(dict.fromkeys(given)), len(given))
        for comment_id, given in reasons.items()
        if comment_id in rows
    ]


def author_name(stream_id: int, comment_id: int) -> str:
    """The name under which a comment was said, visible or not; empty when there is none."""
    rows = Comment.objects.filter(stream_id=stream_id, id=comment_id)
    return rows.values_list("author_name", flat=True).first() or ""


def _visible(stream_id: int) -> QuerySet[Comment]:
    return Comment.objects.filter(stream_id=stream_id, status=Status.VISIBLE)
