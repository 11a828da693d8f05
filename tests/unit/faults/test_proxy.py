"""What the proxy does to connections: it must spoil them as it says, and nothing else."""

import asyncio
import time
from contextlib import asynccontextmanager

import pytest

from livecomments.local.ports import HOST, free_port
from tests.faults.proxy import KEPT_BYTES, Proxy, Trap


class Target:
    """A server that says back what it is sent, and notes how connections end."""

    def __init__(self):
        self.ends = []
        self.came = 0

    async def talk(self, reader, writer):
        self.came += 1
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
            self.ends.append("end")
        except ConnectionResetError:
            self.ends.append("reset")
        finally:
            writer.close()


@asynccontextmanager
async def proxied():
    """Yields `(target, proxy)`."""
    target, port = Target(), free_port()
    server = await asyncio.start_server(target.talk, HOST, port)
    async with server, Proxy(port) as proxy:
        yield target, proxy


async def connect(proxy):
    return await asyncio.open_connection(HOST, proxy.port)


async def echo(reader, writer, text, *, seconds=5):
    """Returns what comes back of a text."""
    writer.write(text)
    async with asyncio.timeout(seconds):
        return await reader.readexactly(len(text))


async def until(check, *, seconds=5):
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.01)


async def test_what_is_sent_comes_through_in_both_directions():
    async with proxied() as (target, proxy):
        reader, writer = await connect(proxy)
        large = bytes(range(256)) * 8_192
        assert await echo(reader, writer, b"one") == b"one"
        assert await echo(reader, writer, large) == large
        assert (target.came, proxy.connections) == (1, 2)
        writer.close()
        await until(lambda: target.ends == ["end"])
        await until(lambda: proxy.connections == 0)


async def test_a_reset_reaches_both_ends():
    async with proxied() as (target, proxy):
        reader, writer = await connect(proxy)
        await echo(reader, writer, b"one")
        proxy.reset()
        with pytest.raises(ConnectionResetError):
            await reader.read(1)
        await until(lambda: target.ends == ["reset"])
        reader, writer = await connect(proxy)
        assert await echo(reader, writer, b"again") == b"again"
        writer.close()


@pytest.mark.parametrize("shut", [{"down": False}, {"up": False}, {}])
async def test_a_black_hole_swallows_and_what_it_kept_comes_when_it_heals(shut):
    async with proxied() as (target, proxy):
        reader, writer = await connect(proxy)
        await echo(reader, writer, b"one")
        proxy.shut(**shut)
        with pytest.raises(TimeoutError):
            await echo(reader, writer, b"two", seconds=0.2)
        proxy.open()
        assert await reader.readexactly(3) == b"two"
        assert await echo(reader, writer, b"three") == b"three"
        writer.close()
        assert target.came == 1


async def test_a_black_hole_does_not_tell_that_somebody_has_gone():
    async with proxied() as (target, proxy):
        reader, writer = await connect(proxy)
        await echo(reader, writer, b"one")
        proxy.shut()
        writer.close()
        await until(lambda: proxy.pairs[0].client_gone is not None)
        await asyncio.sleep(0.1)
        assert (target.ends, proxy.pairs[0].server_gone) == ([], None)
        proxy.open()
        await until(lambda: target.ends == ["end"])
        await until(lambda: proxy.pairs[0].server_gone is not None)


async def test_a_black_hole_keeps_no_more_than_a_window():
    async with proxied() as (_, proxy):
        reader, writer = await connect(proxy)
        await echo(reader, writer, b"one")
        proxy.shut()
        sent = 64 * 1024 * 1024
        writer.write(b"x" * sent)
        await asyncio.sleep(0.3)
        left = writer.transport.get_write_buffer_size()
        # Beside what is kept, the kernel's buffers of both sockets: some megabytes.
        assert left > sent - KEPT_BYTES - 16 * 1024 * 1024
        writer.transport.abort()


async def test_a_half_open_connection_is_cut_for_the_client_alone():
    async with proxied() as (target, proxy):
        reader, writer = await connect(proxy)
        await echo(reader, writer, b"one")
        proxy.lose_clients()
        with pytest.raises(ConnectionResetError):
            await reader.read(1)
        await asyncio.sleep(0.1)
        assert target.ends == []


async def test_a_trap_springs_once_before_its_message_goes_on():
    async with proxied() as (_, proxy):
        reader, writer = await connect(proxy)
        sprung = []

        def spring():
            sprung.append(time.monotonic())
            proxy.shut(up=False)

        proxy.up.trap = Trap((b"one", b"two"), spring)
        assert await echo(reader, writer, b"one, three") == b"one, three"
        assert sprung == []
        with pytest.raises(TimeoutError):
            await echo(reader, writer, b"two and one", seconds=0.2)
        proxy.open()
        assert await reader.readexactly(11) == b"two and one"
        assert await echo(reader, writer, b"two and one") == b"two and one"
        assert (len(sprung), proxy.up.trap) == (1, None)
        writer.close()


async def test_a_slow_line_delays_and_keeps_the_order():
    async with proxied() as (_, proxy):
        reader, writer = await connect(proxy)
        await echo(reader, writer, b"one")
        proxy.slow(0.1)
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number in range(10):
            writer.write(b"%d" % number)
            await asyncio.sleep(0.01)
        assert await reader.readexactly(10) == b"0123456789"
        assert loop.time() - began > 0.2
        writer.close()
