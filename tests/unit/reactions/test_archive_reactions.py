"""Reaction numbers are absolute: written again they change nothing, newer replace older."""

import pytest

from reactions import archive
from reactions.models import ReactionSlice, ReactionTotal
from tests.factories import StreamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def stream():
    return StreamFactory()


def slices(stream):
    rows = ReactionSlice.objects.filter(stream=stream).order_by("at_second", "kind")
    return list(rows.values_list("at_second", "kind", "count"))


def test_totals_and_slices_are_kept(stream):
    archive.store(stream.pk, {"like": 5, "wow": 2}, [(1_000, "like", 5), (1_010, "wow", 2)])

    assert archive.totals_of(stream.pk) == {"like": 5, "wow": 2}
    assert slices(stream) == [(1_000, "like", 5), (1_010, "wow", 2)]


def test_storing_twice_changes_nothing(stream):
    for _ in range(2):
        archive.store(stream.pk, {"like": 5}, [(1_000, "like", 5)])

    assert archive.totals_of(stream.pk) == {"like": 5}
    assert slices(stream) == [(1_000, "like", 5)]
    assert (ReactionTotal.objects.count(), ReactionSlice.objects.count()) == (1, 1)


def test_newer_numbers_replace_older_ones_and_others_stay(stream):
    archive.store(stream.pk, {"like": 5, "wow": 1}, [(1_000, "like", 5), (1_000, "wow", 1)])

    archive.store(stream.pk, {"like": 9}, [(1_000, "like", 6), (1_010, "like", 3)])

    assert archive.totals_of(stream.pk) == {"like": 9, "wow": 1}
    assert slices(stream) == [(1_000, "like", 6), (1_000, "wow", 1), (1_010, "like", 3)]


def test_streams_have_numbers_of_their_own(stream):
    other = StreamFactory()
    archive.store(stream.pk, {"like": 5}, [(1_000, "like", 5)])
    archive.store(other.pk, {"like": 1}, [(1_000, "like", 1)])

    assert (archive.totals_of(stream.pk), archive.totals_of(other.pk)) == ({"like": 5}, {"like": 1})
    assert slices(stream) == [(1_000, "like", 5)]


def test_nothing_is_stored_of_nothing(stream):
    archive.store(stream.pk, {}, [])

    assert archive.totals_of(stream.pk) == {}
    assert slices(stream) == []
