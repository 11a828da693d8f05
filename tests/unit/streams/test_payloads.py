"""Rows to wire types."""

from datetime import UTC, datetime

import pytest

from livecomments import tickets
from livecomments.protocol import Announcement, Comment, Person, Role, Room, StreamStatus
from streams import payloads
from streams.models import Stream
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
        started_at=round(stream.started_at.timestamp() * 1000),
    )


def test_room_state_has_the_announcement_until_it_is_over():
    said = {"id": "5", "text": "Soon", "at": 9, "by": {"id": "7", "name": "Ann"}}
    until = tickets.now_ms() + 60_000
    stream = StreamFactory(announcement=said | {"until": until})
    over = StreamFactory(announcement=said | {"until": until - 60_000})
    forever = StreamFactory(announcement=said)

    by = Person(id="7", name="Ann")
    shown = Announcement(id="5", text="Soon", at=9, by=by, until=until)
    assert payloads.room_state(stream).announcement == shown
    assert payloads.room_state(over).announcement is None
    assert payloads.room_state(forever).announcement == Announcement("5", "Soon", 9, by)


def test_f12_room_state_has_the_times_to_the_millisecond():
    for ms in range(1_800_000_000_000, 1_800_000_000_999, 7):
        moment = datetime.fromtimestamp(ms / 1000, tz=UTC)
        state = payloads.room_state(Stream(started_at=moment, ended_at=moment))
        assert (state.started_at, state.ended_at) == (ms, ms)


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
