"""Reactions as they are read from the archive. Sync, ORM."""

from livecomments.protocol import ReactionKind

from .models import ReactionTotal


def totals_of(stream_id: int) -> dict[str, int]:
    """How often each kind was pressed; kinds that nobody pressed count 0."""
    found = ReactionTotal.objects.filter(stream_id=stream_id).values_list("kind", "total")
    return {kind.value: 0 for kind in ReactionKind} | dict(found)
