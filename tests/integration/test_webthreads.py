"""HTTP through the ASGI handler: in threads that stay, with connections that are shared."""

import json
import os
import threading
from collections import namedtuple

import psycopg
import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import connection

from comments.domain import post_comment
from livecomments import health, redisdb
from livecomments.accounts.models import ApiToken, Scope
from livecomments.accounts.tokens import create_token
from livecomments.postgres import base
from livecomments.postgres.pool import SIZE
from livecomments.webthreads import Handler
from tests.factories import StreamFactory, UserFactory, open_room
from tests.live import orm as in_thread

pytestmark = pytest.mark.django_db(transaction=True)

Answer = namedtuple("Answer", "status headers body")


@pytest.fixture
def handler():
    return Handler()


@pytest.fixture
def pool():
    """The pool of the test database, which only the requests of this test use."""
    connection.close()
    connection.close_pool()
    yield base._pools[connection.settings_dict["NAME"]]
    connection.close_pool()


@pytest.fixture
async def redis():
    yield redisdb.client()
    await redisdb.close()


def scope_of(path, *, method="GET", **headers):
    named = {"host": "localhost", **headers}
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        "client": ("127.0.0.1", 9),
        "server": ("localhost", 80),
    }


async def ask(handler, path, *, body=b"", **more):
    more["content-length"] = str(len(body))
    communicator = ApplicationCommunicator(handler, scope_of(path, **more))
    await communicator.send_input({"type": "http.request", "body": body})
    start = await communicator.receive_output(timeout=5)
    told = b""
    while True:
        part = await communicator.receive_output(timeout=5)
        told += part["body"]
        if not part.get("more_body"):
            break
    await communicator.wait(timeout=5)
    return Answer(start["status"], dict(start["headers"]), told)


def orm(function, *args, **kwargs):
    """What ORM work returns; its connection is given back."""

    def work():
        try:
            return function(*args, **kwargs)
        finally:
            connection.close()

    return in_thread(work)


def free_places(pool):
    return pool._places._value


def end_idle(pool):
    """What a restart of Postgres does to them; returns how many there were."""
    pids = [idle.info.backend_pid for idle, _ in pool._idle]
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        for pid in pids:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    return len(pids)


async def test_requests_are_answered_side_by_side_in_threads_that_stay(handler, monkeypatch):
    together, names = threading.Barrier(3), set()

    def answers():
        names.add(threading.current_thread().name)
        together.wait(timeout=5)
        return True

    monkeypatch.setattr(health, "redis_answers", answers)
    for _ in range(2):
        requests = [ApplicationCommunicator(handler, scope_of("/readyz")) for _ in range(3)]
        for request in requests:
            await request.send_input({"type": "http.request"})
        assert [(await request.receive_output(5))["status"] for request in requests] == [200] * 3
        for request in requests:
            await request.receive_output(5)
            await request.wait(5)

    # One that has answered may not be idle yet when the next round begins.
    assert 3 <= len(names) < 6
    assert all(name.startswith("http") for name in names)


async def test_a_request_gives_its_connection_back(handler, pool, redis):
    for _ in range(2 * SIZE):
        assert (await ask(handler, "/readyz")).status == 200
    assert len(pool._idle) == 1
    assert free_places(pool) == SIZE


async def test_a_restarted_postgres_is_no_news_to_a_request(handler, pool, redis):
    orm(StreamFactory, title="Still here")
    assert (await ask(handler, "/readyz")).status == 200
    assert end_idle(pool) == 1

    answer = await ask(handler, "/api/v1/streams/")

    assert answer.status == 200
    assert [row["title"] for row in json.loads(answer.body)["results"]] == ["Still here"]
    assert free_places(pool) == SIZE


async def test_who_hangs_up_before_the_end_of_a_request_is_not_answered(handler):
    communicator = ApplicationCommunicator(handler, scope_of("/readyz"))
    await communicator.send_input({"type": "http.request", "body": b"half", "more_body": True})
    await communicator.send_input({"type": "http.disconnect"})
    await communicator.wait(timeout=5)
    assert communicator.output_queue.empty()


async def test_a_request_that_django_refuses_is_told_so(handler):
    answer = await ask(handler, "/api/v1/streams/", host="elsewhere.example")
    assert answer.status == 400
    assert json.loads(answer.body)["code"] == "bad_message"


async def test_a_comment_waits_for_redis_without_a_connection(handler, pool, redis, monkeypatch):
    stream = orm(StreamFactory)
    orm(open_room, stream)
    _, token = orm(create_token, orm(UserFactory), name="bot", scopes=[Scope.POST])
    free = []

    async def noted(*args, **kwargs):
        free.append(free_places(pool))
        return await post_comment(*args, **kwargs)

    monkeypatch.setattr("comments.views.post_comment", noted)
    answers = [
        await ask(
            handler,
            f"/api/v1/streams/{stream.slug}/comments/",
            method="POST",
            body=json.dumps({"text": text}).encode(),
            authorization=f"Bearer {token}",
            **{"content-type": "application/json"},
        )
        for text in ("first", "second")
    ]

    assert [answer.status for answer in answers] == [201, 201]
    assert json.loads(answers[1].body)["comment"]["text"] == "second"
    assert answers[1].headers[b"X-Content-Type-Options"] == b"nosniff"
    assert free == [SIZE, SIZE]
    assert orm(ApiToken.objects.get).last_used_at is not None
