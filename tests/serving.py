"""The gateway's server in a test: with an application of its own, or with the product's. Async."""

import asyncio
import functools
from contextlib import asynccontextmanager

import msgspec
import uvicorn
import uvloop

from livecomments import redisdb
from livecomments.gateway.connection import connect as connect_to
from livecomments.gateway.door import bind
from livecomments.gateway.hub import hub
from livecomments.gateway.server import make_server
from tests.rooms import ROOM, open_room

LONG = "and again " * 200


def on_uvloop(test):
    """Runs an async test on the loop that a web process has; pytest's own is another."""

    @functools.wraps(test)
    def run(**fixtures):
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(asyncio.wait_for(test(**fixtures), timeout=30))

    return run


class Application:
    """Takes sockets as the consumer does, answers with what it is told, and keeps all of them."""

    def __init__(self):
        self.sockets = []
        self.got = []
        self.answer = None
        self.came = asyncio.Event()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "websocket":
            return
        connection = connect_to(scope, send, self._receive)
        await receive()
        await send({"type": "websocket.accept"})
        self.sockets.append((connection, send))
        self.came.set()
        while (await receive())["type"] != "websocket.disconnect":
            pass

    def _receive(self, data):
        self.got.append(data)
        if self.answer is not None:
            self.answer(data)

    @property
    def connection(self):
        return self.sockets[-1][0]


@asynccontextmanager
async def serving(application=None):
    """Yields `(server, port)`; the application is the product's when none is given."""
    server = make_server(log_config=None)
    server.config.load()
    if application is not None:
        server.config.loaded_app = application
    server.lifespan = server.config.lifespan_class(server.config)
    listeners = bind("127.0.0.1", 0)
    await server.startup(sockets=listeners)
    await server.on_tick(0)
    try:
        yield server, listeners[0].getsockname()[1]
    finally:
        for protocol in list(server.server_state.connections):
            protocol.transport.abort()
        await until(lambda: not server.server_state.connections)
        await uvicorn.Server.shutdown(server)  # without the drain, which would mark this process


@asynccontextmanager
async def product():
    """Yields `(server, port)` of the product itself, with an open room and nobody in it."""
    await redisdb.client().flushdb()
    await open_room()
    await redisdb.client().set(redisdb.stream_card(ROOM.slug), msgspec.json.encode((1, 0)))
    try:
        async with serving() as served:
            yield served
    finally:
        await hub().stop()
        await redisdb.close()


async def until(check, *, seconds=5):
    """Wait until something is true."""
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.005)
