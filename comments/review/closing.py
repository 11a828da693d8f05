"""Decide an appeal, and tell the sender. Sync, ORM; actions and events across `async_to_sync`.

The row is changed first, where the database settles who of two decides. In the same transaction
what was appealed against is taken back, if it still stands, and the outcome becomes an event of
the stream, so that the sender learns of it: without the event there is no decision.
"""

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone

from comments.actions import act
from comments.models import Comment, Status
from comments.review.models import NOTE_MAX_LENGTH, Appeal, AppealStatus
from livecomments import eventlog, events
from livecomments.accounts.models import Suspension, User
from livecomments.errors import DomainError
from livecomments.legible import legible
from livecomments.protocol import Action, ErrorCode, LiftSanction, RestoreComment
from livecomments.tickets import Identity
from streams.admin_scope import acting_in
from streams.models import Sanction, Stream
from streams.payloads import room_of
from streams.suspending import audit_everywhere, may_suspend, unsuspend_user

from .decisions import WHERE
from .reach import APPEALS, may_manage

CLOSED = "appeal.closed"
# What was appealed against has ended in this moment, or its author has withdrawn the comment.
_ENDED = (ErrorCode.NOT_FOUND, ErrorCode.UNKNOWN_COMMENT, ErrorCode.CONFLICT)


def close_appeal(appeal: Appeal, *, by: User, granted: bool, answer: str = "") -> None:
    """Decides an appeal. Raises `forbidden`, `conflict` when it was decided already, `busy`.

    About a suspension decides who may suspend; about the rest, who manages the room. Nobody decides
    their own.
    """
    actor = None if appeal.stream is None else acting_in(appeal.stream, by, APPEALS)
    allowed = may_suspend(by) if actor is None else may_manage(actor)
    if not allowed or appeal.user_id == by.pk:
        raise DomainError(ErrorCode.FORBIDDEN)
    answer = legible(answer)[:NOTE_MAX_LENGTH]
    outcome = AppealStatus.GRANTED if granted else AppealStatus.REJECTED
    with transaction.atomic():
        decided = Appeal.objects.filter(pk=appeal.pk, status=AppealStatus.OPEN).update(
            status=outcome, answer=answer, decided_at=timezone.now(), decided_by=by
        )
        if decided != 1:
            raise DomainError(ErrorCode.CONFLICT)
        body = events.AppealClosed(
            user=appeal.user_id,
            by=by.pk,
            appeal=appeal.pk,
            outcome="granted" if granted else "rejected",
            reason=answer,
        )
        if actor is None or appeal.stream is None:
            _close_everywhere(appeal, by, body)
        else:
            _close_in_room(appeal, appeal.stream, actor, body)


def _close_in_room(
    appeal: Appeal, stream: Stream, actor: Identity, body: events.AppealClosed
) -> None:
    room = room_of(stream)
    action = _taking_back(appeal) if body.outcome == "granted" else None
    with eventlog.acting_from(WHERE):
        if action is not None:
            try:
                async_to_sync(act)(room, actor=actor, action=action, where=WHERE)
            except DomainError as error:
                if error.code not in _ENDED:
                    raise
        async_to_sync(eventlog.append)(room, body)


def _close_everywhere(appeal: Appeal, by: User, body: events.AppealClosed) -> None:
    """No stream has it in its log, so the audit is written here."""
    standing = Suspension.objects.filter(pk=appeal.suspension_id or 0, lifted_at__isnull=True)
    if body.outcome == "granted" and standing.exists():
        unsuspend_user(appeal.user, actor=by, via=WHERE)
    decided = {"appeal": body.appeal, "outcome": body.outcome, "reason": body.reason}
    audit_everywhere(CLOSED, user=appeal.user, actor=by, via=WHERE, **decided)


def _taking_back(appeal: Appeal) -> Action | None:
    """What takes back what was appealed against; nothing where it no longer stands.

    A sanction that was replaced by a newer one is left alone: that one was not appealed against.
    """
    if appeal.comment_id is not None:
        hidden = Comment.objects.filter(pk=appeal.comment_id, status=Status.HIDDEN)
        return RestoreComment(id=str(appeal.comment_id)) if hidden.exists() else None
    standing = Sanction.objects.filter(pk=appeal.sanction_id or 0, lifted_at__isnull=True)
    if not standing.exclude(until__lte=timezone.now()).exists():
        return None
    return LiftSanction(user=str(appeal.user_id))
