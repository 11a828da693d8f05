"""Per-message deflate as the server agrees on it, over real connections."""

import pytest
from websockets.asyncio.client import connect
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

from livecomments.gateway.frames import PreparedFrame
from tests.serving import LONG, Application, on_uvloop, serving, until
from tests.wire import (
    GOES_ON,
    TEXT,
    TEXT_BEGINS,
    TEXT_DEFLATED,
    client_frame,
    raw_socket,
    read_frames,
)


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
