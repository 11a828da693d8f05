"""Pages: what they show, how much they ask for, and what they say when something is away."""

import json
import re

import pytest
from django.db import OperationalError
from django.test import Client

from livecomments import health
from livecomments.accounts import suspension
from livecomments.gateway.lifecycle import lifecycle
from streams import queries
from streams.editing import edit_stream
from tests.factories import StreamFactory, UserFactory

pytestmark = pytest.mark.django_db


def boot_of(answer):
    found = re.search(
        r'<script id="boot" type="application/json">(.*?)</script>', answer.content.decode()
    )
    return json.loads(found[1])


def test_home_lists_streams_by_status(client):
    rows = {status: StreamFactory(status=status) for status in ("live", "scheduled", "ended")}

    context = client.get("/").context

    assert {status: [card.slug for card in context[status]] for status in rows} == {
        status: [row.slug] for status, row in rows.items()
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_home_makes_three_queries_and_then_none(client, rows, django_assert_num_queries):
    for status in ("live", "scheduled", "ended"):
        StreamFactory.create_batch(rows, status=status)

    with django_assert_num_queries(3):
        assert client.get("/").status_code == 200
    with django_assert_num_queries(0):
        assert len(client.get("/").context["live"]) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_watch_page_makes_one_query_and_then_none(client, rows, django_assert_num_queries):
    stream = StreamFactory.create_batch(rows)[0]

    with django_assert_num_queries(1):
        assert client.get(f"/s/{stream.slug}/").status_code == 200
    with django_assert_num_queries(0):
        assert client.get(f"/s/{stream.slug}/").status_code == 200


def test_watch_page_of_somebody_signed_in_makes_no_query_once_warm(
    client, django_assert_num_queries
):
    stream = StreamFactory()
    client.force_login(UserFactory())
    client.get(f"/s/{stream.slug}/")

    with django_assert_num_queries(0):
        assert client.get(f"/s/{stream.slug}/").status_code == 200


def test_watch_page_hands_its_script_what_it_needs(client):
    stream = StreamFactory(slug="quay", title="</script><b>", description="one & two")
    user = UserFactory()
    client.force_login(user)

    boot = boot_of(client.get("/s/quay/"))

    assert len(boot["csrf_token"]) == 64
    assert boot == {
        "view": "watch",
        "slug": "quay",
        "title": "</script><b>",
        "description": "one & two",
        "status": "live",
        "playback_url": "",
        "scheduled_for": None,
        "started_at": stream.started_at.isoformat(),
        "ended_at": None,
        "broadcaster": {
            "id": str(stream.broadcaster_id),
            "name": stream.broadcaster.display_name,
        },
        "user": {
            "id": str(user.pk),
            "name": user.display_name,
            "joined_at": int(user.date_joined.timestamp() * 1000),
        },
        "suspension": None,
        "ticket_url": "/api/v1/streams/quay/ticket/",
        "ws_path": "/ws/",
        "comments_url": "/api/v1/streams/quay/comments/",
        "watch_url": "/s/quay/",
        "chat_url": "/s/quay/chat/",
        "desk_url": "/admin/desk/quay/",
        "appeals_url": "/appeals/",
        "sign_in_url": "/accounts/sign-in/?next=/s/quay/",
        "csrf_token": boot["csrf_token"],
        "language": "en",
        "languages": [{"code": "en", "name": "English"}, {"code": "ar", "name": "العربيّة"}],
        "set_language_url": "/language/",
    }


def test_chat_window_hands_its_script_the_same_but_for_its_shape(client):
    StreamFactory(slug="quay")
    client.force_login(UserFactory())
    watch, chat = (boot_of(client.get(path)) for path in ("/s/quay/", "/s/quay/chat/"))
    for boot in (watch, chat):
        assert len(boot.pop("csrf_token")) == 64

    assert chat == watch | {"view": "chat"}


def test_chat_window_has_no_bar_and_is_not_found_by_search_engines(client):
    StreamFactory(slug="quay")
    shown = client.get("/s/quay/chat/").content.decode()
    assert '<body class="popout">' in shown
    assert 'id="watch-root"' in shown
    assert '<meta name="robots" content="noindex">' in shown
    assert '<header class="bar">' not in shown
    assert '<header class="bar">' in client.get("/s/quay/").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_chat_window_makes_one_query_and_then_none(client, rows, django_assert_num_queries):
    stream = StreamFactory.create_batch(rows)[0]

    with django_assert_num_queries(1):
        assert client.get(f"/s/{stream.slug}/chat/").status_code == 200
    with django_assert_num_queries(0):
        assert client.get(f"/s/{stream.slug}/chat/").status_code == 200


@pytest.mark.parametrize("seconds", [None, 3_600])
def test_watch_page_tells_who_is_kept_out_everywhere(client, seconds):
    StreamFactory(slug="quay")
    user = UserFactory()
    client.force_login(user)
    row = suspension.suspend(user, by=None, seconds=seconds, reason="floods")
    until = row.until and int(row.until.timestamp() * 1000)

    assert boot_of(client.get("/s/quay/"))["suspension"] == {"until": until, "reason": "floods"}

    suspension.lift(user, by=None)
    assert boot_of(client.get("/s/quay/"))["suspension"] is None


def test_csrf_token_of_the_page_is_taken_by_the_api():
    StreamFactory(slug="quay")
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    token = boot_of(client.get("/s/quay/"))["csrf_token"]

    answer = client.post(
        "/api/v1/streams/quay/ticket/",
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )

    assert answer.status_code == 200


def test_watch_page_of_a_stranger_names_nobody(client):
    StreamFactory(slug="quay")
    assert boot_of(client.get("/s/quay/"))["user"] is None


def test_edited_stream_is_shown_at_once(client):
    stream = StreamFactory(slug="quay", title="before")
    assert boot_of(client.get("/s/quay/"))["title"] == "before"

    stream.title = "after"
    edit_stream(stream)

    assert boot_of(client.get("/s/quay/"))["title"] == "after"


@pytest.mark.parametrize(
    ("playback_url", "connect"),
    [("", "connect-src 'self';"), ("https://cdn.example/x.m3u8", "connect-src 'self' https:;")],
)
def test_pages_allow_no_inline_script(client, playback_url, connect):
    stream = StreamFactory(playback_url=playback_url)

    policy = client.get(f"/s/{stream.slug}/").headers["Content-Security-Policy"] + ";"

    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "frame-ancestors 'none';" in policy
    assert connect in policy
    assert "unsafe" not in policy


def test_unknown_page_is_a_plain_404(client):
    answer = client.get("/s/nowhere/")
    assert answer.status_code == 404
    assert answer.templates[0].name == "404.html"


def test_pages_say_so_when_postgres_is_away(client, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("connection refused at 10.0.0.7")

    StreamFactory(slug="quay")
    monkeypatch.setattr(queries, "facts_by_slug", away)

    answer = client.get("/s/quay/")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert "10.0.0.7" not in answer.content.decode()


def test_mistake_of_ours_is_a_plain_500(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(queries, "facts_by_slug", broken)

    answer = Client(raise_request_exception=False).get("/s/quay/")

    assert answer.status_code == 500
    assert "secret detail" not in answer.content.decode()


def test_form_without_its_token_is_refused():
    answer = Client(enforce_csrf_checks=True).post("/accounts/sign-in/")
    assert answer.status_code == 403


def test_static_files_are_served_from_the_source(client):
    answer = client.get("/static/favicon.svg")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert answer.content.startswith(b"<svg")


def test_healthz_answers_as_long_as_the_process_lives(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_readyz_answers_for_each_part(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "postgres": True,
        "redis": True,
        "accepting": True,
        "no_limits": False,
    }


@pytest.mark.parametrize(("part", "status"), [("postgres", 200), ("redis", 503)])
def test_readyz_names_the_part_that_is_away(client, monkeypatch, part, status):
    monkeypatch.setattr(health, f"{part}_answers", lambda: False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()[part]) == (status, False)


def test_readyz_refuses_while_draining(client, monkeypatch):
    monkeypatch.setattr(lifecycle(), "draining", True)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["accepting"]) == (503, False)
