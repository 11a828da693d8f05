"""What the client says, against a server whose every word the test chooses."""

import asyncio
import time
from types import SimpleNamespace

from livecomments.client import outbox, session
from livecomments.client.outbox import Lost
from livecomments.protocol import (
    CloseCode,
    CommentPost,
    Error,
    ErrorCode,
    Hello,
    Ticket,
    TicketRenew,
)
from tests.unit.livecomments.fakeserver import FAR_MS, accepted, client, soon, tickets

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
