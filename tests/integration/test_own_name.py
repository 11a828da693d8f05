"""Taking another name: by the rules of signing up, everywhere at once, and on record."""

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from comments.account import views
from livecomments.accounts.forms import NAME_ALIKE, NAME_TAKEN
from livecomments.accounts.models import FormerName, User
from livecomments.accounts.names import folded
from livecomments.accounts.queries import NAME_RESTS, is_name_taken
from streams import queries
from streams.audit_words import done
from streams.models import AuditEntry
from tests.factories import PASSWORD, CommentFactory, StreamFactory, UserFactory
from tests.integration.test_accounts import revoked_users
from tests.integration.test_threats_names import LIKE_ANA_LIMA, in_office
from tests.reviewing import sanctioned

pytestmark = pytest.mark.django_db

PAGE = "/accounts/"


@pytest.fixture
def user():
    """Somebody who signed up: they sign in by their name."""
    return UserFactory(username=folded("Élan Vital"), display_name="Élan Vital", password=PASSWORD)


@pytest.fixture
def page(client, user):
    client.force_login(user)
    return client


def take(page, name):
    return page.post(PAGE, {"display_name": name})


def errors_of(answer):
    assert answer.status_code == 422
    return list(answer.context["form"].errors["display_name"])


def test_the_page_asks_who_it_is(client):
    answer = client.get(PAGE)
    assert (answer.status_code, answer.url) == (302, "/accounts/sign-in/?next=/accounts/")


def test_the_page_shows_who_one_is(page, user):
    shown = page.get(PAGE).content.decode()
    assert 'value="Élan Vital"' in shown
    assert user.email in shown
    assert "you sign in with it" in shown
    assert "What you said before keeps the old one." in shown
    assert 'href="/accounts/password/"' in shown
    assert "stands against you" not in shown


def test_the_page_says_when_something_stands_against_one(page, user):
    sanctioned(StreamFactory(), user)
    assert "One thing stands against you." in page.get(PAGE).content.decode()


def test_the_bar_leads_to_the_account(page):
    assert (
        'href="/accounts/" title="Your account"><bdi>Élan Vital' in page.get("/").content.decode()
    )


def test_another_name_is_taken(page, user):
    answer = take(page, "  Nova   Vital ")

    assert (answer.status_code, answer.url) == (302, PAGE)
    user.refresh_from_db()
    assert (user.display_name, user.username) == ("Nova Vital", "nova vital")
    shown = page.get(PAGE).content.decode()
    assert "From now on you are called Nova Vital. You sign in with this name, too." in shown
    assert "<h1><bdi>Nova Vital</bdi></h1>" in shown


def test_one_signs_in_with_the_new_name(page, user):
    take(page, "Nova Vital")
    browser = Client()
    signed_in = [
        browser.post("/accounts/sign-in/", {"username": name, "password": PASSWORD}).status_code
        for name in ("Élan Vital", "NOVA vital")
    ]
    assert signed_in == [200, 302]


def test_a_name_made_for_signing_in_stays(client):
    user = UserFactory(username="root", display_name="Ana")
    client.force_login(user)

    answer = client.post(PAGE, {"display_name": "Nova"}, follow=True)

    user.refresh_from_db()
    assert (user.display_name, user.username) == ("Nova", "root")
    assert "sign in with" not in answer.content.decode()


