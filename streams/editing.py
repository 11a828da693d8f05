"""What the broadcaster and the house decide about a stream outside of its log. Sync, ORM.

Title, text, video and moderators are rows like any other; modes, status and sanctions are events
(`streams.domain`). A moderator who is removed loses open sockets' rights within a second. Which
sites may embed a stream is no event either, for nobody in the room sees it, but is audited.
"""

from collections.abc import Callable
from datetime import datetime

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone

from livecomments.accounts.domain import end_tickets
from livecomments.accounts.models import User
from livecomments.eventlog import acted_from
from livecomments.protocol import Role

from . import domain
from .models import AuditEntry, Moderator, Stream
from .payloads import room_of, room_state
from .queries import forget_role, forget_stream, staff_of

EMBEDDING_CHANGED = "embedding.changed"


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


def add_stream(stream: Stream, *, by: User | None = None) -> Stream:
    """Stores a stream that is not stored yet and opens its room. Raises `busy`, storing nothing."""
    with transaction.atomic():
        stream.save()
        _audit_sites(stream, [], by=by)
        async_to_sync(domain.ensure_room)(
            room_of(stream), state=room_state(stream), staff=staff_of(stream.pk)
        )
    forget_stream(stream.slug)
    return stream


# The columns that people edit; the others belong to the archive, and a form that was opened
# before an event must not write back what it saw then.
EDITABLE = (
    "title",
    "description",
    "broadcaster",
    "playback_url",
    "scheduled_for",
    "embed_sites",
)


def edit_stream(stream: Stream, *, by: User | None = None) -> None:
    """Stores the editable columns; a former broadcaster's tickets end. Raises `busy`."""
    before = Stream.objects.values_list("broadcaster_id", "embed_sites").get(pk=stream.pk)
    former, sites = before
    with transaction.atomic():
        stream.save(update_fields=EDITABLE)
        _audit_sites(stream, sites, by=by)
        if former != stream.broadcaster_id:
            _tell_room(stream, former, by=by)
            _tell_room(stream, stream.broadcaster_id, by=by)
    forget_stream(stream.slug)
    _after_commit(lambda: forget_stream(stream.slug))
    if former != stream.broadcaster_id:
        end_tickets(former)
        _after_commit(lambda: end_tickets(former))


def add_moderator(
    stream: Stream, *, user: User, added_by: User | None, managing: bool = False
) -> Moderator:
    """The moderator, new or not. Who was one of the other kind asks for a new ticket.

    Raises `busy`, and changes nothing then.
    """
    with transaction.atomic():
        moderator, is_new = Moderator.objects.get_or_create(
            stream=stream, user=user, defaults={"added_by": added_by, "managing": managing}
        )
        changed = moderator.managing != managing
        if changed:
            moderator.managing = managing
            moderator.save(update_fields=["managing"])
        if is_new or changed:
            _tell_room(stream, user.pk, by=added_by)
    forget_role(stream.pk, user.pk)
    if changed:
        end_tickets(user.pk)
        _after_commit(lambda: forget_role(stream.pk, user.pk), lambda: end_tickets(user.pk))
    return moderator


def remove_moderator(moderator: Moderator, *, by: User | None = None) -> None:
    """Deletes the moderator and ends their tickets, on open sockets too. Raises `busy`."""
    stream_id, user_id = moderator.stream_id, moderator.user_id
    with transaction.atomic():
        moderator.delete()
        _tell_room(moderator.stream, user_id, by=by)
    forget_role(stream_id, user_id)
    end_tickets(user_id)
    _after_commit(lambda: forget_role(stream_id, user_id), lambda: end_tickets(user_id))


def _tell_room(stream: Stream, user_id: int, *, by: User | None) -> None:
    """Lets the room know what somebody is there now: it protects its staff by that."""
    async_to_sync(domain.change_staff)(
        room_of(stream),
        user_id=user_id,
        role=staff_of(stream.pk).get(user_id, Role.VIEWER),
        by=None if by is None else by.pk,
    )


def _audit_sites(stream: Stream, before: list[str], *, by: User | None) -> None:
    """Writes who let which sites embed the stream, if that has changed."""
    if stream.embed_sites == before:
        return
    AuditEntry.objects.create(
        log_id=None,
        stream=stream,
        at=timezone.now(),
        action=EMBEDDING_CHANGED,
        actor=by,
        event={
            "embed_sites": stream.embed_sites,
            "before": {"embed_sites": before},
            "by": None if by is None else by.pk,
            "via": acted_from(),
        },
    )


def _after_commit(*steps: Callable[[], None]) -> None:
    """Does once more what was done: until the commit, others still read, cache and sign the old
    role, and a ticket keeps the role that it was minted with."""
    if transaction.get_connection().in_atomic_block:
        for step in steps:
            transaction.on_commit(step, robust=True)
