"""A server whose every word the test chooses, and a client of it. Async."""

import asyncio
from contextlib import asynccontextmanager

import msgspec
import picows

from livecomments.client.session import Session
from livecomments.protocol import (
    ClientMessage,
    Comment,
    CommentAccepted,
    Cursor,
    Hello,
    Person,
    Welcome,
)
from tests.rooms import QUIET

_decoder = msgspec.json.Decoder(ClientMessage)
FAR_MS = 4_000_000_000_000


class FakeServer:
    """Takes connections; what they say waits in `heard`."""

    def __init__(self):
        self.heard = asyncio.Queue()
        self.transports = []
        self.answers_pings = True

    def listen(self, request):
        server = self

        class Listener(picows.WSListener):
            def on_ws_connected(self, transport):
                server.transports.append(transport)

            def on_ws_frame(self, transport, frame):
                if frame.msg_type == picows.WSMsgType.TEXT:
                    server.heard.put_nowait(_decoder.decode(frame.get_payload_as_bytes()))
                elif frame.msg_type == picows.WSMsgType.CLOSE:
                    transport.disconnect()

        return Listener()

    def tell(self, message):
        self.transports[-1].send(picows.WSMsgType.TEXT, msgspec.json.encode(message))

    def cut(self):
        self.transports[-1].disconnect(False)

    def close(self, code):
        self.transports[-1].send_close(code)

    async def hears(self, kind):
        async with asyncio.timeout(5):
            message = await self.heard.get()
        assert isinstance(message, kind), message
        return message

    async def welcomes(self, *, seq=0, resumed=False):
        hello = await self.hears(Hello)
        self.tell(
            Welcome(
                version=1,
                epoch="e",
                public=Cursor(seq, "0"),
                room=QUIET,
                reactions={},
                viewers=1,
                server_time=0,
                heartbeat_seconds=30,
                resumed=resumed,
            )
        )
        return hello


@asynccontextmanager
async def client(server, **options):
    seen = []
    made = Session(server.url, "talk", seen.append, **options)
    made.seen = seen
    made.start()
    try:
        yield made
    finally:
        await made.stop()


def tickets(expires_ms=FAR_MS):
    """A source that numbers its tickets."""
    count = 0

    def source():
        nonlocal count
        count += 1
        return f"ticket {count}", expires_ms

    return source


def accepted(post):
    comment = Comment(id="7", user=Person(id="1", name="Ann"), text=post.text, at=0)
    return CommentAccepted(nonce=post.nonce, comment=comment)


async def soon(check):
    async with asyncio.timeout(5):
        while not check():
            await asyncio.sleep(0.005)
