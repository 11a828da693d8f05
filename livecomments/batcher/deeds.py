"""What staff are told of each other's actions. Sync, pure."""

from livecomments import events
from livecomments.protocol import Acted, Comment


def acted(entry: events.Entry) -> Acted | None:
    """Return the line for the list of actions; None for what is no action of staff."""
    body = entry.body
    if isinstance(body, events.CommentSaid):
        if body.by is None:
            return None
        return Acted(
            id=str(entry.id),
            action="hold.approved",
            by=str(body.by),
            user=str(body.author),
            comment=str(entry.id),
        )
    if isinstance(body, events.CommentReported | events.CommentWithdrawn):
        return None
    by = getattr(body, "by", None)
    action = entry.kind
    if isinstance(body, events.ModesChanged) and body.raid_until and by is None:
        action = "raid.began"
    comment = getattr(body, "comment", None)
    user = getattr(body, "user", None) or getattr(body, "author", None)
    if isinstance(comment, Comment):
        user, comment = comment.user.id, comment.id
    elif isinstance(body, events.CommentHidden) and body.said is not None:
        user = body.said.user.id
    return Acted(
        id=str(entry.id),
        action=action,
        by=None if by is None else str(by),
        user=None if user is None else str(user),
        comment=comment,
        reason=getattr(body, "reason", ""),
    )
