"""What people and programs see while Postgres or Redis is away, or hangs.

`killed` refuses connections; `stopped` (SIGSTOP) takes them and never answers, as behind a cable
that was pulled. Each test leaves the servers as it found them.
"""

import http.cookies
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from comments import moderation
from livecomments import redisdb, tickets
from livecomments.protocol import CommentAccepted, CommentHidden, Frame, Role
from tests.factories import PASSWORD
from tests.live import wait_until
from tests.outage import words
from tests.sockets import stream_socket

pytestmark = pytest.mark.xdist_group("outage")

HOW = pytest.mark.parametrize("how", ["killed", "stopped"])
# A time-out or two one after the other, on a slow machine; a browser gives up much later.
A_FEW_SECONDS = 15


@pytest.fixture
async def boss(site, settings):
    """The room, and its moderator acting from here: in Redis only."""
    settings.REDIS_URL = site.valkey.url
    room = tickets.Room(site.rows["stream"], site.rows["partition"], "here")
    actor = tickets.Identity(site.rows["boss"], "Boss", Role.BROADCASTER, True, 0)
    yield room, actor
    await redisdb.close()


def ticket(site):
    return json.loads(site.api("POST", "streams/here/ticket/").body)["ticket"]


def together(requests):
    with ThreadPoolExecutor(len(requests)) as threads:
        return [one.result() for one in [threads.submit(*request) for request in requests]]


def archived(site):
    """The comments in Postgres, oldest first."""
    return site.rows_of("SELECT text, status = 1 FROM comments_comment ORDER BY id")


