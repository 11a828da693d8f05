"""Coming back to a process that has not watched: its ring is filled once; readers set the pace."""

import asyncio

import msgspec
import pytest

from livecomments import redisdb
from livecomments.gateway import feed as feeds
from livecomments.gateway import roomhub as roomhubs
from livecomments.gateway.connection import BUFFER_LIMIT_BYTES
from livecomments.gateway.hub import Hub
from livecomments.gateway.member import Member
from livecomments.protocol import Audience, Cursor, Frame, Resume
from tests.rooms import ROOM, open_room
from tests.seats import FakeConnection

FRAMES = 12


def frame_bytes(seq):
    return msgspec.json.encode(Frame(seq=seq, through=str(seq), viewers=seq))


@pytest.fixture
async def hub(redis):
    """A process that comes to a room when frames have long been published in it."""
    await open_room()
    key = redisdb.frames(ROOM, Audience.PUBLIC)
    for seq in range(1, FRAMES + 1):
        await redis.xadd(key, {"f": frame_bytes(seq), "s": b""}, id=f"{seq}-0")
    await redis.hset(redisdb.state(ROOM), "seq", FRAMES)
    hub = Hub()
    yield hub
    await hub.stop()


@pytest.fixture
def slow(monkeypatch):
    """A reader of this kind must be waited for."""
    monkeypatch.setattr(feeds, "TAKEN_LOOK_SECONDS", 0.005)


async def come_back(room, *, seq):
    """Join with a resume token; returns the member."""
    epoch = room.feeds[Audience.PUBLIC].epoch
    member = Member(connection=FakeConnection(), address="192.0.2.1", revoke=lambda: None)
    resume = Resume(epoch=epoch, public=Cursor(seq=seq, through=str(seq)))
    await room.join(member, resume)
    return member


def sent(member):
    return [msgspec.json.decode(text) for text in member.connection.sent]


async def caught_up(member):
    async with asyncio.timeout(5):
        while not any(message["type"] == "caught_up" for message in sent(member)):
            await asyncio.sleep(0.005)
    return [message["seq"] for message in sent(member) if message["type"] == "frame"]


@pytest.mark.parametrize("seq", [0, 1, 7, FRAMES - 1, FRAMES])
async def test_what_was_missed_before_this_process_watched_comes_from_the_frame_log(hub, seq):
    member = await come_back(await hub.open(ROOM), seq=seq)

    assert await caught_up(member) == list(range(seq + 1, FRAMES + 1))


async def test_the_frame_log_is_read_once_however_many_come_back(hub, monkeypatch):
    read, reads = roomhubs.read_newest_frames, []

    async def noted(*args, **kwargs):
        reads.append(args)
        return await read(*args, **kwargs)

    monkeypatch.setattr(roomhubs, "read_newest_frames", noted)
    room = await hub.open(ROOM)
    members = await asyncio.gather(*(come_back(room, seq=2) for _ in range(40)))
    members.append(await come_back(room, seq=5))

    for member in members[:-1]:
        assert await caught_up(member) == list(range(3, FRAMES + 1))
    assert await caught_up(members[-1]) == list(range(6, FRAMES + 1))
    assert len(reads) == 1


async def test_frames_of_another_epoch_are_not_taken_for_ours(hub, redis):
    room = await hub.open(ROOM)
    await redis.hset(redisdb.state(ROOM), "epoch", "another")

    await room.fill_ring(room.feeds[Audience.PUBLIC])

    assert room.feeds[Audience.PUBLIC].oldest is None


async def test_no_more_than_the_ring_holds_is_taken(hub, monkeypatch):
    monkeypatch.setattr(feeds, "RING_FRAMES", 5)
    room = await hub.open(ROOM)

    await room.fill_ring(room.feeds[Audience.PUBLIC])

    assert room.feeds[Audience.PUBLIC].oldest.seq == FRAMES - 4


class Stalling(FakeConnection):
    """Takes one message at a time, and only when asked to go on."""

    def send(self, message):
        super().send(message)
        self.waiting = BUFFER_LIMIT_BYTES + 1


async def welcome_back(room, connection, messages):
    """Let the hub catch somebody up with these messages from the archive."""
    member = Member(connection=connection, address="192.0.2.1", revoke=lambda: None)
    snapshot = await room.refresh()
    cursors = {Audience.PUBLIC: Cursor(seq=FRAMES, through="1")}
    missed = roomhubs.Missed(cursors, snapshot, room.stretches)
    missed.messages = [feeds.PreparedFrame(text, 1, {}) for text in messages]
    missed.reached[Audience.PUBLIC] = FRAMES
    member.room = room
    room.members.add(member)
    return member, asyncio.create_task(room._welcome_back(member, snapshot, missed))


async def test_a_slow_reader_gets_the_next_message_when_it_has_taken_the_last(hub, slow):
    room = await hub.open(ROOM)
    connection = Stalling()
    member, working = await welcome_back(room, connection, [b'{"n":1}', b'{"n":2}', b'{"n":3}'])
    for number in (1, 2, 3):
        await asyncio.sleep(0.05)
        assert connection.sent[-1] == f'{{"n":{number}}}'
        assert not member.seats, "frames come behind what was missed"
        connection.waiting = 0
    await asyncio.wait_for(working, 2)

    assert msgspec.json.decode(connection.sent[-1])["type"] == "caught_up"
    assert member.seats[Audience.PUBLIC].seq == FRAMES


async def test_whoever_reads_nothing_is_cut_and_nothing_more_is_sent(hub, slow, monkeypatch):
    monkeypatch.setattr(feeds, "LAG_SECONDS", 0.05)
    room = await hub.open(ROOM)
    connection = Stalling()
    member, working = await welcome_back(room, connection, [b'{"n":1}', b'{"n":2}'])

    await asyncio.wait_for(working, 2)

    assert connection.aborted == 1
    assert connection.sent[-1] == '{"n":1}'
    assert not member.seats


async def test_whoever_goes_meanwhile_leaves_no_seat(hub, slow):
    room = await hub.open(ROOM)
    connection = Stalling()
    member, working = await welcome_back(room, connection, [b'{"n":1}', b'{"n":2}'])
    await asyncio.sleep(0.02)
    room.leave(member)
    connection.waiting = 0

    await asyncio.wait_for(working, 2)

    assert not room.feeds[Audience.PUBLIC].seats


async def test_a_room_that_begins_again_meanwhile_seats_everybody_once(hub, slow):
    room = await hub.open(ROOM)
    connection = Stalling()
    _, working = await welcome_back(room, connection, [b'{"n":1}', b'{"n":2}'])
    await asyncio.sleep(0.02)
    room.restart()
    await room.welcome_all()
    connection.waiting = 0

    await asyncio.wait_for(working, 2)

    assert len(room.feeds[Audience.PUBLIC].seats) == 1
    kinds = [msgspec.json.decode(text).get("type") for text in connection.sent]
    assert kinds.count("welcome") == 2
    assert "caught_up" not in kinds
