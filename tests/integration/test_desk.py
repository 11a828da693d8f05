"""The page of the moderators' desk: who may open it, and what its script is told."""

import json
import re

import pytest

from tests.factories import ModeratorFactory, StreamFactory, UserFactory

pytestmark = pytest.mark.django_db
BOOT = re.compile(r'<script id="boot" type="application/json">(.*?)</script>', re.S)


def who(name, stream):
    """Somebody, by what they are in the stream."""
    match name:
        case "moderator" | "managing moderator":
            return ModeratorFactory(stream=stream, managing=name.startswith("managing")).user
        case "moderator elsewhere":
            return ModeratorFactory(stream=StreamFactory()).user
        case "broadcaster":
            return stream.broadcaster
        case "staff":
            return UserFactory(is_staff=True)
        case "administrator":
            return UserFactory(is_superuser=True, is_staff=True)
        case _:
            return UserFactory()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("viewer", 403),
        ("staff", 403),
        ("moderator elsewhere", 403),
        ("moderator", 200),
        ("managing moderator", 200),
        ("broadcaster", 200),
        ("administrator", 200),
    ],
)
def test_who_may_open_it(client, stream, name, status):
    client.force_login(who(name, stream))
    assert client.get("/admin/desk/here/").status_code == status


def test_who_has_not_signed_in_may_do_so_first(client, stream):
    answer = client.get("/admin/desk/here/")
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/admin/login/?next=/admin/desk/here/",
    )


def test_there_is_none_of_a_stream_that_is_not(client, stream):
    client.force_login(stream.broadcaster)
    assert client.get("/admin/desk/nowhere/").status_code == 404


def test_it_changes_nothing(client, stream):
    client.force_login(stream.broadcaster)
    assert client.post("/admin/desk/here/").status_code == 405


def test_its_script_is_told_where_to_ask(client, stream):
    moderator = who("moderator", stream)
    client.force_login(moderator)
    page = client.get("/admin/desk/here/").content.decode()
    boot = json.loads(BOOT.search(page)[1])
    assert boot["sanctions_url"] == "/api/v1/streams/here/sanctions/"
    assert boot["ticket_url"] == "/api/v1/streams/here/ticket/"
    assert boot["review_url"] == "/admin/review/"
    assert boot["staff"] == {
        str(user.pk): user.display_name for user in (moderator, stream.broadcaster)
    }
    assert boot["person_url"] is None  # the house's pages are not for moderators of one stream
