"""How good a room's rules are: what they found, and what people made of that. Sync, ORM.

The web processes count what each layer finds. What a moderator approves was held wrongly: that
share is what a rule should be judged by.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from comments.models import Hold, HoldStatus
from comments.review.queue import WHY
from comments.rules.hits import Found
from comments.spam.verdict import Reason
from livecomments.ids import first_id_at

JUDGED_WITHIN = timedelta(days=30)
# A busy room holds more in a month; the last ones tell as well.
HOLDS_LOOKED_AT = 20_000
ENTRIES_SHOWN = 100
# Only of these is the detail an entry that staff wrote; of others it says what was found.
BY_ENTRY = frozenset({Reason.WORDS.value, Reason.PATTERNS.value})
_DECIDED = (HoldStatus.APPROVED, HoldStatus.REFUSED)


@dataclass(slots=True)
class RuleRecord:
    """One layer, or one entry of a list. `hits` since ever; decisions of the last 30 days."""

    reason: str
    entry: str = ""
    hits: int = 0
    approved: int = 0
    refused: int = 0

    @property
    def what(self) -> str:
        """The layer in the words of the form."""
        return WHY.get(self.reason, self.reason)

    @property
    def reversed_percent(self) -> int | None:
        """Of what people decided about, how much they let through; None where they have not."""
        decided = self.approved + self.refused
        return round(100 * self.approved / decided) if decided else None


def records_of(stream_id: int, hits: Iterable[Found]) -> list[RuleRecord]:
    """Return a record a layer, each followed by its entries, the most often found first.

    `hits`: what `comments.screening.hits` tells.
    """
    found: dict[tuple[str, str], RuleRecord] = {}
    for hit in hits:
        for part in {"", hit.entry}:
            _record(found, hit.reason.value, part).hits += hit.count
    for reason, detail, status, count in _decisions(stream_id):
        entry = detail if reason in BY_ENTRY else ""
        for part in {"", entry}:
            record = _record(found, reason, part)
            if status == HoldStatus.APPROVED:
                record.approved += count
            else:
                record.refused += count
    return _ordered(list(found.values()))


def _record(found: dict[tuple[str, str], RuleRecord], reason: str, entry: str) -> RuleRecord:
    return found.setdefault((reason, entry), RuleRecord(reason, entry))


def _decisions(stream_id: int) -> list[tuple[str, str, str, int]]:
    start = timezone.now() - JUDGED_WITHIN
    lately = Hold.objects.filter(
        stream_id=stream_id,
        status__in=_DECIDED,
        number__gte=first_id_at(int(start.timestamp() * 1000)),
    ).order_by("-number")[:HOLDS_LOOKED_AT]
    counted = (
        Hold.objects.filter(pk__in=lately.values("pk"))
        .values_list("reason", "detail", "status")
        .annotate(count=Count("pk"))
        .order_by("reason", "detail", "status")
    )
    return list(counted)


def _ordered(records: list[RuleRecord]) -> list[RuleRecord]:
    layers = sorted((one for one in records if not one.entry), key=lambda one: one.reason)
    shown: list[RuleRecord] = []
    for layer in layers:
        entries = [one for one in records if one.entry and one.reason == layer.reason]
        entries.sort(key=lambda one: (-(one.hits + one.approved + one.refused), one.entry))
        shown += [layer, *entries[:ENTRIES_SHOWN]]
    return shown
