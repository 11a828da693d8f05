"""Hostile clients against the running product: whoever behaves is served as ever.

The bounds of one socket are in unit/livecomments/test_server_bounds.py and test_http_bounds.py, its
limits over processes in test_crowding.py; the figures are those of `python -m tests.hostile`.
"""

import asyncio
import signal
import time

import msgspec
import psutil
import pytest

from comments.models import Comment
from livecomments import redisdb
from livecomments.limits import POST_WINDOWS
from livecomments.local.ports import free_port
from livecomments.protocol import (
    Bye,
    CloseCode,
    CommentAccepted,
    CommentPost,
    Error,
    Frame,
    Hello,
    Ping,
    Pong,
    ReactionSend,
    Role,
)
from tests.hostile.attackers import SlowSenders, honest_connects
from tests.live import answers, orm, wait_until
from tests.sockets import stream_socket
from tests.wire import close_code, raw_socket, text

BINARY = 0x82
MEGABYTE = 1024 * 1024
ENDED = (0, -signal.SIGTERM)  # uvicorn passes the signal on when it is through


def port_of(url):
    return int(url.rpartition(":")[2])


@pytest.fixture
def own_process(live):
    """Yields `(url, process)` of a web process that no other test uses, and ends it."""
    shared, before = live.url, dict(live.processes)
    live.url = f"http://127.0.0.1:{free_port()}"
    live.start("web-own")
    url, live.url = live.url, shared
    wait_until(lambda: answers(url), what="the process")
    process = live.processes["web-own"]
    yield url, process
    process.kill()
    process.wait()
    live.processes = before


# --- size ----------------------------------------------------------------------------------------


