"""Reaction totals and timeline to rows, and back for a restore. Sync, ORM.

Called by the batcher only. Numbers are absolute, so writing them twice does no harm.
"""

from collections.abc import Iterable, Mapping

from django.db import transaction

from .models import ReactionSlice, ReactionTotal


def store(
    stream_id: int, totals: Mapping[str, int], slices: Iterable[tuple[int, str, int]]
) -> None:
    """Write totals by kind, and `(unix second, kind, count)` of ten-second slices."""
    total_rows = [
        ReactionTotal(stream_id=stream_id, kind=kind, total=total)
        for kind, total in sorted(totals.items())
    ]
    slice_rows = [
        ReactionSlice(stream_id=stream_id, at_second=second, kind=kind, count=count)
        for second, kind, count in sorted(slices)
    ]
    with transaction.atomic():
        ReactionTotal.objects.bulk_create(
            total_rows,
            update_conflicts=True,
            unique_fields=["stream", "kind"],
            update_fields=["total"],
        )
        ReactionSlice.objects.bulk_create(
            slice_rows,
            update_conflicts=True,
            unique_fields=["stream", "at_second", "kind"],
            update_fields=["count"],
        )


def totals_of(stream_id: int) -> dict[str, int]:
    """Return the presses of each kind since the stream began."""
    return dict(ReactionTotal.objects.filter(stream_id=stream_id).values_list("kind", "total"))
