"""The gateway's server over real connections, on the event loop that production runs on.

Each test starts the server in its own loop, with an application of its own or with the product's.
"""

import asyncio
import functools
import gc
import logging
import time
import weakref
from collections import Counter
from contextlib import asynccontextmanager, suppress

import msgspec
import pytest
import uvicorn
import uvloop
from websockets.asyncio.client import connect
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.server import ServerProtocol

from livecomments import ids, redisdb
from livecomments.gateway import server as servers
from livecomments.gateway.connection import BUFFER_LIMIT_BYTES, DirectConnection
from livecomments.gateway.connection import connect as connect_to
from livecomments.gateway.consumer import StreamConsumer
from livecomments.gateway.door import bind
from livecomments.gateway.feed import Feed, Seat
from livecomments.gateway.frames import Prepared, PreparedFrame, Run
from livecomments.gateway.hub import hub
from livecomments.gateway.lifecycle import lifecycle
from livecomments.gateway.member import Member
from livecomments.gateway.server import TransportProtocol, make_server
from livecomments.protocol import CLIENT_MESSAGE_MAX_BYTES, Audience
from livecomments.tickets import mint
from tests.rooms import MODERATOR, ROOM, comment, open_room
from tests.wire import (
    CLOSE,
    ENDS,
    GOES_ON,
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
    texts,
)

LONG = "and again " * 200


def on_uvloop(test):
    """Runs an async test on the loop that a web process has; pytest's own is another."""

    @functools.wraps(test)
    def run(**fixtures):
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(asyncio.wait_for(test(**fixtures), timeout=30))

    return run


class Application:
    """Takes sockets as the consumer does, answers with what it is told, and keeps all of them."""

    def __init__(self):
        self.sockets = []
        self.got = []
        self.answer = None
        self.came = asyncio.Event()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "websocket":
            return
        connection = connect_to(scope, send, self._receive)
        await receive()
        await send({"type": "websocket.accept"})
        self.sockets.append((connection, send))
        self.came.set()
        while (await receive())["type"] != "websocket.disconnect":
            pass

    def _receive(self, data):
        self.got.append(data)
        if self.answer is not None:
            self.answer(data)

    @property
    def connection(self):
        return self.sockets[-1][0]


@asynccontextmanager
async def serving(application=None):
    """Yields `(server, port)`; the application is the product's when none is given."""
    server = make_server(log_config=None)
    server.config.load()
    if application is not None:
        server.config.loaded_app = application
    server.lifespan = server.config.lifespan_class(server.config)
    listeners = bind("127.0.0.1", 0)
    await server.startup(sockets=listeners)
    await server.on_tick(0)
    try:
        yield server, listeners[0].getsockname()[1]
    finally:
        for protocol in list(server.server_state.connections):
            protocol.transport.abort()
        await until(lambda: not server.server_state.connections)
        await uvicorn.Server.shutdown(server)  # without the drain, which would mark this process


@asynccontextmanager
async def product():
    """Yields `(server, port)` of the product itself, with an open room and nobody in it."""
    await redisdb.client().flushdb()
    await open_room()
    await redisdb.client().set(redisdb.stream_card(ROOM.slug), msgspec.json.encode((1, 0)))
    try:
        async with serving() as served:
            yield served
    finally:
        await hub().stop()
        await redisdb.close()


async def until(check, *, seconds=5):
    """Wait until something is true."""
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.005)


# --- permessage-deflate --------------------------------------------------------------------------


@on_uvloop
async def test_deflate_is_agreed_on_only_when_it_is_offered():
    application = Application()
    async with serving(application) as (_, port), raw_socket(port) as client:
        assert client.status == "101"
        assert "sec-websocket-extensions" not in client.headers
        await until(lambda: application.sockets)
        assert application.connection.deflates is False


@pytest.mark.parametrize(
    "offer",
    [
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; client_no_context_takeover",
        "x-webkit-deflate-frame, permessage-deflate; client_max_window_bits",
    ],
)
@on_uvloop
async def test_deflate_is_agreed_on_without_context_on_either_side(offer):
    application = Application()
    async with serving(application) as (_, port), raw_socket(port, offer=offer) as client:
        name, *parameters = client.headers["sec-websocket-extensions"].split("; ")
        await until(lambda: application.sockets)

    assert name == "permessage-deflate"
    assert {"server_no_context_takeover", "client_no_context_takeover"} <= set(parameters)
    assert application.connection.deflates is True