class Visitor:
    """Somebody with cookies."""

    def __init__(self, site):
        self.site, self.cookies = site, {}

    def get(self, path):
        return self._kept(self.site.get(path, Cookie=self._header()))

    def send(self, path, **fields):
        body = urlencode({"csrfmiddlewaretoken": self.token, **fields})
        kind = "application/x-www-form-urlencoded"
        return self._kept(
            self.site.ask("POST", path, body, Cookie=self._header(), **{"Content-Type": kind})
        )

    def look_at(self, path):
        """Gets a page with a form, whose token goes with what is sent next."""
        answer = self.get(path)
        self.token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.body)[1]
        return answer

    def _header(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _kept(self, answer):
        found = http.cookies.SimpleCookie(answer.headers.get("set-cookie", ""))
        self.cookies |= {name: morsel.value for name, morsel in found.items()}
        for name in re.findall(r"(lc_\w+)=", answer.headers.get("set-cookie", "")):
            self.cookies.setdefault(name, "")
        return answer


def assert_plain_503(answer):
    """The whole answer of a page that needs what is away."""
    assert answer.status == 503, answer
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Back in a moment" in answer.body
    assert "Traceback" not in answer.body
    assert "127.0.0.1" not in answer.body
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.seconds < A_FEW_SECONDS


def assert_problem_503(answer, *codes):
    assert answer.status == 503, answer
    problem = answer.problem()
    assert problem["code"] in codes
    assert int(answer.headers["retry-after"]) * 1_000 >= problem["retry_after_ms"] > 0
    assert "127.0.0.1" not in answer.body
    assert answer.seconds < A_FEW_SECONDS


# --- Postgres -------------------------------------------------------------------------------------


@HOW
async def test_chat_and_its_moderation_go_on_without_postgres(site, boss, how):
    room, actor = boss
    mine = ticket(site)
    async with stream_socket(site.url, "here", ticket=mine) as author:
        with site.away(site.postgres, how):
            first, second = [await author.post(words()) for _ in range(2)]
            assert isinstance(first, CommentAccepted)
            await author.shows(second.comment.id)
            await moderation.hide_comment(room, actor=actor, comment_id=int(first.comment.id))
            async with stream_socket(site.url, "here", ticket=mine) as newcomer:
                await newcomer.shows(second.comment.id)
            await author.until(
                Frame, where=lambda frame: CommentHidden(first.comment.id) in frame.items
            )
    kept = [(first.comment.text, True), (second.comment.text, False)]
    wait_until(lambda: [row for row in archived(site) if row in kept] == kept, what="the archive")


@HOW
def test_pages_that_need_postgres_say_so(site, how):
    visitor = Visitor(site)
    visitor.look_at("/accounts/sign-in/")
    with site.away(site.postgres, how):
        assert_plain_503(site.get("/s/nowhere/"))
        assert_plain_503(visitor.send("/accounts/sign-in/", username="bo", password=PASSWORD))
        assert_plain_503(visitor.send("/admin/login/", username="boss", password=PASSWORD))
        # A form needs nobody until it is sent.
        assert visitor.get("/accounts/sign-in/").status == 200
        assert site.get("/static/favicon.svg").status == 200
    answer = visitor.send("/accounts/sign-in/", username="bo", password=PASSWORD)
    assert (answer.status, answer.headers["location"]) == (302, "/")


@HOW
def test_somebody_signed_in_is_told_as_plainly(site, how):
    visitor = Visitor(site)
    visitor.look_at("/admin/login/")
    assert visitor.send("/admin/login/", username="boss", password=PASSWORD).status == 302
    assert visitor.get("/admin/").status == 200
    with site.away(site.postgres, how):
        assert_plain_503(visitor.get("/admin/streams/stream/"))
        assert_plain_503(visitor.get("/s/nowhere/"))
    assert visitor.get("/admin/streams/stream/").status == 200


@HOW
def test_a_session_that_only_postgres_could_know_is_told_as_plainly(site, how):
    unknown = {"Cookie": "lc_session=abcdefghijklmnopqrstuvwxyz012345"}
    with site.away(site.postgres, how):
        assert_plain_503(site.get("/s/here/", **unknown))
        assert_plain_503(site.get("/accounts/sign-up/", **unknown))
        assert_plain_503(site.get("/admin/", **unknown))
        # A form without its token is refused, whoever sends it.
        assert site.ask("POST", "/accounts/sign-in/", "", **unknown).status in (403, 503)
        assert_problem_503(
            site.ask("POST", "/api/v1/streams/here/ticket/", "", **unknown), "unavailable"
        )


@HOW
def test_programs_are_told_when_to_come_back(site, how):
    with site.away(site.postgres, how):
        assert_problem_503(site.get("/api/v1/streams/here/comments/"), "unavailable")
        assert_problem_503(site.get("/api/v1/streams/cold/"), "unavailable")
        assert_problem_503(site.comment(words()), "unavailable")
        assert_problem_503(site.api("POST", "streams/here/ticket/"), "unavailable")
    assert site.get("/api/v1/streams/here/comments/").status == 200


def test_a_crowd_that_waits_for_postgres_leaves_room_for_others(site):
    with site.away(site.postgres, "stopped"):
        with ThreadPoolExecutor(60) as threads:
            crowd = [threads.submit(site.get, f"/s/nowhere-{n}/") for n in range(60)]
            time.sleep(0.5)  # all threads of the web process are waiting by now
            alive = [site.get("/healthz") for _ in range(5)]
            answers = [one.result() for one in crowd]
        assert [(answer.status, answer.body) for answer in alive] == [(200, "ok")] * 5
        assert max(answer.seconds for answer in alive) < 2
        for answer in answers:
            assert_plain_503(answer)
        # By now it is known: the next ones need not wait one after the other.
        again = together([(site.get, f"/s/elsewhere-{n}/") for n in range(60)])
        assert {answer.status for answer in again} == {503}
        assert sorted(answer.seconds for answer in again)[30] < 2
        ready = site.get("/readyz")
        assert (ready.status, json.loads(ready.body)["postgres"]) == (200, False)


def test_a_stopped_batcher_does_not_hold_its_locks_for_ever(site):
    """As `idle_in_transaction_session_timeout` of each connection of ours has it."""
    code = (
        "import django, time; django.setup()\n"
        "from django.db import connection, transaction\n"
        "with transaction.atomic(), connection.cursor() as cursor:\n"
        "    cursor.execute('SHOW idle_in_transaction_session_timeout')\n"
        "    print(cursor.fetchone()[0])\n"
    )
    assert site.run("-c", code).strip() == "10s"


# --- Redis ----------------------------------------------------------------------------------------


@HOW
def test_posts_are_told_to_wait_without_redis_and_count_once(site, how):
    text, key = words(), f"once-{time.monotonic_ns()}"
    with site.away(site.valkey, how):
        assert_problem_503(site.comment(text, key=key), "unavailable", "busy")
        pressed = site.api("POST", "streams/here/reactions/", {"kind": "like"})
        assert_problem_503(pressed, "unavailable", "busy")
        assert_problem_503(site.api("POST", "streams/here/ticket/"), "unavailable", "busy")
    answers = [site.comment(text, key=key) for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 201]
    first, second = [json.loads(answer.body)["comment"]["id"] for answer in answers]
    assert first == second
    wait_until(lambda: (text, False) in archived(site), what="the archive")
    assert archived(site).count((text, False)) == 1


@HOW
def test_pages_go_on_with_postgres_while_redis_is_away(site, how):
    visitor = Visitor(site)
    visitor.look_at("/accounts/sign-in/")
    visitor.send("/accounts/sign-in/", username="bo", password=PASSWORD)
    with site.away(site.valkey, how):
        for path in ("/", "/s/here/", "/s/cold/"):
            answer = visitor.get(path)
            assert (path, answer.status) == (path, 200)
            assert answer.seconds < A_FEW_SECONDS
        assert "Person" in visitor.get("/").body
        assert site.get("/api/v1/streams/here/comments/").status == 200
        assert site.get("/healthz").status == 200
        assert (site.get("/readyz").status, site.get("/s/nowhere/").status) == (503, 404)


@HOW
def test_forms_that_must_be_counted_wait_for_redis(site, how):
    visitor = Visitor(site)
    visitor.look_at("/accounts/sign-in/")
    with site.away(site.valkey, how):
        assert_plain_503(visitor.send("/accounts/sign-in/", username="bo", password=PASSWORD))
        assert_plain_503(
            visitor.send(
                "/accounts/sign-up/", display_name="Cy", password1=PASSWORD, password2=PASSWORD
            )
        )
    answer = visitor.send("/accounts/sign-in/", username="bo", password=PASSWORD)
    assert answer.status == 302


# --- what stays of it -----------------------------------------------------------------------------


def test_a_request_for_another_host_is_refused_in_one_line(site):
    answer = site.get("/", Host="elsewhere.example")
    assert answer.status == 400
    assert "elsewhere.example" not in answer.body
    wait_until(lambda: "elsewhere.example" in site.log("web"), what="a line in the log")
    [line] = [line for line in site.log("web").splitlines() if "elsewhere.example" in line]
    assert "WARNING django.security.DisallowedHost" in line


def test_no_fault_above_left_a_traceback(site):
    """Runs last: what was away is no mistake of ours, and not one request was answered with 500."""
    assert "Traceback" not in site.log("web")
    assert "Internal Server Error" not in site.log("web")
