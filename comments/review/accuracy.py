"""How often somebody's reports were right, and what they weigh. Sync, ORM; `weight_of` is pure."""

from comments.review.models import Report, ReportOutcome
from livecomments.accounts.models import Standing

LOOKED_AT = 100  # so many decided reports tell enough, and people change
FEWEST = 5  # fewer say nothing about anybody
POOR = 0.3  # of who is wrong more often than this, reports count half
# Reports of newcomers are read like all others, but hide nothing: accounts are made in a minute.
WEIGHTS = {Standing.NEW: 0, Standing.KNOWN: 2, Standing.TRUSTED: 3}


def accuracy_of(user_id: int) -> float | None:
    """Return the share of somebody's lately decided reports that were upheld; None for too few."""
    outcomes = list(
        Report.objects.filter(
            reporter_id=user_id, outcome__in=(ReportOutcome.UPHELD, ReportOutcome.DISMISSED)
        )
        .order_by("-log_id")
        .values_list("outcome", flat=True)[:LOOKED_AT]
    )
    if len(outcomes) < FEWEST:
        return None
    return outcomes.count(ReportOutcome.UPHELD) / len(outcomes)


def weight_of(standing: int, accuracy: float | None) -> int:
    """Return what a report weighs: by standing, half for somebody who is mostly wrong.

    Halves are rounded down.
    """
    weight = WEIGHTS[Standing(standing)]
    return weight // 2 if accuracy is not None and accuracy < POOR else weight
