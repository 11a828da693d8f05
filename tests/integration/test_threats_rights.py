"""A right that was taken away is not kept by anybody: no cache, ticket or token outlives it.

Races are made by hand: what another request does between two steps of a reader is done there.
"""

import pytest
from django.contrib.auth import get_user
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from livecomments import redisdb, tickets
from livecomments.accounts import domain
from livecomments.accounts.backends import NameBackend
from livecomments.accounts.forms import GivenPasswordForm
from livecomments.accounts.models import ApiToken, Scope, User, user_cache_key
from livecomments.accounts.recall import recall, remember
from livecomments.accounts.tokens import create_token, revoke_token
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode, Role
from streams import editing, queries
from streams.models import Moderator, Stream
from tests.factories import PASSWORD, ModeratorFactory, UserFactory
from tests.integration.test_accounts import revoked_users

pytestmark = pytest.mark.django_db
PASSWORDS = {"new_password1": "another long password", "new_password2": "another long password"}


@pytest.fixture
def redis_away(monkeypatch):
    """Nothing that should end tickets can."""

    async def refuse(*args, **kwargs):
        raise redisdb.RedisError("away")

    monkeypatch.setattr("livecomments.revocation.note", refuse)


def after_reading(monkeypatch, owner, name, change):
    """Lets `change` happen right after the first call of a function has read its rows."""
    real = getattr(owner, name)

    def read_then_changed(*args, **kwargs):
        answer = real(*args, **kwargs)
        monkeypatch.setattr(owner, name, real)
        change()
        return answer

    monkeypatch.setattr(owner, name, read_then_changed)


class Raced:
    """A queryset whose first answer is followed by a change."""

    def __init__(self, found, change):
        self.found, self.change = found, change

    def __getattr__(self, name):
        def answer(*args, **kwargs):
            value = getattr(self.found, name)(*args, **kwargs)
            if isinstance(value, QuerySet):
                return Raced(value, self.change)
            self.change()
            return value

        return answer


# --- caches -------------------------------------------------------------------------------------


def test_a_role_that_was_read_before_a_demotion_is_not_kept(stream, monkeypatch):
    moderator = ModeratorFactory(stream=stream)
    filtered = Moderator.objects.filter

    def raced(**conditions):
        monkeypatch.undo()
        return Raced(filtered(**conditions), lambda: editing.remove_moderator(moderator))

    monkeypatch.setattr(Moderator.objects, "filter", raced)
    # The reader asked before; what it was told is over, and ends with the ticket made of it.
    assert queries.role_in(stream, moderator.user) is Role.MODERATOR

    assert queries.role_in(stream, moderator.user) is Role.VIEWER


def test_a_broadcaster_who_was_read_before_the_change_is_not_kept(stream, monkeypatch):
    former, following = stream.broadcaster, UserFactory()

    def change():
        row = Stream.objects.get(pk=stream.pk)
        row.broadcaster = following
        editing.edit_stream(row)

    after_reading(monkeypatch, queries, "stream_by_slug", change)
    assert queries.facts_by_slug(stream.slug).broadcaster_id == former.pk

    facts = queries.facts_by_slug(stream.slug)
    assert facts.broadcaster_id == following.pk
    assert queries.role_in(facts, former) is Role.VIEWER


@pytest.mark.parametrize("field", ["is_superuser", "is_active"])
def test_a_person_who_was_read_before_a_change_is_not_kept(field, monkeypatch):
    user = UserFactory(is_superuser=True)
    filtered = User.objects.filter

    def change():
        other = User.objects.get(pk=user.pk)
        setattr(other, field, False)
        other.save()

    def raced(**conditions):
        monkeypatch.undo()
        return Raced(filtered(**conditions), change)

    monkeypatch.setattr(User.objects, "filter", raced)
    before = NameBackend().get_user(user.pk)
    assert (before.is_superuser, before.is_active) == (True, True)

    after = NameBackend().get_user(user.pk)
    assert after is None or not getattr(after, field)


def test_a_person_read_between_a_change_and_its_commit_is_not_kept(
    django_capture_on_commit_callbacks,
):
    user = UserFactory(is_superuser=True)
    with django_capture_on_commit_callbacks(execute=True):
        user.is_superuser = False
        user.save()
        # Another connection still reads the old row here, and keeps it.
        _keep_as_superuser(user)
        assert NameBackend().get_user(user.pk).is_superuser
    assert not NameBackend().get_user(user.pk).is_superuser


def _keep_as_superuser(user):
    old = User.objects.get(pk=user.pk)
    old.is_superuser = True
    key = user_cache_key(user.pk)
    remember(key, old, mark=recall(key).mark, seconds=30)


# --- tokens of programs -------------------------------------------------------------------------


