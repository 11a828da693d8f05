"""Reports, rule versions and the ends of appeals from the log to rows, and rules back. Sync, ORM.

Called by the batcher only, in the transaction that moves the archive's cursor, with the entries of
one partition in log order. Everything here may run twice for the same event without harm.
"""

from collections.abc import Sequence

from django.db.models import QuerySet

from comments.review.models import (
    NOTE_MAX_LENGTH,
    Appeal,
    AppealStatus,
    Report,
    ReportOutcome,
    RuleVersion,
)
from livecomments import events, ids


def store(entries: Sequence[events.Entry]) -> None:
    """Write what was reported, what became of it, and which rules a room has."""
    for entry in entries:
        match entry.body:
            case events.CommentReported() as reported:
                _insert(entry, reported)
            case events.CommentHidden(comment=comment, by=int(by)):
                _decide(entry, _open(entry, comment), ReportOutcome.UPHELD, by)
            case events.CommentRestored() as restored:
                _restore(entry, restored)
            case events.ReportsDismissed(comment=comment, by=by):
                _decide(entry, _open(entry, comment), ReportOutcome.DISMISSED, by)
            case events.CommentWithdrawn(comment=comment, author=author):
                _decide(entry, _open(entry, comment), ReportOutcome.LAPSED, author)
            case events.UserCleared(user=user, by=by):
                waiting = Report.objects.filter(
                    author_id=user, stream_id=entry.stream_id, outcome=ReportOutcome.OPEN
                )
                _decide(entry, waiting, ReportOutcome.UPHELD, by)
            case events.UserRestored(clear=clear):
                _reopen(entry, int(clear))
            case events.RulesChanged() as changed:
                _keep_version(entry, changed)
            case events.AppealClosed() as closed:
                _close_appeal(entry, closed)
            case _:
                pass


def rules_of(stream_id: int) -> tuple[int, str] | None:
    """Return the version and the JSON of a room's rules; None where they were never changed."""
    return (
        RuleVersion.objects.filter(stream_id=stream_id)
        .order_by("-log_id")
        .values_list("version", "rules")
        .first()
    )


def _of(entry: events.Entry, comment: str) -> QuerySet[Report]:
    """The reports of a comment in the event's own stream: its number may be another's."""
    return Report.objects.filter(stream_id=entry.stream_id, comment_id=int(comment))


def _open(entry: events.Entry, comment: str) -> QuerySet[Report]:
    return _of(entry, comment).filter(outcome=ReportOutcome.OPEN)


def _restore(entry: events.Entry, restored: events.CommentRestored) -> None:
    """What is restored was reported wrongly, unless this only takes back the action that had
    decided it: then the reports wait again."""
    if restored.hidden_by is not None and _reopen(entry, int(restored.hidden_by)):
        return
    outcomes = (ReportOutcome.OPEN, ReportOutcome.UPHELD)
    told = _of(entry, restored.comment.id).filter(outcome__in=outcomes)
    _decide(entry, told, ReportOutcome.DISMISSED, restored.by)


def _insert(entry: events.Entry, reported: events.CommentReported) -> None:
    comment = reported.comment
    row = Report(
        log_id=entry.id,
        stream_id=entry.stream_id,
        comment_id=int(comment.id),
        text=comment.text,
        author_id=int(comment.user.id),
        author_name=comment.user.name,
        reporter_id=reported.reporter,
        reason=reported.reason.value,
        note=reported.note[:NOTE_MAX_LENGTH],
        weight=reported.weight,
        reported_at=ids.id_time(entry.id),
        leads=not _open(entry, comment.id).exists(),
    )
    # Once a person and comment; and this event may have been written before.
    Report.objects.bulk_create([row], ignore_conflicts=True)


def _decide(
    entry: events.Entry, told: QuerySet[Report], outcome: ReportOutcome, by: int | None
) -> None:
    """What is reported after the decision waits for the next one."""
    told.filter(log_id__lt=entry.id).update(
        outcome=outcome,
        decided_at=ids.id_time(entry.id),
        decided_by_id=by,
        decided_log=entry.id,
    )


def _reopen(entry: events.Entry, decision: int) -> int:
    """How many wait again that one decision settled: it was taken back."""
    settled = Report.objects.filter(stream_id=entry.stream_id, decided_log=decision)
    return settled.update(
        outcome=ReportOutcome.OPEN, decided_at=None, decided_by=None, decided_log=None
    )


def _keep_version(entry: events.Entry, changed: events.RulesChanged) -> None:
    RuleVersion.objects.bulk_create(
        [
            RuleVersion(
                log_id=entry.id,
                stream_id=entry.stream_id,
                version=changed.version,
                rules=changed.rules,
                changed_at=ids.id_time(entry.id),
                changed_by_id=changed.by,
                note=changed.note[:NOTE_MAX_LENGTH],
            )
        ],
        ignore_conflicts=True,
    )


def _close_appeal(entry: events.Entry, closed: events.AppealClosed) -> None:
    """Whoever decided has written it; this is for a commit that was lost after the event."""
    Appeal.objects.filter(pk=closed.appeal, status=AppealStatus.OPEN).update(
        status=AppealStatus(closed.outcome),
        answer=closed.reason[:NOTE_MAX_LENGTH],
        decided_at=ids.id_time(entry.id),
        decided_by_id=closed.by,
    )