@on_uvloop
async def test_each_client_gets_the_bytes_that_it_agreed_on():
    application = Application()
    frame = PreparedFrame(LONG.encode(), 1, {})
    async with serving(application) as (_, port):
        for offer, first in ((None, TEXT), ("permessage-deflate", TEXT_DEFLATED)):
            async with raw_socket(port, offer=offer) as client:
                await until(lambda: application.came.is_set())
                application.came.clear()
                application.connection.send(frame)
                data = await client.reads(len(frame.deflated if offer else frame.wire))
                assert read_frames(data) == [(first, LONG.encode())]


@pytest.mark.parametrize("offers", [True, False])
@on_uvloop
async def test_a_client_that_deflates_is_understood_message_by_message(offers):
    """With and without the extension, the same messages arrive and the same come back."""
    application = Application()
    application.answer = lambda data: application.connection.send(PreparedFrame(data, 1, {}))
    said = ["short", LONG, "", "ñandú 😀 " * 50, LONG]
    async with serving(application) as (_, port):
        compression = "deflate" if offers else None
        async with connect(f"ws://127.0.0.1:{port}/ws/", compression=compression) as client:
            assert len(client.protocol.extensions) == offers
            answers = []
            for line in said:
                await client.send(line)
                answers.append(await client.recv())

    assert answers == said
    assert application.got == [line.encode() for line in said]


@on_uvloop
async def test_a_client_that_offers_a_context_of_its_own_is_told_to_do_without():
    application = Application()
    factory = ClientPerMessageDeflateFactory(client_max_window_bits=True)
    async with serving(application) as (_, port):
        url = f"ws://127.0.0.1:{port}/ws/"
        async with connect(url, compression=None, extensions=[factory]) as client:
            (agreed,) = client.protocol.extensions
            assert (agreed.local_no_context_takeover, agreed.remote_no_context_takeover) == (
                True,
                True,
            )


@pytest.mark.parametrize("bits", range(8, 15))
@on_uvloop
async def test_a_small_window_is_not_agreed_on(bits):
    """Frames are deflated with the largest one, and such a client may hold no more than its own."""
    offer = f"permessage-deflate; server_max_window_bits={bits}"
    async with serving(Application()) as (_, port), raw_socket(port, offer=offer) as client:
        assert client.status == "101"
        assert "sec-websocket-extensions" not in client.headers


@pytest.mark.parametrize("bits", range(8, 16))
@on_uvloop
async def test_a_client_with_a_small_window_can_read_what_is_deflated_for_all(bits):
    """What is deflated once for everybody cannot keep within the window of one: then not at all."""
    application = Application()
    words = [f"{number * 7_919 % 100_003}" for number in range(4_800)]  # less than 32 KiB of them
    frame = PreparedFrame(" ".join(words + words).encode(), 1, {})
    async with serving(application) as (_, port):
        url = f"ws://127.0.0.1:{port}/ws/"
        factory = ClientPerMessageDeflateFactory(server_max_window_bits=bits)
        async with connect(url, compression=None, extensions=[factory]) as client:
            await until(lambda: application.sockets)
            application.connection.send(frame)
            assert await client.recv() == frame.text


