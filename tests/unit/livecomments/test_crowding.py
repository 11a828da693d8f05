"""How many sockets an address and a person may have, over all processes."""

import asyncio

import msgspec
from websockets.asyncio.client import connect

from livecomments import limits, redisdb, tickets
from livecomments.errors import DomainError
from livecomments.gateway import crowding as module
from livecomments.gateway.crowding import (
    KEPT_SECONDS,
    REPORT_GOOD_FOR_SECONDS,
    Crowding,
    Report,
    address_holder,
    crowding,
    person_holder,
)
from livecomments.gateway.hub import Hub, hub
from livecomments.gateway.roomhub import RoomHub
from livecomments.protocol import ErrorCode
from tests.rooms import ROOM, person
from tests.serving import on_uvloop, product, until

HERE, ME = address_holder("127.0.0.1"), person_holder(7)


def with_sockets(count, holder=HERE):
    """What a process knows that has so many sockets."""
    crowd = Crowding()
    for _ in range(count):
        crowd.enter(holder)
    return crowd


def test_the_limit_is_over_all_processes():
    crowd = with_sockets(limits.SOCKETS_PER_ADDRESS - 11)
    crowd.hear({"web-2": Report(1, {HERE: 10})}, now=0)
    assert not crowd.is_full(HERE)

    crowd.enter(HERE)
    assert crowd.is_full(HERE)
    assert not crowd.is_full(address_holder("192.0.2.1"))

    crowd.leave(HERE)
    assert not crowd.is_full(HERE)


def test_a_person_has_a_limit_too():
    crowd = with_sockets(limits.SOCKETS_PER_PERSON, ME)
    assert crowd.is_full(ME)
    assert not crowd.is_full(person_holder(8))


def test_who_has_gone_is_not_remembered():
    crowd = with_sockets(2)
    crowd.leave(HERE)
    crowd.leave(HERE)
    assert crowd.here == {}


def test_a_process_that_says_nothing_new_is_believed_gone():
    crowd = with_sockets(1)
    report = {"web-2": Report(1, {HERE: 500})}
    crowd.hear(report, now=0)
    assert crowd.is_full(HERE)

    assert crowd.hear(report, now=REPORT_GOOD_FOR_SECONDS + 1) == []
    assert not crowd.is_full(HERE)

    crowd.hear({"web-2": Report(2, {HERE: 500})}, now=REPORT_GOOD_FOR_SECONDS + 2)
    assert crowd.is_full(HERE)
    assert crowd.hear({"web-2": Report(2, {})}, now=KEPT_SECONDS * 2) == ["web-2"]


