"""Every refusal of every route has the one shape: problem details with a code of the table."""

import json

import pytest
from django.db import OperationalError
from django.test import Client

from livecomments.accounts.models import Scope
from livecomments.accounts.tokens import create_token
from livecomments.api import STATUS
from livecomments.protocol import CLIENT_MESSAGE_MAX_BYTES, ErrorCode
from streams import queries
from tests.factories import CommentFactory, StreamFactory, UserFactory, log_of, open_room

pytestmark = pytest.mark.django_db

READ = ["", "comments/", "reactions/"]
WRITE = ["comments/", "reactions/", "ticket/"]


def assert_problem(answer, status, code):
    """The whole shape, so that nothing else can leak into it."""
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert {key: body.get(key) for key in ("type", "status", "code")} == {
        "type": "about:blank",
        "status": status,
        "code": code,
    }
    assert set(body) <= {"type", "title", "status", "detail", "code", "retry_after_ms"}
    assert "Traceback" not in answer.content.decode()
    assert ("Retry-After" in answer.headers) == ("retry_after_ms" in body)


def test_every_code_has_a_status():
    assert set(STATUS) == set(ErrorCode)


@pytest.mark.parametrize("path", READ)
def test_unknown_stream_is_not_found_on_reading(client, path):
    assert_problem(client.get(f"/api/v1/streams/nowhere/{path}"), 404, "unknown_stream")


@pytest.mark.parametrize("path", WRITE)
def test_unknown_stream_is_not_found_on_writing(signed_in, path):
    body = {"comments/": {"text": "hi"}, "reactions/": {"kind": "like"}}.get(path, {})
    answer = signed_in.post(f"/api/v1/streams/nowhere/{path}", body, "application/json")
    assert_problem(answer, 404, "unknown_stream")


@pytest.mark.parametrize("path", WRITE)
def test_writing_needs_somebody(client, stream, path):
    answer = client.post(f"/api/v1/streams/here/{path}", {"text": "hi"}, "application/json")
    assert_problem(answer, 401, "sign_in_required")
    assert log_of(stream) == []


@pytest.mark.parametrize("path", ["streams/", *(f"streams/here/{path}" for path in READ)])
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(signed_in, stream, path, method):
    answer = getattr(signed_in, method)(f"/api/v1/{path}")
    assert_problem(answer, 405, "bad_message")


def test_unknown_route_is_not_found(client):
    assert_problem(client.get("/api/v1/nothing/"), 404, "not_found")


def test_bad_token_is_refused_on_reading_too(client, stream):
    answer = client.get("/api/v1/streams/here/", headers={"Authorization": "Bearer lc_wrong"})
    assert_problem(answer, 401, "sign_in_required")


def test_session_without_csrf_token_is_refused(stream):
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    answer = client.post("/api/v1/streams/here/comments/", {"text": "hi"}, "application/json")
    assert_problem(answer, 403, "forbidden")
    assert log_of(stream) == []


BAD_COMMENTS = {
    "not JSON": b"{",
    "not UTF-8": b'{"text": "\xff"}',
    "too deep": b"[" * 4_000,
    "a list": b"[]",
    "nothing": b"",
    "no text": b"{}",
    "a number": b'{"text": 5}',
    "null": b'{"text": null}',
    "an unknown field": b'{"text": "hi", "author": "7"}',
    "somebody else": b'{"text": "hi", "user_id": 1}',
    "a nonce that is a number": b'{"text": "hi", "nonce": 5}',
    "a nonce that is too long": b'{"text": "hi", "nonce": "%s"}' % (b"x" * 65),
    "an empty nonce": b'{"text": "hi", "nonce": ""}',
}


@pytest.mark.parametrize("body", BAD_COMMENTS.values(), ids=BAD_COMMENTS.keys())
def test_bad_comment_is_refused_and_not_stored(signed_in, stream, body):
    answer = signed_in.post("/api/v1/streams/here/comments/", body, "application/json")
    assert_problem(answer, 400, "bad_message")
    assert log_of(stream) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), ("  \n ", "empty"), ("x" * 201, "too_long"), ("a\u202eb", "not_text")],
)
def test_text_that_is_none_is_refused(signed_in, stream, text, code):
    answer = signed_in.post(
        "/api/v1/streams/here/comments/", json.dumps({"text": text}), "application/json"
    )
    assert_problem(answer, 422, code)
    assert log_of(stream) == []


