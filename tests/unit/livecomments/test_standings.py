"""Who is looked at again, and what their records make of them."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from comments import people
from comments.models import Status
from livecomments import dbthreads, events
from livecomments.accounts.models import Standing
from livecomments.batcher import standings
from livecomments.batcher.standings import Standings
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode
from tests.factories import CommentFactory, StreamFactory, UserFactory

pytestmark = pytest.mark.django_db


def said(*authors):
    return [
        events.Entry(
            number, 1, "comment.posted", events.CommentSaid(author=author, name="a", text="t")
        )
        for number, author in enumerate(authors, 1)
    ]


def regular(**fields):
    """Somebody whose record has earned a standing."""
    user = UserFactory(date_joined=timezone.now() - timedelta(days=3), **fields)
    stream = StreamFactory()
    for _ in range(6):
        CommentFactory(stream=stream, author=user)
    return user


def test_a_record_makes_somebody_known():
    user, newcomer = regular(), UserFactory()
    assert people.renew_standings([user.pk, newcomer.pk]) == 1
    user.refresh_from_db()
    newcomer.refresh_from_db()
    assert (user.standing, newcomer.standing) == (Standing.KNOWN, Standing.NEW)


def test_whoever_is_removed_often_is_known_no_longer():
    user = regular(standing=Standing.KNOWN)
    user.comments.update(status=Status.HIDDEN)
    assert people.renew_standings([user.pk]) == 1
    user.refresh_from_db()
    assert user.standing == Standing.NEW


def test_what_staff_set_by_hand_meanwhile_stays(monkeypatch):
    user = regular()
    computed_standing = people.computed_standing

    def and_meanwhile(row):
        found = computed_standing(row)
        row = type(row).objects.get(pk=row.pk)
        row.standing, row.standing_by_hand = Standing.TRUSTED, True
        row.save()
        return found

    monkeypatch.setattr(people, "computed_standing", and_meanwhile)
    assert people.renew_standings([user.pk]) == 0
    user.refresh_from_db()
    assert user.standing == Standing.TRUSTED


def test_what_staff_set_by_hand_stays():
    user = UserFactory(standing=Standing.TRUSTED, standing_by_hand=True)
    assert people.renew_standings([user.pk]) == 0
    user.refresh_from_db()
    assert user.standing == Standing.TRUSTED


@pytest.fixture
def looked_at(monkeypatch):
    """Everybody that a step asks the archive about."""
    asked = []

    async def run(function, user_ids):
        asked.append(list(user_ids))
        return 0

    monkeypatch.setattr(dbthreads, "run", run)
    return asked


def test_each_is_looked_at_once_in_a_while_and_a_few_at_a_time(looked_at, monkeypatch):
    monkeypatch.setattr(standings, "AT_ONCE", 2)
    found = Standings()
    found.note(said(1, 2, 3, 1))
    async_to_sync(found.step)()
    found.note(said(1, 2))
    async_to_sync(found.step)()
    async_to_sync(found.step)()
    assert looked_at == [[1, 2], [3]]


def test_nobody_is_forgotten_while_the_archive_is_away(looked_at, monkeypatch):
    found = Standings()
    found.note(said(1))

    async def away(*_):
        raise DomainError(ErrorCode.UNAVAILABLE)

    with monkeypatch.context() as outage:
        outage.setattr(dbthreads, "run", away)
        async_to_sync(found.step)()
    async_to_sync(found.step)()
    assert looked_at == [[1]]


def test_a_decision_about_somebody_counts_as_well(looked_at):
    found = Standings()
    cleared = events.UserCleared(user=7, name="a", by=1)
    refused = events.HoldClosed(hold="1", author=8, outcome="refused")
    pinned = events.CommentUnpinned(by=9)
    found.note(events.Entry(1, 1, "x", body) for body in (cleared, refused, pinned))
    async_to_sync(found.step)()
    assert looked_at == [[7, 8]]


def test_a_newcomer_is_not_looked_at_however_much_they_say(django_assert_num_queries):
    newcomers = [UserFactory() for _ in range(3)]
    with django_assert_num_queries(1):
        assert people.renew_standings([user.pk for user in newcomers]) == 0
