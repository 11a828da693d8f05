"""What people decide about a stream outside of its log, and what is dropped from caches then."""

import pytest
from django_redis import get_redis_connection

from livecomments import redisdb
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode, Role, StreamStatus
from streams import editing, queries
from streams.models import Moderator, Stream
from tests.factories import ModeratorFactory, StreamFactory, UserFactory, open_room
from tests.integration.test_accounts import revoked_users

pytestmark = pytest.mark.django_db


def staff_in(room):
    """Who is protected in a room, and as what."""
    fields = get_redis_connection("default").hgetall(redisdb.state(room))
    names = {name.decode(): value.decode() for name, value in fields.items()}
    return {
        int(name.removeprefix("staff:")): role
        for name, role in names.items()
        if name.startswith("staff:")
    }


def open_all_partitions(settings):
    for partition in range(settings.PARTITIONS):
        open_room(Stream(slug="x", partition=partition, pk=10**6 + partition))


def test_new_stream_has_a_room(settings):
    open_all_partitions(settings)
    stream = editing.create_stream(slug="quay", title="Quay", broadcaster=UserFactory())

    assert stream.status == StreamStatus.SCHEDULED
    assert queries.room_by_slug("quay").id == stream.pk


def test_stream_without_a_room_is_not_stored():
    with pytest.raises(DomainError) as caught:
        editing.create_stream(slug="quay", title="Quay", broadcaster=UserFactory())

    assert caught.value.code is ErrorCode.BUSY
    assert not Stream.objects.exists()


def test_new_stream_is_listed_at_once(settings):
    open_all_partitions(settings)
    assert queries.listed_streams(StreamStatus.SCHEDULED) == []

    editing.create_stream(slug="quay", title="Quay", broadcaster=UserFactory())

    assert [facts.slug for facts in queries.listed_streams(StreamStatus.SCHEDULED)] == ["quay"]


def test_edit_does_not_write_back_an_old_room():
    stream = StreamFactory()
    Stream.objects.filter(pk=stream.pk).update(closed=True, slow_seconds=30)  # the archive

    stream.title = "new"
    editing.edit_stream(stream)

    stream.refresh_from_db()
    assert (stream.title, stream.closed, stream.slow_seconds) == ("new", True, 30)


def test_former_broadcaster_loses_tickets():
    stream = StreamFactory()
    room = open_room(stream)
    former, following = stream.broadcaster_id, UserFactory()

    stream.broadcaster = following
    editing.edit_stream(stream)

    assert revoked_users() == [former]
    assert staff_in(room) == {following.pk: "broadcaster"}


def test_moderators_role_follows_at_once():
    stream, user = StreamFactory(), UserFactory()
    room = open_room(stream)
    assert queries.role_in(stream, user) is Role.VIEWER

    moderator = editing.add_moderator(stream, user=user, added_by=stream.broadcaster)
    assert queries.role_in(stream, user) is Role.MODERATOR
    assert editing.add_moderator(stream, user=user, added_by=None) == moderator
    assert staff_in(room)[user.pk] == "moderator"
    assert revoked_users() == []

    editing.add_moderator(stream, user=user, added_by=None, managing=True)
    assert queries.role_in(stream, user) is Role.MANAGER
    assert staff_in(room)[user.pk] == "manager"
    assert revoked_users() == [user.pk], "a ticket keeps the role that it was minted with"

    editing.remove_moderator(moderator)
    assert queries.role_in(stream, user) is Role.VIEWER
    assert user.pk not in staff_in(room)
    assert revoked_users() == [user.pk, user.pk]


def test_nobody_becomes_or_stops_being_staff_without_the_room():
    stream, user = StreamFactory(), UserFactory()
    with pytest.raises(DomainError) as caught:
        editing.add_moderator(stream, user=user, added_by=None)
    assert caught.value.code is ErrorCode.BUSY
    assert not Moderator.objects.exists()

    moderator = ModeratorFactory(stream=stream, user=user)
    with pytest.raises(DomainError):
        editing.remove_moderator(Moderator.objects.get(pk=moderator.pk))
    assert Moderator.objects.get().user_id == user.pk
