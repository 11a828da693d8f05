"""A row of each model that the admin shows. Sync, ORM."""

from comments.models import Comment, Hold
from comments.review.models import Appeal, Report
from livecomments.accounts.models import ApiToken, Scope, Suspension, User, UserNote
from livecomments.accounts.tokens import create_token
from reactions.models import ReactionTotal
from streams.models import ArchiveCursor, AuditEntry, Sanction, SetAsideEvent, Stream
from tests.factories import CommentFactory, HoldFactory, appeal_about, report_of


def row_of(model, stream):
    """A row of this model, about this stream where it is about one."""
    person, now = stream.broadcaster, stream.started_at
    makers = {
        Comment: lambda: CommentFactory(stream=stream),
        Hold: lambda: HoldFactory(stream=stream),
        Stream: lambda: stream,
        User: lambda: person,
        ApiToken: lambda: create_token(person, name="bot", scopes=[Scope.READ])[0],
        Sanction: lambda: Sanction.objects.create(
            stream=stream, user=person, kind="ban", placed_at=now, log_id=1
        ),
        AuditEntry: lambda: AuditEntry.objects.create(
            stream=stream, log_id=1, at=now, action="user.sanctioned", event={}
        ),
        SetAsideEvent: lambda: SetAsideEvent.objects.create(partition=0, log_id=1),
        ArchiveCursor: lambda: ArchiveCursor.objects.create(partition=0),
        ReactionTotal: lambda: ReactionTotal.objects.create(stream=stream, kind="like", total=1),
        Suspension: lambda: Suspension.objects.create(user=person, reason="x", placed_at=now),
        UserNote: lambda: UserNote.objects.create(user=person, text="x"),
        Report: lambda: report_of(CommentFactory(stream=stream)),
        Appeal: lambda: appeal_about(CommentFactory(stream=stream)),
    }
    return makers[model]()
