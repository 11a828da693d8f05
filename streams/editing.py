"""What the broadcaster and the house decide about a stream outside of its log. Sync, ORM.

Title, text, video and moderators are rows like any other; modes, status and sanctions are events
(`streams.domain`). A moderator who is removed loses open sockets' rights within a second.
"""

from collections.abc import Callable
from datetime import datetime

from asgiref.sync import async_to_sync
from django.db import transaction

from livecomments.accounts.domain import end_tickets
from livecomments.accounts.models import User

from . import domain
from .models import Moderator, Stream
from .payloads import room_of, room_state
from .queries import forget_role, forget_stream


def create_stream(
    *,
    slug: str,
    title: str,
    broadcaster: User,
    description: str = "",
    playback_url: str = "",
    scheduled_for: datetime | None = None,
) -> Stream:
    """The new stream, scheduled, with its room open in Redis. Raises `busy` and stores nothing."""
    stream = Stream(
        slug=slug,
        title=title,
        broadcaster=broadcaster,
        description=description,
        playback_url=playback_url,
        scheduled_for=scheduled_for,
    )
    return add_stream(stream)


def add_stream(stream: Stream) -> Stream:
    """Stores a stream that is not stored yet and opens its room. Raises `busy`, storing nothing."""
    with transaction.atomic():
        stream.save()
        async_to_sync(domain.ensure_room)(room_of(stream), state=room_state(stream))
    forget_stream(stream.slug)
    return stream


# The columns that people edit; the others belong to the archive, and a form that was opened
# before an event must not write back what it saw then.
EDITABLE = ("title", "description", "broadcaster", "playback_url", "scheduled_for")


def edit_stream(stream: Stream) -> None:
    """Stores the editable columns; a former broadcaster's tickets end."""
    former = Stream.objects.values_list("broadcaster_id", flat=True).get(pk=stream.pk)
    stream.save(update_fields=EDITABLE)
    forget_stream(stream.slug)
    if former != stream.broadcaster_id:
        end_tickets(former)
        _after_commit(lambda: forget_stream(stream.slug), lambda: end_tickets(former))


def add_moderator(stream: Stream, *, user: User, added_by: User | None) -> Moderator:
    """The moderator, new or not."""
    moderator, _ = Moderator.objects.get_or_create(
        stream=stream, user=user, defaults={"added_by": added_by}
    )
    forget_role(stream.pk, user.pk)
    return moderator


def remove_moderator(moderator: Moderator) -> None:
    """Deletes the moderator and ends their tickets, on open sockets too."""
    moderator.delete()
    stream_id, user_id = moderator.stream_id, moderator.user_id
    forget_role(stream_id, user_id)
    end_tickets(user_id)
    _after_commit(lambda: forget_role(stream_id, user_id), lambda: end_tickets(user_id))


def _after_commit(*steps: Callable[[], None]) -> None:
    """Does once more what was done: until the commit, others still read, cache and sign the old
    role, and a ticket keeps the role that it was minted with."""
    if transaction.get_connection().in_atomic_block:
        for step in steps:
            transaction.on_commit(step, robust=True)