def test_tickets_that_say_the_old_name_are_over(page, user, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        take(page, "Nova Vital")
    # and at the commit: until then, tickets with the old name could still be asked for
    assert revoked_users() == [user.pk, user.pk]


def test_what_was_said_keeps_the_name_it_was_said_under(page, user):
    comment = CommentFactory(author=user)
    take(page, "Nova Vital")
    comment.refresh_from_db()
    assert comment.author_name == "Élan Vital"


def test_a_live_stream_says_the_new_name_at_once(page, user):
    StreamFactory(slug="quay", broadcaster=user)
    assert queries.facts_by_slug("quay").broadcaster_name == "Élan Vital"
    take(page, "Nova Vital")
    assert queries.facts_by_slug("quay").broadcaster_name == "Nova Vital"


def test_the_audit_keeps_who_somebody_was(page, user):
    take(page, "Nova Vital")

    row = AuditEntry.objects.get()

    assert (row.action, row.actor, row.target_user_id, row.stream) == (
        "user.renamed",
        user,
        user.pk,
        None,
    )
    assert done(row) == "Was Élan Vital and is now Nova Vital"
    assert row.event["via"] == "page 127.0.0.1"


# --- which names --------------------------------------------------------------------------------


@pytest.mark.parametrize("office", ["staff", "superuser", "moderator", "broadcaster"])
@pytest.mark.parametrize("name", LIKE_ANA_LIMA)
def test_names_that_look_like_somebody_in_office_are_refused(page, user, office, name):
    in_office(office)
    assert errors_of(take(page, name)) == [NAME_ALIKE]
    user.refresh_from_db()
    assert user.display_name == "Élan Vital"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("Moderator", NAME_ALIKE),
        ("taken", NAME_TAKEN),
        ("TAKEN", NAME_TAKEN),
        ("Nova\u202e", "This name contains characters that are not allowed."),
        ("   ", "A name needs a letter or a digit."),
        ("x" * 41, "Ensure this value has at most 40 characters (it has 41)."),
        ("\ufdfa" * 40, "This name is too long to be compared with others."),
    ],
)
def test_names_are_checked_like_those_of_somebody_new(page, user, name, error):
    UserFactory(username="taken", display_name="Taken")

    answer = take(page, name)

    assert errors_of(answer) == [error]
    assert f"<h1><bdi>{user.display_name}</bdi></h1>" in answer.content.decode()
    assert (revoked_users(), FormerName.objects.count()) == ([], 0)


def test_the_same_name_changes_nothing(page, user):
    assert take(page, "Élan Vital").status_code == 302
    assert (revoked_users(), AuditEntry.objects.count()) == ([], 0)


def test_other_capitals_are_a_name_of_ones_own(page, user):
    assert take(page, "ÉLAN VITAL").status_code == 302
    user.refresh_from_db()
    assert user.display_name == "ÉLAN VITAL"
    assert not FormerName.objects.exists()


def test_a_name_that_was_given_up_rests(page, user):
    take(page, "Nova Vital")
    other = UserFactory()

    assert is_name_taken("élan VITAL")
    assert is_name_taken("Élan Vital", besides=other.pk)
    assert not is_name_taken("Élan Vital", besides=user.pk), "its owner may have it back"

    FormerName.objects.update(given_up_at=timezone.now() - NAME_RESTS)
    assert not is_name_taken("Élan Vital")


def test_two_who_take_a_name_in_the_same_instant(page, user, monkeypatch):
    def taken(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr(views, "rename_user", taken)
    assert errors_of(take(page, "Nova Vital")) == [NAME_TAKEN]


def test_the_database_settles_who_has_the_name(page, user, monkeypatch):
    """The other one was stored after the form had looked."""
    monkeypatch.setattr("livecomments.accounts.forms.is_name_taken", lambda *args, **kwargs: False)
    UserFactory(username="nova vital", display_name="Nova Vital")

    assert errors_of(take(page, "Nova Vital")) == [NAME_TAKEN]
    user.refresh_from_db()
    assert user.display_name == "Élan Vital"
    assert (FormerName.objects.count(), AuditEntry.objects.count()) == (0, 0)


# --- how often ----------------------------------------------------------------------------------


def test_a_name_is_changed_five_times_a_day(page, user):
    statuses = [take(page, f"Nova {number}").status_code for number in range(6)]
    assert statuses == [302] * 5 + [429]
    assert User.objects.get(pk=user.pk).display_name == "Nova 4"


def test_what_was_refused_does_not_count_as_a_change(page):
    assert {take(page, "Moderator").status_code for _ in range(6)} == {422}
    assert take(page, "Nova").status_code == 302


def test_names_cannot_be_tried_without_end(page):
    statuses = [take(page, "Moderator").status_code for _ in range(31)]
    assert statuses == [422] * 30 + [429]
