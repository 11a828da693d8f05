"""Streams, roles and sanctions as they are read in more than one place. Sync, ORM.

What every visitor reads comes from the cache. Edits drop it at once (`forget_stream`); the archive
does so when an event changed a stream, and the short lifetimes bound whatever was missed.
"""

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone

from livecomments import protocol, tickets
from livecomments.accounts.models import User
from livecomments.accounts.recall import forget, recall, remember
from livecomments.protocol import Role, StreamStatus

from . import payloads
from .models import ArchiveCursor, AuditEntry, Moderator, Sanction, Stream
from .payloads import StreamFacts, facts_of

FRONT_STREAMS = 50  # the newest of each status, which nearly every reader of a list wants
FRONT_SECONDS = 5
FACTS_SECONDS = 30
ROLE_SECONDS = 30


def listed_streams(
    status: StreamStatus | None = None, *, before: int | None = None, limit: int = FRONT_STREAMS
) -> list[StreamFacts]:
    """The newest streams first; from the cache unless somebody pages on."""
    if before is not None or limit > FRONT_STREAMS:
        return _queried(status, before=before, limit=limit)
    key = _front_key(status)
    front: list[StreamFacts] | None = cache.get(key)
    if front is None:
        front = _queried(status, before=None, limit=FRONT_STREAMS)
        cache.set(key, front, FRONT_SECONDS)
    return front[:limit]


def facts_by_slug(slug: str) -> StreamFacts | None:
    """The facts of one stream, from the cache where it is there."""
    key = _facts_key(slug)
    found: StreamFacts | None
    found, mark = recall(key)
    if found is None:
        stream = stream_by_slug(slug)
        if stream is None:
            return None
        found = facts_of(stream)
        remember(key, found, mark=mark, seconds=FACTS_SECONDS)
    return found


def stream_by_slug(slug: str) -> Stream | None:
    """The row of one stream with its broadcaster."""
    return Stream.objects.select_related("broadcaster").filter(slug=slug).first()


def room_by_slug(slug: str) -> tickets.Room | None:
    """The immutable address of one stream."""
    found = Stream.objects.filter(slug=slug).values_list("id", "partition").first()
    return None if found is None else tickets.Room(id=found[0], partition=found[1], slug=slug)


def room_state_of(stream_id: int) -> protocol.Room | None:
    """What viewers see of a room, as far as the archive has come."""
    stream = Stream.objects.filter(pk=stream_id).first()
    return None if stream is None else payloads.room_state(stream)


def calm_of(stream_id: int) -> dict[str, bool | int | str] | None:
    """The modes from before the panic switch, while it is on."""
    return Stream.objects.filter(pk=stream_id).values_list("calm", flat=True).first()


def forget_stream(slug: str) -> None:
    """Drops what is cached of a stream and of the lists it may be in."""
    fronts = [_front_key(status) for status in (None, *StreamStatus)]
    forget(_facts_key(slug))
    cache.delete_many(fronts)


def role_in(stream: Stream | StreamFacts, user: User | AnonymousUser) -> Role:
    """What a person is in one stream; what they are in the house counts only below that."""
    if not isinstance(user, User):
        return Role.VIEWER
    if stream.broadcaster_id == user.pk:
        return Role.BROADCASTER
    if user.is_superuser:
        return Role.ADMIN
    key = _role_key(stream.id, user.pk)
    role: Role | None
    role, mark = recall(key)
    if role is None:
        role = _moderating(stream.id, user.pk)
        remember(key, role, mark=mark, seconds=ROLE_SECONDS)
    return role


def _moderating(stream_id: int, user_id: int) -> Role:
    rows = Moderator.objects.filter(stream_id=stream_id, user_id=user_id)
    managing = rows.values_list("managing", flat=True).first()
    if managing is None:
        return Role.VIEWER
    return Role.MANAGER if managing else Role.MODERATOR


def forget_role(stream_id: int, user_id: int) -> None:
    """Drops what is cached of a person's role in a stream."""
    forget(_role_key(stream_id, user_id))


def standing_sanctions(stream_id: int) -> QuerySet[Sanction]:
    """The sanctions of a stream that hold at this moment."""
    return Sanction.objects.filter(stream_id=stream_id, lifted_at__isnull=True).exclude(
        until__lte=timezone.now()
    )


def archived_through(partition: int) -> int:
    """The log id up to which a partition's events are in Postgres."""
    found = ArchiveCursor.objects.filter(pk=partition).values_list("log_id", flat=True).first()
    return found or 0


def partitions_in_use() -> set[int]:
    """The partitions that some stream is kept in."""
    return set(Stream.objects.order_by().values_list("partition", flat=True).distinct())


def audited(stream_id: int, log_id: int) -> tuple[str, object] | None:
    """Kind and event of one action."""
    rows = AuditEntry.objects.filter(stream_id=stream_id, log_id=log_id)
    return rows.values_list("action", "event").first()


def staff_of(stream_id: int) -> dict[int, Role]:
    """Who has a role in a stream, by user id: broadcaster, moderators, administrators."""
    superusers = User.objects.filter(is_superuser=True).values_list("pk", flat=True)
    moderators = Moderator.objects.filter(stream_id=stream_id)
    found = {
        user_id: Role.MANAGER if managing else Role.MODERATOR
        for user_id, managing in moderators.values_list("user_id", "managing")
    }
    owners = Stream.objects.filter(pk=stream_id).values_list("broadcaster_id", flat=True)
    return found | dict.fromkeys(superusers, Role.ADMIN) | dict.fromkeys(owners, Role.BROADCASTER)


def actions_between(stream_id: int, after: int, upto: int) -> QuerySet[AuditEntry]:
    """What was done in a stream in (`after`, `upto`], in log order."""
    return AuditEntry.objects.filter(
        stream_id=stream_id, log_id__gt=after, log_id__lte=upto
    ).order_by("log_id")


def _queried(status: StreamStatus | None, *, before: int | None, limit: int) -> list[StreamFacts]:
    rows = Stream.objects.select_related("broadcaster").order_by("-id")
    if status is not None:
        rows = rows.filter(status=status.value)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [facts_of(stream) for stream in rows[:limit]]


def _front_key(status: StreamStatus | None) -> str:
    return f"streams:front:{status or 'all'}"


def _facts_key(slug: str) -> str:
    return f"streams:facts:{slug}"


def _role_key(stream_id: int, user_id: int) -> str:
    return f"streams:role:{stream_id}:{user_id}"
