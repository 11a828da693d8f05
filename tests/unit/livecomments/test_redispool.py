"""The short way to Redis gives everybody their own answer, whatever happens to a connection."""

import asyncio
import hashlib
import random
import socket
import struct
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from livecomments import redisdb
from livecomments.redispool import QuickConnection, QuickPool

CALLERS = 60
LARGE = b"x" * 8_000_000  # more than a socket takes at once


@asynccontextmanager
async def client_of(connections, monkeypatch):
    """A client whose pool has so many connections."""
    monkeypatch.setattr(redisdb, "POOL_CONNECTIONS", connections)
    client = redisdb.make_client()
    yield client
    await client.aclose()
    await client.connection_pool.disconnect()


@pytest.fixture
async def client(redis, monkeypatch):
    """A client with one connection, so that each caller follows another in it."""
    async with client_of(1, monkeypatch) as client:
        yield client


@pytest.fixture
async def pair(redis, monkeypatch):
    async with client_of(2, monkeypatch) as client:
        yield client


def is_whole(client, size):
    """True when every connection is back in its pool."""
    pool = client.connection_pool
    return not pool._in_use_connections and len(pool._available_connections) <= size


async def own_answers(client, count=20):
    """True when each of so many callers at once gets what they asked for."""
    asked = [f"{random.random()}".encode() for _ in range(count)]
    return await asyncio.gather(*(client.echo(text) for text in asked)) == asked


# --- which connection ----------------------------------------------------------------------------


async def test_the_client_goes_the_short_way(redis):
    pool = redisdb.client().connection_pool

    assert type(pool) is QuickPool
    await redis.ping()
    assert {type(connection) for connection in pool._available_connections} == {QuickConnection}


async def test_an_idle_connection_is_used_again(redis):
    ids = {await redis.client_id() for _ in range(50)}

    assert len(ids) == 1
    assert is_whole(redis, 1)


async def test_callers_at_once_have_connections_of_their_own(redis):
    numbers = await asyncio.gather(*(redis.client_id() for _ in range(5)))

    assert len(set(numbers)) == 5


async def test_more_callers_than_connections_are_all_served(pair):
    numbers = await asyncio.gather(*(pair.client_id() for _ in range(CALLERS)))
    assert len(numbers) == CALLERS
    assert len(set(numbers)) == 2

    assert await own_answers(pair, CALLERS)
    assert is_whole(pair, 2)


async def test_whoever_waits_is_served_while_others_come_again_and_again(client):
    """The short way must not pass a caller by who waits in the queue."""
    served = 0

    async def ask_for_ever():
        while True:
            await client.ping()

    busy = [asyncio.create_task(ask_for_ever()) for _ in range(3)]
    try:
        async with asyncio.timeout(5):
            for _ in range(30):
                await client.ping()
                served += 1
    finally:
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)

    assert served == 30
    assert await own_answers(client)
    assert is_whole(client, 1)


async def test_a_caller_for_whom_there_is_no_connection_in_time_is_told(client):
    client.connection_pool.timeout = 0.05
    waiting = asyncio.create_task(client.blpop(["none"], timeout=2))
    await asyncio.sleep(0.01)

    with pytest.raises(RedisError, match="No connection available"):
        await client.ping()

    waiting.cancel()
    await asyncio.wait([waiting])
    assert await client.ping()


# --- what is sent --------------------------------------------------------------------------------


async def test_a_command_may_have_two_words(redis):
    assert await redis.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    assert await redis.execute_command("CLIENT SETNAME", "tested") is True
    assert await redis.execute_command(b"CLIENT GETNAME") == b"tested"
    assert await redis.execute_command("CLIENT", "GETNAME") == b"tested"


@pytest.mark.parametrize("value", [b"", b"\x00\r\n\xff$5", "ñ", "a b", 17, 1.5, LARGE])
async def test_what_is_sent_is_what_arrives(redis, value):
    await redis.set("key with words", value)

    kept = await redis.get("key with words")
    assert kept == (value if isinstance(value, bytes) else str(value).encode())


async def test_large_and_small_commands_of_many_callers_do_not_mix(pair):
    values = [LARGE[: 10 ** (n % 7)] + str(n).encode() for n in range(21)]

    assert await asyncio.gather(*(pair.echo(value) for value in values)) == values


@pytest.mark.parametrize("transaction", [False, True])
async def test_a_pipeline_is_answered_in_order(redis, transaction):
    pipeline = redis.pipeline(transaction=transaction)
    for number in range(100):
        pipeline.incrby("n", number)

    sums = await pipeline.execute()

    assert sums == [sum(range(number + 1)) for number in range(100)]


# --- what goes wrong -----------------------------------------------------------------------------


async def kill(redis, client_id):
    await redis.execute_command("CLIENT KILL", "ID", client_id)
    await asyncio.sleep(0.02)  # until the end has come through


