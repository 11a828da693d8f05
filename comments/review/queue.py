"""What waits for somebody's decision: held, reported and appealed, as one list. Sync, ORM.

Oldest first, paged by place: an id, which is a moment in time, of the hold, of the first report of
a comment, or made for an appeal. Each kind has an index on what waits, so a page costs the same
whatever lies in the tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.timesince import timesince

from comments.models import Comment, Hold, HoldStatus, Status
from comments.review.models import Appeal, AppealStatus, Report, ReportOutcome
from comments.spam.verdict import Reason
from livecomments import events, ids
from livecomments.accounts.models import User
from livecomments.protocol import HOLD_SECONDS, SanctionKind
from streams.models import Stream
from streams.suspending import may_suspend

from .reach import Reach, appeals_reach, queue_reach

PAGE_SIZE = 25
DECIDED_WITHIN = timedelta(seconds=HOLD_SECONDS)
NOTES_SHOWN = 5
NOTES_READ = 500  # of all comments of a page

# Why something is held, in the words of the rules' form; other reasons are shown as they are.
WHY: Mapping[str, str] = {
    events.REVIEW: "the room reviews everything",
    Reason.COPIES: "one text by many people",
    Reason.WORDS: "word list",
    Reason.PATTERNS: "pattern",
    Reason.LINKS: "link",
    Reason.MODEL: "the model",
    Reason.RAID: "raid mode",
    Reason.STANDING: "people without standing wait",
}

Row = TypeVar("Row", Hold, Report, Appeal)


class Kind(StrEnum):
    """What an item of the queue is; also its part of an address and of a claim's name."""

    APPEALED = "appealed"
    HELD = "held"
    REPORTED = "reported"

    @property
    def label(self) -> str:
        """What people call it."""
        return {"appealed": "Appeal", "held": "Waiting", "reported": "Reported"}[self.value]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands in the list. Of one moment, by kind and number."""

    id: int
    kind: Kind
    number: int

    def __str__(self) -> str:
        return f"{self.id}-{self.kind}-{self.number}"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide. `number`: the hold's, the comment's, or the appeal's."""

    kind: Kind
    number: int
    place: Place
    stream: Stream | None
    author_id: int
    author_name: str
    text: str
    since: datetime
    reason: str
    detail: str = ""
    hidden: bool = False  # viewers do not see it at the moment
    reports: int = 0
    weight: int = 0
    notes: tuple[str, ...] = ()
    appeal: Appeal | None = None

    @property
    def key(self) -> tuple[str, int]:
        """What its claim is called."""
        return self.kind.value, self.number

    @property
    def age(self) -> str:
        """For how long it has waited."""
        waited = timezone.now() - self.since
        return timesince(self.since) if waited >= timedelta(minutes=1) else "less than a minute"

    @property
    def left(self) -> str:
        """How long there is to decide about a held comment; empty for the rest, which wait."""
        if self.kind is not Kind.HELD:
            return ""
        seconds = int((self.since + DECIDED_WITHIN - timezone.now()).total_seconds())
        if seconds <= 0:
            return "its time is up"
        return f"{seconds // 60}:{seconds % 60:02d} left to decide"


def read_place(text: str) -> Place | None:
    """Return the place that an address names; None for anything else."""
    match text.split("-"):
        case [place, kind, number] if kind in list(Kind):
            found, of = ids.parse_id(place), ids.parse_id(number)
            return None if found is None or of is None else Place(found, Kind(kind), of)
        case _:
            return None


def waiting(
    user: User,
    *,
    stream: Stream | None = None,
    kind: Kind | None = None,
    after: Place | None = None,
    limit: int = PAGE_SIZE,
) -> list[Item]:
    """Return what this person may decide, oldest first, at most `limit` items."""
    found: list[Item] = []
    queue, appeals = queue_reach(user), appeals_reach(user)
    if kind in (None, Kind.HELD):
        rows = _within(Hold.objects.filter(status=HoldStatus.OPEN), queue, stream)
        rows = rows.filter(_past(after, Kind.HELD, "number", "number")).order_by("number")
        found += [_held(row) for row in rows.select_related("stream")[:limit]]
    if kind in (None, Kind.REPORTED):
        told = _within(_leading(), queue, stream)
        told = told.filter(_past(after, Kind.REPORTED, "log_id", "comment_id")).order_by("log_id")
        found += _reported(told.select_related("stream")[:limit])
    if kind in (None, Kind.APPEALED):
        filed = _within(_open_appeals(user), appeals, stream)
        filed = filed.filter(_past(after, Kind.APPEALED, "place", "pk")).order_by("place", "pk")
        found += [_appealed(row) for row in filed[:limit]]
    return sorted(found, key=_order)[:limit]


