"""Roles, sanctions and the archive's place."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from livecomments.protocol import Role
from streams import queries
from streams.models import ArchiveCursor, AuditEntry, Sanction
from tests.factories import ModeratorFactory, StreamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def stream():
    row = StreamFactory()
    yield row
    queries.forget_stream(row.slug)


def test_role_is_the_highest_one_in_the_stream(stream):
    moderator = ModeratorFactory(stream=stream).user
    elsewhere = ModeratorFactory().user
    roles = {
        AnonymousUser(): Role.VIEWER,
        elsewhere: Role.VIEWER,
        moderator: Role.MODERATOR,
        UserFactory(is_superuser=True): Role.ADMIN,
        UserFactory(is_staff=True): Role.VIEWER,
        stream.broadcaster: Role.BROADCASTER,
    }
    assert {user: queries.role_in(stream, user) for user in roles.keys() - {AnonymousUser()}} == {
        user: role for user, role in roles.items() if not user.is_anonymous
    }
    assert queries.role_in(stream, AnonymousUser()) is Role.VIEWER


def test_standing_sanctions_leave_out_what_is_over(stream):
    now = timezone.now()

    def place(number, **fields):
        return Sanction.objects.create(
            stream=stream, user=UserFactory(), log_id=number, placed_at=now, **fields
        )

    ban = place(1, kind="ban")
    running = place(2, kind="timeout", until=now + timedelta(minutes=1))
    place(3, kind="timeout", until=now - timedelta(seconds=1))
    place(4, kind="ban", lifted_at=now)

    assert set(queries.standing_sanctions(stream.pk)) == {ban, running}


def test_archived_through_is_zero_before_the_first_event():
    assert queries.archived_through(7) == 0
    ArchiveCursor.objects.create(partition=7, log_id=12)
    assert queries.archived_through(7) == 12


def test_actions_between_excludes_the_first_and_includes_the_last(stream):
    for log_id in (1, 2, 3, 4):
        AuditEntry.objects.create(
            log_id=log_id, stream=stream, at=timezone.now(), action="comment.hidden", event={}
        )
    found = queries.actions_between(stream.pk, 1, 3)
    assert [entry.log_id for entry in found] == [2, 3]


def test_room_of_an_unknown_stream_is_none():
    assert queries.room_by_slug("nowhere") is None
    assert queries.room_state_of(0) is None
    assert queries.facts_by_slug("nowhere") is None
