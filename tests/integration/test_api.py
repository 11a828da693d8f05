"""The REST API: reading, posting, reacting, tickets."""

import json

import pytest
from django_redis import get_redis_connection
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from comments.models import Status
from livecomments import ids, redisdb, tickets
from livecomments.accounts.models import Scope
from livecomments.accounts.tokens import create_token, revoke_token
from livecomments.protocol import Role
from reactions.models import ReactionTotal
from streams import live
from streams.models import Stream
from streams.payloads import room_of
from tests.factories import (
    CommentFactory,
    ModeratorFactory,
    StreamFactory,
    log_of,
    open_room,
)

pytestmark = pytest.mark.django_db


def bearer(user, *scopes):
    _, text = create_token(user, name="test", scopes=scopes)
    return {"Authorization": f"Bearer {text}"}


def post(client, url, body, **headers):
    return client.post(url, json.dumps(body), content_type="application/json", headers=headers)


# --- streams ------------------------------------------------------------------------------------


def test_streams_are_listed_newest_first_by_status(client):
    older, newer = StreamFactory(), StreamFactory()
    StreamFactory(status="ended")

    answer = client.get("/api/v1/streams/?status=live")

    assert answer.status_code == 200
    assert [row["slug"] for row in answer.json()["results"]] == [newer.slug, older.slug]
    assert answer.json()["next"] is None


def test_streams_are_paged_by_id(client):
    rows = [StreamFactory() for _ in range(3)]

    first = client.get("/api/v1/streams/?limit=2").json()
    second = client.get(first["next"]).json()

    assert [row["slug"] for row in first["results"]] == [rows[2].slug, rows[1].slug]
    assert [row["slug"] for row in second["results"]] == [rows[0].slug]
    assert second["next"] is None


@pytest.mark.parametrize("rows", [1, 3])
def test_stream_list_makes_one_query_and_then_none(client, rows, django_assert_num_queries):
    StreamFactory.create_batch(rows)

    with django_assert_num_queries(1):
        assert len(client.get("/api/v1/streams/?status=live").json()["results"]) == rows
    with django_assert_num_queries(0):
        assert len(client.get("/api/v1/streams/?status=live").json()["results"]) == rows


def test_stream_shows_its_room(client, stream):
    Stream.objects.filter(pk=stream.pk).update(slow_seconds=30)

    answer = client.get(f"/api/v1/streams/{stream.slug}/").json()

    assert answer["slug"] == stream.slug
    assert answer["broadcaster"] == {
        "id": str(stream.broadcaster_id),
        "name": stream.broadcaster.display_name,
    }
    assert answer["room"] == {
        "status": "live",
        "closed": False,
        "slow_seconds": 30,
        "min_account_age_minutes": 0,
        "review": False,
        "pinned": None,
        "pace": 20,
        "links": "hold",
        "standing_only": False,
        "delay": 0,
        "panic": False,
        "raid_until": 0,
        "started_at": round(stream.started_at.timestamp() * 1000),
        "ended_at": None,
        "announcement": None,
    }


# --- comments -----------------------------------------------------------------------------------


def test_comments_page_through_history_without_gap_or_overlap(client):
    stream = StreamFactory()
    rows = [CommentFactory(stream=stream) for _ in range(5)]
    CommentFactory(stream=stream, status=Status.HIDDEN)
    CommentFactory()
    url = f"/api/v1/streams/{stream.slug}/comments/?limit=2"

    newest = client.get(url).json()
    middle = client.get(newest["previous"]).json()
    oldest = client.get(middle["previous"]).json()

    pages = [[row["text"] for row in page["results"]] for page in (oldest, middle, newest)]
    texts = [row.text for row in rows]
    assert pages == [texts[:1], texts[1:3], texts[3:]]
    assert oldest["previous"] is None
    assert newest["next"] is None
    assert client.get(middle["next"]).json()["results"] == newest["results"]


def test_comment_is_what_the_socket_would_send(client):
    row = CommentFactory(author_role="moderator", quote={"id": "7", "name": "Ann", "text": "what?"})

    [comment] = client.get(f"/api/v1/streams/{row.stream.slug}/comments/").json()["results"]

    assert comment == {
        "id": str(row.pk),
        "user": {"id": str(row.author_id), "name": row.author_name, "role": "moderator"},
        "text": row.text,
        "at": int(row.created_at.timestamp() * 1000),
        "reply": {"id": "7", "name": "Ann", "text": "what?"},
    }


