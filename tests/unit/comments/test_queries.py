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


def test_comments_between_were_shown_and_the_others_are_counted(stream, rows):
    first, *_, last = rows
    left_out = [
        CommentFactory(stream=stream, left_out=True, status=status) for status in Status.values
    ]
    CommentFactory(left_out=True)
    reach = (stream.pk, first.pk, left_out[-1].pk)

    assert texts(queries.comments_between(*reach)) == texts(rows[1:])
    assert texts(queries.left_out_between(*reach)) == texts(left_out)
    assert queries.left_out_between(stream.pk, first.pk, last.pk).count() == 0
    assert queries.left_out_between(stream.pk, left_out[0].pk, left_out[-1].pk).count() == 2


def test_not_visible_are_those_that_are_hidden_gone_or_elsewhere(stream, rows):
    hidden = CommentFactory(stream=stream, status=Status.HIDDEN)
    withdrawn = CommentFactory(stream=stream, status=Status.WITHDRAWN)
    elsewhere = CommentFactory()
    unknown = elsewhere.pk + 1
    asked = [rows[0].pk, hidden.pk, withdrawn.pk, elsewhere.pk, unknown]

    assert queries.not_visible(stream.pk, asked) == {str(one) for one in asked[1:]}


def test_replies_left_out_are_those_to_one_person_by_others(stream, rows):
    target, other = rows[0], rows[1]
    wanted = CommentFactory(stream=stream, left_out=True, reply_to=target.pk)
    CommentFactory(stream=stream, left_out=True, reply_to=target.pk, author=target.author)
    CommentFactory(stream=stream, left_out=True, reply_to=target.pk, status=Status.HIDDEN)
    CommentFactory(stream=stream, left_out=True, reply_to=other.pk)
    CommentFactory(stream=stream, left_out=True)
    CommentFactory(stream=stream, reply_to=target.pk)
    upto = CommentFactory(stream=stream).pk

    found = queries.replies_left_out(stream.pk, target.author_id, target.pk, upto)

    assert texts(found) == [wanted.text]


def test_lists_have_what_was_left_out(stream, rows):
    left_out = CommentFactory(stream=stream, left_out=True)

    assert texts(queries.comments_before(stream.pk, None, limit=1)) == [left_out.text]
    assert texts(queries.comments_after(stream.pk, rows[4].pk, limit=1)) == [left_out.text]
    assert queries.visible_comment(stream.pk, left_out.pk).text == left_out.text


def test_visible_comment_is_of_its_stream_only(stream, rows):
    hidden = CommentFactory(stream=stream, status=Status.HIDDEN)
    assert queries.visible_comment(stream.pk, rows[0].pk).text == rows[0].text
    assert queries.visible_comment(stream.pk, hidden.pk) is None
    assert queries.visible_comment(StreamFactory().pk, rows[0].pk) is None
