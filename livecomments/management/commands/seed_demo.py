"""Makes the demo: accounts, a live, a coming and an ended stream. Sync, ORM.

Running it again changes nothing and prints the accounts again. The demo's past is written straight
into the archive, as if its events had been archived long ago.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from comments.models import Comment
from livecomments import demo, ids
from livecomments.accounts.models import Standing, User
from livecomments.accounts.names import folded
from livecomments.demo import DemoPerson, DemoStream
from livecomments.errors import DomainError
from livecomments.protocol import Role
from reactions.models import SLICE_SECONDS, ReactionSlice, ReactionTotal
from streams import domain
from streams.models import Moderator, Stream
from streams.payloads import room_of, room_state
from streams.queries import forget_stream, staff_of


class Command(BaseCommand):
    help = "Make demo accounts and streams (again: changes nothing) and print the accounts."

    def handle(self, *args: Any, **options: Any) -> str:
        """The accounts with their passwords."""
        with transaction.atomic():
            people = {person: account(person) for person in demo.ACCOUNTS}
            made = [stream for stream in map(add_stream, demo.STREAMS) if stream is not None]
            for stream in made:
                Moderator.objects.create(stream=stream, user=people[demo.MODERATOR])
                if stream.slug == demo.ENDED.slug:
                    write_talk(stream, people)
                    write_reactions(stream)
        for stream in made:
            forget_stream(stream.slug)
            if stream.slug == demo.ENDED.slug:
                continue  # opened from its rows by whoever looks at it first
            # Where no batcher runs yet, it opens the room from this row when it starts.
            with suppress(DomainError):
                async_to_sync(domain.ensure_room)(
                    room_of(stream), state=room_state(stream), staff=staff_of(stream.pk)
                )
        heading = "Demo accounts (name to sign in with, password, shown as):"
        return "\n".join([heading, *(line_of(people[person]) for person in demo.ACCOUNTS)])


def account(person: DemoPerson) -> User:
    """The person's account, new or not."""
    user, created = User.objects.get_or_create(
        username=person.username,
        defaults={
            "display_name": person.display_name,
            "email": f"{person.username}@example.org",
            "standing": Standing.TRUSTED,
            "standing_by_hand": True,
            "is_staff": person.is_administrator,
            "is_superuser": person.is_administrator,
            "date_joined": timezone.now() - timedelta(days=90),
        },
    )
    if created:
        user.set_password(demo_password(person.username))
        user.save()
    return user


def demo_password(username: str) -> str:
    """The password of a demo account: the same on every run, another on every installation."""
    secret = salted_hmac("livecomments.demo", username, algorithm="sha256").hexdigest()
    return f"{username}-{secret[:8]}"


def line_of(user: User) -> str:
    """A demo account as it is printed."""
    password = demo_password(user.username)
    shown = password if user.check_password(password) else "(its password was changed)"
    return f"  {user.username:<14} {shown:<24} {user.display_name}"


def add_stream(wanted: DemoStream) -> Stream | None:
    """The new stream; None if it is there already."""
    now = timezone.now().replace(microsecond=0)
    started = None if wanted.started_ago is None else now - wanted.started_ago
    ended = None if started is None or wanted.lasted is None else started + wanted.lasted
    stream, created = Stream.objects.get_or_create(
        slug=wanted.slug,
        defaults={
            "title": wanted.title,
            "description": wanted.description,
            "broadcaster": User.objects.get(username=demo.BROADCASTER.username),
            "status": wanted.status.value,
            "scheduled_for": None if wanted.scheduled_in is None else now + wanted.scheduled_in,
            "started_at": started,
            "ended_at": ended,
        },
    )
    return stream if created else None


def write_talk(stream: Stream, people: dict[DemoPerson, User]) -> None:
    """Archives what was said, evenly over the length of the stream."""
    assert stream.started_at is not None
    assert stream.ended_at is not None
    step = (stream.ended_at - stream.started_at) / (len(demo.TALK) + 1)
    audience = [listener(name) for name in demo.AUDIENCE]
    Comment.objects.bulk_create(
        said(
            stream,
            author=audience[speaker] if isinstance(speaker, int) else people[speaker],
            role=_role_of(speaker),
            text=text,
            at=stream.started_at + step * number,
        )
        for number, (speaker, text) in enumerate(demo.TALK, start=1)
    )


def listener(name: str) -> User:
    """Somebody who only has a name."""
    user, created = User.objects.get_or_create(
        username=folded(name),
        defaults={"display_name": name, "date_joined": timezone.now() - timedelta(days=60)},
    )
    if created:
        user.set_unusable_password()
        user.save()
    return user


def said(stream: Stream, *, author: User, role: Role, text: str, at: datetime) -> Comment:
    """An archived comment that is not stored yet."""
    assert stream.started_at is not None
    unix_ms = int(at.timestamp() * 1000)
    comment_id = ids.first_id_at(unix_ms, stream.partition)
    return Comment(
        id=comment_id,
        stream=stream,
        author=author,
        author_name=author.display_name,
        author_role=role.value,
        text=text,
        created_at=ids.id_time(comment_id),
        offset_ms=unix_ms - int(stream.started_at.timestamp() * 1000),
    )


def write_reactions(stream: Stream) -> None:
    """Archives the totals and the timeline they add up from."""
    assert stream.started_at is not None
    assert stream.ended_at is not None
    start = int(stream.started_at.timestamp()) // SLICE_SECONDS * SLICE_SECONDS
    slices = (int(stream.ended_at.timestamp()) - start) // SLICE_SECONDS
    for kind, total in demo.REACTIONS.items():
        ReactionTotal.objects.create(stream=stream, kind=kind, total=total)
        # Spread over the stream so that every slice is a whole number and they add up.
        counts = [total * (n + 1) // slices - total * n // slices for n in range(slices)]
        ReactionSlice.objects.bulk_create(
            ReactionSlice(
                stream=stream, at_second=start + n * SLICE_SECONDS, kind=kind, count=count
            )
            for n, count in enumerate(counts)
            if count
        )


def _role_of(speaker: int | DemoPerson) -> Role:
    if speaker == demo.BROADCASTER:
        return Role.BROADCASTER
    return Role.MODERATOR if speaker == demo.MODERATOR else Role.VIEWER
