"""Streams as the wire, the pages and the caches know them. Sync, pure apart from loaded rows.

The only mapping from rows to wire types; `StreamFacts` is what pages and the API are served from,
so that most requests need no row at all.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from livecomments import tickets
from livecomments.accounts.models import User
from livecomments.languages import language_choice
from livecomments.protocol import Announcement, Comment, LinksMode, Role, Room, StreamStatus

from .models import Stream
from .roomstate import as_of


class View(StrEnum):
    """What of a room a page shows: with its video, the chat in a window, or in another site."""

    WATCH = "watch"
    CHAT = "chat"
    EMBED = "embed"


class StreamFacts(msgspec.Struct, frozen=True):
    """What is the same for everybody who looks at a stream."""

    id: int
    partition: int
    slug: str
    title: str
    description: str
    broadcaster_id: int
    broadcaster_name: str
    status: StreamStatus
    playback_url: str
    scheduled_for: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    viewers: int = 0
    delay: int = 0  # seconds that viewers see a comment after staff
    embed_sites: tuple[str, ...] = ()  # that may show the room in a frame

    @property
    def room(self) -> tickets.Room:
        """The address of its events and keys."""
        return tickets.Room(id=self.id, partition=self.partition, slug=self.slug)


def facts_of(stream: Stream) -> StreamFacts:
    """The facts of a stream whose broadcaster is loaded."""
    return StreamFacts(
        id=stream.pk,
        partition=stream.partition,
        slug=stream.slug,
        title=stream.title,
        description=stream.description,
        broadcaster_id=stream.broadcaster_id,
        broadcaster_name=stream.broadcaster.display_name,
        status=StreamStatus(stream.status),
        playback_url=stream.playback_url,
        scheduled_for=stream.scheduled_for,
        started_at=stream.started_at,
        ended_at=stream.ended_at,
        delay=stream.delay,
        embed_sites=tuple(stream.embed_sites),
    )


def room_of(stream: Stream) -> tickets.Room:
    """The immutable address of a stream."""
    return tickets.Room(id=stream.pk, partition=stream.partition, slug=stream.slug)


def room_state(stream: Stream) -> Room:
    """What viewers see of the room, as far as the archive has come."""
    state = Room(
        status=StreamStatus(stream.status),
        closed=stream.closed,
        slow_seconds=stream.slow_seconds,
        min_account_age_minutes=stream.min_account_age_minutes,
        review=stream.review,
        pinned=None if stream.pinned is None else msgspec.convert(stream.pinned, Comment),
        pace=stream.pace,
        links=LinksMode(stream.links),
        standing_only=stream.standing_only,
        delay=stream.delay,
        panic=stream.panic,
        raid_until=stream.raid_until,
        started_at=_unix_ms(stream.started_at),
        ended_at=_unix_ms(stream.ended_at),
        announcement=(
            None
            if stream.announcement is None
            else msgspec.convert(stream.announcement, Announcement)
        ),
    )
    return as_of(state, tickets.now_ms())


def identity_of(user: User, stream: Stream | StreamFacts, *, role: Role) -> tickets.Identity:
    """The person as they act in one stream; `role` is what `queries.role_in` found there."""
    return tickets.Identity(
        user_id=user.pk,
        name=user.display_name,
        role=role,
        standing=user.standing,
        joined_ms=_joined_ms(user),
    )


def watch_boot(
    facts: StreamFacts,
    *,
    user: User | AnonymousUser,
    csrf_token: str,
    view: View = View.WATCH,
    suspension: Mapping[str, int | str | None] | None = None,
) -> dict[str, object]:
    """What a page of the room hands to its script. `suspension`: what keeps the user out
    everywhere."""
    watch_url = reverse("watch", args=[facts.slug])
    return {
        "view": view.value,
        "slug": facts.slug,
        "title": facts.title,
        "description": facts.description,
        "status": facts.status.value,
        "playback_url": facts.playback_url,
        "scheduled_for": _iso(facts.scheduled_for),
        "started_at": _iso(facts.started_at),
        "ended_at": _iso(facts.ended_at),
        "broadcaster": {"id": str(facts.broadcaster_id), "name": facts.broadcaster_name},
        "user": _user_of(user) if isinstance(user, User) else None,
        "suspension": suspension,
        "ticket_url": reverse("api_ticket", args=[facts.slug]),
        "ws_path": "/ws/",
        "comments_url": reverse("api_comments", args=[facts.slug]),
        "watch_url": watch_url,
        "chat_url": reverse("chat", args=[facts.slug]),
        "desk_url": reverse("desk", args=[facts.slug]),
        "appeals_url": reverse("appeals"),
        "sign_in_url": f"{reverse('sign_in')}?next={watch_url}",
        "csrf_token": csrf_token,
        **language_choice(),
    }


def _user_of(user: User) -> dict[str, int | str]:
    return {"id": str(user.pk), "name": user.display_name, "joined_at": _joined_ms(user)}


def _joined_ms(user: User) -> int:
    return int(user.date_joined.timestamp() * 1000)


def _unix_ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