def test_oversized_body_is_refused(signed_in, stream):
    body = json.dumps({"text": "x" * CLIENT_MESSAGE_MAX_BYTES})
    answer = signed_in.post("/api/v1/streams/here/comments/", body, "application/json")
    assert_problem(answer, 413, "bad_message")


def test_other_media_types_are_refused(signed_in, stream):
    answer = signed_in.post("/api/v1/streams/here/comments/", {"text": "hi"})
    assert_problem(answer, 415, "bad_message")


@pytest.mark.parametrize("reply_to", ["0", "99999999999999999999", "x", "-1"])
def test_reply_to_nothing_is_refused(signed_in, stream, reply_to):
    body = json.dumps({"text": "hi", "reply_to": reply_to})
    answer = signed_in.post("/api/v1/streams/here/comments/", body, "application/json")
    assert_problem(answer, 404, "unknown_comment")


def test_reply_to_a_comment_of_another_stream_is_refused(signed_in, stream):
    foreign = CommentFactory()
    body = json.dumps({"text": "hi", "reply_to": str(foreign.pk)})
    answer = signed_in.post("/api/v1/streams/here/comments/", body, "application/json")
    assert_problem(answer, 404, "unknown_comment")


def test_two_different_keys_are_refused(signed_in, stream):
    answer = signed_in.post(
        "/api/v1/streams/here/comments/",
        json.dumps({"text": "hi", "nonce": "a"}),
        "application/json",
        headers={"Idempotency-Key": "b"},
    )
    assert_problem(answer, 400, "bad_message")


@pytest.mark.parametrize(
    "body",
    [{"kind": "applause"}, {"kind": "like", "count": 0}, {"kind": "like", "count": 11},
     {"kind": "like", "count": "2"}, {"kind": "like", "user": "1"}, {}],
)  # fmt: skip
def test_bad_reaction_is_refused(signed_in, stream, body):
    answer = signed_in.post("/api/v1/streams/here/reactions/", json.dumps(body), "application/json")
    assert_problem(answer, 400, "bad_message")


@pytest.mark.parametrize(
    "query",
    ["before=x", "after=-1", "limit=0", "limit=201", "limit=x", "before=1&after=2", "page=2",
     "before=99999999999999999999"],
)  # fmt: skip
def test_bad_page_is_refused(client, stream, query):
    assert_problem(client.get(f"/api/v1/streams/here/comments/?{query}"), 400, "bad_message")


@pytest.mark.parametrize("query", ["status=on", "after=5", "search=x"])
def test_bad_list_is_refused(client, query):
    assert_problem(client.get(f"/api/v1/streams/?{query}"), 400, "bad_message")


def test_comment_in_a_stream_that_is_over_is_refused(signed_in):
    over = StreamFactory(status="ended")
    open_room(over)
    answer = signed_in.post(
        f"/api/v1/streams/{over.slug}/comments/", {"text": "hi"}, "application/json"
    )
    assert_problem(answer, 409, "stream_not_live")


def test_partition_that_is_not_ready_is_busy(signed_in):
    StreamFactory(slug="cold")
    answer = signed_in.post("/api/v1/streams/cold/comments/", {"text": "hi"}, "application/json")
    assert_problem(answer, 503, "busy")


def test_ticket_limit_names_the_wait(signed_in, stream):
    answers = [signed_in.post("/api/v1/streams/here/ticket/") for _ in range(61)]
    assert_problem(answers[-1], 429, "rate_limited")


def test_history_is_unavailable_without_postgres(client, stream, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("connection refused at 10.0.0.7")

    monkeypatch.setattr("comments.queries.comments_before", away)
    answer = client.get("/api/v1/streams/here/comments/")
    assert_problem(answer, 503, "unavailable")
    assert "10.0.0.7" not in answer.content.decode()


def test_mistake_of_ours_shows_nothing_of_itself(client, stream, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(queries, "facts_by_slug", broken)
    answer = client.get("/api/v1/streams/here/comments/")
    assert_problem(answer, 500, "internal")
    assert "secret detail" not in answer.content.decode()


def test_token_needs_no_csrf_token(stream):
    _, text = create_token(UserFactory(), name="bot", scopes=[Scope.POST])
    answer = Client(enforce_csrf_checks=True).post(
        "/api/v1/streams/here/comments/",
        {"text": "hi"},
        "application/json",
        headers={"Authorization": f"Bearer {text}"},
    )
    assert answer.status_code == 201
