"""The client against a server whose every word the test chooses."""

import asyncio
import time
from contextlib import asynccontextmanager
from types import SimpleNamespace

import msgspec
import picows
import pytest

from livecomments.client import outbox, session
from livecomments.client.outbox import Lost
from livecomments.client.session import Session
from livecomments.protocol import (
    Backfill,
    Bye,
    ClientMessage,
    CloseCode,
    Comment,
    CommentAccepted,
    CommentPost,
    Cursor,
    Error,
    ErrorCode,
    Frame,
    Hello,
    Person,
    Personal,
    Resume,
    Ticket,
    TicketRenew,
    Welcome,
)
from tests.rooms import QUIET

_decoder = msgspec.json.Decoder(ClientMessage)
FAR_MS = 4_000_000_000_000


class FakeServer:
    """Takes connections; what they say waits in `heard`."""

    def __init__(self):
        self.heard = asyncio.Queue()
        self.transports = []
        self.answers_pings = True

    def listen(self, request):
        server = self

        class Listener(picows.WSListener):
            def on_ws_connected(self, transport):
                server.transports.append(transport)

            def on_ws_frame(self, transport, frame):
                if frame.msg_type == picows.WSMsgType.TEXT:
                    server.heard.put_nowait(_decoder.decode(frame.get_payload_as_bytes()))
                elif frame.msg_type == picows.WSMsgType.CLOSE:
                    transport.disconnect()

        return Listener()

    def tell(self, message):
        self.transports[-1].send(picows.WSMsgType.TEXT, msgspec.json.encode(message))

    def cut(self):
        self.transports[-1].disconnect(False)

    def close(self, code):
        self.transports[-1].send_close(code)

    async def hears(self, kind):
        async with asyncio.timeout(5):
            message = await self.heard.get()
        assert isinstance(message, kind), message
        return message

    async def welcomes(self, *, seq=0, resumed=False):
        hello = await self.hears(Hello)
        self.tell(
            Welcome(
                version=1,
                epoch="e",
                public=Cursor(seq, "0"),
                room=QUIET,
                reactions={},
                viewers=1,
                server_time=0,
                heartbeat_seconds=30,
                resumed=resumed,
            )
        )
        return hello


@pytest.fixture
async def server():
    fake = FakeServer()
    listening = await picows.ws_create_server(fake.listen, "127.0.0.1", 0)
    fake.url = f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}/ws/"
    yield fake
    listening.close()
    await listening.wait_closed()


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(session, "RECONNECT_MIN_MS", 10)
    monkeypatch.setattr(outbox, "BUSY_MIN_SECONDS", 0.01)


@asynccontextmanager
async def client(server, **options):
    seen = []
    made = Session(server.url, "talk", seen.append, **options)
    made.seen = seen
    made.start()
    try:
        yield made
    finally:
        await made.stop()


def tickets(expires_ms=FAR_MS):
    """A source that numbers its tickets."""
    count = 0

    def source():
        nonlocal count
        count += 1
        return f"ticket {count}", expires_ms

    return source


def accepted(post):
    comment = Comment(id="7", user=Person(id="1", name="Ann"), text=post.text, at=0)
    return CommentAccepted(nonce=post.nonce, comment=comment)


async def soon(check):
    async with asyncio.timeout(5):
        while not check():
            await asyncio.sleep(0.005)


# --- reading ----------------------------------------------------------------------------------


async def test_frames_arrive_in_order_and_gaps_make_it_come_back(server):
    async with client(server) as viewer:
        first = await server.welcomes()
        server.tell(Frame(seq=1, through="5"))
        server.tell(Frame(seq=3, through="9"))
        again = await server.welcomes(resumed=True)
        server.tell(Frame(seq=2, through="7"))
        await soon(lambda: len(viewer.seen) == 4)

    assert first == Hello(version=1, stream="talk")
    assert again.resume == Resume(epoch="e", public=Cursor(1, "5"))
    assert [m.seq for m in viewer.seen if isinstance(m, Frame)] == [1, 2]
    assert (viewer.gaps, viewer.stale_frames, viewer.connections) == (1, 0, 2)


async def test_frame_that_was_shown_is_counted_and_not_shown_again(server):
    async with client(server) as viewer:
        await server.welcomes(seq=4)
        server.tell(Frame(seq=4, through="5"))
        server.tell(Frame(seq=5, through="6"))
        await soon(lambda: len(viewer.seen) == 2)

    assert (viewer.seen[-1].seq, viewer.stale_frames) == (5, 1)


