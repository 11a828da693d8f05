"""Clients with permessage-deflate and without: the same messages, fewer bytes, no way to hurt."""

import asyncio
from urllib.parse import urlsplit

import msgspec
import pytest
from websockets.asyncio.client import connect

from livecomments.client.wire import socket_url
from livecomments.protocol import CloseCode, CommentAccepted, Role
from tests.sockets import stream_socket
from tests.wire import (
    CLOSE,
    TEXT,
    TEXT_DEFLATED,
    close,
    close_code,
    deflated,
    raw_socket,
    text,
)

LINES = [f"the same old story, again and again, {number}" for number in range(12)]


def hello(stage, ticket=None, **fields):
    """The first message of a client."""
    message = {"type": "hello", "version": 1, "stream": stage.slug, "ticket": ticket} | fields
    return msgspec.json.encode({name: value for name, value in message.items() if value})


def port_of(live):
    return urlsplit(live.url).port


def frames_of(messages):
    """The payloads of the frames of a stream among what a client got."""
    return [payload for _, payload in messages if b'"type":"frame"' in payload]


async def rush(stage):
    """Let everything be said at once; returns the id of the newest."""
    staff = stage.person(Role.MODERATOR)
    return max(await asyncio.gather(*(stage.say(staff, line) for line in LINES[:8])))


async def test_f9_who_deflates_and_who_does_not_are_shown_the_same(live, stage):
    port = port_of(live)
    async with (
        raw_socket(port) as plain,
        raw_socket(port, offer="permessage-deflate; client_max_window_bits") as deflates,
    ):
        for viewer in (plain, deflates):
            viewer.send(text(hello(stage)))
            await viewer.frames_until(b'"type":"welcome"')
        began = [viewer.received for viewer in (plain, deflates)]

        newest = str(await rush(stage)).encode()
        seen = [await viewer.frames_until(newest) for viewer in (plain, deflates)]

        of_plain, of_deflates = map(frames_of, seen)
        shown = [line for line in LINES[:8] if any(line.encode() in frame for frame in of_plain)]
        assert shown == LINES[:8]
        both = min(len(of_plain), len(of_deflates))
        assert of_plain[:both] == of_deflates[:both]
        assert {first for first, _ in seen[0]} == {TEXT}
        assert TEXT_DEFLATED in {first for first, _ in seen[1]}
        assert deflates.received - began[1] < (plain.received - began[0]) / 2


async def test_an_answer_to_one_person_is_not_deflated(live, stage):
    async with raw_socket(port_of(live), offer="permessage-deflate") as client:
        client.send(text(hello(stage, stage.visitor())))
        await client.frames_until(b'"type":"welcome"')
        client.send(deflated(b'{"type":"comment.post","nonce":"n","text":"%s"}' % (b"ha" * 90)))
        got = await client.frames_until(b'"comment.accepted"')

    answers = [first for first, payload in got if b'"type":"frame"' not in payload]
    assert set(answers) == {TEXT}


@pytest.mark.parametrize("compression", ["deflate", None])
async def test_p1_a_client_that_deflates_posts_and_reads_like_any_other(server, stage, compression):
    url = socket_url(server)
    async with (
        connect(url, compression=compression) as client,
        stream_socket(server, stage.slug) as viewer,
    ):
        await client.send(hello(stage, stage.visitor(Role.MODERATOR)).decode())
        assert '"type":"welcome"' in await client.recv()
        ids = []
        for number, line in enumerate(LINES[:6]):
            post = {"type": "comment.post", "nonce": f"n{number}", "text": line * 4}
            await client.send(msgspec.json.encode(post).decode())
        shown = set()
        async with asyncio.timeout(5):
            while len(ids) < 6 or not shown >= set(ids):
                message = msgspec.json.decode(await client.recv())
                if message["type"] == "comment.accepted":
                    ids.append(message["comment"]["id"])
                for item in message.get("items", []):
                    shown.add(item["comment"]["id"])
        assert [(await viewer.shows(found)).text for found in ids] == [
            line * 4 for line in LINES[:6]
        ]


async def test_c3_whoever_deflates_resumes_with_everything(live, stage):
    async with stream_socket(live.url, stage.slug) as viewer:
        resume = msgspec.to_builtins(viewer.resume)
        newest = await rush(stage)
        await viewer.shows(str(newest))
        expected = [comment.id for comment in viewer.comments]
    async with raw_socket(port_of(live), offer="permessage-deflate") as client:
        client.send(text(hello(stage, resume=resume)))
        got = await client.frames_until(b'"type":"caught_up"')

    items = [item for payload in frames_of(got) for item in msgspec.json.decode(payload)["items"]]
    assert [item["comment"]["id"] for item in items] == expected


# --- what cannot be read -------------------------------------------------------------------------


def trouble(live):
    """What the web processes have said that somebody should look at."""
    return [
        line
        for name in ("web-1", "web-2")
        for line in live.log(name).splitlines()
        if "Traceback" in line or "ERROR" in line
    ]


@pytest.mark.parametrize("offer", [None, "permessage-deflate"])
async def test_s9_what_is_not_utf8_closes_its_own_socket_quietly(live, stage, offer):
    before = trouble(live)
    async with (
        raw_socket(port_of(live), offer=offer) as client,
        stream_socket(live.url, stage.slug, ticket=stage.visitor()) as bystander,
    ):
        client.send(text(hello(stage)))
        await client.frames_until(b'"type":"welcome"')
        client.send(deflated(b'"\xff"') if offer else text(b'"\xff"'))
        assert close_code(await client.rest()) == 1007
        assert isinstance(await bystander.post("unharmed"), CommentAccepted)

    assert trouble(live) == before


async def test_s9_a_deflated_bomb_is_too_large_and_hurts_nobody(live, stage):
    before = trouble(live)
    async with stream_socket(live.url, stage.slug, ticket=stage.visitor()) as bystander:
        for _ in range(5):
            async with raw_socket(port_of(live), offer="permessage-deflate") as client:
                client.send(text(hello(stage)))
                await client.frames_until(b'"type":"welcome"')
                client.send(deflated(bytes(20_000_000)))
                assert close_code(await client.rest()) == 1009
        assert isinstance(await bystander.post("unharmed"), CommentAccepted)

    assert trouble(live) == before


async def test_nothing_follows_a_close(live, stage):
    """A socket that is told to go gets no frame after that, however busy its room is."""
    async with raw_socket(port_of(live), offer="permessage-deflate") as client:
        client.send(text(hello(stage)))
        await client.frames_until(b'"type":"welcome"')
        talking = asyncio.create_task(rush(stage))
        client.send(*[text("{")] * 30)  # so much of it is abuse
        got = await client.frames_until(CloseCode.ABUSE.to_bytes(2, "big"))
        await talking
        client.send(text("{"), close(CloseCode.ABUSE))
        data = await client.rest()

    assert got[-1][0] == CLOSE
    assert data == b""
