"""Reading the archive by id."""

import pytest

from comments import queries
from comments.models import Status
from tests.factories import CommentFactory, StreamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def stream():
    return StreamFactory()


@pytest.fixture
def rows(stream):
    """Five visible comments, with others among them that must not be found."""
    found = []
    for _ in range(5):
        found.append(CommentFactory(stream=stream))
        CommentFactory(stream=stream, status=Status.HIDDEN)
        CommentFactory(stream=stream, status=Status.WITHDRAWN)
        CommentFactory()
    return found


def texts(comments):
    return [comment.text for comment in comments]


def test_comments_before_are_the_last_ones_oldest_first(stream, rows):
    assert texts(queries.comments_before(stream.pk, None, limit=2)) == texts(rows[3:])
    assert texts(queries.comments_before(stream.pk, rows[3].pk, limit=2)) == texts(rows[1:3])


def test_comments_after_are_the_next_ones(stream, rows):
    assert texts(queries.comments_after(stream.pk, rows[0].pk, limit=2)) == texts(rows[1:3])


def test_comments_between_excludes_the_first_and_includes_the_last(stream, rows):
    found = queries.comments_between(stream.pk, rows[0].pk, rows[2].pk)
    assert texts(found) == texts(rows[1:3])


def test_visible_comment_is_of_its_stream_only(stream, rows):
    hidden = CommentFactory(stream=stream, status=Status.HIDDEN)
    assert queries.visible_comment(stream.pk, rows[0].pk).text == rows[0].text
    assert queries.visible_comment(stream.pk, hidden.pk) is None
    assert queries.visible_comment(StreamFactory().pk, rows[0].pk) is None
