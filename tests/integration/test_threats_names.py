"""Nobody takes the name, or the looks, of somebody who has a say; nor other people's attempts."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from livecomments.accounts.forms import NAME_ALIKE, NAME_TAKEN
from livecomments.accounts.models import User
from livecomments.accounts.queries import names_of_office
from tests.factories import ModeratorFactory, StreamFactory, UserFactory
from tests.integration.test_accounts import revoked_users, sign_up_form

pytestmark = pytest.mark.django_db


def person(name, **fields):
    return UserFactory(display_name=name, username=name.casefold(), **fields)


def in_office(office):
    """Somebody called Ana Lima who holds it."""
    if office == "staff":
        return person("Ana Lima", is_staff=True)
    if office == "superuser":
        return person("Ana Lima", is_superuser=True)
    if office == "moderator":
        return ModeratorFactory(user=person("Ana Lima")).user
    return StreamFactory(broadcaster=person("Ana Lima")).broadcaster


def errors_of(answer):
    return list(answer.context["form"].errors.get("display_name", []))


# Cyrillic, Greek, other parts, r and n for m, wide, a mark, a colour selector of nothing.
LIKE_ANA_LIMA = ["Аnа Limа", "Ana Lιma", "Ana.Lima", "Ana Lirna", "AnaLima", "Ana  Lima!"]


@pytest.mark.parametrize("office", ["staff", "superuser", "moderator", "broadcaster"])
@pytest.mark.parametrize("name", LIKE_ANA_LIMA)
def test_sign_up_refuses_names_that_look_like_somebody_in_office(client, office, name):
    in_office(office)
    answer = client.post("/accounts/sign-up/", sign_up_form(name))
    assert errors_of(answer) == [NAME_ALIKE]
    assert User.objects.filter(display_name=name).count() == 0


@pytest.mark.parametrize("name", LIKE_ANA_LIMA)
def test_sign_up_takes_names_that_look_like_anybody_elses(client, name):
    person("Ana Lima")
    assert client.post("/accounts/sign-up/", sign_up_form(name)).status_code == 302


@pytest.mark.parametrize("name", ["Admin", "МОDЕRАТОR", "Moderator", "h0st", "Suррort", "staff."])
def test_nobody_is_called_by_an_office(client, name):
    assert errors_of(client.post("/accounts/sign-up/", sign_up_form(name))) == [NAME_ALIKE]


@pytest.mark.parametrize("name", ["\u3164", "Ana\u3164", "Ana\u2800", "Ana\ufe0f", "A\u034fna"])
def test_sign_up_refuses_what_cannot_be_seen(client, name):
    person("Ana")
    assert errors_of(client.post("/accounts/sign-up/", sign_up_form(name))) != []
    assert User.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_names_of_office_are_one_query(rows, django_assert_num_queries):
    for _ in range(rows):
        ModeratorFactory()
    with django_assert_num_queries(1):
        assert len(names_of_office()) == 2 * rows  # with each stream's broadcaster


# --- in the admin -------------------------------------------------------------------------------


def change(desk, user, **fields):
    url = reverse("admin:accounts_user_change", args=[user.pk])
    form = {
        "username": user.username,
        "display_name": user.display_name,
        "email": user.email,
        "standing": user.standing,
        "is_active": "on",
        **fields,
    }
    return desk.post(url, form)


@pytest.mark.parametrize(
    ("name", "error"),
    [("Аnа Limа", NAME_ALIKE), ("ANA LIMA", NAME_TAKEN), ("Bo", NAME_TAKEN), ("\u202eBo", None)],
)
def test_renaming_is_checked_like_signing_up(superuser_desk, name, error):
    in_office("moderator")
    person("Bo")
    user = person("Cleo")

    answer = change(superuser_desk, user, display_name=name)

    assert answer.status_code == 200
    found = answer.context["adminform"].form.errors["display_name"]
    assert error is None or found == [error]
    user.refresh_from_db()
    assert user.display_name == "Cleo"


def test_rename_ends_the_tickets_that_say_the_old_name(superuser_desk):
    user = person("Cleo")
    assert change(superuser_desk, user, display_name="  Cleo   Two ").status_code == 302
    user.refresh_from_db()
    assert user.display_name == "Cleo Two"
    assert revoked_users() == [user.pk]


def test_somebody_in_office_may_be_edited_under_their_own_name(superuser_desk):
    user = in_office("moderator")
    assert change(superuser_desk, user, email="new@example.org").status_code == 302
    assert change(superuser_desk, user, display_name="ANA LIMA").status_code == 302
    assert revoked_users() == [user.pk]  # by the second


def test_person_made_in_the_admin_has_a_checked_name(superuser_desk):
    in_office("staff")
    url = reverse("admin:accounts_user_add")
    assert superuser_desk.get(url).status_code == 200
    assert errors_of_admin(superuser_desk.post(url, sign_up_form("Аnа Limа"))) == [NAME_ALIKE]
    assert superuser_desk.post(url, sign_up_form("Bo Berg")).status_code == 302
    assert User.objects.get(display_name="Bo Berg").username == "bo berg"


def errors_of_admin(answer):
    return list(answer.context["adminform"].form.errors.get("display_name", []))


# --- rights through the admin ---------------------------------------------------------------------


@pytest.fixture
def clerk(client):
    """Somebody who may change people and make tokens, and is no superuser."""
    user = person("Clerk", is_staff=True)
    wanted = ["view_user", "change_user", "add_apitoken", "view_apitoken"]
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    client.force_login(user)
    client.user = user
    return client


def test_whoever_changes_people_cannot_raise_themselves(clerk):
    everything = [str(pk) for pk in Permission.objects.values_list("pk", flat=True)]
    fields = {"is_superuser": "on", "is_staff": "on", "user_permissions": everything}

    assert change(clerk, clerk.user, email="me@example.org", **fields).status_code == 302

    clerk.user.refresh_from_db()
    assert clerk.user.email == "me@example.org"  # the form was taken, for what it may change
    assert not clerk.user.is_superuser
    assert clerk.user.user_permissions.count() == 4


def test_whoever_changes_people_cannot_touch_a_superuser(clerk):
    root = person("Root", is_staff=True, is_superuser=True)
    before = User.objects.filter(pk=root.pk).values().get()
    passwords = {"password1": "another long password", "password2": "another long password"}

    assert change(clerk, root, display_name="Fool").status_code == 403
    url = reverse("admin:auth_user_password_change", args=[root.pk])
    assert clerk.post(url, passwords).status_code == 403
    people = reverse("admin:accounts_user_changelist")
    clerk.post(people, {"action": "close_accounts", "_selected_action": [root.pk]})

    assert User.objects.filter(pk=root.pk).values().get() == before


def test_a_token_is_made_for_oneself_unless_one_is_a_superuser(clerk):
    root = person("Root", is_staff=True, is_superuser=True)
    form = {"user": root.pk, "name": "bot", "scopes": ["read", "post", "moderate"]}

    assert clerk.post(reverse("admin:accounts_apitoken_add"), form).status_code == 302

    assert root.api_tokens.count() == 0
    assert clerk.user.api_tokens.count() == 1


# --- guessing and farming -------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/accounts/sign-in/", "/admin/login/"])
def test_a_name_is_guessed_at_ten_times_however_it_is_written(path):
    spellings = ["ana", " ana", "ana ", "  ana", "ANA", "Ａｎａ", "\tana", "ana\u00a0"]
    codes = []
    for number in range(24):
        name = spellings[number % len(spellings)]
        guess = Client(REMOTE_ADDR=f"192.0.2.{number}")
        codes.append(guess.post(path, {"username": name, "password": "guess"}).status_code)
    assert codes == [200] * 10 + [429] * 14


def test_site_and_admin_share_what_one_may_guess():
    codes = [
        Client(REMOTE_ADDR=f"192.0.2.{number}")
        .post(path, {"username": "ana", "password": "guess"})
        .status_code
        for number, path in enumerate(["/accounts/sign-in/", "/admin/login/"] * 6)
    ]
    assert codes == [200] * 10 + [429] * 2


def farm(count, **where):
    """The answers to so many sign-ups; `where`: the request's address for each number."""
    codes = []
    for number in range(count):
        given = {name: template.format(number) for name, template in where.items()}
        headers = {"X-Forwarded-For": given.pop("forwarded")} if "forwarded" in given else {}
        answer = Client(**given).post(
            "/accounts/sign-up/", sign_up_form(f"Person {number}"), headers=headers
        )
        codes.append(answer.status_code)
    return codes


def test_mass_sign_up_is_stopped_over_a_whole_ipv6_network():
    assert farm(22, REMOTE_ADDR="2001:db8:1:2::{:x}") == [302] * 20 + [429] * 2
    assert User.objects.count() == 20


def test_mass_sign_up_is_stopped_whatever_the_client_forwards():
    assert farm(22, forwarded="198.51.100.{}") == [302] * 20 + [429] * 2


@pytest.mark.parametrize("forwarded", ["198.51.100.{}, 203.0.113.5", "rubbish {}, 203.0.113.5"])
def test_behind_our_proxy_its_own_word_counts_alone(settings, forwarded):
    settings.TRUSTED_PROXIES = 1
    assert farm(22, forwarded=forwarded) == [302] * 20 + [429] * 2
    # What the proxy itself saw differs: these are other people.
    assert farm(2, forwarded="203.0.113.5, 198.51.100.{}") == [200, 200]  # their names are taken
