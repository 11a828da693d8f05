"""The plain admin: it shows, and it acts through the domain."""

import pytest
from django.urls import reverse

from comments.models import Comment, HoldStatus, Status
from livecomments import events
from livecomments.accounts.models import ApiToken, Scope, User
from livecomments.accounts.tokens import find_token
from reactions.models import ReactionTotal
from streams.models import AuditEntry, Moderator, Sanction, SetAsideEvent, Stream
from tests.factories import (
    CommentFactory,
    HoldFactory,
    ModeratorFactory,
    StreamFactory,
    UserFactory,
    log_of,
    open_room,
)
from tests.integration.test_accounts import revoked_users

pytestmark = pytest.mark.django_db


def act(desk, model, action, *rows):
    """Runs an action on rows and returns the page that follows."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return desk.post(url, data, follow=True)


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def last_event(stream):
    kind, raw = log_of(stream)[-1]
    return events.decode(kind, raw)


# --- every page --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    [User, ApiToken, Stream, Sanction, AuditEntry, SetAsideEvent, Comment, ReactionTotal],
)
def test_lists_and_searches_are_shown(superuser_desk, model):
    CommentFactory()
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

    assert superuser_desk.get(url).status_code == 200
    assert superuser_desk.get(url, {"q": "person"}, follow=True).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("factory", "queries"), [(CommentFactory, 4), (HoldFactory, 4)])
def test_lists_make_a_fixed_number_of_queries(
    superuser_desk, rows, factory, queries, django_assert_num_queries
):
    model = factory.create_batch(rows)[0]._meta
    url = reverse(f"admin:{model.app_label}_{model.model_name}_changelist")
    superuser_desk.get(url)

    with django_assert_num_queries(queries):
        assert len(superuser_desk.get(url).context["cl"].result_list) == rows


def test_admin_is_closed_to_viewers(client):
    client.force_login(UserFactory())
    assert client.get("/admin/").status_code == 302


# --- streams -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "changed"),
    [
        ("go_live", {"status": "live"}),
        ("end", {"status": "ended"}),
        ("close_comments", {"closed": True}),
        ("open_comments", {"closed": False}),
        ("slow_mode_on", {"slow_seconds": 30}),
        ("slow_mode_off", {"slow_seconds": 0}),
        ("review_on", {"review": True}),
        ("review_off", {"review": False}),
        ("pace_low", {"pace": 10}),
        ("pace_usual", {"pace": 20}),
        ("pace_high", {"pace": 50}),
        ("pace_off", {"pace": 0}),
    ],
)
def test_stream_action_is_an_event_in_the_name_of_the_admin(
    superuser_desk, superuser, stream, action, changed
):
    answer = act(superuser_desk, Stream, action, stream)

    event = last_event(stream)
    assert {name: getattr(event, name) for name in changed} == changed
    assert (event.by, event.via) == (superuser.pk, "admin")
    assert said(answer)[0].startswith(str(stream))


def test_action_that_is_refused_becomes_a_message(superuser_desk):
    cold = StreamFactory()

    answer = act(superuser_desk, Stream, "close_comments", cold)

    assert said(answer) == ["The service is busy; try again. (busy)"]


def test_stream_form_cannot_write_the_room(superuser_desk, stream):
    url = reverse("admin:streams_stream_change", args=[stream.pk])
    form = {
        "title": "A new title",
        "description": "",
        "broadcaster": stream.broadcaster_id,
        "playback_url": "",
        "slug": "another",
        "pace": 0,
        "status": "ended",
        "closed": "on",
        "moderators-TOTAL_FORMS": 0,
        "moderators-INITIAL_FORMS": 0,
    }

    assert superuser_desk.post(url, form).status_code == 302

    stream.refresh_from_db()
    assert (stream.title, stream.status, stream.closed) == ("A new title", "live", False)
    assert stream.pace == 20
    assert stream.slug != "another"


def test_new_stream_gets_its_room_and_moderators(superuser_desk, superuser, stream):
    friend = UserFactory()
    form = {
        "title": "Another",
        "slug": stream.slug + "-b",
        "broadcaster": superuser.pk,
        "pace": 50,
        "moderators-TOTAL_FORMS": 1,
        "moderators-INITIAL_FORMS": 0,
        "moderators-0-user": friend.display_name.upper(),
    }
    for partition in (0, 1):
        open_room(Stream(slug="x", partition=partition, pk=10**6 + partition))

    answer = superuser_desk.post(reverse("admin:streams_stream_add"), form)

    assert answer.status_code == 302
    made = Stream.objects.get(slug=stream.slug + "-b")
    assert (made.status, made.pace) == ("scheduled", 50)
    assert Moderator.objects.get(stream=made).user == friend


def test_removed_moderator_loses_tickets(superuser_desk, stream):
    moderator = ModeratorFactory(stream=stream)
    form = {
        "title": stream.title,
        "broadcaster": stream.broadcaster_id,
        "moderators-TOTAL_FORMS": 1,
        "moderators-INITIAL_FORMS": 1,
        "moderators-0-id": moderator.pk,
        "moderators-0-stream": stream.pk,
        "moderators-0-DELETE": "on",
    }

    answer = superuser_desk.post(reverse("admin:streams_stream_change", args=[stream.pk]), form)

    assert answer.status_code == 302
    assert not Moderator.objects.exists()
    assert revoked_users() == [moderator.user_id]


# --- sanctions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "seconds"), [("timeout", 300), ("ban", None)])
def test_sanction_form_is_an_event(superuser_desk, stream, kind, seconds):
    user = UserFactory()
    form = {
        "stream": stream.pk,
        "user": user.display_name,
        "kind": kind,
        "seconds": "300",
        "reason": "shouting",
    }

    answer = superuser_desk.post(reverse("admin:streams_sanction_add"), form, follow=True)

    event = last_event(stream)
    assert (event.user, event.kind, event.seconds, event.reason) == (
        user.pk,
        kind,
        seconds,
        "shouting",
    )
    assert said(answer) == [f"{user} is sanctioned in {stream}."]
    assert not Sanction.objects.exists()  # the archive writes it


def test_nobody_sanctions_themselves(superuser_desk, superuser, stream):
    form = {"stream": stream.pk, "user": superuser.display_name, "kind": "ban", "seconds": "300"}

    answer = superuser_desk.post(reverse("admin:streams_sanction_add"), form, follow=True)

    assert said(answer) == ["Nobody can sanction themselves. (forbidden)"]
    assert log_of(stream) == []


def test_lifted_sanction_is_an_event(superuser_desk, stream):
    user = UserFactory()
    superuser_desk.post(
        reverse("admin:streams_sanction_add"),
        {"stream": stream.pk, "user": user.display_name, "kind": "ban", "seconds": "300"},
    )
    row = Sanction.objects.create(
        stream=stream, user=user, kind="ban", placed_at=stream.created_at, log_id=1
    )

    act(superuser_desk, Sanction, "lift", row)

    assert last_event(stream).user == user.pk
    assert log_of(stream)[-1][0] == "sanction.lifted"


# --- comments ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "kind"),
    [("hide", "comment.hidden"), ("restore", "comment.restored"), ("pin", "comment.pinned")],
)
@pytest.mark.django_db(transaction=True)  # the archive is asked from a thread of its own
def test_comment_action_is_an_event(superuser_desk, superuser, stream, action, kind):
    comment = CommentFactory(stream=stream)

    act(superuser_desk, Comment, action, comment)

    [(logged, raw)] = log_of(stream)
    event = events.decode(logged, raw)
    target = event.comment if action == "hide" else event.comment.id
    assert (logged, target, event.by) == (kind, str(comment.pk), superuser.pk)
    comment.refresh_from_db()
    assert comment.status == Status.VISIBLE  # the archive writes it


def test_author_leads_to_their_page(superuser_desk):
    row = CommentFactory()
    url = reverse("admin:comments_comment_changelist")

    assert reverse("admin:person", args=[row.author_id]) in superuser_desk.get(url).content.decode()


@pytest.mark.parametrize(("action", "text"), [("approve", "is approved"), ("refuse", "is refused")])
def test_hold_that_is_gone_is_refused_with_a_message(superuser_desk, stream, action, text):
    hold = HoldFactory(stream=stream)

    answer = act(superuser_desk, type(hold), action, hold)

    assert said(answer) == ["There is nothing here by that name. (not_found)"]
    hold.refresh_from_db()
    assert hold.status == HoldStatus.OPEN


# --- people ------------------------------------------------------------------------------------


def test_token_is_shown_once_and_works(superuser_desk):
    owner = UserFactory()
    form = {"user": owner.pk, "name": "bot", "scopes": ["read", "post"]}

    answer = superuser_desk.post(reverse("admin:accounts_apitoken_add"), form, follow=True)

    shown = next(text for text in said(answer) if text.startswith("The token, shown only now: "))
    token = find_token(shown.removeprefix("The token, shown only now: "))
    assert (token.user, token.scopes) == (owner, [Scope.READ, Scope.POST])
    again = superuser_desk.get(reverse("admin:accounts_apitoken_changelist")).content.decode()
    assert shown not in again
    assert ApiToken.objects.count() == 1


def test_token_is_revoked_by_an_action(superuser_desk):
    superuser_desk.post(
        reverse("admin:accounts_apitoken_add"),
        {"user": UserFactory().pk, "name": "bot", "scopes": ["read"]},
    )
    token = ApiToken.objects.get()

    act(superuser_desk, ApiToken, "revoke", token)

    token.refresh_from_db()
    assert token.revoked_at is not None


def test_closing_an_account_ends_its_tickets(superuser_desk):
    user = UserFactory()

    act(superuser_desk, User, "close_accounts", user)

    user.refresh_from_db()
    assert not user.is_active
    assert revoked_users() == [user.pk]
