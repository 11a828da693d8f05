"""What somebody wrote is text wherever it is shown, and leads nowhere before they are known."""

import ast
import json
from datetime import timedelta
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.contrib import admin
from django.utils import timezone

from comments.models import Comment, Hold
from comments.review.models import Appeal, Report
from comments.spam.verdict import RULES, Reason
from livecomments import redisdb
from livecomments.accounts.models import ApiToken, Standing, Suspension, User, UserNote
from livecomments.accounts.tokens import create_token
from reactions.models import ReactionTotal
from streams.models import (
    ArchiveCursor,
    AuditEntry,
    Moderator,
    Sanction,
    SetAsideEvent,
    Stream,
)
from streams.payloads import room_of
from tests.factories import (
    CommentFactory,
    HoldFactory,
    StreamFactory,
    UserFactory,
    appeal_about,
    log_of,
    open_room,
    report_of,
)

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
SCRIPT = "<script>pwn()</script>"
HOSTILE = f'">{SCRIPT}<img src=x onerror=pwn()>'
NAME = f'">{SCRIPT}'
SHOWN = "&lt;script&gt;pwn()&lt;/script&gt;"


@pytest.fixture
def rows():
    """A row of each model, hostile in every text that somebody may write."""
    person = UserFactory(display_name=NAME, username=NAME, is_staff=True, is_superuser=True)
    stream = StreamFactory(title=HOSTILE, description=HOSTILE, broadcaster=person)
    now = timezone.now()
    reported = CommentFactory(stream=stream, author=person, author_name=NAME, text=HOSTILE)
    hidden = {"author": person, "author_name": NAME, "text": HOSTILE, "stream": stream}
    return {
        User: person,
        Stream: stream,
        Comment: CommentFactory(**hidden),
        Hold: HoldFactory(**hidden, reason=SCRIPT),
        ApiToken: create_token(person, name=HOSTILE, scopes=["read"])[0],
        Moderator: Moderator.objects.create(stream=stream, user=person, added_by=person),
        Sanction: Sanction.objects.create(
            stream=stream,
            user=person,
            kind="ban",
            reason=HOSTILE,
            placed_by=person,
            placed_at=now,
            log_id=1,
        ),
        AuditEntry: AuditEntry.objects.create(
            stream=stream, log_id=1, at=now, action=SCRIPT, actor=person, event={"text": HOSTILE}
        ),
        SetAsideEvent: SetAsideEvent.objects.create(
            partition=0, log_id=1, event=HOSTILE, error=HOSTILE
        ),
        ReactionTotal: ReactionTotal.objects.create(stream=stream, kind="like", total=1),
        Suspension: Suspension.objects.create(
            user=person, reason=HOSTILE, placed_by=person, placed_at=now
        ),
        Report: report_of(reported, note=HOSTILE),
        Appeal: appeal_about(reported, text=HOSTILE, answer=HOSTILE),
        UserNote: UserNote.objects.create(user=person, text=HOSTILE, written_by=person),
    }


def assert_only_text(answer):
    page = answer.content.decode()
    assert answer.status_code == 200
    assert SCRIPT not in page
    assert "<img src=x" not in page
    assert SHOWN in page  # it is there, as what it is
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "model",
    [model for model in admin.site._registry if model is not ArchiveCursor],  # has no text
    ids=lambda model: model._meta.label_lower,
)
def test_admin_shows_hostile_text_as_text(client, rows, model):
    client.force_login(rows[User])
    prefix = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    for path in ("", f"{rows[model].pk}/change/", f"{rows[model].pk}/history/"):
        assert_only_text(client.get(prefix + path))


def test_page_of_a_person_shows_hostile_text_as_text(client, rows):
    client.force_login(rows[User])
    assert_only_text(client.get(f"/admin/people/{rows[User].pk}/"))