@pytest.mark.parametrize("delay", [0, 1, 6])
def test_f10_history_ends_where_viewers_have_been_shown_all(client, stream, delay):
    """The rows may know of another delay already, or not yet of one."""
    rows = [CommentFactory(stream=stream) for _ in range(3)]
    Stream.objects.filter(pk=stream.pk).update(delay=delay)
    state = redisdb.state(room_of(stream))
    redis = get_redis_connection("default")
    redis.hset(state, "shown", rows[1].pk)
    url = f"/api/v1/streams/{stream.slug}/comments/"

    assert [row["id"] for row in client.get(url).json()["results"]] == [
        str(row.pk) for row in rows[:2]
    ]
    for query in (f"?after={rows[1].pk}", f"?after={rows[2].pk - 1}"):
        assert str(rows[2].pk) not in client.get(url + query).content.decode(), query
    moderator = ModeratorFactory(stream=stream).user
    headers = bearer(moderator, Scope.READ, Scope.MODERATE)
    assert len(client.get(url, headers=headers).json()["results"]) == 3

    redis.hdel(state, "shown")
    assert len(client.get(url).json()["results"]) == 3


def test_f10_history_of_a_delay_that_the_rows_do_not_know_of_yet(client, stream):
    state = redisdb.state(room_of(stream))
    redis = get_redis_connection("default")
    rows = [CommentFactory(stream=stream) for _ in range(2)]
    redis.hset(state, mapping={"delay": 6, "through": ids.position(rows[0].pk)})

    [shown] = client.get(f"/api/v1/streams/{stream.slug}/comments/").json()["results"]

    assert shown["id"] == str(rows[0].pk)


