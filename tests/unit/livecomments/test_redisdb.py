"""Names that belong together lie together; clients neither repeat nor wait for ever."""

import asyncio

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from livecomments import redisdb
from livecomments.protocol import Audience
from livecomments.tickets import Room

ROOMS = [Room(1, 0, "a"), Room(2, 0, "b"), Room(1, 1, "c"), Room(11, 0, "d")]
PARTITION_KEYS = ["log", "clock", "ready", "behind", "lease", "cursor", "reacting", "tallied"]
PARTITION_KEYS += ["watched"]
ROOM_KEYS = ["state", "sanctions", "recent", "holds", "pending_reactions", "reaction_totals"]
ROOM_KEYS += ["reaction_slices", "stream_rate", "viewer_processes"]


def keys_of(room):
    """Every key that hangs on a room."""
    keys = [getattr(redisdb, name)(room) for name in ROOM_KEYS]
    keys += [redisdb.frames(room, audience) for audience in Audience]
    keys += [redisdb.process_viewers(room, name) for name in ("", "web-1", "web-2")]
    for user in (1, 11):
        keys += [redisdb.author(room, user), redisdb.reactor(room, user)]
        keys += [redisdb.nonce(room, user, "n"), redisdb.nonce(room, user, "n1")]
    return keys


def test_no_two_things_share_a_key():
    keys = [key for room in ROOMS for key in keys_of(room)]
    for number in (0, 1, 10):
        keys += [getattr(redisdb, name)(number) for name in [*PARTITION_KEYS, "holding"]]
        keys.append(redisdb.shard_clock(number))
    keys += [redisdb.rate("user:7"), redisdb.rate("address:7"), redisdb.revocations()]
    keys += [redisdb.stream_card("a"), redisdb.stream_card("b")]

    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("room", ROOMS)
def test_what_one_script_touches_has_one_tag(room):
    keys = keys_of(room)
    keys += [getattr(redisdb, name)(room.partition) for name in [*PARTITION_KEYS, "holding"]]

    assert {key[key.index("{") : key.index("}") + 1] for key in keys} == {f"{{p{room.partition}}}"}


@pytest.mark.parametrize("name", ["user:7", "address:192.0.2.1", "address:2001:db8::/64"])
def test_a_limit_lies_in_its_shard_with_the_clock(settings, name):
    settings.PARTITIONS = 16
    shard = redisdb.shard_of(name)

    assert 0 <= shard < 16
    assert redisdb.rate(name).startswith(f"lc:{{u{shard}}}:")
    assert redisdb.shard_clock(shard).startswith(f"lc:{{u{shard}}}:")


def test_groups_are_named_as_the_channel_layer_wants():
    names = {redisdb.frame_group(room, audience) for room in ROOMS for audience in Audience}

    assert len(names) == 2 * len(ROOMS)
    assert all(name.replace(".", "").isalnum() and len(name) < 100 for name in names)


async def test_one_client_for_each_loop(redis):
    def of_another_loop():
        async def ask():
            client = redisdb.client()
            await redisdb.close()
            return client

        return asyncio.run(ask())

    assert redisdb.client() is redis
    assert await asyncio.to_thread(of_another_loop) is not redis


async def test_close_ends_the_client_and_the_next_one_is_new(redis):
    await redisdb.close()

    assert redisdb.client() is not redis
    assert await redisdb.client().ping()
    await redisdb.close()
    await redisdb.close()  # nothing left to close


class DeafServer:
    """Counts who connects and what they ask; `answers` says whether it hangs up or stays silent."""

    def __init__(self, *, hangs_up):
        self.hangs_up = hangs_up
        self.asked = []

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *failure):
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/0"

    async def _serve(self, reader, writer):
        while asked := await reader.read(1_000):
            if b"SETINFO" in asked:
                writer.write(b"+OK\r\n" * asked.count(b"SETINFO"))
                continue
            self.asked.append(asked)
            if self.hangs_up:
                break
        writer.close()


async def test_a_command_whose_answer_is_lost_is_not_repeated(settings):
    async with DeafServer(hangs_up=True) as server:
        settings.REDIS_URL = server.url
        client = redisdb.make_client()

        with pytest.raises(RedisConnectionError):
            await client.incr("n")

        await client.aclose()
        await client.connection_pool.disconnect()
    assert len(server.asked) == 1, server.asked


async def test_a_server_that_is_silent_is_not_waited_for(settings):
    async with DeafServer(hangs_up=False) as server:
        settings.REDIS_URL = server.url
        client = redisdb.make_client(timeout=0.1)

        with pytest.raises(RedisTimeoutError):
            await asyncio.wait_for(client.incr("n"), timeout=2)

        await client.aclose()
        await client.connection_pool.disconnect()
    assert len(server.asked) == 1, server.asked


async def test_stream_reads_are_in_order_and_bounded(redis):
    for number in range(1, 6):
        await redis.xadd("s", {"n": number}, id=f"{number}-0")

    async def numbers(reading):
        return [int(fields[b"n"]) for _, fields in await reading]

    assert await numbers(redisdb.stream_range(redis, "s", lowest="(2-0", count=2)) == [3, 4]
    assert await numbers(redisdb.stream_range(redis, "s", lowest="2-0", highest="3-0")) == [2, 3]
    assert await numbers(redisdb.stream_tail(redis, "s", count=2)) == [4, 5]
    wait = {"count": 10, "block_ms": 10}
    assert await numbers(redisdb.stream_wait(redis, "s", after="3-0", **wait)) == [4, 5]
    assert await numbers(redisdb.stream_wait(redis, "s", after="5-0", **wait)) == []
    assert await numbers(redisdb.stream_range(redis, "none")) == []


async def test_a_script_runs_although_the_server_has_forgotten_it(redis):
    ask = redisdb.script("lease")
    keys = [redisdb.lease(0)]
    assert await ask(redis, keys, ["claim", "me", 0, 0, 0]) == 1
    await redis.script_flush()

    assert await ask(redis, keys, ["renew", "me", 1]) == 2  # the second renewal, after the claim
    assert await redis.script_exists(ask.sha) == [True]


@pytest.mark.parametrize("name", sorted(path.stem for path in redisdb._LUA.glob("*.lua")))
def test_a_script_has_its_flags_first_and_its_parts_once(name):
    source = redisdb.script(name).source

    assert source.count("#!lua") == int(source.startswith("#!lua"))
    for part in ("clock_open", "window_wait", "fenced_in", "sanction_of"):
        assert source.count(f"local function {part}(") <= 1
        if f"{part}(" in source:
            assert f"local function {part}(" in source
