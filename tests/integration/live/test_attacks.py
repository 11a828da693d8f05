"""What a client may try on an open socket, and what it gets for it."""

import asyncio

import pytest

from livecomments import revocation, tickets
from livecomments.gateway.commands import REACTIONS_IN_FLIGHT
from livecomments.protocol import Error, Hello, Ping, Pong, ReactionSend, Ticket, TicketRenew
from tests.sockets import StreamSocket, stream_socket


def deaf(socket: StreamSocket) -> None:
    """Stop reading what the server sends."""
    socket._wire._transport.underlying_transport.pause_reading()


async def renew_for_ever(socket, tickets_seen):
    """Renew the last ticket again and again, until the socket is closed."""
    async with asyncio.timeout(5):
        while True:
            answer = await socket.ask(TicketRenew(ticket=tickets_seen[-1]), Ticket)
            tickets_seen.append(answer.ticket)


async def test_i3_whoever_renews_all_the_time_is_revoked_all_the_same(server, stage):
    identity = stage.person()
    seen = [stage.ticket(identity)]
    async with stream_socket(server, stage.slug, ticket=seen[0]) as viewer:
        renewing = asyncio.create_task(renew_for_ever(viewer, seen))
        await asyncio.sleep(0.2)
        await revocation.revoke(identity.user_id)
        with pytest.raises(AssertionError, match="closed with 4000"):
            await renewing
    assert len(seen) > 2

    async with stream_socket(server, hello=False) as again:
        again.send(Hello(version=1, stream=stage.slug, ticket=seen[-1]))
        assert (await again.next(Error)).code == "ticket_revoked"


async def test_i1_a_renewed_ticket_lives_longer_but_is_no_younger(server, stage):
    first = stage.ticket(stage.person(), now=tickets.now_ms() - 60_000)
    async with stream_socket(server, stage.slug, ticket=first) as viewer:
        renewed = await viewer.ask(TicketRenew(ticket=first), Ticket)

    before, after = tickets.read(first), tickets.read(renewed.ticket)
    assert after.expires_ms >= before.expires_ms + 60_000
    assert after.issued_ms == before.issued_ms


@pytest.mark.parametrize("slug", ["a\x00b", "", "a" * 101, "../x", "é"])
async def test_s5_a_name_that_no_stream_can_have_is_an_unknown_stream(server, slug):
    async with stream_socket(server, hello=False) as viewer:
        viewer.send(Hello(version=1, stream=slug))
        assert (await viewer.next(Error)).code == "unknown_stream"
        assert await viewer.closed() == 4102


async def test_whoever_sends_on_without_reading_is_cut(live, stage):
    async with stream_socket(live.url, stage.slug) as viewer:
        deaf(viewer)
        for _ in range(200):  # far more answers than the buffers of two kernels hold
            for _ in range(2_000):
                viewer.send(Ping())
            await asyncio.sleep(0.02)
            if not viewer._wire.is_open:
                return
        raise AssertionError("the server took it all")


async def test_a_flood_of_reactions_is_refused_beyond_what_is_in_flight(live, stage):
    async with (
        stream_socket(live.url, stage.slug, ticket=stage.visitor()) as viewer,
        stream_socket(live.url, stage.slug) as other,
    ):
        for _ in range(20 * REACTIONS_IN_FLIGHT):
            viewer.send(ReactionSend(kind="like"))
        await viewer.ask(Ping(), Pong)
        await other.ask(Ping(), Pong, 1)
        refused = [message for message in viewer.seen if isinstance(message, Error)]
        assert len(refused) >= 18 * REACTIONS_IN_FLIGHT
        assert {error.code for error in refused} == {"rate_limited"}
