"""How a process leaves: what it took is answered, then everybody is sent away."""

import asyncio

import msgspec
import pytest
from websockets.asyncio.client import connect

from livecomments import protocol
from livecomments.gateway import commands
from livecomments.gateway import lifecycle as module
from livecomments.gateway.lifecycle import lifecycle
from livecomments.tickets import mint
from tests.rooms import MODERATOR, ROOM, comment
from tests.serving import on_uvloop, product, until


@pytest.fixture(autouse=True)
def _this_process_goes_on():
    yield
    module._lifecycle.draining = False


async def join(port):
    """A socket that has joined as a moderator."""
    client = await connect(f"ws://127.0.0.1:{port}/ws/")
    hello = {"type": "hello", "version": 1, "stream": ROOM.slug, "ticket": mint(MODERATOR, ROOM)[0]}
    await client.send(msgspec.json.encode(hello).decode())
    assert (await hears(client))["type"] == "welcome"
    return client


async def hears(client):
    """The next message."""
    return msgspec.json.decode(await asyncio.wait_for(client.recv(), 5))


async def say(client, nonce, **fields):
    message = {"type": "comment.post", "nonce": nonce, "text": nonce} | fields
    await client.send(msgspec.json.encode(message).decode())


def slow_replies(monkeypatch):
    """Replies wait for the event that is returned: what they answer is being looked up."""
    go_on = asyncio.Event()

    async def looked_up(room, *, nonce, **post):
        await go_on.wait()
        return protocol.CommentAccepted(nonce=nonce, comment=comment("12"))

    monkeypatch.setattr(commands, "post_comment", looked_up)
    return go_on


@on_uvloop
async def test_d4_a_reply_that_is_being_looked_up_is_answered_before_the_end(monkeypatch):
    go_on = slow_replies(monkeypatch)
    async with product() as (_, port):
        client = await join(port)
        await say(client, "late", reply_to="11")
        await until(lambda: any(socket.unanswered for socket in lifecycle().sockets))
        draining = asyncio.create_task(lifecycle().drain())
        await asyncio.sleep(0.3)
        assert not draining.done()
        await say(client, "too late")
        refusal = await hears(client)
        assert (refusal["ref"], refusal["code"]) == ("too late", "busy")
        assert refusal["retry_after_ms"] == 1000

        go_on.set()
        answer, bye = await hears(client), await hears(client)
        assert (answer["type"], answer["nonce"]) == ("comment.accepted", "late")
        assert bye["type"] == "bye"
        await client.wait_closed()
        assert client.close_code == 4000
        await draining


@on_uvloop
async def test_d4_who_is_never_answered_does_not_hold_up_the_end(monkeypatch):
    monkeypatch.setattr(module, "FLUSH_SECONDS", 0.2)
    slow_replies(monkeypatch)
    async with product() as (_, port):
        client = await join(port)
        await say(client, "never", reply_to="11")
        await until(lambda: any(socket.unanswered for socket in lifecycle().sockets))
        await asyncio.wait_for(lifecycle().drain(), 5)
        assert (await hears(client))["type"] == "bye"
        await client.wait_closed()
        assert client.close_code == 4000


@on_uvloop
async def test_d4_sockets_are_closed_bit_by_bit(monkeypatch):
    closed = []
    async with product() as (_, port):
        clients = [await connect(f"ws://127.0.0.1:{port}/ws/") for _ in range(30)]

        async def watch(client):
            await client.wait_closed()
            closed.append(asyncio.get_running_loop().time())

        watches = [asyncio.create_task(watch(client)) for client in clients]
        await lifecycle().drain()
        await asyncio.gather(*watches)

    assert max(closed) - min(closed) > module.SPREAD_MIN_SECONDS / 2
    assert {client.close_code for client in clients} == {4000}
