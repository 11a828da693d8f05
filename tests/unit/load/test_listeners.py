"""A crowd of listeners against a small server whose mistakes it must notice."""

import asyncio
import json
from contextlib import asynccontextmanager

import picows
import pytest

from tests.load.listeners import Crowd, Talk, published


class Room(picows.WSListener):
    """One connection of the server; `heard` has what it was told."""

    def __init__(self, everybody, welcome):
        self.everybody = everybody
        self.welcome = welcome
        self.heard = []

    def on_ws_connected(self, transport):
        self.transport = transport
        self.everybody.append(self)
        if self.welcome is not None:
            self.say(self.welcome)

    def on_ws_frame(self, transport, frame):
        if frame.msg_type == picows.WSMsgType.TEXT:
            self.heard.append(frame.get_payload_as_bytes())

    def say(self, message):
        self.transport.send(picows.WSMsgType.TEXT, message)


@asynccontextmanager
async def crowd_of(listeners, *, welcome=None, **talk):
    """Yields a crowd that has joined, and the server's end of each connection."""
    everybody = []
    server = await picows.ws_create_server(lambda _: Room(everybody, welcome), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    crowd = Crowd(Talk(url=f"ws://127.0.0.1:{port}/", **talk))
    try:
        await crowd.connect(listeners, at_once=2)
        yield crowd, everybody
    finally:
        crowd.leave()
        server.close()
        await server.wait_closed()


def message(crowd, seq, *, now=None):
    """Return a message that the crowd knows was published."""
    made = published(seq, 200, now=now)
    crowd.expect(seq, made)
    return made


async def settle():
    """Let everything that was sent arrive."""
    await asyncio.sleep(0.1)


def test_published_has_the_length_and_says_when_it_was_sent():
    made = published(12, 600, now=1.5)

    assert len(made) == 600
    fields = json.loads(made)
    assert (fields["seq"], fields["sent_us"]) == ("00000012", "0000000001500000")
    assert len(published(99_999_999, 600)) == 600


async def test_crowd_that_gets_everything_is_complete():
    async with crowd_of(3) as (crowd, everybody):
        for seq in range(4):
            made = message(crowd, seq)
            for one in everybody:
                one.say(made)
        assert await crowd.wait_for(12, seconds=5)
        tally = crowd.tally(4)

    assert (tally.listeners, tally.delivered, tally.complete, tally.share) == (3, 12, 3, 1.0)
    assert (tally.disordered, tally.different_bytes, tally.wrong, tally.cut) == (0, 0, 0, 0)
    assert 0 < tally.p50_ms <= tally.p99_ms < 2_000


async def test_messages_before_the_first_that_counts_are_forgotten():
    async with crowd_of(2) as (crowd, everybody):
        early = message(crowd, 0)
        for one in everybody:
            one.say(early)
        assert await crowd.wait_for(2, seconds=5)
        crowd.begin(1)
        everybody[0].say(early)
        for one in everybody:
            one.say(message(crowd, 1))
        assert await crowd.wait_for(2, seconds=5)
        tally = crowd.tally(1)

    assert (tally.delivered, tally.complete, tally.disordered) == (2, 2, 0)


async def test_message_left_out_for_one_listener_is_missed():
    async with crowd_of(2) as (crowd, everybody):
        for seq in range(3):
            made = message(crowd, seq)
            everybody[0].say(made)
            if seq != 1:
                everybody[1].say(made)
        await settle()
        tally = crowd.tally(3)

    assert (tally.delivered, tally.complete, tally.share) == (5, 1, pytest.approx(5 / 6))


async def test_last_message_left_out_for_one_listener_is_missed():
    async with crowd_of(2) as (crowd, everybody):
        first, last = message(crowd, 0), message(crowd, 1)
        for one in everybody:
            one.say(first)
        everybody[0].say(last)
        await settle()
        tally = crowd.tally(2)

    assert (tally.delivered, tally.complete) == (3, 1)


async def test_message_that_comes_again_or_late_is_not_delivered_twice():
    async with crowd_of(1) as (crowd, everybody):
        made = [message(crowd, seq) for seq in range(3)]
        for seq in (0, 0, 2, 1):
            everybody[0].say(made[seq])
        await settle()
        tally = crowd.tally(3)

    assert (tally.delivered, tally.disordered, tally.complete) == (2, 2, 0)


async def test_bytes_that_differ_between_listeners_are_counted():
    async with crowd_of(2) as (crowd, everybody):
        made = message(crowd, 0)
        everybody[0].say(made)
        await settle()
        everybody[1].say(made.replace(b"xx", b"yy"))
        await settle()
        tally = crowd.tally(1)

    assert (tally.different_bytes, tally.wrong) == (1, 0)


async def test_message_that_nobody_published_like_that_is_wrong():
    async with crowd_of(2) as (crowd, everybody):
        made = message(crowd, 0).replace(b"xx", b"yy")
        for one in everybody:
            one.say(made)
        await settle()
        tally = crowd.tally(1)

    assert (tally.wrong, tally.different_bytes) == (1, 0)


async def test_message_in_a_wrapping_and_with_spaces_is_the_same():
    async with crowd_of(1) as (crowd, everybody):
        for seq in range(2):
            said = json.dumps(json.loads(message(crowd, seq)))
            everybody[0].say(f'42["frame",{said}]'.encode())
        assert await crowd.wait_for(2, seconds=5)
        tally = crowd.tally(2)

    assert (tally.wrong, tally.complete) == (0, 1)


async def test_times_count_from_the_moment_in_the_message():
    async with crowd_of(1) as (crowd, everybody):
        sent = asyncio.get_running_loop().time() - 5
        everybody[0].say(message(crowd, 0, now=sent))
        assert await crowd.wait_for(1, seconds=5)
        tally = crowd.tally(1)

    assert 4_900 < tally.p50_ms < 7_000


async def test_listener_greets_answers_pings_and_waits_to_be_let_in():
    answers = {b"2": b"3"}
    async with crowd_of(
        2, welcome=b'40{"sid":"a"}', greetings=(b"40",), answers=answers, ready=b"40{"
    ) as (_, everybody):
        everybody[0].say(b"2")
        await settle()

        assert [one.heard for one in everybody] == [[b"40", b"3"], [b"40"]]


async def test_connection_that_ends_is_counted_as_cut():
    async with crowd_of(3) as (crowd, everybody):
        everybody[1].transport.disconnect(False)
        await settle()

        assert crowd.tally(0).cut == 1


async def test_crowd_does_not_join_where_nobody_answers(monkeypatch, unused_tcp_port):
    monkeypatch.setattr("tests.load.listeners.TRY_AGAIN_SECONDS", 0.0)
    crowd = Crowd(Talk(url=f"ws://127.0.0.1:{unused_tcp_port}/"))

    with pytest.raises(ExceptionGroup) as caught:
        await crowd.connect(2)

    assert caught.group_contains(OSError)
    assert crowd.listeners == []
