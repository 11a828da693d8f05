"""Reading reaction totals."""

import pytest

from reactions.models import ReactionTotal
from reactions.queries import totals_of
from tests.factories import StreamFactory

pytestmark = pytest.mark.django_db


def test_totals_are_of_one_stream_and_name_every_kind():
    stream, other = StreamFactory(), StreamFactory()
    ReactionTotal.objects.create(stream=stream, kind="wow", total=4)
    ReactionTotal.objects.create(stream=other, kind="wow", total=9)

    assert totals_of(stream.pk) == {
        "like": 0, "love": 0, "haha": 0, "wow": 4, "sad": 0, "angry": 0,
    }  # fmt: skip
