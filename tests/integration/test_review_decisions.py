"""What a decision in the review queue does, what it cannot, and how it is taken back."""

import re
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.urls import reverse
from django.utils import timezone

from comments.actions import act
from comments.models import Hold, HoldStatus
from comments.review import claims
from comments.review.queue import waiting
from livecomments import eventlog, events
from livecomments.protocol import ApproveHeld
from streams.admin_scope import acting_in
from streams.payloads import room_of
from tests.factories import (
    CommentFactory,
    StreamFactory,
    log_of,
    open_room,
)
from tests.reviewing import (
    QUEUE,
    archived,
    held,
    last,
    reported,
    said,
    url_of,
)

pytestmark = pytest.mark.django_db(transaction=True)  # actions read rows in other threads


# --- decisions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "kind", "fields"),
    [
        ("approve", "comment.posted", {}),
        ("refuse", "hold.closed", {"outcome": "refused", "reason": "not here"}),
    ],
)
def test_a_held_comment_is_decided(desk, stream, moderator, decision, kind, fields):
    hold = held(stream)

    answer = desk.post(
        url_of("held", hold.pk), {"decision": decision, "reason": " not here "}, follow=True
    )

    logged, event = last(stream)
    assert (logged, event.hold, event.by) == (kind, str(hold.pk), moderator.pk)
    assert {name: getattr(event, name) for name in fields} == fields
    assert "“spam?”" in said(answer)[0]
    # The archive has not written it yet, and nobody is shown it again.
    assert Hold.objects.get().status == HoldStatus.OPEN
    assert desk.get(QUEUE).context["rows"] == []


@pytest.mark.parametrize(("decision", "seconds"), [("time_out", 600), ("ban", None)])
@pytest.mark.parametrize("kind", ["held", "reported"])
def test_removing_with_a_sanction_is_two_actions(desk, stream, kind, decision, seconds):
    if kind == "held":
        row = held(stream)
        number, author, removed = row.pk, row.author_id, "hold.closed"
    else:
        row = reported(stream)
        number, author, removed = row.comment_id, row.author_id, "comment.hidden"

    desk.post(url_of(kind, number), {"decision": decision, "reason": "flood"})

    (first, raw), (second, _) = log_of(stream)[-2:]
    sanction = events.decode(first, raw)
    assert (first, second) == ("user.sanctioned", removed)
    assert (sanction.user, sanction.seconds, sanction.reason) == (author, seconds, "flood")


def test_who_cannot_be_sanctioned_keeps_the_item_waiting(desk, stream):
    row = reported(stream, CommentFactory(stream=stream, author=stream.broadcaster))

    answer = desk.post(url_of("reported", row.comment_id), {"decision": "ban"}, follow=True)

    assert "(protected)" in said(answer)[0]
    assert last(stream)[0] == "comment.reported"
    assert answer.context["item"].number == row.comment_id


def test_a_sanction_without_its_removal_is_told_and_can_be_taken_back(desk, stream, moderator):
    hold = held(stream)
    desk.get(url_of("held", hold.pk))
    actor = acting_in(stream, stream.broadcaster, ())
    async_to_sync(act)(room_of(stream), actor=actor, action=ApproveHeld(hold=str(hold.pk)))

    answer = desk.post(url_of("held", hold.pk), {"decision": "ban"}, follow=True)
    assert last(stream)[0] == "user.sanctioned"
    assert said(answer)[0].startswith("The author is sanctioned, but nothing was removed: ")
    [step] = steps(answer)
    assert step.what == f"Banned: {hold.author_name}"

    desk.post(reverse("review_undo"), {"step": step.id})
    kind, event = last(stream)
    assert (kind, event.user) == ("sanction.lifted", hold.author_id)


def test_hiding_upholds_the_reports(desk, stream, moderator):
    row = reported(stream)

    desk.post(url_of("reported", row.comment_id), {"decision": "hide"})
    archived(stream)

    row.refresh_from_db()
    assert (row.outcome, row.decided_by) == ("upheld", moderator)
    assert last(stream)[1].comment == str(row.comment_id)


def test_letting_it_stand_dismisses_the_reports(desk, stream, moderator):
    row = reported(stream)

    desk.post(url_of("reported", row.comment_id), {"decision": "dismiss"})
    archived(stream)

    kind, event = last(stream)
    assert (kind, event.author, event.by) == ("reports.dismissed", row.author_id, moderator.pk)
    row.refresh_from_db()
    assert (row.outcome, row.decided_by) == ("dismissed", moderator)
    assert waiting(moderator) == []


def test_what_the_room_hid_comes_back_when_it_may_stand(desk, stream, moderator):
    row = reported(stream)
    hidden = events.CommentHidden(comment=str(row.comment_id), by=None, reason="reported")
    async_to_sync(eventlog.append)(room_of(stream), hidden)
    archived(stream)
    assert waiting(moderator)[0].hidden

    desk.post(url_of("reported", row.comment_id), {"decision": "dismiss"})
    archived(stream)

    kind, event = last(stream)
    assert (kind, event.comment.id) == ("comment.restored", str(row.comment_id))
    row.refresh_from_db()
    assert row.outcome == "dismissed"


def test_what_was_decided_elsewhere_is_told(desk, stream):
    hold = held(stream)
    Hold.objects.update(status=HoldStatus.APPROVED)

    opened = desk.get(url_of("held", hold.pk), follow=True)
    answer = desk.post(url_of("held", hold.pk), {"decision": "approve"}, follow=True)

    assert said(opened) == said(answer) == ["Somebody has decided about that already."]


