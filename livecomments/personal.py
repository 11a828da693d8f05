"""What an event means to the one person whom it concerns. Sync, pure.

Told beside the frame it belongs to, and to whoever comes back, from the archive (rule R6).
"""

from livecomments import events, protocol
from livecomments.protocol import PersonalItem


def told(body: events.Body, at_ms: int) -> tuple[int, PersonalItem] | None:
    """Return the person and what they are told; None where it concerns nobody in particular.

    What is said is told when it is shown, which only its flush knows.
    """
    match body:
        case events.CommentHidden(comment=comment, said=protocol.Comment() as said):
            return int(said.user.id), protocol.YouHidden(id=comment, reason=body.reason)
        case events.HoldClosed(hold=hold, outcome=outcome, reason=reason):
            item = protocol.YouHeldRefused(hold=hold, outcome=outcome, reason=reason)
            return body.author, item
        case events.UserSanctioned(user=user, kind=kind, seconds=seconds):
            until = None if seconds is None else at_ms + seconds * 1000
            return user, protocol.YouSanctioned(kind=kind, reason=body.reason, until=until)
        case events.SanctionLifted(user=user):
            return user, protocol.YouRestored()
        case events.UserCleared(user=user, reason=reason):
            return user, protocol.YouHidden(reason=reason)
        case events.UserWarned(user=user, reason=reason, about=about):
            return user, protocol.YouWarned(reason=reason, comment=about)
        case events.AppealClosed(user=user, outcome=outcome, reason=reason):
            return user, protocol.YouAppealed(outcome=outcome, reason=reason)
        case _:
            return None
