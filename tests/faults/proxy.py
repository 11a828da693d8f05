"""A TCP proxy that can do to a connection what networks do: cut it, swallow it, slow it. Async.

Stands in front of a web process, Valkey or PostgreSQL. Each direction has a gate. What comes while
it is shut is kept, as the kernel of the sender would keep and repeat it, and goes on when it opens;
the news that one end has gone is kept in the same way. So a black hole that heals loses nothing by
itself, and one that does not is silence to both ends.
"""

import asyncio
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

from livecomments.local.ports import HOST, free_port

# Linger with no time: the peer gets a reset, and nothing of what was under way.
RESET = struct.pack("ii", 1, 0)
KEPT_BYTES = 256 * 1024  # then the sender finds its window closed


@dataclass(frozen=True)
class Trap:
    """Something to be done in the moment in which a message with all these words comes by."""

    words: tuple[bytes, ...]
    spring: Callable[[], None]


@dataclass
class Way:
    """One direction of all connections. A trap springs once, before its message is handed on."""

    delay: float = 0.0
    shut: bool = False
    trap: Trap | None = None

    def look(self, data: bytes) -> None:
        """Spring the trap if this is what it waits for."""
        if self.trap is not None and all(word in data for word in self.trap.words):
            trap, self.trap = self.trap, None
            trap.spring()


@dataclass(eq=False)
class Pair:
    """One connection from a client through the proxy. Moments of the monotonic clock."""

    opened: float = field(default_factory=time.monotonic)
    client_gone: float | None = None
    server_gone: float | None = None


class End(asyncio.Protocol):
    """One end of a pair: hands what it reads to the other one, when its way is open."""

    def __init__(self, proxy: "Proxy", way: Way) -> None:
        self.transport: asyncio.Transport | None = None
        self.other: End | None = None
        self.way = way
        self.gone = False
        self._proxy = proxy
        self._kept: list[bytes] = []
        self._kept_bytes = 0
        self._told_end = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.way.look(data)
        if self.way.delay and not self.way.shut:
            # Timers of one delay fire in the order in which they were set.
            asyncio.get_running_loop().call_later(self.way.delay, self._hand_on, data)
        else:
            self._hand_on(data)

    def _hand_on(self, data: bytes) -> None:
        other = self.other
        if self.way.shut or other is None or other.transport is None:
            self._kept.append(data)
            self._kept_bytes += len(data)
            if self._kept_bytes > KEPT_BYTES and self.transport is not None and not self.gone:
                self.transport.pause_reading()
        elif not other.gone:
            other.transport.write(data)

    def eof_received(self) -> bool:
        return False  # neither WebSocket nor the databases go on after one end has stopped

    def connection_lost(self, error: Exception | None) -> None:
        self.gone = True
        self._proxy.noted_gone(self)
        self.flow()

    def flow(self) -> None:
        """Hand on what was kept, as far as the way is open."""
        if self.way.shut or self.other is None or self.other.transport is None:
            return
        kept, self._kept, self._kept_bytes = self._kept, [], 0
        for data in kept:
            self._hand_on(data)
        if self.gone:
            if not self._told_end:
                self._told_end = True
                self.other.transport.close()
        elif self.transport is not None:
            self.transport.resume_reading()

    def pause_writing(self) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other is not None and self.other.transport is not None and not self.other.gone:
            self.other.transport.resume_reading()

    def reset(self) -> None:
        """Cut this end off; its peer gets a reset."""
        if self.transport is None or self.gone:
            return
        raw: socket.socket | None = self.transport.get_extra_info("socket")
        if raw is not None:
            with suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.transport.abort()


class Proxy:
    """Use as an async context. `port` is where clients go in place of the target's."""

    def __init__(self, target_port: int) -> None:
        self.port = free_port()
        self.up, self.down = Way(), Way()  # from clients to the target, and back
        self.pairs: list[Pair] = []
        self._target = target_port
        self._ends: dict[End, tuple[Pair, bool]] = {}  # with whether it is the client's
        self._opening: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Proxy":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._accept, HOST, self.port, backlog=1_024)
        return self

    async def __aexit__(self, *exception: object) -> None:
        self._server.close()
        for task in self._opening:
            task.cancel()
        self.reset()
        await self._server.wait_closed()

    @property
    def connections(self) -> int:
        """How many connections are open at either end."""
        return sum(not end.gone for end in self._ends)

    def _accept(self) -> End:
        client = End(self, self.up)
        pair = Pair()
        self.pairs.append(pair)
        self._ends[client] = (pair, True)
        task = asyncio.get_running_loop().create_task(self._connect(client, pair))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        return client

    async def _connect(self, client: End, pair: Pair) -> None:
        server = End(self, self.down)
        while self.up.shut:  # a first packet would not have come through either
            await asyncio.sleep(0.05)
        try:
            await asyncio.get_running_loop().create_connection(lambda: server, HOST, self._target)
        except OSError:
            client.reset()
            return
        self._ends[server] = (pair, False)
        client.other, server.other = server, client
        client.flow()

    # --- faults --------------------------------------------------------------------------------

    def reset(self) -> None:
        """Cut every connection; both ends get a reset."""
        for end in list(self._ends):
            end.reset()

    def lose_clients(self) -> None:
        """Let every client go without the target hearing of it: half-open connections."""
        self.up.shut = True
        for end, (_, is_client) in list(self._ends.items()):
            if is_client:
                end.reset()

    def shut(self, *, up: bool = True, down: bool = True) -> None:
        """Swallow what comes in these directions."""
        self.up.shut, self.down.shut = up, down

    def open(self) -> None:
        """Let everything through again, and what was kept first."""
        self.up.shut = self.down.shut = False
        for end in list(self._ends):
            end.flow()

    def slow(self, seconds: float) -> None:
        """Let everything come later, in both directions."""
        self.up.delay = self.down.delay = seconds

    def noted_gone(self, end: End) -> None:
        """Note when an end has gone; called by it."""
        found = self._ends.get(end)
        if found is None:
            return
        pair, is_client = found
        if is_client:
            pair.client_gone = time.monotonic()
        else:
            pair.server_gone = time.monotonic()
        if end.other is None or end.other.gone:
            self._ends.pop(end, None)
            if end.other is not None:
                self._ends.pop(end.other, None)