@pytest.mark.parametrize("decision", ["", "hide", "grant", "explode"])
def test_decisions_that_do_not_fit_are_refused(desk, stream, decision):
    hold = held(stream)
    assert desk.post(url_of("held", hold.pk), {"decision": decision}).status_code == 403
    assert last(stream)[0] == "comment.held"


def test_a_decision_says_where_it_came_from(desk, stream):
    hold = held(stream)
    desk.post(url_of("held", hold.pk), {"decision": "refuse"})
    assert last(stream)[1].via == "review"


# --- taking it back ------------------------------------------------------------------------------


def steps(answer):
    return answer.context["undo_steps"]


def test_a_decision_is_taken_back(desk, stream):
    hold = held(stream)
    answer = desk.post(url_of("held", hold.pk), {"decision": "refuse"}, follow=True)
    [step] = steps(answer)

    back = desk.post(reverse("review_undo"), {"step": step.id}, follow=True)
    archived(stream)

    assert last(stream)[0] == "comment.held"
    assert said(back) == ["Taken back: Refused: “spam?”"]
    assert steps(back) == []
    [again] = waiting(stream.broadcaster)
    assert again.text == "spam?"
    assert again.number == Hold.objects.get(status=HoldStatus.OPEN).pk


def test_taking_back_a_ban_with_a_hide_undoes_both(desk, stream):
    comment = CommentFactory(stream=stream)
    reported(stream, comment)
    answer = desk.post(url_of("reported", comment.pk), {"decision": "ban"}, follow=True)

    desk.post(reverse("review_undo"), {"step": steps(answer)[0].id})

    assert [kind for kind, _ in log_of(stream)[-2:]] == ["comment.restored", "sanction.lifted"]


def test_only_the_last_few_can_be_taken_back_here(desk, stream):
    for number in range(7):
        hold = held(stream, f"text {number}")
        answer = desk.post(url_of("held", hold.pk), {"decision": "refuse"}, follow=True)
    assert [step.what for step in steps(answer)] == [
        f"Refused: “text {number}”" for number in (6, 5, 4, 3, 2)
    ]


def test_nobody_takes_back_what_is_not_theirs(desk, client, stream):
    hold = held(stream)
    answer = desk.post(url_of("held", hold.pk), {"decision": "refuse"}, follow=True)
    [step] = steps(answer)
    client.force_login(stream.broadcaster)
    client.session.flush()
    client.force_login(stream.broadcaster)

    back = client.post(reverse("review_undo"), {"step": step.id}, follow=True)

    assert said(back) == ["That can no longer be taken back here."]
    assert last(stream)[0] == "hold.closed"


# --- time, and many at once ----------------------------------------------------------------------


def test_what_waits_says_how_long_there_is(desk, stream):
    hold = held(stream)
    reported(stream)
    Hold.objects.update(held_at=timezone.now() - timedelta(seconds=90))

    first, second = (row["item"] for row in desk.get(QUEUE).context["rows"])

    assert first.age == "1\xa0minute"
    assert re.fullmatch(r"3:(2\d|30) left to decide", first.left)
    assert (second.age, second.left) == ("less than a minute", "")
    assert first.left[:3] in desk.get(url_of("held", hold.pk)).content.decode()


def test_what_nobody_decided_in_time_is_told_so(desk, stream):
    hold = held(stream)
    Hold.objects.update(status=HoldStatus.EXPIRED)

    for answer in (
        desk.get(url_of("held", hold.pk), follow=True),
        desk.post(url_of("held", hold.pk), {"decision": "approve"}, follow=True),
    ):
        assert said(answer) == ["Nobody decided in time: the comment was not shown."]


@pytest.mark.parametrize(
    ("decision", "kind"), [("approve", "comment.posted"), ("refuse", "hold.closed")]
)
def test_all_that_is_listed_is_decided_but_for_what_somebody_looks_at(desk, stream, decision, kind):
    first, looked_at, last_one = (held(stream, f"text {number}") for number in range(3))
    elsewhere = held(stream_of_others())
    async_to_sync(claims.take)("held", looked_at.pk, user_id=stream.broadcaster_id)
    page = desk.get(QUEUE)
    assert [item.number for item in page.context["listed_held"]] == [
        first.pk,
        looked_at.pk,
        last_one.pk,
    ]

    numbers = [first.pk, looked_at.pk, last_one.pk, elsewhere.pk, "x"]
    answer = desk.post(reverse("review_bulk"), {"decision": decision, "held": numbers}, follow=True)

    def decided(row):
        return [events.decode(*entry).hold for entry in log_of(row) if entry[0] == kind]

    assert decided(stream) == [str(first.pk), str(last_one.pk)]
    assert [row["item"].number for row in answer.context["rows"]] == [looked_at.pk]
    assert str(elsewhere.pk) not in decided(elsewhere.stream)
    assert len(steps(answer)) == 2


def test_only_what_waits_is_decided_at_once(desk, stream):
    assert desk.post(reverse("review_bulk"), {"decision": "ban", "held": []}).status_code == 403
    answer = desk.post(reverse("review_bulk"), {"decision": "approve", "held": ["7"]}, follow=True)
    assert said(answer) == ["Nothing of that waits for you any more."]


def stream_of_others():
    other = StreamFactory()
    open_room(other)
    return other
