"""What the archive has for somebody who comes back: items, what was left out, replies to them."""

import pytest

from comments.models import Status
from livecomments.gateway import backfill
from livecomments.protocol import CommentPosted
from streams.models import ArchiveCursor
from streams.payloads import room_of
from tests.factories import CommentFactory, StreamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def stream():
    return StreamFactory()


@pytest.fixture
def asker():
    return UserFactory()


@pytest.fixture
def rows(stream, asker):
    """A question that was seen, then what was missed: shown, left out, hidden, left out replies."""
    question = CommentFactory(stream=stream, author=asker)
    missed = [
        CommentFactory(stream=stream),
        CommentFactory(stream=stream, left_out=True),
        CommentFactory(stream=stream, status=Status.HIDDEN),
        CommentFactory(stream=stream, left_out=True, reply_to=question.pk),
        CommentFactory(stream=stream, left_out=True, status=Status.HIDDEN, reply_to=question.pk),
        CommentFactory(stream=stream),
    ]
    ArchiveCursor.objects.create(partition=stream.partition, log_id=missed[-1].pk)
    return [question, *missed]


def stretch(stream, rows, *, user_id=None, limit=100, upto=None):
    upto = rows[-1].pk if upto is None else upto
    return backfill.stretch_between(
        room_of(stream), after=rows[0].pk, upto=upto, limit=limit, user_id=user_id
    )


def ids_in(items):
    return [item.comment.id for item in items if isinstance(item, CommentPosted)]


def test_stretch_has_what_was_shown_and_counts_the_rest(stream, rows):
    found = stretch(stream, rows)

    assert ids_in(found.items) == [str(rows[1].pk), str(rows[6].pk)]
    assert (found.left_out, found.replies) == (3, [])


def test_stretch_has_the_replies_to_whoever_asks(stream, rows, asker):
    (reply,) = stretch(stream, rows, user_id=asker.pk).replies

    assert reply.id == str(rows[4].pk)
    assert stretch(stream, rows, user_id=UserFactory().pk).replies == []


def test_stretch_that_is_too_long_or_not_archived_is_none(stream, rows):
    assert stretch(stream, rows, limit=2).left_out == 3
    assert stretch(stream, rows, limit=1) is None
    assert stretch(stream, rows, upto=rows[-1].pk + 1) is None
