"""Streams, people and their tickets for a benchmark; what of it the archive has. Sync, ORM."""

import itertools
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from comments.models import Comment
from livecomments import tickets
from livecomments.accounts.models import Scope, User
from livecomments.accounts.tokens import create_token
from livecomments.protocol import Role, StreamStatus
from livecomments.protocol import Room as RoomState
from streams.models import Moderator, Stream, partition_of
from streams.payloads import identity_of, room_of, room_state
from streams.queries import archived_through

NO_PACE = 0
_serial = itertools.count(1)
ARCHIVE_POLL_SECONDS = 0.02
ARCHIVE_STILL_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Venue:
    """One live stream."""

    stream: Stream
    room: tickets.Room
    state: RoomState


def make_venue(*, pace: int = NO_PACE, partition: int | None = None) -> Venue:
    """Creates a live stream with a room that nobody has entered. `pace` 0: everything is shown."""
    slugs = (f"bench-{number}" for number in _serial)
    slug = next(slug for slug in slugs if partition in (None, partition_of(slug)))
    stream = Stream.objects.create(
        slug=slug,
        title=f"Stream {slug}",
        broadcaster=_user("broadcaster"),
        status=StreamStatus.LIVE.value,
        started_at=timezone.now(),
        **({"pace": pace} if has_pace() else {}),
    )
    return Venue(stream, room_of(stream), room_state(stream))


def has_pace() -> bool:
    """True where streams can be paced."""
    return "pace" in {field.name for field in Stream._meta.get_fields()}


def make_people(
    venue: Venue, count: int, *, role: Role = Role.MODERATOR, names: Sequence[str] = ()
) -> list[tickets.Identity]:
    """Creates people who have been here for a month; staff of the stream unless told otherwise."""
    users = User.objects.bulk_create(
        _user_row(names[index] if names else None) for index in range(count)
    )
    if role is Role.MODERATOR:
        Moderator.objects.bulk_create(Moderator(stream=venue.stream, user=user) for user in users)
    return [identity_of(user, venue.stream, role=role) for user in users]


def make_tokens(people: Iterable[tickets.Identity]) -> list[str]:
    """Creates a token for each of these people with which a program may act as they may."""
    users = User.objects.in_bulk([person.user_id for person in people])
    return [
        create_token(user, name="bench", scopes=[Scope.POST, Scope.MODERATE])[1]
        for user in users.values()
    ]


def _user_row(name: str | None) -> User:
    number = next(_serial)
    return User(
        username=f"bench {number}",
        display_name=(name or f"Person {number}")[:40],
        email=f"bench{number}@example.org",
        date_joined=timezone.now() - timedelta(days=30),
    )


def _user(name: str) -> User:
    user = _user_row(name)
    user.save()
    return user


def await_archive(room: tickets.Room, last_id: int) -> float | None:
    """Returns the moment at which the archive had come as far; None when it stands still."""
    reached, since = -1, time.monotonic()
    while (at := archived_through(room.partition)) < last_id:
        if at > reached:
            reached, since = at, time.monotonic()
        if time.monotonic() - since > ARCHIVE_STILL_SECONDS:
            return None
        time.sleep(ARCHIVE_POLL_SECONDS)
    return time.monotonic()


def archived_texts(venues: Iterable[Venue]) -> dict[int, str]:
    """What the archive has of these streams, by comment id."""
    ids = [venue.stream.pk for venue in venues]
    return dict(Comment.objects.filter(stream_id__in=ids).values_list("id", "text"))