@pytest.mark.parametrize(
    ("model", "action"),
    [
        (model, action)
        for model, desk in admin.site._registry.items()
        for action in desk.actions or ()
        if action not in ("close_accounts", "end_tickets", "revoke")  # tell of nobody by name
    ],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_admin_tells_of_hostile_rows_in_text(client, rows, model, action):
    client.force_login(rows[User])
    open_room(rows[Stream])
    path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    form = {"action": action, "_selected_action": [rows[model].pk]}
    answer = client.post(path, form, follow=True)
    assert len(answer.context["messages"]) == 1
    assert_only_text(answer)


def test_pages_show_hostile_text_as_text(client, rows):
    client.force_login(rows[User])
    assert_only_text(client.get("/"))
    watch = client.get(f"/s/{rows[Stream].slug}/")
    assert_only_text(watch)
    # Only the JSON that the page's script reads holds it otherwise, and nothing ends that early.
    assert b"\\u003Cscript\\u003E" in watch.content


def test_api_answers_are_never_taken_for_a_page(client, rows):
    answer = client.get(f"/api/v1/streams/{rows[Stream].slug}/comments/")
    assert answer.json()["results"][0]["text"] == HOSTILE
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


# --- links --------------------------------------------------------------------------------------


def say(client, stream, text):
    url = f"/api/v1/streams/{stream.slug}/comments/"
    return client.post(url, json.dumps({"text": text}), "application/json")


@pytest.mark.parametrize(
    "text",
    ["see https://evil.example/x", "evil.com", "ｅｖｉｌ．ｃｏｍ", "e\u200bvil.com", "t.me/x"],
)
def test_t7_a_link_of_somebody_new_waits_for_a_moderator(client, stream, text):
    client.force_login(UserFactory())
    answer = say(client, stream, text)
    assert (answer.status_code, answer.json()["reason"]) == (202, "spam_links")
    assert answer.json()["rule"] == RULES[Reason.LINKS]
    assert [kind for kind, _ in log_of(stream)] == ["comment.held"]
    assert say(client, stream, "no link then").status_code == 201


@pytest.mark.parametrize("mode", ["block", "listed"])
def test_t7_a_room_may_refuse_links(client, stream, mode):
    async_to_sync(set_links_mode)(stream, mode)
    client.force_login(UserFactory())
    answer = say(client, stream, "see https://evil.example/x")
    assert (answer.status_code, answer.json()["code"]) == (403, "links_not_allowed")
    assert log_of(stream) == []
    assert say(client, stream, "no link then").status_code == 201


async def set_links_mode(stream, mode):
    await redisdb.client().hset(redisdb.state(room_of(stream)), "links", mode)
    await redisdb.close()


def test_whoever_has_standing_sends_links_and_staff_do_at_once(client, stream):
    day = timezone.now() - timedelta(days=1, minutes=1)
    known = UserFactory(date_joined=day, standing=Standing.KNOWN)
    for user in (known, stream.broadcaster, UserFactory(is_superuser=True)):
        client.force_login(user)
        assert say(client, stream, f"https://good.example/{user.pk}").status_code == 201
    for user in (UserFactory(date_joined=day), UserFactory(standing=Standing.KNOWN)):
        client.force_login(user)
        assert say(client, stream, f"https://good.example/{user.pk}").status_code == 202
    assert len(log_of(stream)) == 5


def test_a_link_is_stored_as_it_was_written_and_nothing_is_added(client, stream):
    client.force_login(stream.broadcaster)
    comment = say(client, stream, "https://evil.example/picture.png").json()["comment"]
    assert comment["text"] == "https://evil.example/picture.png"
    assert set(comment) == {"id", "user", "text", "at"}  # no preview, title or picture


FETCHERS = {"aiohttp", "http.client", "httpx", "requests", "urllib.request", "urllib3"}


def test_no_request_of_ours_leads_where_a_comment_says():
    """Nothing below the shell can fetch anything: there is no preview that could be misled."""
    packages = ("comments", "streams", "reactions", "livecomments/accounts", "livecomments/batcher")
    files = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    found = {path: FETCHERS & imports_of(path.read_text()) for path in files}
    assert {path: names for path, names in found.items() if names} == {}
    assert len(files) > 60


def imports_of(code):
    nodes = list(ast.walk(ast.parse(code)))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    return plain | {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