async def test_numbers_may_jump_after_the_archive(server):
    async with client(server) as viewer:
        await server.welcomes(seq=4)
        server.cut()
        await server.welcomes(resumed=True)
        server.tell(Backfill(audience="public", through="80", items=[]))
        server.tell(Frame(seq=60, through="90"))
        await soon(lambda: isinstance(viewer.seen[-1], Frame))
        server.cut()
        hello = await server.welcomes(resumed=True)

    assert hello.resume.public == Cursor(60, "90")
    assert viewer.gaps == 0


async def test_parts_of_the_archive_are_told_together_and_asked_for_again_when_cut_off(server):
    def part(*, more):
        return Backfill(audience="public", through="80", items=[], more=more)

    told = Personal(seq=60, audience="public", items=[])
    async with client(server) as viewer:
        await server.welcomes(seq=4)
        server.cut()
        await server.welcomes(resumed=True)
        server.tell(part(more=True))
        server.tell(told)
        server.cut()
        hello = await server.welcomes(resumed=True)
        assert hello.resume.public == Cursor(4, "0")
        assert not [one for one in viewer.seen if isinstance(one, Backfill | Personal)]
        server.tell(part(more=True))
        server.tell(told)
        server.tell(part(more=False))
        await soon(lambda: isinstance(viewer.seen[-1], Backfill))
        assert viewer.seen[-3:] == [part(more=True), told, part(more=False)]
        server.cut()
        hello = await server.welcomes(resumed=True)

    assert hello.resume.public == Cursor(4, "80")


async def test_bye_says_when_to_come_back(server):
    async with client(server) as viewer:
        await server.welcomes()
        server.tell(Bye(reconnect_after_ms=150))
        await asyncio.sleep(0.02)
        left = asyncio.get_running_loop().time()
        server.close(CloseCode.GOING_AWAY)
        await server.welcomes(resumed=True)
        assert asyncio.get_running_loop().time() - left >= 0.14
        await soon(lambda: viewer.connections == 2)


@pytest.mark.parametrize("code", [code for code in CloseCode if not code.retry])
async def test_close_codes_that_say_stop_are_obeyed(server, code):
    async with client(server) as viewer:
        await server.hears(Hello)
        server.close(code)
        await soon(lambda: viewer.stopped_by is not None)
        await asyncio.sleep(0.05)

    assert viewer.stopped_by is code
    assert len(server.transports) == 1


async def test_busy_hello_is_said_again_on_the_same_connection(server):
    async with client(server) as viewer:
        await server.hears(Hello)
        server.tell(Error(ErrorCode.BUSY, "busy", ref="hello", retry_after_ms=10))
        await server.welcomes()
        await soon(lambda: viewer.joined.is_set())

    assert len(server.transports) == 1


async def test_unknown_stream_ends_it(server):
    async with client(server) as viewer:
        await server.hears(Hello)
        server.tell(Error(ErrorCode.UNKNOWN_STREAM, "none", ref="hello"))
        await soon(lambda: viewer.stopped_by is not None)

    assert viewer.stopped_by.code is ErrorCode.UNKNOWN_STREAM


async def test_server_that_does_not_answer_yet_is_tried_again(server, monkeypatch):
    monkeypatch.setattr(session, "WELCOME_SECONDS", 0.05)
    async with client(server) as viewer:
        await server.hears(Hello)
        await server.welcomes()
        await soon(lambda: viewer.joined.is_set())

    assert len(server.transports) == 2


# --- posting ----------------------------------------------------------------------------------


async def test_post_is_answered(server):
    async with client(server, ticket_source=tickets(), frames=False) as author:
        answer = author.post("hello")  # before there is a connection
        hello = await server.welcomes()
        post = await server.hears(CommentPost)
        server.tell(accepted(post))

        assert (await answer).comment.text == "hello"
        assert (hello.ticket, hello.frames) == ("ticket 1", False)


async def test_post_keeps_its_nonce_over_connections_and_busy(server):
    async with client(server, ticket_source=tickets()) as author:
        answer = author.post("hello")
        await server.welcomes()
        first = await server.hears(CommentPost)
        server.cut()
        await server.welcomes(resumed=True)
        second = await server.hears(CommentPost)
        server.tell(Error(ErrorCode.BUSY, "busy", ref=second.nonce, retry_after_ms=5))
        third = await server.hears(CommentPost)
        server.tell(accepted(third))
        await answer

    assert first == second == third


async def test_refusal_is_the_answer(server):
    async with client(server, ticket_source=tickets()) as author:
        answer = author.post("hello")
        await server.welcomes()
        post = await server.hears(CommentPost)
        refusal = Error(ErrorCode.SLOW_MODE, "slow", ref=post.nonce, retry_after_ms=5_000)
        server.tell(refusal)

        assert await answer == refusal
        assert author.unanswered == 0


