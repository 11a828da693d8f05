"""Lists of the admin over a large table: from id to id, by indexes, and never counted."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment
from livecomments import ids
from livecomments.adminsite.lists import PAGE_SIZE
from streams.models import AuditEntry
from tests.factories import CommentFactory, StreamFactory, UserFactory
from tests.load.admin_rows import SHORT, seed
from tests.load.admin_urls import pages

pytestmark = pytest.mark.django_db

COMMENTS = "/admin/comments/comment/"
# Of 50,000: a page, some rows of a filter that reads on, and what a bitmap brings along.
ROWS_READ_AT_MOST = 5_000


def shown(desk, query=""):
    """The ids of one page, and the page."""
    changes = desk.get(COMMENTS + query).context["cl"]
    return [row.pk for row in changes.result_list], changes


def plan_nodes(node):
    """Every step of a plan."""
    yield node
    for inner in node.get("Plans", ()):
        yield from plan_nodes(inner)


def reading(sql):
    """The steps of a query that read the table of comments, as they were run."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        [(found,)] = cursor.fetchall()
    plan = found if isinstance(found, list) else json.loads(found)
    nodes = plan_nodes(plan[0]["Plan"])
    return [node for node in nodes if node.get("Relation Name") == "comments_comment"]


# --- from id to id -----------------------------------------------------------------------------


def test_older_and_newer_lead_through_the_whole_list_and_back(superuser_desk):
    stream = StreamFactory()
    rows = CommentFactory.create_batch(2 * PAGE_SIZE + 1, stream=stream)
    newest_first = sorted((row.pk for row in rows), reverse=True)

    first, changes = shown(superuser_desk)
    second, changes = shown(superuser_desk, changes.older_link())
    third, changes = shown(superuser_desk, changes.older_link())

    assert [*first, *second, *third] == newest_first
    assert len(first) == len(second) == PAGE_SIZE
    assert changes.older is None
    back, changes = shown(superuser_desk, changes.newer_link())
    assert back == second
    front, changes = shown(superuser_desk, changes.newer_link())
    assert front == first
    assert (changes.newer, changes.older) == (None, first[-1])


def test_filters_stay_when_paging_and_start_at_the_newest_when_changed(superuser_desk):
    stream = StreamFactory()
    CommentFactory.create_batch(PAGE_SIZE + 1, stream=stream)
    CommentFactory()

    _, changes = shown(superuser_desk, f"?stream={stream.pk}")
    assert f"stream={stream.pk}" in changes.older_link()
    older, changes = shown(superuser_desk, changes.older_link())

    assert len(older) == 1
    assert "older" not in changes.get_query_string({"since": "day"})


def test_list_begins_with_the_last_days_and_goes_back_when_asked(superuser_desk):
    recent = CommentFactory()
    old = CommentFactory(id=ids.first_id_at(ids.EPOCH_MS + 1), author=recent.author)

    assert shown(superuser_desk)[0] == [recent.pk]
    assert shown(superuser_desk, "?since=all")[0] == [recent.pk, old.pk]
    assert shown(superuser_desk, f"?author__id__exact={recent.author_id}")[0] == [recent.pk, old.pk]


@pytest.mark.parametrize("wrong", ["older=x", "older=-1", f"newer={10**20}"])
def test_place_that_is_no_id_leads_back_to_the_list(superuser_desk, wrong):
    assert superuser_desk.get(f"{COMMENTS}?{wrong}").status_code == 302


def test_search_finds_an_id_or_a_whole_name_and_nothing_else(superuser_desk):
    wanted = CommentFactory(text="the needle here")
    CommentFactory(text="hay")

    assert shown(superuser_desk, f"?q={wanted.pk}")[0] == [wanted.pk]
    assert shown(superuser_desk, f"?q={wanted.author.display_name.upper()}")[0] == [wanted.pk]
    assert shown(superuser_desk, "?q=needle")[0] == []


def test_action_cannot_take_the_whole_list(superuser_desk):
    rows = CommentFactory.create_batch(2)
    data = {"action": "hide", "_selected_action": [rows[0].pk], "select_across": "1"}

    answer = superuser_desk.post(COMMENTS, data, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "Choose the rows: an action cannot take the whole list."
    ]


# --- a large table -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crowded(django_db_setup, django_db_blocker):
    """Fifty thousand comments and what belongs to them, for all tests below; taken away again."""
    with django_db_blocker.unblock():
        seed(SHORT)
        user = get_user_model().objects.create_superuser("head", display_name="Head")
        yield user
        empty()


def empty():
    """Leaves no row that `seed` made."""
    tables = (
        "comments_comment, comments_hold, comments_report, streams_auditentry, streams_sanction"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")
        cursor.execute("DELETE FROM streams_stream")
        cursor.execute("DELETE FROM accounts_user")
        cursor.execute("ANALYZE")


def test_no_page_counts_or_scans_the_comments(crowded):
    client = Client()
    client.force_login(crowded)
    seen = set()

    for name, url in pages(crowded):
        if not name.startswith(("overview", "comments.", "person")):
            continue  # the others do not read what was said
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200, name
        for query in captured:
            sql = query["sql"]
            if "comments_comment" not in sql or sql in seen:
                continue
            seen.add(sql)
            assert "COUNT(" not in sql, name
            for node in reading(sql):
                assert node["Node Type"] != "Seq Scan", (name, sql)
                read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
                assert read * node["Actual Loops"] <= ROWS_READ_AT_MOST, (name, sql)
    assert len(seen) > 50


def test_audit_is_read_by_pages_too(crowded):
    client = Client()
    client.force_login(crowded)
    assert Comment.objects.exists()

    with CaptureQueriesContext(connection) as captured:
        changes = client.get("/admin/streams/auditentry/?since=all").context["cl"]

    assert len(changes.result_list) == PAGE_SIZE
    assert changes.older == AuditEntry.objects.order_by("-pk")[PAGE_SIZE - 1].pk
    assert not any("COUNT(" in query["sql"] for query in captured)
    assert reverse("admin:streams_auditentry_changelist") == "/admin/streams/auditentry/"


def test_audit_says_in_words_what_was_done_and_to_whom(superuser_desk):
    person, stream = UserFactory(display_name="Olga Vint"), StreamFactory()
    AuditEntry.objects.create(
        stream=stream,
        at=timezone.now(),
        action="hold.closed",
        target_user_id=person.pk,
        event={"outcome": "expired", "hold": "118089746533580800", "author": person.pk},
    )

    page = superuser_desk.get("/admin/streams/auditentry/").content.decode()

    assert "Nobody decided in time" in page
    assert f'<a href="?target_user_id__exact={person.pk}">Olga Vint</a>' in page
    assert "the room itself" in page
    assert f">{timezone.now():%Y-%m-%d} " in page  # one form of dates on every page
    assert "118089746533580800" not in page
    assert superuser_desk.get("/admin/streams/auditentry/?action=%00").status_code == 200
