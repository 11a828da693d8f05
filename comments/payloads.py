"""Comments as the wire knows them. Sync, pure: the only mapping from rows to wire types."""

import msgspec

from livecomments import protocol
from livecomments.protocol import Person, Quote, Role

from .models import Comment, Hold


def comment_of(row: Comment) -> protocol.Comment:
    """The comment as every viewer gets it."""
    return protocol.Comment(
        id=str(row.pk),
        user=_author_of(row),
        text=row.text,
        at=_unix_ms(row.created_at.timestamp()),
        reply=_quote_of(row),
    )


def held_of(row: Hold) -> protocol.Held:
    """The held comment as staff get it."""
    return protocol.Held(
        hold=str(row.pk),
        user=_author_of(row),
        text=row.text,
        at=_unix_ms(row.held_at.timestamp()),
        reason=row.reason,
        reply=_quote_of(row),
        detail=row.detail,
    )


def _author_of(row: Comment | Hold) -> Person:
    return Person(
        id=str(row.author_id), name=row.author_name, role=Role(row.author_role), new=row.author_new
    )


def _quote_of(row: Comment | Hold) -> Quote | None:
    return None if row.quote is None else msgspec.convert(row.quote, Quote)


def _unix_ms(timestamp: float) -> int:
    # A float of today has microseconds to spare, but may lie just below the millisecond.
    return round(timestamp * 1000)
