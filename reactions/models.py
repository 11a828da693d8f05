"""How often people pressed what, in all and over time. Sync, ORM.

Totals are absolute numbers that the archive copies from Redis, so writing one twice does no harm.
See docs/ARCHITECTURE.md.
"""

from django.db import models

from livecomments.protocol import ReactionKind
from streams.models import Stream

KIND_CHOICES = [(kind.value, kind.value) for kind in ReactionKind]
SLICE_SECONDS = 10


class ReactionTotal(models.Model):
    stream = models.ForeignKey(
        Stream, on_delete=models.CASCADE, related_name="reaction_totals", db_index=False
    )
    kind = models.CharField(max_length=16, choices=KIND_CHOICES)
    total = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            # used by reactions.queries.totals_of, and by the archive's upsert
            models.UniqueConstraint(fields=["stream", "kind"], name="reaction_total_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.total}"


class ReactionSlice(models.Model):
    """The presses of ten seconds; `at_second` is the Unix time at which they began."""

    stream = models.ForeignKey(
        Stream, on_delete=models.CASCADE, related_name="reaction_slices", db_index=False
    )
    at_second = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=KIND_CHOICES)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            # used by the timeline of a stream, and by the archive's upsert
            models.UniqueConstraint(
                fields=["stream", "at_second", "kind"], name="reaction_slice_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.kind} at {self.at_second}"
