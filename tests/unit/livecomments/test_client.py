"""The client against a server whose every word the test chooses."""

import asyncio

import pytest

from livecomments.client import session
from livecomments.protocol import (
    Backfill,
    Bye,
    CloseCode,
    Cursor,
    Error,
    ErrorCode,
    Frame,
    Hello,
    Personal,
    Resume,
)
from tests.unit.livecomments.fakeserver import client, soon

# --- reading ----------------------------------------------------------------------------------


async def test_frames_arrive_in_order_and_gaps_make_it_come_back(server):
    async with client(server) as viewer:
        first = await server.welcomes()
        server.tell(Frame(seq=1, through="5"))
        server.tell(Frame(seq=3, through="9"))
        again = await server.welcomes(resumed=True)
        server.tell(Frame(seq=2, through="7"))
        await soon(lambda: len(viewer.seen) == 4)

    assert first == Hello(version=1, stream="talk")
    assert again.resume == Resume(epoch="e", public=Cursor(1, "5"))
    assert [m.seq for m in viewer.seen if isinstance(m, Frame)] == [1, 2]
    assert (viewer.gaps, viewer.stale_frames, viewer.connections) == (1, 0, 2)


async def test_frame_that_was_shown_is_counted_and_not_shown_again(server):
    async with client(server) as viewer:
        await server.welcomes(seq=4)
        server.tell(Frame(seq=4, through="5"))
        server.tell(Frame(seq=5, through="6"))
        await soon(lambda: len(viewer.seen) == 2)

    assert (viewer.seen[-1].seq, viewer.stale_frames) == (5, 1)


async def test_numbers_may_jump_after_the_archive(server):
    async with client(server) as viewer:
        await server.welcomes(seq=4)
        server.cut()
        await server.welcomes(resumed=True)
        server.tell(Backfill(audience="public", through="80", items=[]))
        server.tell(Frame(seq=60, through="90"))
        await soon(lambda: isinstance(viewer.seen[-1], Frame))
        server.cut()
        hello = await server.welcomes(resumed=True)

    assert hello.resume.public == Cursor(60, "90")
    assert viewer.gaps == 0


async def test_parts_of_the_archive_are_told_together_and_asked_for_again_when_cut_off(server):
    def part(*, more):
        return Backfill(audience="public", through="80", items=[], more=more)

    told = Personal(seq=60, audience="public", items=[])
    async with client(server) as viewer:
        await server.welcomes(seq=4)
        server.cut()
        await server.welcomes(resumed=True)
        server.tell(part(more=True))
        server.tell(told)
        server.cut()
        hello = await server.welcomes(resumed=True)
        assert hello.resume.public == Cursor(4, "0")
        assert not [one for one in viewer.seen if isinstance(one, Backfill | Personal)]
        server.tell(part(more=True))
        server.tell(told)
        server.tell(part(more=False))
        await soon(lambda: isinstance(viewer.seen[-1], Backfill))
        missed = [one for one in viewer.seen if isinstance(one, Backfill | Personal)]
        assert missed == [part(more=True), told, part(more=False)]
        server.cut()
        hello = await server.welcomes(resumed=True)

    assert hello.resume.public == Cursor(4, "80")


async def test_bye_says_when_to_come_back(server):
    async with client(server) as viewer:
        await server.welcomes()
        server.tell(Bye(reconnect_after_ms=150))
        await asyncio.sleep(0.02)
        left = asyncio.get_running_loop().time()
        server.close(CloseCode.GOING_AWAY)
        await server.welcomes(resumed=True)
        assert asyncio.get_running_loop().time() - left >= 0.14
        await soon(lambda: viewer.connections == 2)


@pytest.mark.parametrize("code", [code for code in CloseCode if not code.retry])
async def test_close_codes_that_say_stop_are_obeyed(server, code):
    async with client(server) as viewer:
        await server.hears(Hello)
        server.close(code)
        await soon(lambda: viewer.stopped_by is not None)
        await asyncio.sleep(0.05)

    assert viewer.stopped_by is code
    assert len(server.transports) == 1


async def test_busy_hello_is_said_again_on_the_same_connection(server):
    async with client(server) as viewer:
        await server.hears(Hello)
        server.tell(Error(ErrorCode.BUSY, "busy", ref="hello", retry_after_ms=10))
        await server.welcomes()
        await soon(lambda: viewer.joined.is_set())

    assert len(server.transports) == 1


async def test_unknown_stream_ends_it(server):
    async with client(server) as viewer:
        await server.hears(Hello)
        server.tell(Error(ErrorCode.UNKNOWN_STREAM, "none", ref="hello"))
        await soon(lambda: viewer.stopped_by is not None)

    assert viewer.stopped_by.code is ErrorCode.UNKNOWN_STREAM


async def test_server_that_does_not_answer_yet_is_tried_again(server, monkeypatch):
    monkeypatch.setattr(session, "WELCOME_SECONDS", 0.05)
    async with client(server) as viewer:
        await server.hears(Hello)
        await server.welcomes()
        await soon(lambda: viewer.joined.is_set())

    assert len(server.transports) == 2