@pytest.mark.parametrize("ask", ["command", "script"])
async def test_an_idle_connection_that_the_server_ended_is_replaced(client, redis, ask):
    first = await client.client_id()
    await kill(redis, first)

    if ask == "script":
        answer = await redisdb.script("lease")(client, [redisdb.lease(0)], ["claim", "me", 0, 0, 0])
        assert answer == 1
    assert await client.client_id() != first
    assert is_whole(client, 1)


async def test_a_connection_that_ends_while_asked_fails_its_caller_alone(client, redis):
    first = await client.client_id()
    asking = asyncio.create_task(client.blpop(["none"], timeout=2))
    await asyncio.sleep(0.02)
    waiting = asyncio.create_task(client.echo("mine"))

    await kill(redis, first)

    with pytest.raises(RedisError):
        await asking
    assert await waiting == b"mine"
    assert is_whole(client, 1)


async def test_a_stray_answer_is_not_the_next_caller_s(client):
    pool = client.connection_pool
    connection = await pool.get_connection()
    await connection.send_command("ECHO", "stray")
    await asyncio.sleep(0.02)
    await pool.release(connection)

    assert await client.echo("mine") == b"mine"


async def test_an_error_of_a_script_leaves_its_connection_in_use(client):
    first = await client.client_id()
    await client.set(redisdb.lease(0), "no hash")

    with pytest.raises(RedisError, match="WRONGTYPE"):
        await redisdb.script("lease")(client, [redisdb.lease(0)], ["renew", "me", 1])

    assert await client.client_id() == first
    assert await own_answers(client)


async def script_of(client, text):
    """What a script is answered that only says its argument, sent as the product sends its own."""
    script = redisdb.Script("fence")
    script.source = "return ARGV[1]"
    script.sha = hashlib.sha1(script.source.encode(), usedforsecurity=False).hexdigest()
    return await script(client, ["k"], [text])


@pytest.mark.parametrize("turns", range(6))
async def test_who_is_cancelled_leaves_no_answer_to_the_next(client, turns):
    """Whatever a call was doing when it was cancelled, the next in the connection is not told."""
    assert await script_of(client, "known") == b"known"
    for number in range(60):
        asking = asyncio.create_task(script_of(client, f"late {number}"))
        for _ in range(turns):
            await asyncio.sleep(0)
        asking.cancel()
        assert await script_of(client, f"mine {number}") == f"mine {number}".encode()
        await asyncio.wait([asking])

    assert is_whole(client, 1)


async def test_who_is_cancelled_at_any_moment_loses_no_connection(pair):
    dice = random.Random(7)
    for _ in range(40):
        tasks = [asyncio.create_task(script_of(pair, str(number))) for number in range(12)]
        for task in dice.sample(tasks, 6):
            for _ in range(dice.randrange(3)):
                await asyncio.sleep(0)
            task.cancel()
        async with asyncio.timeout(5):
            answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(
            answer == str(number).encode()
            for number, answer in enumerate(answers)
            if not isinstance(answer, asyncio.CancelledError)
        )

    assert is_whole(pair, 2)
    assert await own_answers(pair, CALLERS)


async def test_a_server_that_goes_and_comes_back_is_reached_again(unused_tcp_port):
    pool = QuickPool.from_url(
        f"redis://127.0.0.1:{unused_tcp_port}/0", connection_class=QuickConnection, protocol=2
    )
    client = Redis(connection_pool=pool)
    peers = set()

    async def serve(reader, writer):
        peers.add(writer)
        while asked := await reader.read(1_000):
            writer.write(b"+PONG\r\n" if b"PING" in asked else b"+OK\r\n" * asked.count(b"SETINFO"))
        writer.close()

    for _ in range(2):
        for _ in range(3):
            with pytest.raises(RedisError):
                await client.ping()
            assert not pool._in_use_connections
            assert len(pool._available_connections) == 1
        async with await asyncio.start_server(serve, "127.0.0.1", unused_tcp_port):
            assert await client.ping()
            for writer in peers:
                writer.close()
            await asyncio.sleep(0.02)
    await client.aclose()
    await pool.disconnect()


# --- a connection that was reset -----------------------------------------------------------------


def cut(client):
    """Reset the client's idle connections, as a firewall does that has forgotten them.

    Our end hears of it at once: the transport is closed, without an end of file.
    """
    pool = client.connection_pool
    for connection in pool._available_connections:
        raw = connection._writer.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection._writer.transport.abort()
    return len(pool._available_connections)


async def test_a_reset_connection_is_replaced_before_it_is_used(client):
    await client.ping()
    assert cut(client) == 1

    assert await client.ping()
    assert await own_answers(client)
    assert is_whole(client, 1)


async def test_a_connection_that_is_reset_after_it_was_taken_is_an_error_once(client):
    await client.ping()
    (connection,) = client.connection_pool._available_connections
    cut(client)

    with pytest.raises(RedisConnectionError):
        await connection.send_packed_command([b"PING"])

    assert await client.ping()
    assert is_whole(client, 1)


async def test_scripts_outlive_a_reset(client):
    await client.ping()
    cut(client)

    assert await redisdb.script("lease")(client, ["lc:test"], ["renew", "me", 1]) == 0
