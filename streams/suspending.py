"""Suspend somebody in all streams, and lift that: who may, and the audit. Sync, ORM.

The one sanction that is no event of a stream's log, as it is of no stream: its row, its audit and
what Redis knows are written together (`livecomments.accounts.suspension`).
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from livecomments.accounts import suspension
from livecomments.accounts.models import Suspension, User
from livecomments.errors import DomainError
from livecomments.legible import legible
from livecomments.protocol import (
    REASON_MAX_LENGTH,
    TIMEOUT_MAX_SECONDS,
    TIMEOUT_MIN_SECONDS,
    ErrorCode,
)

from .models import AuditEntry

PERMISSION = "accounts.add_suspension"
SUSPENDED, UNSUSPENDED = "user.suspended", "user.unsuspended"
_LASTS = (
    f"A time-out lasts from {TIMEOUT_MIN_SECONDS} seconds to {TIMEOUT_MAX_SECONDS // 86_400} days."
)


def suspend_user(
    user: User, *, actor: User, seconds: int | None, reason: str, via: str = ""
) -> Suspension:
    """The suspension; `seconds` None for a ban. Raises `forbidden`, `protected`, `bad_message`,
    `busy`."""
    _require(actor)
    _require_unprotected(user, actor)
    reason = legible(reason)[:REASON_MAX_LENGTH]
    if not reason:
        raise DomainError(ErrorCode.BAD_MESSAGE, "A suspension says what it is for.")
    if seconds is not None and not TIMEOUT_MIN_SECONDS <= seconds <= TIMEOUT_MAX_SECONDS:
        raise DomainError(ErrorCode.BAD_MESSAGE, _LASTS)
    with transaction.atomic():
        row = suspension.suspend(user, by=actor, seconds=seconds, reason=reason)
        until = None if row.until is None else row.until.isoformat()
        event = {"name": user.display_name, "until": until or "for good", "reason": row.reason}
        audit_everywhere(SUSPENDED, user=user, actor=actor, via=via, **event)
    return row


def unsuspend_user(user: User, *, actor: User, via: str = "") -> None:
    """Lets somebody speak again. Raises `forbidden`, `not_found`, `busy`."""
    _require(actor)
    with transaction.atomic():
        if not suspension.lift(user, by=actor):
            raise DomainError(ErrorCode.NOT_FOUND)
        audit_everywhere(UNSUSPENDED, user=user, actor=actor, via=via, name=user.display_name)


def audit_everywhere(action: str, *, user: User, actor: User, via: str, **event: Any) -> None:
    """Writes what was done to somebody in no stream: other entries follow from a stream's log."""
    AuditEntry.objects.create(
        log_id=None,
        stream=None,
        at=timezone.now(),
        action=action,
        actor=actor,
        target_user_id=user.pk,
        event={"user": user.pk, "by": actor.pk, "via": via, **event},
    )


def may_suspend(actor: User) -> bool:
    """True for administrators."""
    return actor.has_perm(PERMISSION)


def _require(actor: User) -> None:
    if not may_suspend(actor):
        raise DomainError(ErrorCode.FORBIDDEN)


def _require_unprotected(user: User, actor: User) -> None:
    if user.pk == actor.pk:
        raise DomainError(ErrorCode.FORBIDDEN, "Nobody can suspend themselves.")
    if not actor.is_superuser and (user.is_superuser or may_suspend(user)):
        raise DomainError(ErrorCode.PROTECTED)
