"""The home page and the lists behind it: every stream is reached, and nothing is counted for it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from streams.pages import CARDS
from streams.queries import FRONT_STREAMS
from tests.factories import StreamFactory, UserFactory

pytestmark = pytest.mark.django_db

LISTS = {"live": "/streams/live/", "scheduled": "/streams/scheduled/", "ended": "/streams/past/"}


def slugs(answer, name="streams"):
    return [card.slug for card in answer.context[name]]


def newest_first(rows):
    return [row.slug for row in reversed(rows)]


@pytest.mark.parametrize("status", LISTS)
def test_home_leads_to_the_rest(client, status):
    rows = StreamFactory.create_batch(CARDS + 1, status=status)

    answer = client.get("/")

    assert slugs(answer, status) == newest_first(rows)[:CARDS]
    assert f'href="{LISTS[status]}"' in answer.content.decode()


@pytest.mark.parametrize("status", LISTS)
def test_home_leads_nowhere_where_all_is_shown(client, status):
    StreamFactory.create_batch(CARDS, status=status)
    assert LISTS[status] not in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("rows", "told"), [(1, "1"), (FRONT_STREAMS - 1, "49"), (FRONT_STREAMS, "50+")]
)
def test_home_tells_how_many_there_are(client, rows, told):
    StreamFactory.create_batch(rows, status="ended")

    with CaptureQueriesContext(connection) as asked:
        answer = client.get("/")

    assert answer.context["counts"] == {"live": "0", "scheduled": "0", "ended": told}
    assert f'Past streams <span class="streams-count">{told}</span>' in answer.content.decode()
    assert "COUNT(" not in str(asked.captured_queries)


def test_home_says_so_where_nothing_is_live(client):
    StreamFactory(status="ended")
    shown = client.get("/").content.decode()
    assert "Nothing is live at this moment" in shown
    assert "The past streams stand below" in shown


def test_home_points_at_what_comes_where_nothing_is_live(client):
    StreamFactory(status="scheduled")
    assert "What comes next stands below" in client.get("/").content.decode()


def test_home_does_not_say_so_where_something_is(client):
    StreamFactory(status="live")
    StreamFactory(status="ended")
    assert "Nothing is live" not in client.get("/").content.decode()


def test_home_without_streams_is_no_blank_page(client, superuser):
    assert "No streams yet" in client.get("/").content.decode()
    assert "Plan the first one" not in client.get("/").content.decode()

    client.force_login(superuser)
    assert 'href="/admin/streams/stream/add/"' in client.get("/").content.decode()


@pytest.mark.parametrize("status", LISTS)
def test_a_list_pages_to_the_very_first(client, status):
    rows = StreamFactory.create_batch(2 * CARDS + 1, status=status)
    StreamFactory.create_batch(2, status="live" if status != "live" else "ended")

    first = client.get(LISTS[status])
    second = client.get(f"{LISTS[status]}?before={first.context['older']}")
    third = client.get(f"{LISTS[status]}?before={second.context['older']}")

    pages = [slugs(one) for one in (first, second, third)]
    assert [len(one) for one in pages] == [CARDS, CARDS, 1]
    assert [slug for one in pages for slug in one] == newest_first(rows)
    assert third.context["older"] is None
    assert 'href="?"' not in first.content.decode()
    assert 'href="?"' in third.content.decode()


@pytest.mark.parametrize("status", LISTS)
def test_an_empty_list_says_so(client, status):
    words = {
        "live": "Nothing is live at this moment",
        "scheduled": "Nothing is planned at this moment",
        "ended": "No stream has ended yet",
    }
    assert words[status] in client.get(LISTS[status]).content.decode()
    assert "There is nothing older" in client.get(f"{LISTS[status]}?before=1").content.decode()


@pytest.mark.parametrize("before", ["x", "-1", "", "9" * 20])
def test_what_is_no_place_is_not_found(client, before):
    assert client.get(f"/streams/past/?before={before}").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("status", LISTS)
def test_a_list_makes_one_query_a_page(client, status, rows, django_assert_num_queries):
    last = StreamFactory.create_batch(rows + 1, status=status)[-1]
    client.force_login(UserFactory())
    client.get("/appeals/")  # who they are is remembered by now

    with django_assert_num_queries(1):
        assert len(client.get(LISTS[status]).context["streams"]) == rows + 1
    with django_assert_num_queries(0):
        client.get(LISTS[status])
    with django_assert_num_queries(1):
        older = client.get(f"{LISTS[status]}?before={last.pk}")
    assert len(older.context["streams"]) == rows