def test_each_process_gives_its_share_of_what_is_too_many():
    limit = limits.SOCKETS_PER_ADDRESS
    crowd = with_sockets(limit)
    assert crowd.surplus() == {}

    crowd.hear({"web-2": Report(1, {HERE: limit // 2})}, now=0)
    assert crowd.surplus() == {HERE: limit // 3 + 1}  # two thirds of half the limit


async def test_processes_that_were_flooded_at_once_come_down_to_the_limit_and_not_below():
    """Each learns, cuts and reports in its turn, as they do every two seconds."""
    limit = limits.SOCKETS_PER_ADDRESS
    crowds = {f"web-{number}": with_sockets(limit) for number in range(4)}
    for name, crowd in crowds.items():
        await crowd.report(name)
    for _ in range(12):
        for name, crowd in crowds.items():
            await crowd.learn(name)
            for holder, count in crowd.surplus().items():
                for _ in range(count):
                    crowd.leave(holder)
            await crowd.report(name)

    total = sum(crowd.here[HERE] for crowd in crowds.values())
    assert limit - len(crowds) <= total <= limit
    await redisdb.close()


async def test_a_crowd_of_single_viewers_is_not_reported():
    crowd = Crowding()
    for number in range(1_000):
        crowd.enter(address_holder(f"127.1.{number // 250}.{number % 250}"))
    crowd.enter(HERE)
    await crowd.report("web-1")
    found = await redisdb.client().hget(redisdb.sockets(), "web-1")
    await redisdb.close()

    assert msgspec.msgpack.decode(found) == [1, {}]


# --- sockets -------------------------------------------------------------------------------------


async def say_hello(client, user_id):
    """Join as somebody."""
    ticket = tickets.mint(person(user_id), ROOM)[0]
    hello = {"type": "hello", "version": 1, "stream": ROOM.slug, "ticket": ticket}
    await client.send(msgspec.json.encode(hello).decode())


@on_uvloop
async def test_one_socket_too_many_is_sent_away_and_makes_room_when_it_leaves(monkeypatch):
    monkeypatch.setattr(limits, "SOCKETS_PER_ADDRESS", 3)
    async with product() as (_, port):
        url = f"ws://127.0.0.1:{port}/ws/"
        clients = [await connect(url) for _ in range(4)]
        await asyncio.wait_for(clients[3].wait_closed(), 5)
        assert clients[3].close_code == 4103
        await clients[0].close()
        await until(lambda: crowding().here[HERE] == 2)
        clients.append(await connect(url))
        await say_hello(clients[4], 7)
        assert msgspec.json.decode(await clients[4].recv())["type"] == "welcome"
        for client in clients:
            await client.close()
        await until(lambda: crowding().here == {})


@on_uvloop
async def test_a_persons_sockets_are_counted_in_however_they_come(monkeypatch):
    monkeypatch.setattr(limits, "SOCKETS_PER_PERSON", 2)
    async with product() as (_, port):
        url = f"ws://127.0.0.1:{port}/ws/"
        clients = [await connect(url) for _ in range(3)]
        await asyncio.gather(*(say_hello(client, 7) for client in clients))
        await until(lambda: sum(client.close_code == 4103 for client in clients) == 1)
        assert crowding().here[ME] == 2
        other = await connect(url)
        await say_hello(other, 8)
        assert msgspec.json.decode(await other.recv())["type"] == "welcome"
        for client in [*clients, other]:
            await client.close()
        await until(lambda: crowding().here == {})


@on_uvloop
async def test_the_newest_are_sent_away_while_another_process_keeps_what_it_has(monkeypatch):
    monkeypatch.setattr(limits, "SOCKETS_PER_ADDRESS", 10)
    monkeypatch.setattr(module, "REPORT_SECONDS", 0.05)
    async with product() as (_, port):
        clients = [await connect(f"ws://127.0.0.1:{port}/ws/") for _ in range(6)]
        other = with_sockets(6)
        await other.report("web-other")
        await until(lambda: sum(client.close_code is not None for client in clients) == 2)
        assert [client.close_code for client in clients[4:]] == [4103, 4103]
        await asyncio.sleep(0.2)
        assert [client.close_code for client in clients[:4]] == [None] * 4
        for client in clients:
            await client.close()


@on_uvloop
async def test_a_hello_that_fails_leaves_nobody_counted():
    async with product() as (_, port):
        async with connect(f"ws://127.0.0.1:{port}/ws/") as client:
            ticket = tickets.mint(person(7), ROOM)[0]
            bad = {"type": "hello", "version": 1, "stream": ROOM.slug, "ticket": ticket + "x"}
            await client.send(msgspec.json.encode(bad).decode())
            assert msgspec.json.decode(await client.recv())["code"] == "ticket_invalid"
            assert crowding().here == {HERE: 1}
            await say_hello(client, 7)
            assert msgspec.json.decode(await client.recv())["type"] == "welcome"
            assert crowding().here == {HERE: 1, ME: 1}
        await until(lambda: crowding().here == {})


@on_uvloop
async def test_a_join_that_fails_leaves_nobody_counted(monkeypatch):
    """The person was counted in before the room turned out to be unable to take them."""
    join, counted = RoomHub.join, []

    async def fails(room, member, resume):
        counted.append(dict(crowding().here))
        raise DomainError(ErrorCode.BUSY)

    async with product() as (_, port):
        async with connect(f"ws://127.0.0.1:{port}/ws/") as client:
            monkeypatch.setattr(RoomHub, "join", fails)
            await say_hello(client, 7)
            assert msgspec.json.decode(await client.recv())["code"] == "busy"
            assert (counted, crowding().here) == ([{HERE: 1, ME: 1}], {HERE: 1})
            monkeypatch.setattr(RoomHub, "join", join)
            await say_hello(client, 7)
            assert msgspec.json.decode(await client.recv())["type"] == "welcome"
        await until(lambda: crowding().here == {})


@on_uvloop
async def test_who_leaves_while_being_let_in_is_not_counted(monkeypatch):
    entered, go_on = asyncio.Event(), asyncio.Event()
    opened = Hub.open

    async def slow(hub, room):
        entered.set()
        await go_on.wait()
        return await opened(hub, room)

    monkeypatch.setattr(Hub, "open", slow)
    async with product() as (_, port):
        client = await connect(f"ws://127.0.0.1:{port}/ws/")
        await say_hello(client, 7)
        await entered.wait()
        client.transport.abort()
        await until(lambda: crowding().here == {})
        go_on.set()
        await until(lambda: hub().rooms and not hub().rooms[ROOM.id].joining)
        await asyncio.sleep(0.05)
        assert crowding().here == {}
        assert not hub().rooms[ROOM.id].members
