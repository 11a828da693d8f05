"""What one said oneself: every page of it, each comment as it is now, and taking one back."""

import msgspec
import pytest
from django.test import Client

from comments.models import Comment, HoldStatus, Status
from livecomments import redisdb
from livecomments.events import CommentWithdrawn
from livecomments.redisdb import RedisError
from tests.factories import CommentFactory, HoldFactory, StreamFactory, log_of

pytestmark = pytest.mark.django_db

PAGE = "/accounts/comments/"
WITHDRAW = "/accounts/comments/withdraw/"
# The comment that is to be withdrawn is looked for over another connection.
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(signed_in):
    return signed_in


def said(page, query=""):
    return [row.text for row in page.get(f"{PAGE}{query}").context["comments"]]


def state_of(page, comment):
    [found] = [row for row in page.get(PAGE).context["comments"] if row.pk == comment.pk]
    return found.status


def withdraw(page, comment, **changes):
    form = {"stream": comment.stream.slug, "id": str(comment.pk)} | changes
    return page.post(WITHDRAW, form, follow=True)


def told(answer):
    return [str(message) for message in answer.context["messages"]]


# --- the list -----------------------------------------------------------------------------------


def test_the_page_asks_who_it_is(client):
    answer = client.get(PAGE)
    assert (answer.status_code, answer.url) == (302, "/accounts/sign-in/?next=/accounts/comments/")


def test_ones_own_are_shown_and_nobody_elses(page, viewer, stream):
    CommentFactory(author=viewer, stream=stream, text="mine, shown")
    CommentFactory(author=viewer, stream=stream, text="mine, hidden", status=Status.HIDDEN)
    CommentFactory(author=viewer, text="mine, taken back", status=Status.WITHDRAWN)
    CommentFactory(stream=stream, text="of somebody else")
    HoldFactory(stream=stream, text="of somebody else, held")

    assert said(page) == ["mine, taken back", "mine, hidden", "mine, shown"]
    shown = page.get(PAGE).content.decode()
    assert shown.count('href="/s/here/"') == 2
    assert shown.count("Hidden by moderators") == 1
    assert shown.count("Withdrawn by you") == 1
    assert shown.count(f'action="{WITHDRAW}"') == 2, "what is withdrawn cannot be again"
    assert "of somebody else" not in shown


def test_what_waits_stands_above(page, viewer, stream):
    HoldFactory(author=viewer, stream=stream, text="is this allowed?")
    HoldFactory(author=viewer, stream=stream, text="refused", status=HoldStatus.REFUSED)

    answer = page.get(PAGE)

    assert [hold.text for hold in answer.context["waiting"]] == ["is this allowed?"]
    assert answer.content.decode().count("Waiting for a moderator</p>") == 1
    assert page.get(f"{PAGE}?before=1").context["waiting"] == []


def test_it_pages_to_the_very_first(page, viewer, stream):
    rows = CommentFactory.create_batch(101, author=viewer, stream=stream)
    wanted = [row.text for row in reversed(rows)]

    first = page.get(PAGE)
    second = page.get(f"{PAGE}?before={first.context['older']}")
    third = page.get(f"{PAGE}?before={second.context['older']}")

    pages = [[row.text for row in one.context["comments"]] for one in (first, second, third)]
    assert [len(one) for one in pages] == [50, 50, 1]
    assert [text for one in pages for text in one] == wanted
    assert third.context["older"] is None
    assert (b'rel="next"' in second.content, b'rel="next"' in third.content) == (True, False)


def test_a_full_last_page_leads_nowhere(page, viewer, stream):
    CommentFactory.create_batch(50, author=viewer, stream=stream)
    assert page.get(PAGE).context["older"] is None


@pytest.mark.parametrize("before", ["x", "-1", "", "9" * 20])
def test_what_is_no_place_is_not_found(page, before):
    assert page.get(f"{PAGE}?before={before}").status_code == 404


def test_whoever_said_nothing_is_told_so(page):
    assert "You have not said anything yet" in page.get(PAGE).content.decode()
    assert "There is nothing older" in page.get(f"{PAGE}?before=5").content.decode()


