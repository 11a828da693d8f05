"""The stub's room: what a reader is sent is what a web process would send."""

import asyncio
from contextlib import suppress

import msgspec
import pytest

from livecomments.protocol import (
    CommentAccepted,
    CommentPost,
    Frame,
    Hello,
    Person,
    Ping,
    Pong,
    Room,
    ServerMessage,
    StreamStatus,
    Welcome,
)
from tests.page.room import RECENT, Show, StubRoom

READER = Person(id="7", name="Robin")
STATE = Room(
    status=StreamStatus.LIVE,
    closed=False,
    slow_seconds=0,
    min_account_age_minutes=0,
    review=False,
    pinned=None,
    pace=0,
)


class Reader:
    """Keeps what it is sent."""

    def __init__(self, room):
        self.got = []
        self.room = room
        self.seat = room.enter(self._take, None)

    async def _take(self, message):
        self.got.append(msgspec.json.decode(message, type=ServerMessage))

    async def say(self, message):
        await self.room.hear(self.seat, msgspec.json.encode(message))

    @property
    def frames(self):
        return [message for message in self.got if isinstance(message, Frame)]

    @property
    def shown(self):
        return [item.comment for frame in self.frames for item in frame.items]


@pytest.fixture
async def reader():
    room = StubRoom(STATE, READER)
    task = asyncio.create_task(room.run())
    yield Reader(room)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def over(room):
    while not room.played.is_over:
        await asyncio.sleep(0.02)


async def test_hello_is_answered_with_the_recent_comments(reader):
    await reader.say(Hello(version=1, stream="reader", ticket="stub"))
    [welcome] = reader.got
    assert isinstance(welcome, Welcome)
    assert len(welcome.recent) == RECENT
    assert welcome.public.through == welcome.recent[-1].id
    assert (welcome.room, welcome.you.name) == (STATE, "Robin")


async def test_visitor_is_nobody(reader):
    await reader.say(Hello(version=1, stream="visitor"))
    assert reader.got[0].you is None


async def test_show_sends_every_comment_once_in_frames_that_follow_each_other(reader):
    await reader.say(Hello(version=1, stream="visitor"))
    reader.room.play(Show(per_minute=6_000, seconds=0.5))
    await over(reader.room)
    ids = [int(comment.id) for comment in reader.shown]
    assert len(ids) == reader.room.played.comments == 50
    assert ids == sorted(set(ids))
    assert ids[0] > int(reader.got[0].recent[-1].id)
    assert ids[-1] == int(reader.room.played.last)
    first = reader.got[0].public.seq
    frames = reader.frames
    assert [frame.seq for frame in frames] == list(range(first + 1, first + 1 + len(frames)))
    assert any(frame.reactions and frame.totals for frame in frames)


async def test_what_the_reader_says_is_accepted_and_shown(reader):
    await reader.say(Hello(version=1, stream="reader", ticket="stub"))
    await reader.say(CommentPost(nonce="one", text="hello"))
    accepted = reader.got[-1]
    assert isinstance(accepted, CommentAccepted)
    assert (accepted.nonce, accepted.comment.text) == ("one", "hello")
    async with asyncio.timeout(2):
        while not reader.frames:
            await asyncio.sleep(0.02)
    assert reader.shown == [accepted.comment]


async def test_ping_is_answered(reader):
    await reader.say(Ping())
    assert isinstance(reader.got[0], Pong)