async def test_s9_messages_that_are_too_large_cost_nothing(own_process):
    url, process = own_process
    memory = psutil.Process(process.pid).memory_info
    async with raw_socket(port_of(url)) as client:
        client.send(text('{"type":"ping"}'))
        await client.frames_until(b"pong")
    before = memory().rss
    for head, sent in ((10 * MEGABYTE, 10 * MEGABYTE), (1_000_000_000, 10 * MEGABYTE)):
        for first in (0x81, BINARY):
            async with raw_socket(port_of(url)) as client:
                client.writer.write(bytes((first, 0xFF)) + head.to_bytes(8, "big") + bytes(4))
                for _ in range(sent // 65_536):
                    if client.writer.transport.is_closing():
                        break
                    client.writer.write(bytes(65_536))
                    await asyncio.sleep(0)
                data = await client.rest()
                assert not data or close_code(data) == 1009  # a reset may overtake it
    assert memory().rss - before < 10 * MEGABYTE


async def test_a_message_above_the_limit_never_reaches_the_room(server, live, stage):
    post = CommentPost(nonce="large", text="x" * 8_200)
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as author:
        author.send(post)
        if server == live.url:
            assert await author.closed() == 1009
        else:
            assert (await author.until(Error)).code == "bad_message"
    assert await stored(stage) == []


async def stored(stage):
    """The texts that the archive has of a stream, once it has all that was said before this."""
    marker = await stage.say(stage.person(Role.MODERATOR), "the end")
    rows = Comment.objects.filter(stream=stage.row)
    async with asyncio.timeout(10):
        while not await asyncio.to_thread(orm, rows.filter(id=marker).exists):
            await asyncio.sleep(0.05)
    await redisdb.close()
    return await asyncio.to_thread(
        orm, lambda: list(rows.exclude(id=marker).values_list("text", flat=True))
    )


# --- slow ----------------------------------------------------------------------------------------


async def test_slow_and_silent_connections_keep_nobody_out(own_process):
    url, _ = own_process
    slow = SlowSenders(url, 200, pause=0.2)
    await slow.start()
    await asyncio.sleep(1)
    took = sorted(await honest_connects(url, 100))
    await slow.stop()

    assert took[98] < 1


# --- floods --------------------------------------------------------------------------------------


async def test_p5_a_flood_of_posts_on_one_socket_stores_no_more_than_the_limit(live, stage):
    most = min(window.count for window in POST_WINDOWS if window.span_ms > 1_000)
    ticket = stage.visitor()
    async with (
        stream_socket(live.url, stage.slug, ticket=ticket) as author,
        stream_socket(live.url, stage.slug) as other,
    ):
        for number in range(2_000):
            author.send(CommentPost(nonce=f"f{number}", text=f"flood {number}"))
            if number % 200 == 0:
                await asyncio.sleep(0.01)
        await other.ask(Ping(), Pong, 2)
        await author.ask(Ping(), Pong, 10)
        await asyncio.sleep(1)
        accepted = [message for message in author.seen if isinstance(message, CommentAccepted)]
        refused = [message.code for message in author.seen if isinstance(message, Error)]

    kept = await stored(stage)
    assert 0 < len(accepted) <= most
    assert len(kept) == len(accepted)
    assert len(accepted) + len(refused) == 2_000
    assert set(refused) <= {"rate_limited", "too_many_pending", "busy"}


async def test_a_flood_of_binary_messages_ends_the_socket_and_no_other(server, stage):
    async with (
        raw_socket(port_of(server)) as flood,
        stream_socket(server, stage.slug, ticket=stage.visitor()) as other,
    ):
        flood.send(*[bytes((BINARY, 0x80)) + bytes(4)] * 20_000)
        assert not isinstance(await other.post("still here"), Error)
        await flood.frames_until(int(CloseCode.ABUSE).to_bytes(2, "big"))


async def test_bad_reactions_of_one_are_nobody_elses_trouble(server, stage):
    async with (
        stream_socket(server, stage.slug, ticket=stage.visitor()) as bad,
        stream_socket(server, stage.slug, ticket=stage.visitor()) as good,
    ):
        for number in range(20):
            bad.send_raw(b'{"type":"reaction.send","kind":"hate","count":%d}' % (number - 10))
        refusal = await bad.until(Error)
        assert refusal.code == "bad_message"
        bad.send(ReactionSend(kind="like", count=1_000))
        good.send(ReactionSend(kind="love"))
        shown = await good.until(Frame, where=lambda frame: bool(frame.reactions))
        assert shown.reactions == {"love": 1}


# --- joins and leaves ----------------------------------------------------------------------------


async def come_and_go(url, slug, ticket):
    """Says hello and is gone before the answer."""
    async with raw_socket(port_of(url)) as client:
        hello = Hello(version=1, stream=slug, ticket=ticket)
        client.send(text(msgspec.json.encode(hello).decode()))


async def test_v1_whoever_joins_and_leaves_at_once_is_no_ghost(server, stage):
    tickets = [stage.visitor() for _ in range(20)]
    async with stream_socket(server, stage.slug, ticket=tickets[0]) as watcher:
        for _ in range(3):
            await asyncio.gather(
                *(come_and_go(server, stage.slug, tickets[n % 20]) for n in range(100))
            )
        assert isinstance(await watcher.post("who is there?"), CommentAccepted)
        async with asyncio.timeout(15):
            while await viewers(stage) != {1}:
                await asyncio.sleep(0.2)


async def viewers(stage):
    """How many people each process that has any says it has in this room."""
    names = await redisdb.client().hkeys(redisdb.viewer_processes(stage.room))
    counts = [
        await redisdb.client().scard(redisdb.process_viewers(stage.room, name.decode()))
        for name in names
    ]
    await redisdb.close()
    return set(counts) - {0}


# --- as somebody else ----------------------------------------------------------------------------


async def test_s10_nobody_speaks_for_another(server, stage, other_stage):
    """The other stream and the other person are there: nothing of theirs may be touched."""
    victim = stage.person()
    elsewhere = await other_stage.say(other_stage.person(), "in the other room")
    attempts = [
        b'{"type":"comment.post","nonce":"n","text":"x","user":"%d"}' % victim.user_id,
        b'{"type":"comment.post","nonce":"n","text":"x","role":"moderator"}',
        b'{"type":"comment.post","nonce":"n","text":"x","stream":"%s"}' % other_stage.slug.encode(),
        b'{"type":"comment.hidden","id":"%d"}' % elsewhere,
        b'{"type":"comment.posted","comment":{}}',
        b'{"type":"frame","seq":1,"through":"1"}',
    ]
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as author:
        for attempt in attempts:
            author.send_raw(attempt)
            assert (await author.until(Error)).code in {"bad_message", "unknown_type"}
        reply = await author.post("to you there", reply_to=str(elsewhere))
        assert reply.code == "unknown_comment"
    async with stream_socket(server, hello=False) as thief:
        thief.send(Hello(version=1, stream=other_stage.slug, ticket=stage.ticket(victim)))
        assert (await thief.next(Error)).code == "ticket_invalid"
    assert await stored(stage) == []
    assert await stored(other_stage) == ["in the other room"]


async def test_p2_two_identical_posts_at_once_are_one(live, stage):
    ticket = stage.visitor(Role.MODERATOR)
    async with (
        stream_socket(live.url, stage.slug, ticket=ticket) as first,
        stream_socket(live.url, stage.slug, ticket=ticket) as second,
    ):
        one, two = await asyncio.gather(
            first.post("only once", nonce="same"), second.post("only once", nonce="same")
        )
        assert one.comment.id == two.comment.id
    assert await stored(stage) == ["only once"]


# --- the end of a process ------------------------------------------------------------------------


async def test_d4_a_process_that_drains_answers_what_it_took_and_lets_go_bit_by_bit(
    own_process, live, stage
):
    url, process = own_process
    viewers = [stream_socket(url, stage.slug) for _ in range(150)]
    authors = [
        stream_socket(url, stage.slug, ticket=stage.visitor(Role.MODERATOR)) for _ in range(10)
    ]
    entered = [await socket.__aenter__() for socket in (*viewers, *authors)]
    watching, talking = entered[:150], entered[150:]
    closed_at = {}

    async def watch(socket):
        assert await socket.closed(20) == CloseCode.GOING_AWAY
        closed_at[socket] = time.monotonic()

    async def talk(socket, number):
        """Posts on and on; returns the ids it was told."""
        told = []
        for count in range(1_000):
            nonce = f"d{number}-{count}"
            try:
                answer = await socket.post(f"{number} says {count}", nonce=nonce)
            except (AssertionError, AttributeError):  # it was closed
                return told
            if isinstance(answer, CommentAccepted):
                told.append(answer.comment.id)
            elif answer.code != "rate_limited":
                return told
            await asyncio.sleep(0.05)
        raise AssertionError("it never ended")

    conversations = [asyncio.create_task(talk(*pair[::-1])) for pair in enumerate(talking)]
    watches = [asyncio.create_task(watch(socket)) for socket in entered]
    await asyncio.sleep(1)
    process.terminate()
    await asyncio.gather(*watches)
    told = await asyncio.gather(*conversations)
    assert await asyncio.to_thread(process.wait, 15) in ENDED
    for socket in (*viewers, *authors):
        await socket.__aexit__(None, None, None)

    assert max(closed_at.values()) - min(closed_at.values()) > 0.2
    assert all(any(isinstance(m, Bye) for m in socket.seen) for socket in watching)
    acknowledged = [number for ids in told for number in ids]
    assert len(acknowledged) > 10
    # Nothing was taken and left without an answer.
    assert len(await stored(stage)) == len(set(acknowledged)) == len(acknowledged)


def test_the_log_of_the_end_is_quiet(own_process, live):
    _, process = own_process
    process.terminate()
    assert process.wait(15) in ENDED
    assert "Traceback" not in live.log("web-own")