def test_texts_are_shown_as_text(page, viewer):
    row = StreamFactory(title="<b>title")
    CommentFactory(author=viewer, stream=row, text="<img src=x onerror=alert(1)>")
    shown = page.get(PAGE).content.decode().split("<main")[1]
    assert "&lt;img src=x" in shown
    assert "&lt;b&gt;title" in shown
    assert "<img" not in shown


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_makes_two_queries(page, viewer, rows, django_assert_num_queries):
    page.get(PAGE)
    for _ in range(rows):
        CommentFactory(author=viewer)
        HoldFactory(author=viewer)

    with django_assert_num_queries(2):
        answer = page.get(PAGE)
    assert (len(answer.context["comments"]), len(answer.context["waiting"])) == (rows, rows)


# --- taking one back ----------------------------------------------------------------------------


@committed
@pytest.mark.parametrize("status", [Status.VISIBLE, Status.HIDDEN])
def test_a_comment_is_withdrawn_as_on_the_page_of_the_room(page, viewer, stream, status):
    comment = CommentFactory(author=viewer, stream=stream, status=status)

    answer = withdraw(page, comment)

    assert answer.redirect_chain == [(PAGE, 302)]
    assert told(answer) == ["Your comment is withdrawn. Nobody is shown it any more."]
    [(kind, body)] = log_of(stream)
    event = msgspec.json.decode(body, type=CommentWithdrawn, strict=False)
    assert (kind, event.comment, event.author) == (
        "comment.withdrawn",
        str(comment.pk),
        viewer.pk,
    )
    assert event.via == "page 127.0.0.1"


@committed
def test_the_list_knows_before_the_archive_does(page, viewer, stream):
    comment, other = CommentFactory.create_batch(2, author=viewer, stream=stream)

    withdraw(page, comment)

    assert Comment.objects.get(pk=comment.pk).status == Status.VISIBLE  # no archive runs here
    assert state_of(page, comment) == Status.WITHDRAWN
    assert state_of(page, other) == Status.VISIBLE


@committed
def test_one_comes_back_to_the_same_page(page, viewer, stream):
    comment = CommentFactory(author=viewer, stream=stream)
    before = comment.pk + 1
    assert f'name="before" value="{before}"' in page.get(f"{PAGE}?before={before}").content.decode()

    answer = withdraw(page, comment, before=str(before))

    assert answer.redirect_chain == [(f"{PAGE}?before={before}", 302)]


@committed
def test_nobody_withdraws_what_others_said(page, stream):
    comment = CommentFactory(stream=stream)
    assert told(withdraw(page, comment)) == ["Only its author can withdraw a comment."]
    assert log_of(stream) == []


@committed
def test_whoever_moderates_does_not_either(desk, stream):
    comment = CommentFactory(stream=stream)
    assert told(withdraw(desk, comment)) == ["Only its author can withdraw a comment."]
    assert log_of(stream) == []


@committed
def test_a_comment_is_withdrawn_once(page, viewer, stream):
    comment = CommentFactory(author=viewer, stream=stream)
    withdraw(page, comment)
    assert told(withdraw(page, comment)) == ["This comment is withdrawn already."]
    assert len(log_of(stream)) == 1


@pytest.mark.parametrize("changes", [{"id": "1"}, {"id": "x"}, {"stream": "nowhere"}])
def test_what_is_not_there_is_told(page, viewer, stream, changes):
    comment = CommentFactory(author=viewer, stream=stream)
    answer = withdraw(page, comment, **changes)
    assert answer.status_code == 200
    assert told(answer) == ["There is no such comment in this stream."]
    assert log_of(stream) == []


def test_a_comment_of_another_stream_is_not_taken_for_one_of_this(page, viewer, stream):
    comment = CommentFactory(author=viewer)
    withdraw(page, comment, stream="here")
    assert log_of(stream) == []


def test_it_takes_a_form_with_its_token(viewer, stream):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(viewer)
    comment = CommentFactory(author=viewer, stream=stream)
    form = {"stream": "here", "id": str(comment.pk)}

    assert browser.post(WITHDRAW, form).status_code == 403
    assert browser.get(WITHDRAW).status_code == 405
    assert log_of(stream) == []


def test_a_stranger_withdraws_nothing(client, stream):
    comment = CommentFactory(stream=stream)
    answer = client.post(WITHDRAW, {"stream": "here", "id": str(comment.pk)})
    assert answer.url.startswith("/accounts/sign-in/")
    assert log_of(stream) == []


@committed
def test_without_redis_the_list_is_that_of_the_archive(page, viewer, stream, monkeypatch):
    comment = CommentFactory(author=viewer, stream=stream)
    withdraw(page, comment)

    class Away:
        def pipeline(self, **options):
            raise RedisError

    monkeypatch.setattr(redisdb, "client", Away)

    assert state_of(page, comment) == Status.VISIBLE
