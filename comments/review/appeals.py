"""Appeals: what somebody may appeal against, and filing one. Sync, ORM.

An appeal is a plain row: no viewer sees it. What becomes of it is in `closing`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import regex
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from comments.models import Comment, Status
from comments.review.models import APPEAL_MAX_LENGTH, Appeal, AppealStatus
from comments.spam.verdict import RULES
from livecomments import events, ids
from livecomments.accounts.models import User
from livecomments.accounts.suspension import standing_suspension
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode
from streams.models import AuditEntry, Sanction, Stream


class About(StrEnum):
    """What an appeal may be about."""

    SANCTION = "sanction"
    SUSPENSION = "suspension"
    COMMENT = "comment"


# Whoever was told no may ask again, for a ban has no end; but not every day.
AGAIN_AFTER = timedelta(days=7)
# Among so many of somebody's last comments the hidden ones are looked for.
COMMENTS_LOOKED_AT = 200
COMMENTS_SHOWN = 10
DECIDED_SHOWN = 10
# Which column of an appeal names what it is about.
_COLUMNS = {
    About.SANCTION: "sanction_id",
    About.SUSPENSION: "suspension_id",
    About.COMMENT: "comment_id",
}
_BY_REPORTS = "Several people reported it."
# Marked only: the API says it in English, a page in its own language.
_OPEN = gettext_noop("You have appealed already; it waits for a decision.")
_REFUSED = regex.compile(r"[[\p{Cc}\p{Cs}]--[\n]]", regex.VERSION1)


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that somebody may appeal against. `number`: the sanction's, the suspension's, or
    the comment's. `stream` is None for a suspension, which holds everywhere."""

    about: About
    number: int
    stream: Stream | None
    what: str  # ban, timeout, or the text of the comment
    reason: str  # as the public is told
    since: datetime
    until: datetime | None = None
    last: Appeal | None = None  # the latest appeal about it

    @property
    def may_appeal(self) -> bool:
        """False while an appeal is open, and for a while after one was rejected."""
        return self.last is None or _may_ask_again(self.last)


def subjects_of(user: User) -> list[Subject]:
    """Return what this person may appeal against: sanctions first, then hidden comments."""
    found = [*_suspensions(user), *_sanctions(user), *_hidden_comments(user)]
    last = _latest_appeals(user, found)
    return [replace(one, last=last.get((one.about, one.number))) for one in found]


def decided_of(user: User) -> list[Appeal]:
    """Return the last decided appeals of somebody, newest first."""
    rows = Appeal.objects.filter(user=user).exclude(status=AppealStatus.OPEN)
    rows = rows.select_related("stream", "sanction")
    return list(rows.order_by("-id")[:DECIDED_SHOWN])


def file_appeal(user: User, *, about: About, number: int, text: str) -> Appeal:
    """Return the new appeal.

    Raises `not_found` for what is not this person's to appeal against, `conflict` where one is
    open or was rejected lately, `empty`, `too_long` or `not_text`.
    """
    text = _clean(text)
    subject = next(
        (one for one in subjects_of(user) if (one.about, one.number) == (about, number)), None
    )
    if subject is None:
        raise DomainError(ErrorCode.NOT_FOUND)
    if not subject.may_appeal:
        raise DomainError(ErrorCode.CONFLICT, _why_not(subject))
    now = timezone.now()
    filed = Appeal(
        place=ids.first_id_at(int(now.timestamp() * 1000)),
        user=user,
        stream=subject.stream,
        text=text,
        filed_at=now,
    )
    setattr(filed, _COLUMNS[about], number)
    try:
        with transaction.atomic():
            filed.save()
    except IntegrityError:  # another window of the same person was faster
        raise DomainError(ErrorCode.CONFLICT, _OPEN) from None
    return filed


def _may_ask_again(last: Appeal) -> bool:
    if last.status == AppealStatus.OPEN or last.decided_at is None:
        return False
    return last.status == AppealStatus.GRANTED or last.decided_at + AGAIN_AFTER <= timezone.now()


def _why_not(subject: Subject) -> str:
    assert subject.last is not None
    if subject.last.status == AppealStatus.OPEN:
        return _OPEN
    return f"Your appeal was rejected; you may appeal again after {AGAIN_AFTER.days} days."


def _clean(text: str) -> str:
    cleaned = text.replace("\r\n", "\n").strip()
    if not cleaned:
        raise DomainError(ErrorCode.EMPTY, gettext_noop("Say why."))
    if len(cleaned) > APPEAL_MAX_LENGTH:
        raise DomainError(ErrorCode.TOO_LONG, f"At most {APPEAL_MAX_LENGTH} characters.")
    if _REFUSED.search(cleaned):
        raise DomainError(ErrorCode.NOT_TEXT)
    return cleaned


def public_reason(reason: str) -> str:
    """Return what the person is told: a moderator's own words, or the rule behind a code."""
    if reason == events.REPORTED:
        return _BY_REPORTS
    return next((rule for code, rule in RULES.items() if code.value == reason), reason)


def _suspensions(user: User) -> Iterator[Subject]:
    row = standing_suspension(user.pk)
    if row is not None:
        yield Subject(
            about=About.SUSPENSION,
            number=row.pk,
            stream=None,
            what="ban" if row.until is None else "timeout",
            reason=public_reason(row.reason),
            since=row.placed_at,
            until=row.until,
        )


def _sanctions(user: User) -> Iterator[Subject]:
    rows = Sanction.objects.filter(user=user, lifted_at__isnull=True)
    rows = rows.exclude(until__lte=timezone.now()).select_related("stream")
    for row in rows.order_by("-placed_at"):
        yield Subject(
            about=About.SANCTION,
            number=row.pk,
            stream=row.stream,
            what=row.kind,
            reason=public_reason(row.reason),
            since=row.placed_at,
            until=row.until,
        )


def _hidden_comments(user: User) -> list[Subject]:
    """What moderators hid of somebody's last comments, newest first."""
    rows = Comment.objects.filter(author=user).select_related("stream").order_by("-id")
    hidden = [row for row in rows[:COMMENTS_LOOKED_AT] if row.status == Status.HIDDEN]
    hidden = hidden[:COMMENTS_SHOWN]
    actions = [row.hidden_by for row in hidden if row.hidden_by is not None]
    done = AuditEntry.objects.filter(log_id__in=actions).values_list("log_id", "at", "event")
    known = {log_id: (at, event.get("reason", "")) for log_id, at, event in done}
    return [_hidden_comment(row, *known.get(row.hidden_by, (row.created_at, ""))) for row in hidden]


def _hidden_comment(row: Comment, at: datetime, reason: str) -> Subject:
    return Subject(
        about=About.COMMENT,
        number=row.pk,
        stream=row.stream,
        what=row.text,
        reason=public_reason(reason),
        since=at,
    )


def _latest_appeals(user: User, found: Sequence[Subject]) -> dict[tuple[About, int], Appeal]:
    wanted = Q(pk__in=())
    for about, column in _COLUMNS.items():
        numbers = [subject.number for subject in found if subject.about is about]
        wanted |= Q(**{f"{column}__in": numbers})
    latest: dict[tuple[About, int], Appeal] = {}
    for row in Appeal.objects.filter(wanted, user=user).order_by("id"):
        for about, column in _COLUMNS.items():
            number = getattr(row, column)
            if number is not None:
                latest[about, number] = row
    return latest
