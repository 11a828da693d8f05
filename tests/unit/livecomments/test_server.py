"""The gateway's server over real connections: nonsense, closing, floods."""

import asyncio
import logging
import time
from contextlib import suppress

import pytest

from livecomments.gateway import server as servers
from livecomments.gateway.connection import BUFFER_LIMIT_BYTES
from livecomments.gateway.feed import Feed, Seat
from livecomments.gateway.frames import Prepared, PreparedFrame
from livecomments.protocol import CLIENT_MESSAGE_MAX_BYTES, Audience
from tests.rooms import ROOM
from tests.serving import LONG, Application, on_uvloop, serving, until
from tests.wire import (
    CLOSE,
    ENDS,
    TEXT,
    TEXT_BEGINS,
    TEXT_DEFLATED,
    client_frame,
    close,
    close_code,
    deflated,
    raw_socket,
    read_frames,
    text,
)

# --- what is no message --------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("bad", [b"\xff", b"fine so far \xc3", b"\xed\xa0\x80", b"\xf8\x88\x80"])
@on_uvloop
async def test_what_is_not_utf8_closes_the_socket_without_a_fuss(bad, whole, caplog):
    application = Application()
    async with serving(application) as (_, port), raw_socket(port) as client:
        client.send(text("fine"))
        if whole:
            client.send(text(bad), text("late"))
        else:
            client.send(client_frame(TEXT_BEGINS, bad[:1]), client_frame(ENDS, bad[1:]))
            client.send(text("late"))
        data = await client.rest()
        await until(lambda: not application.connection.open)

    assert close_code(data) == 1007
    assert application.got == [b"fine"]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@on_uvloop
async def test_a_deflated_bomb_is_refused(caplog):
    application = Application()
    bomb = deflated(bytes(50_000_000))
    assert len(bomb) < 60_000
    async with serving(application) as (_, port):
        async with raw_socket(port, offer="permessage-deflate") as client:
            client.send(bomb)
            began = time.perf_counter()
            data = await client.rest()

    assert close_code(data) == 1009
    assert time.perf_counter() - began < 1
    assert application.got == []
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@on_uvloop
async def test_a_small_bomb_is_refused_before_it_is_whole():
    """Its deflated size says nothing: what counts is what it becomes."""
    application = Application()
    async with serving(application) as (_, port):
        async with raw_socket(port, offer="permessage-deflate") as client:
            client.send(deflated(b"x" * CLIENT_MESSAGE_MAX_BYTES))
            await until(lambda: application.got)
            client.send(deflated(b"x" * (CLIENT_MESSAGE_MAX_BYTES + 1)))
            assert close_code(await client.rest()) == 1009

    assert application.got == [b"x" * CLIENT_MESSAGE_MAX_BYTES]


@pytest.mark.parametrize("sent", [client_frame(TEXT_DEFLATED, b"x"), deflated(b"x")])
@on_uvloop
async def test_a_deflated_message_that_nobody_agreed_on_is_an_error(sent):
    application = Application()
    async with serving(application) as (_, port), raw_socket(port) as client:
        client.send(sent)
        assert close_code(await client.rest()) == 1002

    assert application.got == []


# --- the end -------------------------------------------------------------------------------------


@on_uvloop
async def test_nothing_is_written_after_a_close():
    application = Application()
    async with serving(application) as (_, port), raw_socket(port) as client:
        await until(lambda: application.sockets)
        connection, send = application.sockets[0]
        connection.send(Prepared(b"last words"))
        await send({"type": "websocket.close", "code": 4001})
        assert connection.ready is False

        connection.send(Prepared(b"too late"))
        client.send(close(4001))
        data = await client.rest()

    assert read_frames(data) == [(TEXT, b"last words"), (CLOSE, b"\x0f\xa1")]


@on_uvloop
async def test_a_feed_writes_nothing_to_a_socket_that_was_closed():
    """The hub writes to the transport by itself: `ready` is all that holds it back."""
    application = Application()
    feed = Feed(ROOM, Audience.PUBLIC)
    feed.start("epoch", 0)
    async with serving(application) as (_, port), raw_socket(port) as client:
        await until(lambda: application.sockets)
        connection, send = application.sockets[0]
        feed.sit(Seat(connection, None, 0))
        feed.add(PreparedFrame(b"one", 1, {}))
        await until(lambda: feed._sweep is None)
        await send({"type": "websocket.close", "code": 4001})
        feed.add(PreparedFrame(b"two", 2, {}))
        await until(lambda: feed._sweep is None)
        client.send(close(4001))
        data = await client.rest()

    assert read_frames(data) == [(TEXT, b"one"), (CLOSE, b"\x0f\xa1")]