def find_item(user: User, kind: Kind, number: int) -> Item | None:
    """Return one item that waits, if this person may decide it."""
    match kind:
        case Kind.HELD:
            rows = Hold.objects.filter(pk=number, status=HoldStatus.OPEN)
            found = _within(rows, queue_reach(user), None).select_related("stream").first()
            return None if found is None else _held(found)
        case Kind.REPORTED:
            told = _within(_leading().filter(comment_id=number), queue_reach(user), None)
            return next(iter(_reported(told.select_related("stream")[:1])), None)
        case Kind.APPEALED:
            filed = _within(
                _open_appeals(user).filter(pk=number), appeals_reach(user), None
            ).first()
            return None if filed is None else _appealed(filed)


def _order(item: Item) -> tuple[int, str, int]:
    return item.place.id, item.place.kind.value, item.place.number


def _past(after: Place | None, kind: Kind, place: str, number: str) -> Q:
    """What comes after a place, among the items of one kind."""
    if after is None:
        return Q()
    if kind.value > after.kind.value:
        return Q(**{f"{place}__gte": after.id})
    later = Q(**{f"{place}__gt": after.id})
    if kind is after.kind:
        later |= Q(**{place: after.id, f"{number}__gt": after.number})
    return later


def _within(rows: QuerySet[Row], reach: Reach, stream: Stream | None) -> QuerySet[Row]:
    if stream is not None:
        return rows.filter(stream_id=stream.pk) if reach.covers(stream.pk) else rows.none()
    if reach.everywhere:
        return rows
    return rows.filter(stream_id__in=reach.streams) if reach.streams else rows.none()


def _leading() -> QuerySet[Report]:
    return Report.objects.filter(outcome=ReportOutcome.OPEN, leads=True)


def _open_appeals(user: User) -> QuerySet[Appeal]:
    rows = Appeal.objects.filter(status=AppealStatus.OPEN)
    if not may_suspend(user):
        rows = rows.filter(stream__isnull=False)  # the others are about suspensions
    return rows.select_related("stream", "user", "sanction__placed_by")


def _held(row: Hold) -> Item:
    return Item(
        kind=Kind.HELD,
        number=row.pk,
        place=Place(row.pk, Kind.HELD, row.pk),
        stream=row.stream,
        author_id=row.author_id,
        author_name=row.author_name,
        text=row.text,
        since=row.held_at,
        reason=WHY.get(row.reason, row.reason),
        detail=row.detail,
        hidden=True,
    )


def _reported(leading: Iterable[Report]) -> list[Item]:
    rows = list(leading)
    comments = [row.comment_id for row in rows]
    counted = _counts(comments)
    notes = _notes(comments)
    hidden = set(
        Comment.objects.filter(pk__in=comments)
        .exclude(status=Status.VISIBLE)
        .values_list("pk", flat=True)
    )
    return [
        _reported_item(
            row, counted[row.comment_id], notes.get(row.comment_id, ()), row.comment_id in hidden
        )
        for row in rows
    ]


@dataclass(slots=True)
class _Counted:
    reports: int = 0
    weight: int = 0
    reasons: tuple[str, ...] = ()


def _counts(comments: Sequence[int]) -> dict[int, _Counted]:
    """How much is reported of each comment, with the reasons, the most frequent first."""
    found = {comment: _Counted() for comment in comments}
    rows = (
        Report.objects.filter(comment_id__in=comments, outcome=ReportOutcome.OPEN)
        .values_list("comment_id", "reason")
        .annotate(reports=Count("pk"), weight=Sum("weight"))
        .order_by("-reports", "reason")
    )
    for comment, reason, reports, weight in rows:
        counted = found[comment]
        counted.reports += reports
        counted.weight += weight
        counted.reasons += (f"{reason} × {reports}",)
    return found


def _notes(comments: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The first of what reporters wrote about each comment."""
    found: dict[int, tuple[str, ...]] = {}
    rows = Report.objects.filter(comment_id__in=comments, outcome=ReportOutcome.OPEN)
    written = rows.exclude(note="").order_by("log_id").values_list("comment_id", "note")
    for comment, note in written[:NOTES_READ]:
        if len(found.get(comment, ())) < NOTES_SHOWN:
            found[comment] = (*found.get(comment, ()), note)
    return found


def _reported_item(row: Report, counted: _Counted, notes: tuple[str, ...], hidden: bool) -> Item:
    return Item(
        kind=Kind.REPORTED,
        number=row.comment_id,
        place=Place(row.log_id, Kind.REPORTED, row.comment_id),
        stream=row.stream,
        author_id=row.author_id,
        author_name=row.author_name,
        text=row.text,
        since=row.reported_at,
        reason=", ".join(counted.reasons),
        hidden=hidden,
        reports=counted.reports,
        weight=counted.weight,
        notes=notes,
    )


def _appealed(row: Appeal) -> Item:
    return Item(
        kind=Kind.APPEALED,
        number=row.pk,
        place=Place(row.place, Kind.APPEALED, row.pk),
        stream=row.stream,
        author_id=row.user_id,
        author_name=row.user.display_name,
        text=row.text,
        since=row.filed_at,
        reason=_about(row),
        appeal=row,
    )


def _about(row: Appeal) -> str:
    if row.sanction is not None:
        return "a ban" if row.sanction.kind == SanctionKind.BAN else "a time-out"
    return "a hidden comment" if row.comment_id is not None else "being kept out of every stream"
