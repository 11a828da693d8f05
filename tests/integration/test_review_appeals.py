"""What becomes of an appeal in the review queue, and what its author is told."""

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone
from django_redis import get_redis_connection

from comments.moderation import WITHDRAWN
from comments.review.closing import close_appeal
from comments.review.models import Appeal
from livecomments import eventlog, events, redisdb
from livecomments.accounts.models import Suspension
from livecomments.errors import DomainError
from streams.models import Sanction
from streams.payloads import room_of
from tests.factories import (
    CommentFactory,
    ModeratorFactory,
    UserFactory,
    log_of,
)
from tests.reviewing import (
    appealed,
    archived,
    last,
    said,
    url_of,
)

pytestmark = pytest.mark.django_db(transaction=True)  # actions read rows in other threads


def banned(stream, user):
    """A ban, in the log, in Redis and as a row."""
    ban = events.UserSanctioned(user=user.pk, kind="ban", by=stream.broadcaster_id)
    operation = eventlog.Operation("sanction", str(user.pk), "ban")
    number = async_to_sync(eventlog.append)(room_of(stream), ban, operations=[operation])
    archived(stream)
    return Sanction.objects.get(log_id=number)


@pytest.mark.parametrize(
    ("decision", "status", "kinds"),
    [
        ("grant", "granted", ["sanction.lifted", "appeal.closed"]),
        ("reject", "rejected", ["user.sanctioned", "appeal.closed"]),
    ],
)
def test_an_appeal_is_decided_and_told(client, stream, decision, status, kinds):
    author = UserFactory()
    row = appealed(stream, author, sanction=banned(stream, author))
    client.force_login(stream.broadcaster)

    client.post(url_of("appealed", row.pk), {"decision": decision, "reason": "read the rules"})

    row.refresh_from_db()
    assert (row.status, row.answer, row.decided_by) == (
        status,
        "read the rules",
        stream.broadcaster,
    )
    assert [kind for kind, _ in log_of(stream)[-2:]] == kinds
    _, event = last(stream)
    assert (event.user, event.appeal, event.outcome) == (author.pk, row.pk, status)
    assert (event.reason, event.via) == ("read the rules", "review")


def test_a_granted_appeal_lifts_no_newer_sanction(client, stream):
    author = UserFactory()
    row = appealed(stream, author, sanction=banned(stream, author))
    newer = banned(stream, author)
    client.force_login(stream.broadcaster)

    client.post(url_of("appealed", row.pk), {"decision": "grant"})
    archived(stream)

    assert last(stream)[0] == "appeal.closed"
    newer.refresh_from_db()
    assert newer.lifted_at is None


def test_an_appeal_is_decided_once(stream):
    row = appealed(stream)
    close_appeal(row, by=stream.broadcaster, granted=False, answer="no")

    with pytest.raises(DomainError) as refused:
        close_appeal(row, by=stream.broadcaster, granted=True)

    assert refused.value.code == "conflict"
    row.refresh_from_db()
    assert (row.status, row.answer) == ("rejected", "no")
    assert [kind for kind, _ in log_of(stream)] == ["appeal.closed"]


def test_a_granted_appeal_shows_the_comment_again(client, stream):
    comment = CommentFactory(stream=stream, status=1)
    row = appealed(stream, comment.author, comment_id=comment.pk)
    client.force_login(stream.broadcaster)
    assert client.get(url_of("appealed", row.pk)).context["about_comment"] == comment.text

    client.post(url_of("appealed", row.pk), {"decision": "grant"})

    assert [kind for kind, _ in log_of(stream)] == ["comment.restored", "appeal.closed"]


@pytest.mark.parametrize("archive", [True, False])
def test_an_appeal_about_a_withdrawn_comment_is_closed(client, stream, archive):
    comment = CommentFactory(stream=stream, status=1)
    row = appealed(stream, comment.author, comment_id=comment.pk)
    withdrawn = events.CommentWithdrawn(comment=str(comment.pk), author=comment.author_id)
    once = eventlog.Operation("once", WITHDRAWN)
    async_to_sync(eventlog.append)(room_of(stream), withdrawn, operations=[once], about=comment.pk)
    if archive:
        archived(stream)
    client.force_login(stream.broadcaster)

    client.post(url_of("appealed", row.pk), {"decision": "grant"})

    row.refresh_from_db()
    assert row.status == "granted"
    assert [kind for kind, _ in log_of(stream)] == ["comment.withdrawn", "appeal.closed"]


def test_an_answer_is_kept_as_text(client, stream):
    row = appealed(stream)
    client.force_login(stream.broadcaster)

    client.post(url_of("appealed", row.pk), {"decision": "reject", "reason": "a\0b\r\nc\x1b "})

    row.refresh_from_db()
    assert row.answer == last(stream)[1].reason == "a b\nc"


def test_a_decision_that_cannot_be_told_is_none(client, stream):
    row = appealed(stream)
    client.force_login(stream.broadcaster)
    client.get(url_of("appealed", row.pk))
    get_redis_connection("default").delete(redisdb.ready(stream.partition))

    answer = client.post(url_of("appealed", row.pk), {"decision": "reject"}, follow=True)

    assert "(busy)" in said(answer)[0]
    row.refresh_from_db()
    assert row.status == "open"


def test_nobody_decides_about_their_own_appeal(client, stream):
    manager = ModeratorFactory(stream=stream, managing=True).user
    row = appealed(stream, manager)
    client.force_login(manager)

    answer = client.post(url_of("appealed", row.pk), {"decision": "grant"}, follow=True)

    assert "(forbidden)" in said(answer)[0]
    row.refresh_from_db()
    assert row.status == "open"


@pytest.mark.parametrize(("decision", "lifted"), [("grant", True), ("reject", False)])
def test_an_appeal_against_a_suspension(client, decision, lifted):
    user = UserFactory()
    suspended = Suspension.objects.create(user=user, reason="x", placed_at=timezone.now())
    row = Appeal.objects.create(
        place=1, user=user, suspension_id=suspended.pk, text="no", filed_at=timezone.now()
    )
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get(url_of("appealed", row.pk)).status_code == 200

    client.post(url_of("appealed", row.pk), {"decision": decision, "reason": "so"})

    row.refresh_from_db()
    suspended.refresh_from_db()
    assert row.answer == "so"
    assert (suspended.lifted_at is not None) == lifted
