"""Nobody sets what they were not asked for: a field that is not known is refused, or of no effect.

The list of what REST takes comes from its OpenAPI document, and that of the socket from the types
of its messages: a new one is tried out as soon as it is there.
"""

import json

import msgspec
import pytest
from django.contrib.auth import get_user

from livecomments import protocol
from livecomments.accounts.models import User
from tests.factories import (
    PASSWORD,
    ModeratorFactory,
    UserFactory,
    log_of,
)
from tests.integration.test_accounts import sign_up_form

# What somebody might like to be, or to have said.
WISHES = {
    "id": "1",
    "user": {"id": "1", "name": "Root"},
    "user_id": 1,
    "author": 1,
    "role": "admin",
    "is_staff": True,
    "is_superuser": True,
    "status": 0,
    "at": 0,
    "left_out": False,
    "hold": "1",
    "stream": 1,
    "total": 10**6,
    "__proto__": {"role": "admin"},
}
GOOD_BODIES = {
    "actions_create": {"action": {"type": "set_modes", "closed": False}},
    "comments_create": {"text": "hello", "nonce": "n"},
    "reactions_create": {"kind": "like", "count": 1},
}


# --- REST ---------------------------------------------------------------------------------------


def written(client):
    """Each operation of the API that takes a body: its name and address."""
    headers = {"Accept": "application/vnd.oai.openapi+json"}
    document = client.get("/api/schema/", headers=headers).json()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if isinstance(operation, dict) and "requestBody" in operation:
                yield operation["operationId"], path.replace("{slug}", "here")


@pytest.mark.django_db
def test_rest_refuses_every_field_it_did_not_ask_for(client, stream):
    operations = dict(written(client))
    # Tests of its own: what it is about must be there.
    assert operations.keys() - {"appeals_create"} == GOOD_BODIES.keys()
    client.force_login(ModeratorFactory(stream=stream).user)
    for name, good in GOOD_BODIES.items():
        path = operations[name]
        before = log_of(stream)
        for wish in WISHES.items():
            answer = client.post(path, json.dumps(good | dict([wish])), "application/json")
            assert (answer.status_code, answer.json()["code"]) == (400, "bad_message"), wish
        assert log_of(stream) == before
        taken = client.post(path, json.dumps(good), "application/json").status_code
        assert taken in (200, 201, 202)


@pytest.mark.django_db
def test_ticket_takes_no_wishes(client, stream):
    person = UserFactory()
    client.force_login(person)
    url = "/api/v1/streams/here/ticket/"
    for wish in WISHES.items():
        answer = client.post(url, json.dumps(dict([wish])), "application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_message"), wish
    for body in ("{}", ""):
        you = client.post(url, body, "application/json").json()["you"]
        assert (you["id"], you["role"]) == (str(person.pk), "viewer")


# --- the socket ---------------------------------------------------------------------------------

decode = msgspec.json.Decoder(protocol.ClientMessage).decode
ROOM = protocol.Resume(epoch="e", public=protocol.Cursor(seq=1, through="1"))
GOOD_MESSAGES = (
    protocol.Hello(version=1, stream="here", ticket="t", resume=ROOM, frames=True),
    protocol.CommentPost(nonce="n", text="hello", reply_to="1"),
    protocol.Act(ref="r", action=protocol.SetModes(closed=True)),
    protocol.ReactionSend(kind=protocol.ReactionKind.LIKE, count=1),
    protocol.TicketRenew(ticket="t"),
    protocol.Ping(),
)


def test_every_kind_of_message_is_tried():
    assert {type(message) for message in GOOD_MESSAGES} == set(protocol.ClientMessage.__args__)


@pytest.mark.parametrize("message", GOOD_MESSAGES, ids=lambda message: type(message).__name__)
def test_socket_refuses_every_field_it_did_not_ask_for(message):
    good = msgspec.json.decode(msgspec.json.encode(message))
    assert decode(json.dumps(good)) == message
    for name, value in WISHES.items():
        if name in good:
            continue  # it was asked for: the stream of a hello
        with pytest.raises(msgspec.ValidationError, match="unknown field"):
            decode(json.dumps(good | {name: value}))


@pytest.mark.parametrize("part", ["resume", "public"])
def test_socket_refuses_them_inside_of_a_message_too(part):
    good = msgspec.json.decode(msgspec.json.encode(GOOD_MESSAGES[0]))
    inner = good["resume"] if part == "resume" else good["resume"]["public"]
    inner["role"] = "admin"
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        decode(json.dumps(good))


# --- forms --------------------------------------------------------------------------------------

FORM_WISHES = {
    "id": "1",
    "username": "root",
    "is_staff": "on",
    "is_superuser": "on",
    "standing": "2",
    "date_joined": "2001-01-01",
    "user_permissions": "1",
    "valid_after": "2001-01-01",
}


@pytest.mark.django_db
def test_sign_up_sets_name_address_and_password_alone(client):
    client.post("/accounts/sign-up/", sign_up_form("Ana") | FORM_WISHES)
    user = User.objects.get()
    assert (user.username, user.display_name, user.standing) == ("ana", "Ana", 0)
    assert (user.is_staff, user.is_superuser, user.valid_after) == (False, False, None)
    assert user.user_permissions.count() == 0
    assert user.date_joined.year > 2001


@pytest.mark.django_db
def test_sign_in_sets_nothing(client):
    user = UserFactory(username="ana", password=PASSWORD)
    before = User.objects.filter(pk=user.pk).values().get()
    form = FORM_WISHES | {"username": "ana", "password": PASSWORD}
    assert client.post("/accounts/sign-in/", form).status_code == 302
    after = User.objects.filter(pk=user.pk).values().get()
    assert get_user(client) == user
    assert {name for name in after if after[name] != before[name]} == {"last_login"}
