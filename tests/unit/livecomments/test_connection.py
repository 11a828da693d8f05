"""Two ways of sending, one promise: in order, without waiting, and nothing after the end."""

import asyncio

import pytest

from livecomments.gateway.connection import (
    EXTENSION,
    DirectConnection,
    PlainConnection,
    connect,
)
from livecomments.gateway.frames import Prepared, PreparedFrame, Run
from tests.wire import texts

FRAMES = [PreparedFrame(f"frame {n} ".encode() * 60, n, {}) for n in range(1, 4)]


class Transport:
    """The network edge of a server with the extension."""

    def __init__(self):
        self.data = bytearray()
        self.aborted = 0

    def write(self, data):
        self.data += data

    def get_write_buffer_size(self):
        return len(self.data)

    def abort(self):
        self.aborted += 1


class Socket:
    """The server's extension."""

    def __init__(self, *, deflates=False):
        self.transport = Transport()
        self.deflates = deflates
        self.attached = None

    def attach(self, connection, receiver):
        self.attached = connection, receiver

    def cut(self):
        self.transport.abort()


class Peer:
    """The ASGI side of a server without it. `reads` lets it take messages."""

    def __init__(self):
        self.got = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.gone = False

    async def send(self, message):
        await self.reads.wait()
        if self.gone:
            raise OSError("gone")
        self.got.append(message)

    @property
    def texts(self):
        return [message["text"] for message in self.got if message["type"] == "websocket.send"]


async def turns(count=10):
    for _ in range(count):
        await asyncio.sleep(0)


# --- which way -----------------------------------------------------------------------------------


async def test_where_the_server_offers_its_transport_it_is_used():
    socket, receiver = Socket(), lambda data: None

    connection = connect({"extensions": {EXTENSION: socket}}, Peer().send, receiver)

    assert isinstance(connection, DirectConnection)
    assert socket.attached == (connection, receiver)


@pytest.mark.parametrize("scope", [{}, {"extensions": {}}])
async def test_elsewhere_messages_go_through_asgi(scope):
    peer = Peer()

    connection = connect(scope, peer.send, lambda data: None)
    connection.send(Prepared(b"hello"))
    await turns()

    assert peer.texts == ["hello"]


# --- straight to the transport -------------------------------------------------------------------


@pytest.mark.parametrize("deflates", [False, True])
async def test_a_direct_connection_writes_the_bytes_that_its_client_reads(deflates):
    socket = Socket(deflates=deflates)
    connection = DirectConnection(socket)

    connection.send(FRAMES[0])
    connection.send(Prepared(b"for you"))
    connection.send(Run(FRAMES[1:]))

    assert texts(socket.transport.data) == [
        FRAMES[0].text,
        "for you",
        FRAMES[1].text,
        FRAMES[2].text,
    ]
    plain = sum(len(frame.wire) for frame in FRAMES)
    assert (connection.buffered() < plain / 2) is deflates


async def test_a_direct_connection_writes_a_run_at_once(monkeypatch):
    socket = Socket()
    writes = []
    socket.transport.write = writes.append

    DirectConnection(socket).send(Run(FRAMES))

    assert writes == [b"".join(frame.wire for frame in FRAMES)]


async def test_a_direct_connection_that_was_shut_writes_nothing():
    socket = Socket()
    connection = DirectConnection(socket)
    connection.open = False

    connection.send(FRAMES[0])

    assert socket.transport.data == b""


async def test_a_direct_connection_that_was_cut_takes_nothing_more():
    socket = Socket()
    connection = DirectConnection(socket)

    connection.abort()
    connection.send(FRAMES[0])

    assert (connection.ready, socket.transport.aborted, socket.transport.data) == (False, 1, b"")


# --- through ASGI --------------------------------------------------------------------------------


async def test_a_plain_connection_keeps_the_order():
    peer = Peer()
    connection = PlainConnection(peer.send)

    connection.send(Prepared(b"welcome"))
    connection.send(Run(FRAMES))
    await turns()
    connection.send(Prepared(b"bye"))
    await turns()

    assert peer.texts == ["welcome", *(frame.text for frame in FRAMES), "bye"]
    assert connection.buffered() == 0


async def test_a_plain_connection_is_never_written_to_by_the_hub():
    assert PlainConnection(Peer().send).direct is None


async def test_a_plain_connection_knows_what_its_reader_has_not_taken():
    peer = Peer()
    peer.reads.clear()
    connection = PlainConnection(peer.send)

    connection.send(Run(FRAMES))
    await turns()
    assert connection.buffered() == sum(len(frame.payload) for frame in FRAMES)

    peer.reads.set()
    await turns()
    assert connection.buffered() == 0


async def test_a_plain_connection_that_was_cut_says_so_and_takes_nothing_more():
    peer = Peer()
    peer.reads.clear()
    connection = PlainConnection(peer.send)
    connection.send(Run(FRAMES))
    await turns()

    connection.abort()
    connection.abort()
    connection.send(FRAMES[0])
    peer.reads.set()
    await turns()

    assert peer.texts == [FRAMES[0].text], "only what was on its way"
    assert [m for m in peer.got if m["type"] == "websocket.close"] == [
        {"type": "websocket.close", "code": 4001}
    ]
    assert connection.buffered() == 0


async def test_a_plain_connection_whose_peer_has_gone_forgets_what_waits():
    peer = Peer()
    peer.gone = True
    connection = PlainConnection(peer.send)

    connection.send(Run(FRAMES))
    await turns()
    connection.send(FRAMES[0])
    await turns()

    assert (peer.got, connection.buffered()) == ([], 0)
