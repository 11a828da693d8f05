"""The review queue: what waits, for whom, and whose it is for a minute."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone
from django_redis import get_redis_connection

from comments.models import HoldStatus
from comments.review import claims
from comments.review.models import Appeal
from comments.review.queue import Kind, find_item, read_place, waiting
from livecomments import redisdb
from livecomments.accounts.models import Suspension
from livecomments.protocol import ReportReason
from tests.factories import (
    CommentFactory,
    HoldFactory,
    ModeratorFactory,
    StreamFactory,
    UserFactory,
    log_of,
    open_room,
)
from tests.reviewing import (
    QUEUE,
    appealed,
    held,
    last,
    numbers,
    permitted,
    reported,
    said,
    url_of,
)

pytestmark = pytest.mark.django_db


# --- the list ------------------------------------------------------------------------------------


def test_the_queue_has_all_kinds_oldest_first(stream):
    broadcaster = stream.broadcaster
    first = held(stream)
    second = reported(stream)
    third = appealed(stream)
    HoldFactory(stream=stream, status=HoldStatus.REFUSED)

    found = waiting(broadcaster)

    assert numbers(found) == [
        ("held", first.pk),
        ("reported", second.comment_id),
        ("appealed", third.pk),
    ]
    assert (found[0].text, found[0].reason) == ("spam?", "word list")
    assert found[2].text == "I only said hello"


def test_a_reported_comment_is_one_item_with_all_its_reports(stream, moderator):
    comment = CommentFactory(stream=stream, text="buy")
    reported(stream, comment, note="again", weight=3)
    reported(stream, comment, reason=ReportReason.HATE)
    reported(stream, comment)

    [item] = waiting(moderator)

    assert (item.number, item.reports, item.weight, item.hidden) == (comment.pk, 3, 5, False)
    assert (item.reason, item.notes) == ("spam × 2, hate × 1", ("again",))


def test_pages_go_on_where_the_last_one_ended(stream):
    wanted = [held(stream, f"text {n}").pk for n in range(3)]
    wanted += [reported(stream).comment_id for _ in range(3)]
    wanted += [appealed(stream).pk for _ in range(3)]
    broadcaster, found, after = stream.broadcaster, [], None

    while page := waiting(broadcaster, after=after, limit=2):
        found += page
        after = read_place(str(page[-1].place))

    assert [item.number for item in found] == wanted


def test_items_of_one_moment_are_each_on_one_page(stream):
    """Appeals may share a place: it is only a moment."""
    filed = [appealed(stream) for _ in range(3)]
    Appeal.objects.update(place=filed[0].place)
    HoldFactory(stream=stream, number=filed[0].place)

    pages, after = [], None
    while page := waiting(stream.broadcaster, after=after, limit=1):
        pages += numbers(page)
        after = page[-1].place

    assert pages == [
        *[("appealed", row.pk) for row in filed],
        ("held", filed[0].place),
    ]


@pytest.mark.parametrize(
    "text", ["", "x", "1-held", "1-what-2", "-1-held-2", "1-held-2-3", "٣-held-1"]
)
def test_a_place_that_is_none_is_no_place(text):
    assert read_place(text) is None


def test_filters_by_kind_and_stream(desk, stream, moderator):
    other = StreamFactory()
    open_room(other)
    ModeratorFactory(stream=other, user=moderator)
    held(stream, "here")
    reported(stream)
    held(other, "there")

    def shown(**filters):
        return [row["item"].text for row in desk.get(QUEUE, filters).context["rows"]]

    assert len(shown()) == 3
    assert shown(kind="held") == ["here", "there"]
    assert shown(kind="held", stream=other.slug) == ["there"]
    assert desk.get(QUEUE, {"stream": "none"}).status_code == 404
    assert desk.get(QUEUE, {"stream": "\0"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_makes_a_fixed_number_of_queries(
    desk, stream, rows, django_assert_max_num_queries
):
    for _ in range(rows):
        held(stream)
        reported(stream)
    desk.get(QUEUE)

    with django_assert_max_num_queries(12) as captured:
        assert len(desk.get(QUEUE).context["rows"]) == 2 * rows
    assert not any("COUNT(*)" in query["sql"] for query in captured)


# --- for whom ------------------------------------------------------------------------------------


def everybody(stream):
    """Somebody of each kind, and what kinds of items of the stream each is shown."""
    manager = ModeratorFactory(stream=stream, managing=True).user
    elsewhere = ModeratorFactory().user
    return [
        (UserFactory(), set()),
        (UserFactory(is_staff=True), set()),
        (elsewhere, set()),
        (StreamFactory().broadcaster, set()),
        (permitted("view_hold", "view_report", "view_appeal"), set()),
        (ModeratorFactory(stream=stream).user, {"held", "reported"}),
        (permitted("change_hold", "change_report"), {"held", "reported"}),
        (permitted("change_appeal"), {"appealed"}),
        (manager, {"held", "reported", "appealed"}),
        (stream.broadcaster, {"held", "reported", "appealed"}),
        (UserFactory(is_staff=True, is_superuser=True), {"held", "reported", "appealed"}),
    ]


def test_who_may_see_and_decide_what(client, stream):
    items = [held(stream), reported(stream), appealed(stream)]
    places = list(zip(("held", "reported", "appealed"), [row.pk for row in items], strict=True))
    places[1] = ("reported", items[1].comment_id)
    before = len(log_of(stream))

    for user, kinds in everybody(stream):
        assert {item.kind.value for item in waiting(user)} == kinds
        for kind, number in places:
            assert (find_item(user, Kind(kind), number) is not None) == (kind in kinds)
            client.force_login(user)
            listed = client.get(QUEUE)
            # Whoever is not let into the admin at all is sent to its sign-in.
            assert listed.status_code == (200 if kinds else listed.status_code)
            assert kinds or listed.status_code in (200, 302, 403)
            if kind not in kinds:
                answer = client.post(url_of(kind, number), {"decision": "refuse"})
                assert answer.status_code in (302, 403)
                assert client.post(url_of(kind, number) + "claim/").status_code in (200, 302, 403)
    assert len(log_of(stream)) == before
    assert get_redis_connection("default").keys("lc:claim:*") == []


def test_appeals_against_suspensions_are_for_administrators(stream):
    user = UserFactory()
    row = Suspension.objects.create(user=user, reason="x", placed_at=timezone.now())
    Appeal.objects.create(
        place=1, user=user, suspension_id=row.pk, text="no", filed_at=timezone.now()
    )

    assert waiting(permitted("change_appeal")) == []
    assert waiting(stream.broadcaster) == []
    assert len(waiting(permitted("change_appeal", "add_suspension"))) == 1


def test_a_former_moderator_is_out_at_once(desk, stream, moderator):
    hold = held(stream)
    moderator.moderates.all().delete()

    assert desk.get(QUEUE).status_code in (302, 403)
    assert desk.post(url_of("held", hold.pk), {"decision": "approve"}).status_code in (302, 403)
    assert last(stream)[0] == "comment.held"


def test_signed_out_people_are_sent_to_sign_in(client):
    answer = client.get(QUEUE)
    assert answer.status_code == 302
    assert "login" in answer.url


# --- claims --------------------------------------------------------------------------------------


def test_an_open_item_is_somebodys_for_a_minute(desk, client, stream, moderator):
    hold = held(stream)
    desk.get(url_of("held", hold.pk))
    key = redisdb.claim("held", hold.pk)
    redis = get_redis_connection("default")
    assert redis.get(key) == str(moderator.pk).encode()
    assert 50_000 < redis.pttl(key) <= 60_000

    redis.pexpire(key, 5_000)
    assert desk.post(url_of("held", hold.pk) + "claim/").json() == {
        "mine": True,
        "gone": False,
        "by": None,
    }
    assert redis.pttl(key) > 50_000


def test_others_see_whose_it_is_and_cannot_decide(desk, client, stream, moderator):
    hold = held(stream)
    async_to_sync(claims.take)("held", hold.pk, user_id=stream.broadcaster_id)
    name = stream.broadcaster.display_name
    before = len(log_of(stream))

    [row] = desk.get(QUEUE).context["rows"]
    page = desk.get(url_of("held", hold.pk))
    answer = desk.post(url_of("held", hold.pk), {"decision": "approve"}, follow=True)

    assert (row["claimed_by"], row["mine"]) == (name, False)
    assert page.context["claimed_by"] == name
    assert b'value="approve"' not in page.content
    assert said(answer) == ["Somebody else has just done that. (conflict)"]
    assert len(log_of(stream)) == before
    assert desk.post(url_of("held", hold.pk) + "claim/").json() == {
        "mine": False,
        "gone": False,
        "by": name,
    }


def test_a_skipped_item_is_free_again(desk, stream):
    first, second = held(stream, "one"), held(stream, "two")
    desk.get(url_of("held", first.pk))

    answer = desk.post(url_of("held", first.pk), {"decision": "skip"})

    assert answer.url == url_of("held", second.pk)
    assert get_redis_connection("default").get(redisdb.claim("held", first.pk)) is None


def test_the_next_item_is_one_that_nobody_has(desk, stream):
    holds = [held(stream, f"text {n}") for n in range(4)]
    async_to_sync(claims.take)("held", holds[2].pk, user_id=stream.broadcaster_id)

    answer = desk.post(url_of("held", holds[1].pk), {"decision": "refuse"})
    assert answer.url == url_of("held", holds[3].pk)
    answer = desk.post(url_of("held", holds[3].pk), {"decision": "refuse"})
    assert answer.url == url_of("held", holds[0].pk)  # from the start again
    answer = desk.post(url_of("held", holds[0].pk) + "?kind=held", {"decision": "refuse"})
    assert answer.url == QUEUE + "?kind=held"


async def test_claims_are_taken_renewed_and_given_up():
    assert await claims.take("held", 1, user_id=7) == claims.Claim(user_id=7)
    assert await claims.take("held", 1, user_id=8) == claims.Claim(user_id=7)
    await claims.release("held", 1, user_id=8)  # not theirs
    assert await claims.take("reported", 1, user_id=8) == claims.Claim(user_id=8)
    items = [("held", 1), ("held", 2), ("reported", 1)]
    assert await claims.standing(items) == {
        ("held", 1): claims.Claim(user_id=7),
        ("reported", 1): claims.Claim(user_id=8),
    }
    await claims.release("held", 1, user_id=7)
    assert await claims.take("held", 1, user_id=8) == claims.Claim(user_id=8)
    await claims.mark_decided("held", 1)
    assert await claims.take("held", 1, user_id=8) == claims.Claim(decided=True)
    await claims.unmark("held", 1)
    assert await claims.standing(items[:1]) == {}
    await redisdb.close()


def test_a_claim_older_than_a_minute_is_no_claim(desk, stream, moderator):
    hold = held(stream)
    async_to_sync(claims.take)("held", hold.pk, user_id=stream.broadcaster_id)
    # A minute later, as Redis sees it.
    get_redis_connection("default").delete(redisdb.claim("held", hold.pk))

    desk.post(url_of("held", hold.pk), {"decision": "refuse"})

    assert last(stream)[1].by == moderator.pk
    assert timedelta(milliseconds=claims.CLAIM_MS) == timedelta(minutes=1)
