"""What the REST API says about streams. Sync, pure.

The same kind of frozen types as on the socket, so that one library checks both and the OpenAPI
document is made from them.
"""

from datetime import datetime

import msgspec

from livecomments.protocol import Room, SanctionKind, StreamStatus, You

from .models import Sanction
from .payloads import StreamFacts


class Named(msgspec.Struct, frozen=True):
    """A person."""

    id: str
    name: str


class StreamSummary(msgspec.Struct, frozen=True):
    """A stream in a list."""

    id: str
    slug: str
    title: str
    description: str
    status: StreamStatus
    broadcaster: Named
    playback_url: str
    viewers: int
    scheduled_for: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    url: str


class StreamDetail(StreamSummary, frozen=True):
    """One stream with the state of its room."""

    room: Room


class StreamPage(msgspec.Struct, frozen=True):
    """Newest first; `next` leads to older ones and is null at the end."""

    results: list[StreamSummary]
    next: str | None


class TicketBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing: whom a ticket speaks for is not for the request to say."""


class TicketIssued(msgspec.Struct, frozen=True):
    """A ticket for the socket, and whom it speaks for."""

    ticket: str
    expires_at: int
    you: You


class Sanctioned(msgspec.Struct, frozen=True):
    """Somebody who is timed out or banned. `until`: Unix ms, null for a ban."""

    user: Named
    kind: SanctionKind
    until: int | None
    reason: str
    by: str | None


class SanctionPage(msgspec.Struct, frozen=True):
    """The newest first."""

    results: list[Sanctioned]


def sanction_of(row: Sanction) -> Sanctioned:
    """A sanction whose people are loaded."""
    return Sanctioned(
        user=Named(str(row.user_id), row.user.display_name),
        kind=SanctionKind(row.kind),
        until=None if row.until is None else int(row.until.timestamp() * 1000),
        reason=row.reason,
        by=row.placed_by.display_name if row.placed_by else None,
    )


def summary_of(facts: StreamFacts, *, url: str) -> StreamSummary:
    """A stream as lists show it; `url` is its watch page."""
    return StreamSummary(
        id=str(facts.id),
        slug=facts.slug,
        title=facts.title,
        description=facts.description,
        status=facts.status,
        broadcaster=Named(str(facts.broadcaster_id), facts.broadcaster_name),
        playback_url=facts.playback_url,
        viewers=facts.viewers,
        scheduled_for=facts.scheduled_for,
        started_at=facts.started_at,
        ended_at=facts.ended_at,
        url=url,
    )


def detail_of(facts: StreamFacts, *, url: str, room: Room) -> StreamDetail:
    """A stream by itself."""
    return StreamDetail(**msgspec.structs.asdict(summary_of(facts, url=url)), room=room)
