"""Conversations that make no sense, with a server that must stand them. Async, sync around.

What comes back is judged: every text frame is a message of the protocol, none says that something
went wrong on our side, each socket ends with a code of ours or its own, and in time.
"""

import asyncio
import math
from collections import Counter
from contextlib import suppress

import msgspec
from hypothesis import HealthCheck, Phase, given, seed, settings

from livecomments.client.wire import home_address
from livecomments.protocol import Error, ErrorCode, ServerMessage
from tests.wire import CLOSE, TEXT, TEXT_DEFLATED, close, take_frames, text

from .messages import conversations

ANSWER_SECONDS = 20.0
EXAMPLES_AT_ONCE = 50
# 1000 is our own good-bye, repeated; 1011 and 1006 would be ours to explain.
ENDS = {1000, 1002, 1007, 1009, 4000, 4003, 4100, 4101, 4102}
PONG = 0x8A

_decoder = msgspec.json.Decoder(ServerMessage)
_QUIET = settings(
    max_examples=EXAMPLES_AT_ONCE,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


class Fuzzer:
    """Holds conversations with one server, each from an address of its own.

    Daphne may reset a connection: it closes while more comes in, which makes TCP throw away its
    last words. Our own server reads what comes until the client has closed too.
    """

    def __init__(self, url, context, openings, *, is_daphne=False):
        self.port = int(url.rpartition(":")[2])
        self.frames = 0
        self.ends = Counter()
        self.faults = []
        self.refusals = Counter()
        self._url = url
        self._is_daphne = is_daphne
        self._context = context
        self._openings = openings
        self._number = 0

    def run(self, frames, *, first_seed=0, on_progress=lambda frames: None):
        """Sends at least so many messages and frames; stops at the first faults."""
        with asyncio.Runner() as runner:
            for number in range(math.ceil(frames / EXAMPLES_AT_ONCE)):
                if self.frames >= frames or self.faults:
                    return
                self._batch(runner, first_seed + number)
                on_progress(self.frames)

    def _batch(self, runner, number):
        opening = self._openings[number % len(self._openings)]

        @seed(number)
        @_QUIET
        @given(conversations(self._context, opening))
        def talk(conversation):
            writes, ends_well = conversation
            faults = runner.run(self.talk(writes, ends_well=ends_well))
            self.frames += len(writes)
            if faults:
                self.faults.append((faults, writes))

        talk()

    async def talk(self, writes, *, ends_well):
        """Holds one conversation; returns what was wrong with the answers."""
        self._number += 1
        home = home_address(self._url, self._number)
        try:
            reader, writer = await open_socket(self.port, home)
        except (OSError, asyncio.IncompleteReadError) as error:
            return [f"no handshake: {error!r}"]
        try:
            with suppress(OSError):  # it may have closed long before we are through
                for data in writes:
                    writer.write(data)
                if not ends_well:
                    writer.write_eof()  # else it may wait for what we said would come
            data = await self._last_word(reader, writer) if ends_well else b""
            rest, reset = await _rest(reader)
            forgiven = reset and self._is_daphne
            return self._judge(data + rest, ends_well=ends_well and not forgiven)
        except TimeoutError:
            return ["the server neither answers nor closes"]
        finally:
            writer.transport.abort()

    async def _last_word(self, reader, writer):
        """Closes once everything is answered, which a last post shows; returns what came."""
        mark = f"last-{self._number}".encode()
        with suppress(OSError):
            writer.write(text(b'{"type":"comment.post","nonce":"%s","text":""}' % mark))
        data = bytearray()
        async with asyncio.timeout(ANSWER_SECONDS):
            with suppress(ConnectionError):
                while mark not in data and _code(take_frames(bytes(data))[0]) is None:
                    part = await reader.read(65_536)
                    if not part:
                        break
                    data += part
        with suppress(OSError):
            writer.write(close(1000))
        return bytes(data)

    def _judge(self, data, *, ends_well):
        frames, left = take_frames(data)
        faults = []
        if b"Traceback" in data:
            faults.append("a traceback")
        for first, payload in frames:
            if first in (TEXT, TEXT_DEFLATED):
                faults += self._judge_message(payload)
        code = _code(frames)
        self.ends[code] += 1
        if ends_well and (code not in ENDS or left):
            faults.append(f"ended with {code}, {len(left)} bytes of no frame")
        return faults

    def _judge_message(self, payload):
        try:
            message = _decoder.decode(payload)
        except msgspec.MsgspecError as error:
            return [f"no message of ours: {payload[:100]!r} ({error})"]
        if isinstance(message, Error):
            self.refusals[message.code.value] += 1
            if message.code == ErrorCode.INTERNAL:
                return ["something went wrong on our side"]
        return []


async def open_socket(port, home=None):
    """Returns reader and writer of an upgraded connection."""
    local = None if home is None else (home, 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=local)
    writer.write(
        f"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    async with asyncio.timeout(ANSWER_SECONDS):
        head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 101 "):
        writer.transport.abort()
        raise ConnectionRefusedError(head[:60])
    return reader, writer


async def _rest(reader):
    """Returns what else comes, and whether the connection was reset instead of closed."""
    data = bytearray()
    async with asyncio.timeout(ANSWER_SECONDS):
        try:
            while part := await reader.read(65_536):
                data += part
        except ConnectionError:
            return bytes(data), True
    return bytes(data), False


def _code(frames):
    closes = [payload for first, payload in frames if first == CLOSE]
    if not closes:
        return None
    return int.from_bytes(closes[-1][:2], "big") if closes[-1] else 1000