def test_f10_without_redis_history_ends_a_delay_ago(client, stream, monkeypatch):
    CommentFactory(stream=stream)
    Stream.objects.filter(pk=stream.pk).update(delay=6)
    away = Redis.from_url("redis://127.0.0.1:1/0", retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(live.redisdb, "client", lambda: away)

    answer = client.get(f"/api/v1/streams/{stream.slug}/comments/")

    assert answer.json()["results"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_comment_history_makes_a_fixed_number_of_queries(client, rows, django_assert_num_queries):
    stream = StreamFactory()
    CommentFactory.create_batch(rows, stream=stream)
    url = f"/api/v1/streams/{stream.slug}/comments/"
    client.get(url)

    with django_assert_num_queries(1):
        assert len(client.get(url).json()["results"]) == rows


def test_posted_comment_is_accepted_and_logged(signed_in, stream, viewer):
    answer = post(
        signed_in, f"/api/v1/streams/{stream.slug}/comments/", {"text": " hi ", "nonce": "n1"}
    )

    assert answer.status_code == 201
    body = answer.json()
    assert body["type"] == "comment.accepted"
    assert body["nonce"] == "n1"
    assert body["comment"]["text"] == "hi"
    assert body["comment"]["user"]["id"] == str(viewer.pk)
    [(kind, _)] = log_of(stream)
    assert kind == "comment.posted"


def test_repeated_post_with_the_same_key_is_stored_once(signed_in, stream):
    url = f"/api/v1/streams/{stream.slug}/comments/"

    answers = [
        post(signed_in, url, {"text": "once"}, **{"Idempotency-Key": "k1"}) for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert len(log_of(stream)) == 1


def test_same_key_with_another_text_is_refused(signed_in, stream):
    url = f"/api/v1/streams/{stream.slug}/comments/"
    post(signed_in, url, {"text": "one", "nonce": "k1"})

    answer = post(signed_in, url, {"text": "two", "nonce": "k1"})

    assert (answer.status_code, answer.json()["code"]) == (409, "nonce_reused")


def test_comment_in_a_reviewed_room_is_held(signed_in, viewer):
    stream = StreamFactory(review=True)
    open_room(stream)

    answer = post(signed_in, f"/api/v1/streams/{stream.slug}/comments/", {"text": "hello"})

    assert answer.status_code == 202
    assert answer.json()["type"] == "comment.held"
    assert [kind for kind, _ in log_of(stream)] == ["comment.held"]


def test_rate_limit_names_the_wait(signed_in, stream):
    url = f"/api/v1/streams/{stream.slug}/comments/"

    answers = [post(signed_in, url, {"text": f"number {n}"}) for n in range(5)]
    refused = [answer for answer in answers if answer.status_code == 429]

    assert refused
    assert refused[0].json()["code"] == "rate_limited"
    assert refused[0].json()["retry_after_ms"] > 0
    assert int(refused[0].headers["Retry-After"]) >= 1


# --- tokens -------------------------------------------------------------------------------------


def test_token_posts_with_one_query(client, stream, viewer, django_assert_num_queries):
    headers = bearer(viewer, Scope.POST, Scope.MODERATE)
    url = f"/api/v1/streams/{stream.slug}/comments/"
    assert post(client, url, {"text": "first"}, **headers).status_code == 201

    with django_assert_num_queries(1):
        assert post(client, url, {"text": "second"}, **headers).status_code == 201


def test_token_posts_in_the_name_of_its_owner(client, stream, viewer):
    answer = post(
        client,
        f"/api/v1/streams/{stream.slug}/comments/",
        {"text": "beep"},
        **bearer(viewer, Scope.POST),
    )

    assert answer.status_code == 201
    assert answer.json()["comment"]["user"]["name"] == viewer.display_name


@pytest.mark.parametrize("path", ["comments/", "reactions/", "ticket/"])
def test_token_without_the_scope_is_refused(client, stream, viewer, path):
    body = {"text": "beep"} if path == "comments/" else {"kind": "like"}

    answer = post(
        client, f"/api/v1/streams/{stream.slug}/{path}", body, **bearer(viewer, Scope.READ)
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert log_of(stream) == []


def test_token_without_read_may_not_read(client, stream, viewer):
    headers = bearer(viewer, Scope.POST)

    answer = client.get(f"/api/v1/streams/{stream.slug}/", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_revoked_token_is_refused(client, stream, viewer):
    token, text = create_token(viewer, name="old", scopes=[Scope.READ])
    headers = {"Authorization": f"Bearer {text}"}
    assert client.get("/api/v1/streams/", headers=headers).status_code == 200

    revoke_token(token)
    answer = client.get("/api/v1/streams/", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_required")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="api"'


def test_token_of_a_closed_account_is_refused(client, viewer):
    headers = bearer(viewer, Scope.READ)
    viewer.is_active = False
    viewer.save()

    assert client.get("/api/v1/streams/", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("scopes", "role"),
    [
        ((Scope.POST, Scope.REACT), Role.VIEWER),
        ((Scope.POST, Scope.REACT, Scope.MODERATE), Role.MODERATOR),
    ],
)
def test_ticket_of_a_token_is_staff_only_with_the_scope(client, stream, viewer, scopes, role):
    ModeratorFactory(stream=stream, user=viewer)

    answer = client.post(f"/api/v1/streams/{stream.slug}/ticket/", headers=bearer(viewer, *scopes))

    assert answer.status_code == 200
    assert tickets.read(answer.json()["ticket"]).identity.role == role


# --- tickets and reactions ----------------------------------------------------------------------


def test_ticket_names_person_and_stream(signed_in, stream, viewer):
    answer = signed_in.post(f"/api/v1/streams/{stream.slug}/ticket/")

    claims = tickets.read(answer.json()["ticket"])
    assert claims.room == tickets.Room(stream.pk, stream.partition, stream.slug)
    assert claims.identity.user_id == viewer.pk
    assert answer.json()["you"] == {
        "id": str(viewer.pk),
        "name": viewer.display_name,
        "role": "viewer",
        "ticket_expires_at": answer.json()["expires_at"],
    }


def test_ticket_needs_no_query_once_everything_is_warm(
    signed_in, stream, django_assert_num_queries
):
    url = f"/api/v1/streams/{stream.slug}/ticket/"
    signed_in.post(url)

    with django_assert_num_queries(0):
        assert signed_in.post(url).status_code == 200


def test_reaction_is_taken(signed_in, stream):
    url = f"/api/v1/streams/{stream.slug}/reactions/"

    answer = post(signed_in, url, {"kind": "love", "count": 2})

    assert (answer.status_code, answer.content) == (202, b"")


def test_reaction_totals_have_every_kind(client, stream):
    ReactionTotal.objects.create(stream=stream, kind="love", total=3)

    answer = client.get(f"/api/v1/streams/{stream.slug}/reactions/")

    assert answer.json() == {
        "totals": {"like": 0, "love": 3, "haha": 0, "wow": 0, "sad": 0, "angry": 0}
    }


def test_openapi_document_describes_every_route(client):
    answer = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})

    document = answer.json()
    assert sorted(document["paths"]) == [
        "/api/v1/appeals/",
        "/api/v1/streams/",
        "/api/v1/streams/{slug}/",
        "/api/v1/streams/{slug}/actions/",
        "/api/v1/streams/{slug}/comments/",
        "/api/v1/streams/{slug}/reactions/",
        "/api/v1/streams/{slug}/reports/",
        "/api/v1/streams/{slug}/sanctions/",
        "/api/v1/streams/{slug}/ticket/",
    ]
    assert document["components"]["schemas"]["Comment"]["required"] == ["id", "user", "text", "at"]