@pytest.mark.parametrize("pieces", [1, 7])
@on_uvloop
async def test_a_message_in_pieces_arrives_whole(pieces):
    application = Application()
    data = LONG.encode()
    size = -(-len(data) // pieces)
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    async with serving(application) as (_, port), raw_socket(port) as client:
        for number, part in enumerate(parts):
            first = (GOES_ON if number else TEXT_BEGINS) | (0x80 * (number == len(parts) - 1))
            client.send(client_frame(first, part))
        await until(lambda: application.got)

    assert application.got == [data]


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
        with suppress(ConnectionError):
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


# --- who reads too little ------------------------------------------------------------------------


@on_uvloop
async def test_ready_ends_with_a_full_buffer_and_comes_back():
    application = Application()
    frames = [PreparedFrame(bytes([65 + n % 26]) * 20_000, n + 1, {}) for n in range(200)]
    async with serving(application) as (_, port), raw_socket(port) as client:
        await until(lambda: application.sockets)
        connection = application.connection
        written = []
        for frame in frames:
            if not connection.ready:
                break
            connection.write(frame.wire)
            written.append(frame.text)
            await asyncio.sleep(0)
        assert not connection.ready
        assert connection.open
        assert BUFFER_LIMIT_BYTES < connection.buffered() < 2 * BUFFER_LIMIT_BYTES

        got = await client.reads(sum(len(frame.wire) for frame in frames[: len(written)]))
        await until(lambda: connection.ready)

    assert texts(got) == written


@on_uvloop
async def test_who_could_not_keep_up_is_caught_up_in_one_write():
    application = Application()
    feed = Feed(ROOM, Audience.PUBLIC)
    feed.start("epoch", 0)
    frames = [PreparedFrame(bytes([65 + n % 26]) * 10_000, n + 1, {}) for n in range(100)]
    async with serving(application) as (_, port), raw_socket(port) as client:
        await until(lambda: application.sockets)
        connection = application.connection
        feed.sit(seat := Seat(connection, None, 0))
        for frame in frames:
            feed.add(frame)
            await until(lambda: feed._sweep is None)
        reached = seat.seq
        assert reached < len(frames), "it lags"
        assert seat.lagging_since > 0

        got = await client.reads(sum(len(frame.wire) for frame in frames[:reached]))
        await until(lambda: connection.ready)
        sends = []
        monkeypatched = Seat(Noted(connection, sends), None, seat.seq)
        feed.leave(seat)
        feed.sit(monkeypatched)
        got += await client.reads(sum(len(frame.wire) for frame in frames[reached:]))

    assert texts(got) == [frame.text for frame in frames]
    assert [type(message) for message in sends] == [Run]


class Noted:
    """A connection whose sends are noted."""

    def __init__(self, connection, sends):
        self._connection, self._sends = connection, sends

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def send(self, message):
        self._sends.append(message)
        self._connection.send(message)


@pytest.mark.parametrize("says", ["good-bye", "nonsense", "too much"])
@on_uvloop
async def test_a_reader_that_reads_nothing_to_the_end_is_not_waited_for(says, monkeypatch):
    """What waits for it would stay here for as long as it likes, and no limit would count it."""
    application = Application()
    frame = PreparedFrame(bytes(range(32, 127)) * 1_000, 1, {})
    last = {"good-bye": close(1000), "nonsense": text(b"\xff"), "too much": text("x" * 20_000)}
    async with serving(application) as (server, port), raw_socket(port) as client:
        client.writer.transport.pause_reading()
        await until(lambda: application.sockets)
        connection = application.connection
        (protocol,) = server.server_state.connections
        protocol.close_timeout = 0.1
        while connection.buffered() <= BUFFER_LIMIT_BYTES:
            connection.write(frame.wire)
        client.send(last[says])
        await until(lambda: not connection.open)

        await until(lambda: not server.server_state.connections, seconds=2)


# --- nothing stays behind ------------------------------------------------------------------------


OURS = (ServerProtocol, TransportProtocol, StreamConsumer, Member, Seat, DirectConnection)


def alive():
    """How many there are of what each socket has here, by name."""
    return Counter(type(thing).__name__ for thing in gc.get_objects() if type(thing) in OURS)


@pytest.fixture
def _no_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("offer", [None, "permessage-deflate"])
@pytest.mark.parametrize("ends", ["cut", "says good-bye", "is closed", "sends nonsense"])
@pytest.mark.usefixtures("_no_collector")
@on_uvloop
async def test_a_socket_that_has_gone_is_freed_without_the_collector(ends, offer):
    hello = msgspec.json.encode(
        {"type": "hello", "version": 1, "stream": ROOM.slug, "ticket": mint(MODERATOR, ROOM)[0]}
    )
    post = msgspec.json.encode({"type": "comment.post", "nonce": "n", "text": "hello"})
    async with product() as (server, port):
        async with raw_socket(port, offer=offer) as client:
            client.send(text(hello))
            assert b'"welcome"' in await client.reads(200)
            client.send(text(post))
            assert b"comment.accepted" in await client.reads(50)
            (protocol,) = server.server_state.connections
            (consumer,) = lifecycle().sockets
            gone = [weakref.ref(protocol), weakref.ref(consumer)]
            assert set(alive()) >= {"TransportProtocol", "StreamConsumer", "Member", "Seat"}
            if ends == "is closed":
                consumer.close(4000)
                assert close_code(await client.reads(4)) == 4000
                client.send(close(4000))
            elif ends == "says good-bye":
                client.send(close(1000))
            elif ends == "sends nonsense":
                client.send(text(b"\xff"))
            del protocol, consumer
            if ends != "cut":
                await client.rest()
        await until(lambda: not server.server_state.connections)
        await until(lambda: not server.server_state.tasks)
        await asyncio.sleep(0.02)

        assert alive() == {}
        assert [ref() for ref in gone] == [None, None]
        assert not lifecycle().sockets
        assert not hub().members


# --- posts through the product -------------------------------------------------------------------


async def say_hello(client):
    """Join as a moderator."""
    await client.send(
        msgspec.json.encode(
            {"type": "hello", "version": 1, "stream": ROOM.slug, "ticket": mint(MODERATOR, ROOM)[0]}
        ).decode()
    )
    assert msgspec.json.decode(await client.recv())["type"] == "welcome"


async def say(client, nonce, line, **fields):
    message = {"type": "comment.post", "nonce": nonce, "text": line} | fields
    await client.send(msgspec.json.encode(message).decode())


@pytest.mark.parametrize("compression", ["deflate", None])
@on_uvloop
async def test_answers_come_in_the_order_of_the_posts(compression):
    async with product() as (_, port):
        async with connect(f"ws://127.0.0.1:{port}/ws/", compression=compression) as client:
            await say_hello(client)
            for number in range(8):
                await say(client, f"n{number}", f"{LONG[:150]} {number}")
            answers = [msgspec.json.decode(await client.recv()) for _ in range(8)]

    assert [(answer["type"], answer["nonce"]) for answer in answers] == [
        ("comment.accepted", f"n{number}") for number in range(8)
    ]
    assert [int(answer["comment"]["id"]) for answer in answers] == sorted(
        int(answer["comment"]["id"]) for answer in answers
    )


@on_uvloop
async def test_a_reply_is_looked_up_and_answered_for_itself():
    async with product() as (_, port):
        target = comment(str(ids.make_id(5, 0, 1)), "what do you think?", user="9")
        await redisdb.client().xadd(
            redisdb.recent(ROOM),
            {"c": msgspec.json.encode(target)},
            id=ids.position(int(target.id)),
        )
        async with connect(f"ws://127.0.0.1:{port}/ws/") as client:
            await say_hello(client)
            await say(client, "reply", "I agree", reply_to=target.id)
            await say(client, "lost", "to nobody", reply_to="x")
            await say(client, "plain", "by the way")
            answers = {}
            for _ in range(3):
                answer = msgspec.json.decode(await client.recv())
                answers[answer.get("nonce") or answer["ref"]] = answer

    assert answers["reply"]["comment"]["reply"] == {
        "id": target.id,
        "name": "Person 9",
        "text": "what do you think?",
    }
    assert answers["lost"]["code"] == "unknown_comment"
    assert answers["plain"]["comment"]["text"] == "by the way"


@on_uvloop
async def test_who_goes_before_the_answer_is_stored_all_the_same(caplog):
    async with product() as (_, port):
        async with connect(f"ws://127.0.0.1:{port}/ws/") as client:
            await say_hello(client)
            await say(client, "n", "and gone")
            client.transport.abort()
        async with asyncio.timeout(5):
            while not await redisdb.client().xlen(redisdb.log(0)):
                await asyncio.sleep(0.01)
        await until(lambda: not hub().members)

    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@on_uvloop
async def test_a_client_that_goes_at_once_leaves_nothing():
    async with product() as (server, port):
        for _ in range(20):
            async with raw_socket(port):
                pass
        await until(lambda: not server.server_state.connections)
        await until(lambda: not server.server_state.tasks)
        assert not lifecycle().sockets
        assert not hub().members