async def test_only_so_many_posts_wait_for_an_answer_at_once(server):
    async with client(server, ticket_source=tickets()) as author:
        answers = [author.post(str(number)) for number in range(25)]
        await server.welcomes()
        posts = [await server.hears(CommentPost) for _ in range(20)]
        await asyncio.sleep(0.05)
        assert server.heard.empty()
        for post in posts:
            server.tell(accepted(post))
        posts += [await server.hears(CommentPost) for _ in range(5)]
        for post in posts[20:]:
            server.tell(accepted(post))
        await asyncio.gather(*answers)

    assert [post.text for post in posts] == [str(number) for number in range(25)]


async def test_message_too_large_for_the_server_is_not_sent(server):
    async with client(server, ticket_source=tickets()) as author:
        answer = await author.post("x" * 9_000)

    assert answer.code is ErrorCode.TOO_LONG


async def test_nothing_is_sent_where_we_are_not_wanted(server):
    async with client(server, ticket_source=tickets()) as author:
        waiting = author.post("too early")
        await server.hears(Hello)
        server.close(CloseCode.TOO_MANY_SOCKETS)
        assert await waiting is Lost.UNSENT
        assert await author.post("too late") is Lost.UNSENT

    assert author.why_stopped == "too_many_sockets"


async def test_unanswered_posts_are_given_up_in_the_end(server, monkeypatch):
    monkeypatch.setattr(outbox, "CLIENT_GIVES_UP_SECONDS", 0.05)
    monkeypatch.setattr(outbox, "LOOK_SECONDS", 0.02)
    async with client(server, ticket_source=tickets()) as author:
        unsent = author.post("never sent")
        assert await unsent is Lost.UNSENT
        await server.welcomes()
        sent = author.post("never answered")
        assert await sent is Lost.UNKNOWN


async def test_post_from_before_a_long_sleep_is_given_up_and_not_sent_again(server, monkeypatch):
    async with client(server, ticket_source=tickets()) as author:
        answer = author.post("good night")
        await server.welcomes()
        await server.hears(CommentPost)
        monkeypatch.setattr(outbox, "time", SimpleNamespace(time=lambda: time.time() + 660))
        server.cut()
        await server.welcomes(resumed=True)
        assert await answer is Lost.UNKNOWN
        fresh = author.post("good morning")
        post = await server.hears(CommentPost)
        assert post.text == "good morning"
        server.tell(accepted(post))
        await fresh


async def test_silence_makes_it_send_again(server, monkeypatch):
    monkeypatch.setattr(outbox, "RESEND_AFTER_SECONDS", 0.05)
    monkeypatch.setattr(outbox, "LOOK_SECONDS", 0.02)
    async with client(server, ticket_source=tickets()) as author:
        answer = author.post("hello")
        await server.welcomes()
        first = await server.hears(CommentPost)
        second = await server.hears(CommentPost)
        server.tell(accepted(second))
        await answer

    assert first == second


# --- tickets ----------------------------------------------------------------------------------


async def test_ticket_that_ends_soon_is_renewed_before_a_post(server):
    source = tickets(expires_ms=session._now_ms() + 60_000)
    async with client(server, ticket_source=source) as author:
        await server.welcomes()
        await soon(author.joined.is_set)
        author.post("hello")
        renewal = await server.hears(TicketRenew)
        await server.hears(CommentPost)
        server.tell(Ticket(ticket="renewed", expires_at=FAR_MS))
        server.cut()
        hello = await server.welcomes(resumed=True)

    assert (renewal.ticket, hello.ticket) == ("ticket 1", "renewed")


async def test_refused_ticket_is_replaced_and_the_post_sent_again(server):
    async with client(server, ticket_source=tickets()) as author:
        answer = author.post("hello")
        await server.welcomes()
        post = await server.hears(CommentPost)
        server.tell(Error(ErrorCode.TICKET_EXPIRED, "old", ref=post.nonce))
        renewal = await server.hears(TicketRenew)
        server.tell(Ticket(ticket="renewed", expires_at=FAR_MS))
        again = await server.hears(CommentPost)
        server.tell(accepted(again))
        await answer

    assert (renewal.ticket, again) == ("ticket 2", post)


async def test_refused_hello_gets_a_fresh_ticket_but_not_for_ever(server):
    async with client(server, ticket_source=tickets()) as author:
        said = []
        for _ in range(3):
            said.append((await server.hears(Hello)).ticket)
            server.tell(Error(ErrorCode.TICKET_REVOKED, "no", ref="hello"))
        await soon(lambda: author.stopped_by is not None)

    assert said == ["ticket 1", "ticket 2", "ticket 3"]


# --- addresses --------------------------------------------------------------------------------
