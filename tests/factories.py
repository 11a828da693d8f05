"""Rows for tests, with nothing in them that a test did not ask for. Sync, ORM."""

from itertools import count

import factory
from asgiref.sync import async_to_sync
from django.utils import timezone
from django_redis import get_redis_connection
from factory.django import DjangoModelFactory

from comments.models import Comment, Hold
from comments.review.models import Appeal, Report
from livecomments import ids, redisdb
from livecomments.accounts.models import User
from livecomments.protocol import StreamStatus
from streams import domain
from streams.models import Moderator, Stream
from streams.payloads import room_of, room_state
from streams.queries import staff_of

PASSWORD = "a long enough password"
_sequence = count()


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person {n}")
    display_name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.org")

    @factory.post_generation
    def password(self, create, extracted, **kwargs):
        """Hashing takes time: only for a test that signs in with `password=PASSWORD`."""
        if extracted:
            self.set_password(extracted)
            self.save()


class StreamFactory(DjangoModelFactory):
    class Meta:
        model = Stream

    slug = factory.Sequence(lambda n: f"stream-{n}")
    title = factory.Sequence(lambda n: f"Stream {n}")
    broadcaster = factory.SubFactory(UserFactory)
    status = StreamStatus.LIVE.value
    started_at = factory.LazyFunction(timezone.now)


class ModeratorFactory(DjangoModelFactory):
    class Meta:
        model = Moderator

    stream = factory.SubFactory(StreamFactory)
    user = factory.SubFactory(UserFactory)


def next_id(partition=0):
    """An id of this moment, higher than the one before."""
    number = next(_sequence)
    now = ids.first_id_at(int(timezone.now().timestamp() * 1000), partition)
    # The sequence has 12 bits; tests make a few thousand rows at most in one millisecond.
    return now + number % 4_096


class CommentFactory(DjangoModelFactory):
    class Meta:
        model = Comment

    id = factory.LazyAttribute(lambda row: next_id(row.stream.partition))
    stream = factory.SubFactory(StreamFactory)
    author = factory.SubFactory(UserFactory)
    author_name = factory.LazyAttribute(lambda row: row.author.display_name)
    author_role = "viewer"
    text = factory.Sequence(lambda n: f"comment {n}")
    created_at = factory.LazyAttribute(lambda row: ids.id_time(row.id))


class HoldFactory(DjangoModelFactory):
    class Meta:
        model = Hold

    number = factory.LazyAttribute(lambda row: next_id(row.stream.partition))
    stream = factory.SubFactory(StreamFactory)
    author = factory.SubFactory(UserFactory)
    author_name = factory.LazyAttribute(lambda row: row.author.display_name)
    author_role = "viewer"
    text = factory.Sequence(lambda n: f"held {n}")
    reason = "review"
    held_at = factory.LazyAttribute(lambda row: ids.id_time(row.number))


def open_room(stream):
    """Makes Redis ready for a stream, as its batcher would, and opens the room from the row."""
    get_redis_connection("default").set(redisdb.ready(stream.partition), "test")
    async_to_sync(domain.ensure_room)(
        room_of(stream), state=room_state(stream), staff=staff_of(stream.pk)
    )
    return room_of(stream)


def log_of(stream):
    """The events of a partition's log as (kind, body), oldest first."""
    entries = get_redis_connection("default").xrange(redisdb.log(stream.partition))
    return [(fields[b"k"].decode(), fields[b"e"]) for _, fields in entries]


def report_of(comment, **fields):
    """A report of a comment that nobody has decided on, as the archive writes it."""
    given = {
        "log_id": comment.pk + 1,
        "stream": comment.stream,
        "comment_id": comment.pk,
        "text": comment.text,
        "author": comment.author,
        "author_name": comment.author_name,
        "reporter": comment.author,
        "reason": "spam",
        "reported_at": timezone.now(),
        "leads": True,
    }
    return Report.objects.create(**(given | fields))


def appeal_about(comment, **fields):
    """What its author says against the hiding of a comment."""
    given = {
        "place": comment.pk + 1,
        "user": comment.author,
        "stream": comment.stream,
        "comment_id": comment.pk,
        "text": "Why?",
        "filed_at": timezone.now(),
    }
    return Appeal.objects.create(**(given | fields))
