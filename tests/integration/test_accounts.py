"""Signing up, in and out, and a new password."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.db import connections
from django.test import Client
from django_redis import get_redis_connection

from livecomments import redisdb
from livecomments.accounts.models import User
from livecomments.accounts.queries import standing_revocations
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def sign_up_form(name, **other):
    return {
        "display_name": name,
        "email": "somebody@example.org",
        "password1": PASSWORD,
        "password2": PASSWORD,
        **other,
    }


def revoked_users():
    entries = get_redis_connection("default").xrange(redisdb.revocations())
    return [int(fields[b"user"]) for _, fields in entries]


def test_sign_up_makes_a_person_who_is_signed_in(client):
    answer = client.post("/accounts/sign-up/", sign_up_form("  Ana   Lima "))

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    user = get_user(client)
    assert (user.display_name, user.username, user.standing) == ("Ana Lima", "ana lima", 0)
    assert user.check_password(PASSWORD)


def test_sign_up_goes_back_to_the_page_it_came_from(client):
    answer = client.post("/accounts/sign-up/", sign_up_form("Ana", next="/s/harbour/"))
    assert answer.headers["Location"] == "/s/harbour/"


def test_sign_up_does_not_lead_to_other_sites(client):
    answer = client.post("/accounts/sign-up/", sign_up_form("Ana", next="https://evil.example/"))
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("name", ["ana", "ANA", "Ana", "Ａｎａ"])
def test_name_is_unique_in_any_capitals_and_widths(client, name):
    client.post("/accounts/sign-up/", sign_up_form("Ana"))

    answer = Client().post("/accounts/sign-up/", sign_up_form(name))

    assert answer.status_code == 200
    assert answer.context["form"].errors == {"display_name": ["Somebody already has this name."]}
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "name", ["a\u202eb", "a\u200bb", "a\x00b", "\n", "!!!", "x" * 41, "a" + "\u0301" * 5]
)
def test_name_that_would_mislead_is_refused(client, name):
    answer = client.post("/accounts/sign-up/", sign_up_form(name))

    assert answer.status_code == 200
    assert "display_name" in answer.context["form"].errors
    assert not User.objects.exists()


def test_password_like_the_name_is_refused(client):
    weak = {"password1": "annabelle-lee", "password2": "annabelle-lee"}
    answer = client.post("/accounts/sign-up/", sign_up_form("Annabelle-Lee", **weak))
    assert "password2" in answer.context["form"].errors


@pytest.mark.django_db(transaction=True)
def test_two_people_cannot_take_one_name_in_the_same_instant():
    def sign_up(name):
        try:
            return Client().post("/accounts/sign-up/", sign_up_form(name)).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(sign_up, ["Ana", "ANA", "ana", "aNA"]))

    assert answers == [200, 200, 200, 302]
    assert User.objects.count() == 1


@pytest.mark.parametrize("typed", ["Ana Lima", "ana lima", "ANA LIMA"])
def test_sign_in_takes_the_name_in_any_capitals(client, typed):
    user = UserFactory(username="ana lima", display_name="Ana Lima", password=PASSWORD)

    answer = client.post(
        "/accounts/sign-in/?next=/s/x/", {"username": typed, "password": PASSWORD, "next": "/s/x/"}
    )

    assert answer.headers["Location"] == "/s/x/"
    assert get_user(client) == user


def test_wrong_password_does_not_say_which_part_was_wrong(client):
    UserFactory(username="ana", password=PASSWORD)

    known = client.post("/accounts/sign-in/", {"username": "ana", "password": "wrong"})
    unknown = client.post("/accounts/sign-in/", {"username": "bob", "password": "wrong"})

    assert known.context["form"].errors == unknown.context["form"].errors
    assert not get_user(client).is_authenticated


def test_closed_account_cannot_sign_in(client):
    UserFactory(username="ana", password=PASSWORD, is_active=False)
    client.post("/accounts/sign-in/", {"username": "ana", "password": PASSWORD})
    assert not get_user(client).is_authenticated


def test_closing_an_account_ends_its_session_at_once(client):
    user = UserFactory()
    client.force_login(user)
    assert client.get("/").context["user"].is_authenticated

    user.is_active = False
    user.save()

    assert not client.get("/").context["user"].is_authenticated


def test_sign_in_is_limited_by_name_over_all_addresses():
    guesses = [
        Client(REMOTE_ADDR=f"192.0.2.{n}").post(
            "/accounts/sign-in/", {"username": "Ana", "password": f"guess {n}"}
        )
        for n in range(11)
    ]

    assert [answer.status_code for answer in guesses] == [200] * 10 + [429]
    assert "Too many attempts" in guesses[-1].content.decode()
    assert int(guesses[-1].headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/accounts/sign-up/", 20),
        ("/accounts/sign-in/", 30),
        ("/admin/login/", 30),
        ("/accounts/password-reset/", 10),
    ],
)
def test_forms_are_limited_by_address(client, path, allowed):
    codes = [client.post(path, {"username": f"n{n}"}).status_code for n in range(allowed + 1)]

    assert 429 not in codes[:-1]
    assert codes[-1] == 429
    assert Client(REMOTE_ADDR="192.0.2.9").post(path).status_code != 429


def test_forwarded_address_is_not_believed_without_a_proxy(client):
    codes = [
        client.post("/accounts/sign-up/", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code
        for n in range(21)
    ]
    assert codes[-1] == 429


def test_reading_a_form_is_not_limited(client):
    codes = {client.get("/accounts/sign-up/").status_code for _ in range(25)}
    assert codes == {200}


def test_sign_out_ends_session_and_tickets(client):
    user = UserFactory()
    client.force_login(user)

    answer = client.post("/accounts/sign-out/")

    assert answer.headers["Location"] == "/"
    assert not get_user(client).is_authenticated
    assert revoked_users() == [user.pk, user.pk]  # before and after: see the view
    [(user_id, after_ms)] = standing_revocations()
    assert user_id == user.pk
    assert time.time() * 1000 - after_ms < 10_000


def test_sign_out_needs_a_post(client):
    client.force_login(UserFactory())

    assert client.get("/accounts/sign-out/").status_code == 405
    assert get_user(client).is_authenticated


def test_new_password_ends_what_the_old_one_opened(client):
    user = UserFactory(email="ana@example.org", password=PASSWORD)
    elsewhere = Client()
    elsewhere.force_login(user)

    assert (
        client.post("/accounts/password-reset/", {"email": "ana@example.org"}).headers["Location"]
        == "/accounts/password-reset/done/"
    )
    [letter] = mail.outbox
    link = re.search(r"http://testserver(/\S+)", letter.body)[1]
    form = client.get(link, follow=True)
    answer = client.post(
        form.request["PATH_INFO"],
        {"new_password1": "another long password", "new_password2": "another long password"},
    )

    assert answer.headers["Location"] == "/accounts/password-reset/complete/"
    user.refresh_from_db()
    assert user.check_password("another long password")
    assert not get_user(elsewhere).is_authenticated
    assert revoked_users() == [user.pk, user.pk]  # before and after: see the form


def test_password_is_changed_by_who_knows_the_old_one(client):
    user = UserFactory(password=PASSWORD)
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(user)
    new = {"new_password1": "another long password", "new_password2": "another long password"}

    refused = client.post("/accounts/password/", new | {"old_password": "a guess"})
    assert refused.context["form"].errors.keys() == {"old_password"}
    answer = client.post("/accounts/password/", new | {"old_password": PASSWORD})

    assert answer.headers["Location"] == "/accounts/"
    user.refresh_from_db()
    assert user.check_password("another long password")
    assert get_user(client).is_authenticated
    assert not get_user(elsewhere).is_authenticated
    assert revoked_users() == [user.pk]


def test_guessing_at_the_old_password_is_limited(client):
    client.force_login(UserFactory(password=PASSWORD))
    answers = [client.post("/accounts/password/", {}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_password_reset_does_not_tell_who_is_here(client):
    answer = client.post("/accounts/password-reset/", {"email": "nobody@example.org"})

    assert answer.headers["Location"] == "/accounts/password-reset/done/"
    assert mail.outbox == []