def test_revoking_a_token_ends_the_tickets_it_was_exchanged_for(stream, client):
    owner = UserFactory()
    token, text = create_token(owner, name="leaked", scopes=list(Scope))
    url = f"/api/v1/streams/{stream.slug}/ticket/"
    ticket = client.post(url, headers={"Authorization": f"Bearer {text}"}).json()["ticket"]

    assert revoke_token(token)

    owner.refresh_from_db()
    assert owner.valid_after.timestamp() * 1000 >= tickets.read(ticket).issued_ms
    assert revoked_users() == [owner.pk, owner.pk]  # before and after the commit
    assert not revoke_token(token)
    assert len(revoked_users()) == 2


def test_a_token_is_not_half_revoked(stream, redis_away):
    token, _ = create_token(UserFactory(), name="leaked", scopes=list(Scope))

    with pytest.raises(DomainError) as caught:
        revoke_token(token)

    assert caught.value.code == ErrorCode.BUSY
    assert ApiToken.objects.get().revoked_at is None  # so that whoever revokes sees that it lives


def test_a_token_that_cannot_be_revoked_is_told_in_the_admin(client, redis_away):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    token, _ = create_token(UserFactory(), name="leaked", scopes=list(Scope))

    answer = client.post(
        reverse("admin:accounts_apitoken_changelist"),
        {"action": "revoke", "_selected_action": [token.pk]},
        follow=True,
    )

    assert [str(message) for message in answer.context["messages"]] == [
        "Not every token was revoked: The service is busy; try again."
    ]


# --- sign-out and passwords -----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/accounts/sign-out/", "/admin/logout/"])
def test_sign_out_anywhere_ends_session_and_tickets(client, path):
    user = UserFactory(is_staff=True)
    client.force_login(user)

    client.post(path)

    assert not get_user(client).is_authenticated
    assert set(revoked_users()) == {user.pk}


@pytest.mark.parametrize("path", ["/accounts/sign-out/", "/admin/logout/"])
def test_sign_out_that_could_not_end_tickets_says_so(client, path, redis_away):
    client.force_login(UserFactory(is_staff=True))
    assert client.post(path).status_code == 503
    assert get_user(client).is_authenticated


def test_own_password_changed_in_the_admin_ends_what_the_old_one_opened(client):
    user = UserFactory(is_staff=True, password=PASSWORD)
    client.force_login(user)
    elsewhere = Client()
    elsewhere.force_login(user)

    answer = client.post("/admin/password_change/", {"old_password": PASSWORD, **PASSWORDS})

    assert answer.headers["Location"] == "/admin/password_change/done/"
    assert get_user(client).is_authenticated
    assert not get_user(elsewhere).is_authenticated
    assert revoked_users() == [user.pk]


def test_wrong_old_password_changes_nothing(client):
    user = UserFactory(is_staff=True, password=PASSWORD)
    client.force_login(user)
    wrong = client.post("/admin/password_change/", {"old_password": "wrong", **PASSWORDS})
    assert wrong.status_code == 200
    assert revoked_users() == []


def test_password_given_in_the_admin_ends_what_the_old_one_opened(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    user = UserFactory(password=PASSWORD)
    elsewhere = Client()
    elsewhere.force_login(user)
    form = {"password1": PASSWORDS["new_password1"], "password2": PASSWORDS["new_password1"]}

    url = reverse("admin:auth_user_password_change", args=[user.pk])
    answer = client.post(url, {**form, "usable_password": "true"})

    assert answer.status_code == 302
    assert not get_user(elsewhere).is_authenticated
    assert revoked_users() == [user.pk]


def test_given_password_is_not_half_stored(redis_away):
    user = UserFactory(password=PASSWORD)
    password = PASSWORDS["new_password1"]
    form = GivenPasswordForm(
        user, {"password1": password, "password2": password, "usable_password": "true"}
    )
    assert form.is_valid(), form.errors
    with pytest.raises(DomainError):
        form.save()
    user = User.objects.get(pk=user.pk)
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    "fields", [{"standing": 2}, {"is_active": ""}, {"display_name": "Somebody Else"}]
)
def test_what_a_ticket_says_is_over_when_it_changes(client, fields):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    user = UserFactory()
    form = {"username": user.username, "display_name": user.display_name, "email": user.email}
    form |= {"standing": 0, "is_active": "on", **fields}
    url = reverse("admin:accounts_user_change", args=[user.pk])

    assert client.post(url, form).status_code == 302

    assert revoked_users() == [user.pk]


def test_end_tickets_of_ends_them_again_at_the_commit(django_capture_on_commit_callbacks):
    user = UserFactory()
    with django_capture_on_commit_callbacks(execute=True):
        domain.end_tickets_of([user.pk])
        assert revoked_users() == [user.pk]
    assert revoked_users() == [user.pk, user.pk]


def test_people_are_closed_and_not_deleted(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    user = UserFactory()
    url = reverse("admin:accounts_user_delete", args=[user.pk])
    assert client.post(url, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=user.pk).exists()
