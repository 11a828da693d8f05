"""What is known of a person from what they said: their record, and what it makes of them.

Sync, ORM. Every query is bounded: a record looks at the newest rows of one person, by an index, and
at no more of them than its rules can tell apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from livecomments.accounts.models import Standing, Suspension, User, user_cache_key
from livecomments.accounts.recall import forget
from streams.models import Sanction

from .models import Comment, Hold, HoldStatus, Status
from .spam.standing import LEVELS, Record, standing_of

# The highest level asks for 200 accepted ones: a thousand tells a share of one in a hundred.
LOOKED_AT = 1_000


@dataclass(frozen=True, slots=True)
class Computed:
    """A standing and the record it comes from."""

    standing: Standing
    record: Record


def computed_standing(user: User) -> Computed:
    """What a person's record makes of them at this moment, whatever staff set by hand."""
    record = record_of(user)
    return Computed(standing_of(record), record)


def renew_standings(user_ids: Iterable[int]) -> int:
    """Store what their records make of these people; return for how many that is something new.

    Tickets that were minted keep the standing of that moment until they are over.
    """
    changed = 0
    rows = User.objects.filter(pk__in=list(user_ids), standing_by_hand=False)
    # Who is too new for any standing has none, whatever they said: a raid costs nothing here.
    old_enough = timezone.now() - min(level.age for level in LEVELS)
    for user in rows.exclude(standing=Standing.NEW, date_joined__gt=old_enough):
        standing = computed_standing(user).standing
        # Asked once more: staff may have set it by hand meanwhile.
        if standing != user.standing and rows.filter(pk=user.pk).update(standing=standing):
            forget(user_cache_key(user.pk))
            changed += 1
    return changed


def record_of(user: User) -> Record:
    """The record: age of the account, the newest comments and refusals, and the last sanction."""
    now = timezone.now()
    newest = Comment.objects.filter(author=user).order_by("-id")
    statuses = list(newest.values_list("status", flat=True)[:LOOKED_AT])
    held = Hold.objects.filter(author=user).order_by("-number")
    outcomes = list(held.values_list("status", flat=True)[:LOOKED_AT])
    sanctioned = _last_sanction(user)
    return Record(
        age=now - user.date_joined,
        accepted=statuses.count(Status.VISIBLE),
        removed=statuses.count(Status.HIDDEN) + outcomes.count(HoldStatus.REFUSED),
        since_sanction=None if sanctioned is None else now - sanctioned,
    )


def shortfalls(record: Record) -> list[str]:
    """What is missing for the next level, in words; nothing for whoever has the highest."""
    for level in reversed(LEVELS):
        missing = []
        if record.age < level.age:
            missing.append(f"an account {_days(level.age)} old")
        if record.accepted < level.accepted:
            missing.append(f"{level.accepted} comments that were shown")
        if record.removed > level.removed_share * max(1, record.accepted + record.removed):
            missing.append(f"at most {level.removed_share:.0%} of comments removed")
        if record.since_sanction is not None and record.since_sanction < level.since_sanction:
            missing.append(f"{_days(level.since_sanction)} without a sanction")
        if missing:
            return [f"For “{level.standing.label}”: {part}." for part in missing]
    return []


def _last_sanction(user: User) -> datetime | None:
    moments = [
        rows.order_by("-id").values_list("placed_at", flat=True).first()
        for rows in (Sanction.objects.filter(user=user), Suspension.objects.filter(user=user))
    ]
    return max((moment for moment in moments if moment is not None), default=None)


def _days(span: timedelta) -> str:
    return "a day" if span.days == 1 else f"{span.days} days"
