"""Rooms, sanctions and audit from the log to rows, and back for a restore. Sync, ORM.

Called by the batcher only, in the transaction that moves the archive's cursor, with the entries of
one partition in log order. Everything here may run twice for the same event without harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from livecomments import events, ids, protocol
from livecomments.accounts.models import User
from livecomments.protocol import Role, Room, SanctionKind
from livecomments.tickets import Room as Address

from .models import AuditEntry, Sanction, Stream
from .payloads import room_of, room_state
from .queries import forget_stream, staff_of, standing_sanctions
from .roomstate import MODES, after


def store(entries: Sequence[events.Entry]) -> None:
    """Write what changed the rooms, and who did it."""
    _audit(entries)
    for entry in entries:
        match entry.body:
            case events.UserSanctioned() as sanction:
                _place(entry, sanction)
            case events.SanctionLifted(user=user, by=by):
                _lift(entry, user, by)
            case _:
                if changes_room(entry.body):
                    _apply(entry)


def changes_room(body: events.Body) -> bool:
    """True for events that may change the columns of a stream."""
    return isinstance(
        body,
        events.StatusChanged
        | events.ModesChanged
        | events.CommentPinned
        | events.CommentUnpinned
        | events.CommentHidden
        | events.CommentWithdrawn
        | events.UserCleared
        | events.AnnouncementMade
        | events.AnnouncementEnded,
    )


def forget_changed(entries: Sequence[events.Entry]) -> None:
    """Drop what is cached of streams that these events changed; call after the commit."""
    changed = {entry.stream_id for entry in entries if changes_room(entry.body)}
    for slug in Stream.objects.filter(id__in=changed).values_list("slug", flat=True):
        forget_stream(slug)


@dataclass(frozen=True, slots=True)
class ArchivedRoom:
    """What the archive has of a room. `sanctions`: user id → Unix ms it ends, None for a ban."""

    address: Address
    state: Room
    staff: dict[int, Role]
    sanctions: dict[int, int | None]
    calm: dict[str, bool | int | str] | None  # the modes from before the panic switch


def rooms_of(partition: int) -> list[ArchivedRoom]:
    """Return every room of a partition, as far as the archive has come."""
    found = []
    for stream in Stream.objects.filter(partition=partition).order_by("id"):
        sanctions = {
            row.user_id: None if row.until is None else int(row.until.timestamp() * 1000)
            for row in standing_sanctions(stream.pk)
        }
        found.append(
            ArchivedRoom(
                address=room_of(stream),
                state=room_state(stream),
                staff=staff_of(stream.pk),
                sanctions=sanctions,
                calm=stream.calm,
            )
        )
    return found


def _audit(entries: Sequence[events.Entry]) -> None:
    rows = []
    for entry in entries:
        actor = _actor(entry.body)
        if isinstance(entry.body, events.CommentSaid) and actor is None:
            continue  # ordinary talk is not an action
        target = _target_comment(entry)
        rows.append(
            AuditEntry(
                log_id=entry.id,
                stream_id=entry.stream_id,
                at=ids.id_time(entry.id),
                action=entry.kind,
                actor_id=actor,
                target_user_id=_target_user(entry.body),
                target_comment_id=target,
                event=msgspec.to_builtins(entry.body),
            )
        )
    AuditEntry.objects.bulk_create(rows, ignore_conflicts=True)


def _actor(body: events.Body) -> int | None:
    """Who did it: a moderator, or the viewer whose own action it is."""
    match body:
        case events.CommentWithdrawn(author=author):
            return author
        case events.CommentReported(reporter=reporter):
            return reporter
        case _:
            return getattr(body, "by", None)


def _target_comment(entry: events.Entry) -> int | None:
    if isinstance(entry.body, events.CommentSaid):
        return entry.id
    comment = getattr(entry.body, "comment", None) or getattr(entry.body, "about", None)
    return int(getattr(comment, "id", comment)) if comment else None


def _target_user(body: events.Body) -> int | None:
    match body:
        case events.CommentRestored(comment=comment) | events.CommentPinned(comment=comment):
            return int(comment.user.id)
        case (
            events.CommentReported(comment=comment)
            | events.CommentHidden(said=protocol.Comment() as comment)
        ):
            return int(comment.user.id)
        case _:
            target = getattr(body, "user", None) or getattr(body, "author", None)
            return target if isinstance(target, int) else None


def _place(entry: events.Entry, sanction: events.UserSanctioned) -> None:
    """A newer sanction replaces the open one."""
    at = ids.id_time(entry.id)
    Sanction.objects.filter(
        stream_id=entry.stream_id,
        user_id=sanction.user,
        lifted_at__isnull=True,
        log_id__lt=entry.id,  # a newer one stands when this event is written again
    ).update(lifted_at=at, lifted_by_id=sanction.by)
    if not User.objects.filter(pk=sanction.user).exists():
        return  # a number that nobody has: the audit alone keeps that it was tried
    until = None
    if sanction.kind is SanctionKind.TIMEOUT and sanction.seconds is not None:
        until = at + timedelta(seconds=sanction.seconds)
    Sanction.objects.get_or_create(
        log_id=entry.id,
        defaults={
            "stream_id": entry.stream_id,
            "user_id": sanction.user,
            "kind": sanction.kind.value,
            "until": until,
            "reason": sanction.reason,
            "placed_by_id": sanction.by,
            "placed_at": at,
        },
    )


def _lift(entry: events.Entry, user: int, by: int) -> None:
    Sanction.objects.filter(
        stream_id=entry.stream_id, user_id=user, lifted_at__isnull=True, log_id__lt=entry.id
    ).update(lifted_at=ids.id_time(entry.id), lifted_by_id=by)


def _apply(entry: events.Entry) -> None:
    stream = Stream.objects.select_for_update().filter(id=entry.stream_id).first()
    if stream is None or stream.room_log_id >= entry.id:
        return
    before = room_state(stream)
    now = after(before, entry)
    if now is before:
        return
    stream.status = now.status.value
    for name in MODES:
        setattr(stream, name, msgspec.to_builtins(getattr(now, name)))
    stream.panic = now.panic
    if isinstance(entry.body, events.ModesChanged) and entry.body.panic is not None:
        stream.calm = entry.body.before if entry.body.panic else None
    stream.pinned = msgspec.to_builtins(now.pinned)
    stream.announcement = msgspec.to_builtins(now.announcement)
    stream.room_log_id = entry.id
    if isinstance(entry.body, events.StatusChanged):
        stream.started_at, stream.ended_at = _moment(now.started_at), _moment(now.ended_at)
    stream.save()


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, tz=UTC)
