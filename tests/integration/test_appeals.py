"""Appealing: what somebody may appeal against, once, on the page and over REST."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from comments.models import Status
from comments.review.appeals import About, file_appeal, public_reason, subjects_of
from comments.review.models import APPEAL_MAX_LENGTH, Appeal
from livecomments import ids
from livecomments.accounts.models import Scope, Suspension
from livecomments.accounts.tokens import create_token
from livecomments.errors import DomainError
from streams.models import AuditEntry, Sanction
from tests.factories import CommentFactory, StreamFactory, UserFactory
from tests.reviewing import appealed, sanctioned

pytestmark = pytest.mark.django_db

PAGE = "/appeals/"
API = "/api/v1/appeals/"


@pytest.fixture
def user():
    return UserFactory()


@pytest.fixture
def sanction(user):
    return sanctioned(StreamFactory(), user)


@pytest.fixture
def page(client, user):
    client.force_login(user)
    return client


def suspended(user):
    return Suspension.objects.create(user=user, reason="floods", placed_at=timezone.now())


def hidden(user, reason="off topic", **fields):
    comment = CommentFactory(author=user, status=Status.HIDDEN, **fields)
    action = comment.pk + 1
    type(comment).objects.filter(pk=comment.pk).update(hidden_by=action)
    AuditEntry.objects.create(
        log_id=action,
        stream=comment.stream,
        at=ids.id_time(action),
        action="comment.hidden",
        event={"reason": reason},
    )
    return comment


def refusal(user, about, number, text="It was a joke"):
    with pytest.raises(DomainError) as refused:
        file_appeal(user, about=about, number=number, text=text)
    return refused.value.code


# --- what one may appeal against -----------------------------------------------------------------


def test_what_stands_against_somebody(user, sanction):
    Sanction.objects.update(reason="shouting", until=timezone.now() + timedelta(hours=1))
    suspension = suspended(user)
    comment = hidden(user)

    found = subjects_of(user)

    assert [(one.about, one.number, one.reason) for one in found] == [
        ("suspension", suspension.pk, "floods"),
        ("sanction", sanction.pk, "shouting"),
        ("comment", comment.pk, "off topic"),
    ]
    assert [one.stream for one in found] == [None, sanction.stream, comment.stream]
    assert all(one.may_appeal for one in found)


def test_what_has_ended_or_is_not_theirs_is_left_out(user, sanction):
    Sanction.objects.update(until=timezone.now() - timedelta(seconds=1))
    lifted = sanctioned(StreamFactory(), user)
    Sanction.objects.filter(pk=lifted.pk).update(lifted_at=timezone.now())
    sanctioned(StreamFactory(), UserFactory())
    suspended(UserFactory())
    hidden(UserFactory())
    CommentFactory(author=user)
    CommentFactory(author=user, status=Status.WITHDRAWN)

    assert subjects_of(user) == []


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("shouting", "shouting"),
        ("", ""),
        ("reported", "Several people reported it."),
        ("spam_words", "This room does not allow some of these words."),
    ],
)
def test_the_public_rule_is_told(reason, told):
    assert public_reason(reason) == told


# --- filing --------------------------------------------------------------------------------------


def test_an_appeal_is_filed(user, sanction):
    filed = file_appeal(user, about=About.SANCTION, number=sanction.pk, text=" It was\r\na joke ")

    row = Appeal.objects.get()
    assert row == filed
    assert (row.user, row.stream, row.sanction) == (user, sanction.stream, sanction)
    assert (row.text, row.status) == ("It was\na joke", "open")
    assert abs(ids.id_time(row.place) - row.filed_at) < timedelta(milliseconds=1)


def test_there_is_one_open_appeal(user, sanction):
    comment, suspension = hidden(user), suspended(user)
    wanted = [(About.SANCTION, sanction.pk), (About.COMMENT, comment.pk)]
    for about, number in [*wanted, (About.SUSPENSION, suspension.pk)]:
        file_appeal(user, about=about, number=number, text="no")
        assert refusal(user, about, number) == "conflict"
    assert Appeal.objects.count() == 3


def test_two_windows_at_once_file_one(user, sanction, monkeypatch):
    """The second has looked before the first was stored."""
    before = subjects_of(user)
    file_appeal(user, about=About.SANCTION, number=sanction.pk, text="no")
    monkeypatch.setattr("comments.review.appeals.subjects_of", lambda _: before)

    assert refusal(user, About.SANCTION, sanction.pk) == "conflict"
    assert Appeal.objects.count() == 1


def test_whoever_was_told_no_may_ask_again_after_a_week(user, sanction):
    row = appealed(sanction.stream, user, sanction=sanction)
    now = timezone.now()
    Appeal.objects.update(status="rejected", decided_at=now - timedelta(days=6, hours=23))
    assert refusal(user, About.SANCTION, sanction.pk) == "conflict"

    Appeal.objects.update(decided_at=now - timedelta(days=7))
    assert file_appeal(user, about=About.SANCTION, number=sanction.pk, text="again") != row


def test_nobody_appeals_against_what_is_not_theirs(user, sanction):
    other = UserFactory()
    assert refusal(other, About.SANCTION, sanction.pk) == "not_found"
    assert refusal(other, About.COMMENT, hidden(user).pk) == "not_found"
    assert refusal(other, About.SUSPENSION, suspended(user).pk) == "not_found"
    assert refusal(user, About.COMMENT, CommentFactory(author=user).pk) == "not_found"
    assert refusal(user, About.COMMENT, sanction.pk) == "not_found"
    assert not Appeal.objects.exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("x" * (APPEAL_MAX_LENGTH + 1), "too_long"),
        ("a\x00b", "not_text"),
        ("a\x1b[31mb", "not_text"),
        ("a\ud800", "not_text"),
    ],
)
def test_texts_that_are_refused(user, sanction, text, code):
    assert refusal(user, About.SANCTION, sanction.pk, text) == code


def test_an_appeal_is_about_one_thing(user, sanction):
    for subject in ({}, {"sanction": sanction, "comment_id": 1}, {"suspension_id": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Appeal.objects.create(
                place=1,
                user=user,
                stream=sanction.stream,
                text="x",
                filed_at=timezone.now(),
                **subject,
            )


# --- the page ------------------------------------------------------------------------------------


def test_the_page_asks_who_it_is(client):
    answer = client.get(PAGE)
    assert (answer.status_code, answer.url) == (302, "/accounts/sign-in/?next=/appeals/")


def test_the_page_is_for_whoever_has_nothing_against_them(page):
    assert "Nothing. No moderator" in page.get(PAGE).content.decode()


def test_the_page_files_an_appeal_and_says_so(page, sanction):
    form = {"about": "sanction", "id": str(sanction.pk), "text": "It was a joke"}
    assert f'value="{sanction.pk}"' in page.get(PAGE).content.decode()

    answer = page.post(PAGE, form, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "Your appeal is on its way to the moderators."
    ]
    assert "A moderator will look at it" in answer.content.decode()
    assert b"<textarea" not in answer.content
    assert Appeal.objects.get().text == "It was a joke"


def test_the_page_shows_what_became_of_it(page, user, sanction):
    appealed(sanction.stream, user, sanction=sanction)
    Appeal.objects.update(status="rejected", answer="Read the rules", decided_at=timezone.now())
    Sanction.objects.update(lifted_at=timezone.now())

    shown = page.get(PAGE).content.decode()

    assert "Read the rules" in shown
    assert "<strong>rejected</strong>" in shown


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"text": ""}, "Say why."),
        ({"id": "0"}, "There is nothing here by that name."),
        ({"id": "x"}, "There is nothing here by that name."),
        ({"about": "nothing"}, "There is nothing here by that name."),
    ],
)
def test_the_page_says_what_is_wrong(page, sanction, changes, problem):
    form = {"about": "sanction", "id": str(sanction.pk), "text": "kept words"} | changes

    answer = page.post(PAGE, form)

    assert (answer.status_code, answer.context["problem"]) == (422, problem)
    assert not Appeal.objects.exists()


def test_what_was_typed_is_kept(page, sanction):
    form = {"about": "sanction", "id": str(sanction.pk), "text": "y" * 2_000}
    assert "y" * 2_000 in page.post(PAGE, form).content.decode()


def test_texts_are_shown_as_text(page, user):
    hidden(user, "<script>alert(1)</script>", text="<img src=x onerror=alert(1)>")
    shown = page.get(PAGE).content.decode()
    assert "&lt;script&gt;alert(1)" in shown
    assert "<img" not in shown.split("<main")[1]


def test_filing_is_limited(page, sanction):
    form = {"about": "sanction", "id": "0", "text": "x"}
    assert [page.post(PAGE, form).status_code for _ in range(11)] == [422] * 10 + [429]


# --- REST ----------------------------------------------------------------------------------------


def bearer(user, *scopes):
    _, token = create_token(user, name="bot", scopes=scopes)
    return {"Authorization": f"Bearer {token}"}


def test_rest_lists_and_files(client, user, sanction):
    headers = bearer(user, Scope.READ, Scope.POST)

    [before] = client.get(API, headers=headers).json()["results"]
    body = {"about": before["about"], "id": before["id"], "text": "It was a joke"}
    filed = client.post(API, body, content_type="application/json", headers=headers)
    [after] = client.get(API, headers=headers).json()["results"]

    assert before["stream"] == sanction.stream.slug
    assert (before["what"], before["until"], before["may_appeal"]) == ("ban", None, True)
    assert filed.status_code == 201
    assert filed.json()["status"] == "open"
    assert (after["may_appeal"], after["appeal"]) == (False, filed.json())


def test_rest_refuses(client, user, sanction):
    body = {"about": "sanction", "id": str(sanction.pk), "text": "x"}

    def post(changes=None, headers=None):
        answer = client.post(
            API, body | (changes or {}), content_type="application/json", headers=headers or {}
        )
        return answer.status_code, answer.json()["code"]

    mine = bearer(user, Scope.READ, Scope.POST)
    assert post() == (401, "sign_in_required")
    assert client.get(API).status_code == 401
    assert post(headers=bearer(user, Scope.READ)) == (403, "forbidden")
    assert post(headers=bearer(UserFactory(), Scope.POST)) == (404, "not_found")
    assert post({"about": "x"}, mine) == (400, "bad_message")
    assert post({"id": "x"}, mine) == (400, "bad_message")
    assert post({"status": "granted"}, mine) == (400, "bad_message")
    assert post({"text": "x" * 1_001}, mine) == (422, "too_long")
    assert not Appeal.objects.exists()
