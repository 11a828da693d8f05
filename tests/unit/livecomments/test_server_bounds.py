"""What one socket may cost: floods of every kind of frame, readers that do not read."""

import asyncio
import logging
import os
import socket
import time
from contextlib import AsyncExitStack, closing

import psutil
import pytest

from livecomments.gateway import feed as feeds
from livecomments.gateway import server as servers
from livecomments.gateway.connection import BUFFER_LIMIT_BYTES
from livecomments.gateway.door import Door, bind
from livecomments.gateway.feed import Feed, Seat
from livecomments.gateway.frames import PreparedFrame
from livecomments.protocol import CLIENT_MESSAGE_MAX_BYTES, Audience
from tests.rooms import ROOM
from tests.serving import Application, on_uvloop, serving, until
from tests.wire import GOES_ON, TEXT, TEXT_BEGINS, client_frame, close_code, raw_socket, text

PING, BINARY = 0x89, 0x82
MEGABYTE = 1024 * 1024


def memory():
    """The bytes of this process that are in memory."""
    return psutil.Process().memory_info().rss


# --- size ----------------------------------------------------------------------------------------


def over_by_one(first):
    return [client_frame(first, b"x" * (CLIENT_MESSAGE_MAX_BYTES + 1))]


def in_pieces():
    pieces = [client_frame(GOES_ON, b"x" * 1_000) for _ in range(9)]
    return [client_frame(TEXT_BEGINS, b""), *pieces]


@pytest.mark.parametrize(
    "frames",
    [
        over_by_one(TEXT),
        over_by_one(BINARY),
        in_pieces(),
        [client_frame(TEXT, b"x" * 10 * MEGABYTE)],
        [client_frame(BINARY, b"x" * 10 * MEGABYTE)],
        [bytes((TEXT, 0xFF)) + (1_000_000_000).to_bytes(8, "big") + bytes(4) + b"x" * MEGABYTE],
        [bytes((TEXT, 0xFF)) + (2**63 - 1).to_bytes(8, "big") + bytes(4) + b"x" * MEGABYTE],
    ],
    ids=["text", "binary", "pieces", "10 MB", "10 MB binary", "1 GB declared", "all declared"],
)
@on_uvloop
async def test_a_message_above_the_limit_closes_the_socket_and_is_not_kept(frames):
    application = Application()
    before = memory()
    async with serving(application) as (_, port), raw_socket(port) as client:
        client.send(text("x" * CLIENT_MESSAGE_MAX_BYTES))  # the largest there is
        await until(lambda: application.got)
        for frame in frames:
            client.writer.write(frame)
        assert close_code(await client.rest()) == 1009

    assert [len(data) for data in application.got] == [CLIENT_MESSAGE_MAX_BYTES]
    # The test's own copy of the frame is among it.
    assert memory() - before < 10 * MEGABYTE + 2 * sum(map(len, frames))


@on_uvloop
async def test_who_is_still_sending_is_told_why_all_the_same():
    """With something unread a close resets the connection, and a reset overtakes the reason."""
    async with serving(Application()) as (server, port), raw_socket(port) as client:
        client.send(*over_by_one(TEXT))
        await until(lambda: not server.server_state.tasks)
        for _ in range(10):
            client.send(text("and another thing " * 100))
            await asyncio.sleep(0.01)
        assert close_code(await client.rest()) == 1009
        client.writer.close()
        await until(lambda: not server.server_state.connections)


@on_uvloop
async def test_pieces_without_content_are_not_kept():
    """There may be millions in one message, and no limit on its size counts them."""
    application = Application()
    empty = client_frame(GOES_ON, b"")
    async with serving(application) as (server, port), raw_socket(port) as client:
        await until(lambda: application.sockets)
        (protocol,) = server.server_state.connections
        client.send(client_frame(TEXT_BEGINS, b"so "))
        for _ in range(20):
            client.send(empty * 500)
            await asyncio.sleep(0.01)
        client.send(client_frame(GOES_ON, b"what"), empty * 500)
        await until(lambda: len(protocol.frames) == 2)
        client.send(client_frame(0x80, b"?"))
        await until(lambda: application.got)

    assert application.got == [b"so what?"]


# --- floods --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [client_frame(PING, b""), client_frame(0x8A, b""), text("x"), client_frame(BINARY, b"")],
    ids=["ping", "pong", "text", "binary"],
)
@on_uvloop
async def test_a_flood_of_the_smallest_frames_is_taken_in_turns(frame, monkeypatch):
    """However much one read brings, a turn of the loop takes a slice or so of it."""
    per_turn = []
    take = servers.TransportProtocol.data_received

    def counted(protocol, data):
        before, began = len(protocol._later), time.perf_counter()
        take(protocol, data)
        if protocol.handshake_complete and not before:
            per_turn.append((len(data) - len(protocol._later), time.perf_counter() - began))

    monkeypatch.setattr(servers.TransportProtocol, "data_received", counted)
    async with serving(Application()) as (server, port), raw_socket(port) as client:
        await until(lambda: server.server_state.connections)
        for _ in range(5):
            client.send(frame * 10_000)
            await asyncio.sleep(0.05)

    assert len(per_turn) > 10
    assert max(taken for taken, _ in per_turn) <= 2 * servers.SLICE_BYTES


