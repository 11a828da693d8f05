"""Rows to wire types."""

import pytest

from comments.payloads import comment_of, held_of
from livecomments import ids
from livecomments.protocol import Comment, Held, Person, Quote, Role
from tests.factories import CommentFactory, HoldFactory

pytestmark = pytest.mark.django_db


def test_comment_of_keeps_the_author_as_they_were():
    row = CommentFactory(
        author_name="Then", author_role="moderator", author_new=True,
        quote={"id": "3", "name": "Bo", "text": "?"},
    )  # fmt: skip
    row.author.display_name = "Now"
    row.author.save()

    assert comment_of(row) == Comment(
        id=str(row.pk),
        user=Person(id=str(row.author_id), name="Then", role=Role.MODERATOR, new=True),
        text=row.text,
        at=ids.id_ms(row.pk),
        reply=Quote(id="3", name="Bo", text="?"),
    )


def test_time_of_a_comment_survives_the_database_to_the_millisecond():
    for number in range(50):
        row = CommentFactory(id=ids.first_id_at(ids.EPOCH_MS + 1_234_567_891 + number))
        row.refresh_from_db()
        assert comment_of(row).at == ids.id_ms(row.pk)


def test_held_of_names_the_hold():
    row = HoldFactory()
    assert held_of(row) == Held(
        hold=str(row.pk),
        user=Person(id=str(row.author_id), name=row.author_name),
        text=row.text,
        at=ids.id_ms(row.pk),
        reason="review",
    )
