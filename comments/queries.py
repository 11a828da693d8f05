"""Comments as they are read from the archive. Sync, ORM.

Everything pages by id: an id is a place in the stream's order and a moment in time at once.
"""

from django.db.models import QuerySet

from livecomments import protocol

from .models import Comment, Status
from .payloads import comment_of


def comments_before(stream_id: int, before: int | None, *, limit: int) -> list[protocol.Comment]:
    """The last visible comments before an id, or of all; oldest first."""
    rows = _visible(stream_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [comment_of(row) for row in reversed(rows.order_by("-id")[:limit])]


def comments_after(stream_id: int, after: int, *, limit: int) -> list[protocol.Comment]:
    """The first visible comments after an id; oldest first."""
    rows = _visible(stream_id).filter(id__gt=after).order_by("id")[:limit]
    return [comment_of(row) for row in rows]


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


def author_name(stream_id: int, comment_id: int) -> str:
    """The name under which a comment was said, visible or not; empty when there is none."""
    rows = Comment.objects.filter(stream_id=stream_id, id=comment_id)
    return rows.values_list("author_name", flat=True).first() or ""


def _visible(stream_id: int) -> QuerySet[Comment]:
    return Comment.objects.filter(stream_id=stream_id, status=Status.VISIBLE)