@on_uvloop
async def test_nothing_of_a_flood_is_lost_or_out_of_order():
    application = Application()
    count = 3_000
    async with serving(application) as (_, port), raw_socket(port) as client:
        client.send(*(text(str(number)) for number in range(count)))
        await until(lambda: len(application.got) == count, seconds=20)

    assert application.got == [str(number).encode() for number in range(count)]


@on_uvloop
async def test_a_message_cut_anywhere_arrives_whole():
    application = Application()
    message = text("a message of some length, " * 10)
    async with serving(application) as (_, port), raw_socket(port) as client:
        for cut in range(1, len(message), 17):
            client.send(message[:cut])
            await asyncio.sleep(0.001)
            client.send(message[cut:])
        await until(lambda: len(application.got) == len(range(1, len(message), 17)))

    assert set(application.got) == {b"a message of some length, " * 10}


@on_uvloop
async def test_pings_of_a_peer_that_reads_nothing_are_not_answered_for_ever():
    async with serving(Application()) as (server, port), raw_socket(port) as client:
        await until(lambda: server.server_state.connections)
        (protocol,) = server.server_state.connections
        client.writer.transport.pause_reading()
        flood = client_frame(PING, b"x" * 125) * 200
        give_up = time.monotonic() + 20
        while protocol.transport.get_write_buffer_size() <= BUFFER_LIMIT_BYTES:
            client.send(flood)
            await asyncio.sleep(0.01)
            assert time.monotonic() < give_up, "the buffers never filled"
        for _ in range(50):
            client.send(flood)
            await asyncio.sleep(0.01)
        assert protocol.transport.get_write_buffer_size() <= BUFFER_LIMIT_BYTES + 1_000


@pytest.mark.parametrize("nonsense", [b"\xff\xfe", b"\xed\xa0\x80"])
@on_uvloop
async def test_nonsense_for_an_application_that_takes_the_usual_way_is_no_traceback(
    nonsense, caplog
):
    """So does the consumer, in the moment before it takes over."""
    got = []

    async def application(scope, receive, send):
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] != "websocket.disconnect":
            got.append(message)

    async with serving(application) as (_, port), raw_socket(port) as client:
        client.send(text("fine"), text(nonsense))
        assert close_code(await client.rest()) == 1007

    assert [message.get("text") for message in got[1:]] == ["fine"]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


# --- who reads nothing ---------------------------------------------------------------------------


def deaf_socket(port):
    """A client with the smallest receive buffer there is, that has asked to be let in."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    sock.connect(("127.0.0.1", port))
    sock.sendall(
        b"GET /ws/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    return sock


def kernel_sockets(port):
    """`(state, bytes unsent)` of every connection that the kernel has at our end of this port."""
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    at = f":{port:04X}"
    return [
        (row[3], int(row[4].partition(":")[0], 16))
        for row in rows
        if row[1].endswith(at) and row[3] not in ("0A", "06")  # neither listening nor over
    ]


@on_uvloop
async def test_deaf_viewers_cost_little_and_leave_nothing_in_the_kernel(monkeypatch):
    monkeypatch.setattr(feeds, "LAG_SECONDS", 0.5)
    application = Application()
    feed = Feed(ROOM, Audience.PUBLIC)
    feed.start("epoch", 0)
    async with serving(application) as (server, port), AsyncExitStack() as stack:
        deaf = [stack.enter_context(closing(deaf_socket(port))) for _ in range(10)]
        await until(lambda: len(application.sockets) == len(deaf))
        for connection, _ in application.sockets:
            feed.sit(Seat(connection, None, 0))
        worst, seq = 0, 0
        while server.server_state.connections:
            seq += 1
            assert seq < 600, "nobody was cut"
            feed.add(PreparedFrame(os.urandom(6_000), seq, {}))
            feed.sweep_laggards()
            await asyncio.sleep(0.02)
            ours = sum(connection.buffered() for connection, _ in application.sockets)
            worst = max(worst, ours + sum(unsent for _, unsent in kernel_sockets(port)))
        await until(lambda: not kernel_sockets(port))

    assert 100_000 < worst / len(deaf) < MEGABYTE


@on_uvloop
async def test_a_deaf_peer_that_we_close_is_forgotten_by_the_kernel_too(monkeypatch):
    """It never answers the close: after a while it is reset, whatever it has not read."""
    application = Application()
    async with serving(application) as (server, port), AsyncExitStack() as stack:
        stack.enter_context(closing(deaf_socket(port)))
        await until(lambda: application.sockets)
        (protocol,) = server.server_state.connections
        protocol.close_timeout = 0.2
        connection, send = application.sockets[0]
        connection.send(PreparedFrame(os.urandom(100_000), 1, {}))
        await send({"type": "websocket.close", "code": 4000})
        assert kernel_sockets(port) != []
        await until(lambda: not kernel_sockets(port))


# --- the door ------------------------------------------------------------------------------------


@on_uvloop
async def test_a_fault_of_ours_at_the_door_is_told_and_a_peer_that_left_is_not(caplog):
    faults = [ValueError("no protocol today"), ConnectionResetError("gone")]

    def make():
        raise faults.pop(0)

    listeners = bind("127.0.0.1", 0)
    door = Door(listeners, make)
    for _ in range(2):
        _, writer = await asyncio.open_connection(*listeners[0].getsockname())
        writer.close()
        await writer.wait_closed()
    await until(lambda: not faults)
    await door.wait_closed()
    door.close()

    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [str(record.exc_info[1]) for record in errors] == ["no protocol today"]
