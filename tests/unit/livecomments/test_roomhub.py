"""Joining while the room closes or begins again: nobody is left in a seat that gets nothing."""

import asyncio

import pytest

from livecomments import redisdb
from livecomments.errors import DomainError
from livecomments.gateway import hub as hubs
from livecomments.gateway import roomhub as roomhubs
from livecomments.gateway.hub import Hub
from livecomments.gateway.member import Member
from livecomments.protocol import Audience, ErrorCode
from tests.rooms import ROOM, open_room


class Connection:
    """The network edge: what was sent."""

    direct = None

    def __init__(self):
        self.sent = []

    def send(self, message):
        self.sent.append(message.payload)

    def buffered(self):
        return 0

    def abort(self):
        raise AssertionError("nobody is to be cut here")


def member():
    return Member(connection=Connection(), address="192.0.2.1", revoke=lambda: None)


def welcomes(viewer):
    return sum(b'"type":"welcome"' in payload for payload in viewer.connection.sent)


@pytest.fixture
async def hub(redis, monkeypatch):
    monkeypatch.setattr(hubs, "IDLE_SECONDS", 0.0)
    await open_room()
    hub = Hub()
    yield hub
    await hub.stop()


@pytest.fixture
def slow_join(monkeypatch):
    """Lets a test hold a join where it asks Redis for the person's sanction."""
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def held(address, member):
        reached.set()
        await go_on.wait()

    monkeypatch.setattr(roomhubs, "_sanction_of", held)
    return reached, go_on


async def test_a_room_does_not_close_under_a_hello(hub, slow_join):
    reached, go_on = slow_join
    room = await hub.open(ROOM)
    joining = asyncio.create_task(room.join(member(), None))
    await reached.wait()

    await hub._close_idle([room])
    go_on.set()
    await joining

    assert hub.rooms == {ROOM.id: room}
    assert len(hub._feeds) == len(Audience)


async def test_an_idle_room_closes(hub):
    room = await hub.open(ROOM)
    await hub._close_idle([room])

    assert not hub.rooms
    assert not hub._feeds


async def test_a_room_that_is_opened_while_it_closes_keeps_its_subscriptions(hub):
    room = await hub.open(ROOM)
    closing = asyncio.create_task(hub._close_idle([room]))
    await asyncio.sleep(0)  # it waits for the first of its two subscriptions to end
    assert (await hub.open(ROOM)) is not room
    await closing

    assert len(hub._feeds) == len(Audience)
    layer = hubs.get_channel_layer()._get_layer()
    for audience in Audience:
        name = layer._get_group_channel_name(redisdb.frame_group(ROOM, audience))
        assert name in layer.groups


async def test_a_join_across_a_new_epoch_is_told_to_come_again(hub, slow_join, redis):
    reached, go_on = slow_join
    room = await hub.open(ROOM)
    late = member()
    joining = asyncio.create_task(room.join(late, None))
    await reached.wait()

    await redis.hset(redisdb.state(ROOM), "epoch", "another")
    await hub._repaired(room.feeds[Audience.PUBLIC])
    go_on.set()

    with pytest.raises(DomainError) as caught:
        await joining
    assert caught.value.code is ErrorCode.BUSY
    assert late.room is None
    assert not room.members


async def test_a_new_epoch_is_told_once_and_leaves_one_seat(hub, redis, monkeypatch):
    monkeypatch.setattr("livecomments.gateway.feed.SWEEP_SLICE", 1)
    room = await hub.open(ROOM)
    viewers = [member() for _ in range(5)]
    for viewer in viewers:
        await room.join(viewer, None)

    await redis.hset(redisdb.state(ROOM), "epoch", "another")
    await asyncio.gather(*(hub._repaired(feed) for feed in room.feeds.values()))

    assert [welcomes(viewer) for viewer in viewers] == [2] * 5
    assert len(room.feeds[Audience.PUBLIC].seats) == 5
    for viewer in viewers:
        room.leave(viewer)
    assert not room.feeds[Audience.PUBLIC].seats


async def test_a_seat_one_frame_before_a_feed_without_frames_is_cut_not_lost(hub):
    room = await hub.open(ROOM)
    feed = room.feeds[Audience.PUBLIC]
    feed.start("epoch", 7)
    seat = roomhubs.Seat(Connection(), None, 6)
    cut = []
    seat.connection.abort = lambda: cut.append(True)
    feed.sit(seat)

    assert cut == [True]


def test_two_anonymous_sockets_are_two_viewers():
    assert member().viewer_key != member().viewer_key