@on_uvloop
async def test_what_the_peer_says_after_its_close_is_not_heard():
    application = Application()
    async with serving(application) as (_, port), raw_socket(port) as client:
        client.send(text("one"), close(1000), text("two"))
        data = await client.rest()
        await until(lambda: not application.connection.open)
        assert application.connection.ready is False

    assert read_frames(data) == [(CLOSE, b"\x03\xe8")]
    assert application.got == [b"one"]


@on_uvloop
async def test_a_socket_whose_peer_says_good_bye_is_shut_at_once():
    """What still waits for the network keeps the transport, but nothing more is written to it."""
    application = Application()
    async with serving(application) as (server, port), raw_socket(port) as client:
        client.writer.transport.pause_reading()
        await until(lambda: application.sockets)
        connection = application.connection
        (protocol,) = server.server_state.connections
        while connection.buffered() < BUFFER_LIMIT_BYTES // 2:
            connection.send(Prepared(bytes(10_000)))
        client.send(close(1000))
        await until(protocol.transport.is_closing)

        assert (connection.open, connection.ready) == (False, False)
        assert connection.buffered() > 0


class NoDrain:
    """A lifecycle that lets the server go at once."""

    async def drain(self):
        pass


@on_uvloop
async def test_a_shutdown_ends_in_order_although_somebody_is_just_leaving(monkeypatch):
    monkeypatch.setattr(servers, "lifecycle", NoDrain)
    application = Application()
    async with serving(application) as (server, port), raw_socket(port) as leaving:
        leaving.writer.transport.pause_reading()
        await until(lambda: application.sockets)
        (protocol,) = server.server_state.connections
        while application.connection.buffered() < BUFFER_LIMIT_BYTES // 2:
            application.connection.send(Prepared(bytes(10_000)))
        async with raw_socket(port) as staying:
            await until(lambda: len(application.sockets) == 2)
            leaving.send(close(1000))
            await until(protocol.transport.is_closing)
            asyncio.get_running_loop().call_later(0.3, protocol.transport.abort)

            await server.shutdown()

            assert close_code(await staying.rest()) == 1012


@on_uvloop
async def test_a_socket_that_was_cut_takes_nothing_more():
    application = Application()
    async with serving(application) as (server, port), raw_socket(port) as client:
        await until(lambda: application.sockets)
        application.connection.abort()
        application.connection.send(Prepared(b"too late"))
        assert await client.rest() == b""
        await until(lambda: not server.server_state.connections)


@on_uvloop
async def test_a_flood_after_the_close_is_cut_off(monkeypatch):
    application = Application()
    async with serving(application) as (server, port), raw_socket(port) as client:
        await until(lambda: application.sockets)
        _, send = application.sockets[0]
        await send({"type": "websocket.close", "code": 4001})
        with suppress(ConnectionError, RuntimeError):  # uvloop's, of a transport that was reset
            for _ in range(200):
                client.send(text(LONG) * 10)
                await asyncio.wait_for(client.writer.drain(), 5)
        await until(lambda: not server.server_state.connections)

    assert application.got == []


# --- who sends too much --------------------------------------------------------------------------


@on_uvloop
async def test_a_flood_in_one_write_does_not_starve_the_others():
    application = Application()
    busy = 0.0002  # seconds that each message costs

    def answer(data):
        end = time.perf_counter() + busy
        while time.perf_counter() < end:
            pass
        if data == b"ping":
            application.sockets[1][0].send(Prepared(b"pong"))

    application.answer = answer
    async with serving(application) as (_, port):
        async with raw_socket(port) as flooder, raw_socket(port) as other:
            await until(lambda: len(application.sockets) == 2)
            for _ in range(20):
                flooder.send(text("x" * 100) * 500)
            waits = []
            while len(application.got) < 9_000:
                began = time.perf_counter()
                other.send(text("ping"))
                await other.reads(6)
                waits.append(time.perf_counter() - began)
                await asyncio.sleep(0.01)

    assert len(waits) > 10
    assert sorted(waits)[len(waits) // 2] < 1_000 * busy


@on_uvloop
async def test_a_flood_is_read_in_turns_and_in_order():
    application = Application()
    said = [f"{number}".encode() for number in range(5_000)]
    async with serving(application) as (_, port), raw_socket(port) as client:
        client.send(*map(text, said))
        await until(lambda: len(application.got) == len(said))

    assert application.got == said


@on_uvloop
async def test_after_a_flood_the_kernel_holds_the_rest_back(monkeypatch):
    """Between two turns nothing is read: what a flooder may cost here is one turn."""
    monkeypatch.setattr(servers, "TURN_SECONDS", 60)
    application = Application()
    async with serving(application) as (_, port), raw_socket(port) as client:
        for _ in range(100):
            client.send(text("x" * 100) * 500)
        await until(lambda: application.got)
        await asyncio.sleep(0.1)
        seen = len(application.got)
        await asyncio.sleep(0.1)

        assert len(application.got) == seen < 10_000
        assert client.writer.transport.get_write_buffer_size() > 0
