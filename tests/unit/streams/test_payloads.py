"""Rows to wire types."""

import pytest

from livecomments import tickets
from livecomments.protocol import Comment, Person, Role, Room, StreamStatus
from streams import payloads
from tests.factories import StreamFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_room_state_carries_the_pinned_comment():
    pinned = {"id": "5", "user": {"id": "7", "name": "Ann"}, "text": "hi", "at": 9}
    stream = StreamFactory(slow_seconds=30, review=True, pinned=pinned, pace=50)

    assert payloads.room_state(stream) == Room(
        status=StreamStatus.LIVE,
        closed=False,
        slow_seconds=30,
        min_account_age_minutes=0,
        review=True,
        pinned=Comment(id="5", user=Person(id="7", name="Ann"), text="hi", at=9),
        pace=50,
    )


def test_room_of_is_the_address_of_the_stream():
    stream = StreamFactory()
    assert payloads.room_of(stream) == tickets.Room(stream.pk, stream.partition, stream.slug)
    assert payloads.facts_of(stream).room == payloads.room_of(stream)


def test_identity_of_takes_the_public_name():
    user = UserFactory(display_name="Ana", standing=2)
    identity = payloads.identity_of(user, StreamFactory(), role=Role.MODERATOR)
    assert identity == tickets.Identity(
        user_id=user.pk,
        name="Ana",
        role=Role.MODERATOR,
        standing=2,
        joined_ms=int(user.date_joined.timestamp() * 1000),
    )
