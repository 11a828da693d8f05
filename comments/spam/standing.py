"""Who has standing: the levels and the one place of their rules. Sync, pure.

Standing is earned by time and by a record that moderators left alone, both, as either alone can be
bought: old accounts are sold, and a new one can say a hundred things in an hour. What was removed
weighs by its share, so that who says much may err more often. Staff may set a level by hand; this
says only what it is without them.
"""

from dataclasses import dataclass
from datetime import timedelta

from livecomments.accounts.models import Standing


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a person. `since_sanction` is None for whoever never had one."""

    age: timedelta
    accepted: int  # comments shown and not removed since
    removed: int  # hidden or refused by a moderator
    since_sanction: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """What it takes to have a standing."""

    standing: Standing
    age: timedelta
    accepted: int
    removed_share: float  # at most, of all that was judged
    since_sanction: timedelta


# From the highest; whoever meets none is new.
LEVELS = (
    Level(Standing.TRUSTED, timedelta(days=30), 200, 0.01, timedelta(days=90)),
    Level(Standing.KNOWN, timedelta(days=1), 5, 0.10, timedelta(days=7)),
)


def standing_of(record: Record) -> Standing:
    """Return the highest level that a record meets."""
    return next((level.standing for level in LEVELS if _meets(record, level)), Standing.NEW)


def _meets(record: Record, level: Level) -> bool:
    removed_share = record.removed / max(1, record.accepted + record.removed)
    return (
        record.age >= level.age
        and record.accepted >= level.accepted
        and removed_share <= level.removed_share
        and (record.since_sanction is None or record.since_sanction >= level.since_sanction)
    )
