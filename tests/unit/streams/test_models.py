"""Streams as rows: partition, address, constraints."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from streams.models import Sanction, Stream, partition_of
from tests.factories import ModeratorFactory, StreamFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_partition_is_kept_when_their_number_changes(settings):
    settings.PARTITIONS = 4
    stream = StreamFactory(slug="harbour")
    kept = stream.partition
    assert kept == partition_of("harbour")

    settings.PARTITIONS = 1
    stream.title = "new"
    stream.save()

    stream.refresh_from_db()
    assert stream.partition == kept


def test_partitions_are_all_used(settings):
    settings.PARTITIONS = 4
    assert {partition_of(f"stream-{n}") for n in range(50)} == {0, 1, 2, 3}


def test_playback_url_is_https_only():
    broadcaster = UserFactory()
    stream = Stream(slug="x", title="x", broadcaster=broadcaster, playback_url="http://a.example/v")
    with pytest.raises(ValidationError, match="playback_url"):
        stream.full_clean()


def test_person_moderates_a_stream_once():
    moderator = ModeratorFactory()
    with pytest.raises(IntegrityError):
        ModeratorFactory(stream=moderator.stream, user=moderator.user)


def test_person_has_one_open_sanction_per_stream():
    stream, user = StreamFactory(), UserFactory()
    common = {"stream": stream, "user": user, "kind": "ban", "placed_at": timezone.now()}
    Sanction.objects.create(**common, log_id=1, lifted_at=timezone.now())
    Sanction.objects.create(**common, log_id=2)

    with pytest.raises(IntegrityError):
        Sanction.objects.create(**common, log_id=3)
