"""Who reads too little, and what stays behind of those who have gone."""

import asyncio
import gc
import logging
import weakref
from collections import Counter

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.server import ServerProtocol

from livecomments import ids, redisdb
from livecomments.gateway.connection import BUFFER_LIMIT_BYTES, DirectConnection
from livecomments.gateway.consumer import StreamConsumer
from livecomments.gateway.feed import Feed, Seat
from livecomments.gateway.frames import PreparedFrame, Run
from livecomments.gateway.hub import hub
from livecomments.gateway.lifecycle import lifecycle
from livecomments.gateway.member import Member
from livecomments.gateway.server import TransportProtocol
from livecomments.protocol import Audience
from livecomments.tickets import mint
from tests.rooms import MODERATOR, ROOM, comment
from tests.serving import LONG, Application, on_uvloop, product, serving, until
from tests.wire import (
    close,
    close_code,
    raw_socket,
    text,
    texts,
)

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
