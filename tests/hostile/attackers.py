"""Clients that behave as no client should, for tests and for the long form. Async.

Each holds plain sockets, so that what it does not read, or does not send, is really left undone.
"""

import asyncio
import socket
import time
from contextlib import asynccontextmanager, suppress

from livecomments.client.wire import home_address

from .fuzz import open_socket

SLOW_HEADER = b"GET /ws/ HTTP/1.1\r\nHost: x\r\nX-Slow: "


def port_of(url):
    return int(url.rpartition(":")[2])


class SlowSenders:
    """Half of them send a header byte by byte, the other half nothing at all; all come back."""

    def __init__(self, url, count, *, pause=1.0):
        self.ended = 0
        self._port = port_of(url)
        self._url = url
        self._count = count
        self._pause = pause
        self._tasks = []

    async def start(self):
        self._tasks = [asyncio.create_task(self._stay(number)) for number in range(self._count)]

    async def stop(self):
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _stay(self, number):
        home = home_address(self._url, number)
        while True:
            with suppress(OSError):
                reader, writer = await asyncio.open_connection(
                    "127.0.0.1", self._port, local_addr=(home, 0)
                )
                try:
                    await self._drip(reader, writer, silent=bool(number % 2))
                    self.ended += 1
                finally:
                    writer.transport.abort()
            await asyncio.sleep(self._pause)

    async def _drip(self, reader, writer, *, silent):
        end = asyncio.create_task(reader.read())
        try:
            if not silent:
                writer.write(SLOW_HEADER)
            while not end.done():
                await asyncio.wait([end], timeout=self._pause)
                if not silent and not end.done():
                    writer.write(b"x")
            with suppress(OSError):
                end.result()
        finally:
            end.cancel()


async def honest_connects(url, count, *, pause=0.0):
    """How many seconds each of so many connects took, from the first packet to the handshake."""
    took = []
    for number in range(count):
        began = time.perf_counter()
        _, writer = await open_socket(port_of(url), home_address(url, 5_000 + number))
        took.append(time.perf_counter() - began)
        writer.transport.abort()
        await asyncio.sleep(pause)
    return took


@asynccontextmanager
async def deaf_viewers(url, hello, count):
    """Yields sockets that have said hello and never read again; their buffers are the smallest."""
    loop = asyncio.get_running_loop()
    viewers = []
    head = (
        b"GET /ws/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    try:
        for number in range(count):
            viewer = socket.socket()
            viewers.append(viewer)
            viewer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            viewer.setblocking(False)
            viewer.bind((home_address(url, 9_000 + number), 0))
            await loop.sock_connect(viewer, ("127.0.0.1", port_of(url)))
            await loop.sock_sendall(viewer, head)
            while b"\r\n\r\n" not in await loop.sock_recv(viewer, 4_096):
                pass
            await loop.sock_sendall(viewer, hello)
        yield viewers
    finally:
        for viewer in viewers:
            viewer.close()


def kernel_bytes(port):
    """What the kernel holds unsent, by connection, at the server's end of a port."""
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    at = f":{port:04X}"
    return {
        row[2]: int(row[4].partition(":")[0], 16)
        for row in rows
        if row[1].endswith(at) and row[3] not in ("0A", "06")  # neither listening nor over
    }
