"""WebSocket frames as bytes, for tests that must not trust the code under test. Sync, pure.

At the end, asynchronous, a client that sends such bytes as it likes.
"""

import asyncio
import zlib
from contextlib import asynccontextmanager, suppress

TEXT, TEXT_DEFLATED, CLOSE = 0x81, 0xC1, 0x88
TEXT_BEGINS, GOES_ON, ENDS = 0x01, 0x00, 0x80  # a text in pieces


def take_frames(data):
    """Return `(first byte, payload)` of each whole unmasked frame, inflated, and what is left."""
    frames = []
    while len(data) > 1:
        first, length, at = data[0], data[1], 2
        assert length < 128, "a server never masks"
        if length > 125:
            size = 2 if length == 126 else 8
            length, at = int.from_bytes(data[2 : 2 + size], "big"), 2 + size
        if len(data) < at + length:
            break
        payload, data = data[at : at + length], data[at + length :]
        frames.append((first, inflated(payload) if first & 0x40 else payload))
    return frames, data


def read_frames(data):
    """Return `(first byte, payload)` of each frame in some bytes that end with one."""
    frames, left = take_frames(data)
    assert not left, "cut off"
    return frames


def texts(data):
    """Return the payloads of what must be text frames, deflated or not."""
    frames = read_frames(data)
    assert {first for first, _ in frames} <= {TEXT, TEXT_DEFLATED}
    return [payload.decode() for _, payload in frames]


def inflated(data):
    """Return what a receiver without context reads (RFC 7692 §7.2.2)."""
    return zlib.decompressobj(-15).decompress(data + b"\x00\x00\xff\xff")


def client_frame(first, payload):
    """Return a masked frame that begins with this byte; its mask changes nothing."""
    size = len(payload)
    if size < 126:
        length = bytes((0x80 | size,))
    elif size < 65_536:
        length = b"\xfe" + size.to_bytes(2, "big")
    else:
        length = b"\xff" + size.to_bytes(8, "big")
    return bytes((first,)) + length + bytes(4) + payload


def deflated(payload):
    """Return a client's deflated text frame."""
    encoder = zlib.compressobj(9, wbits=-15)
    data = encoder.compress(payload) + encoder.flush(zlib.Z_SYNC_FLUSH)
    return client_frame(TEXT_DEFLATED, data[:-4])


def text(payload):
    """A client's text frame."""
    return client_frame(TEXT, payload.encode() if isinstance(payload, str) else payload)


def close(code):
    """A client's close frame."""
    return client_frame(CLOSE, code.to_bytes(2, "big"))


def close_code(data):
    """The code of the close frame that is the last thing in some bytes."""
    first, payload = read_frames(data)[-1]
    assert first == CLOSE
    return int.from_bytes(payload[:2], "big")


# --- a client ------------------------------------------------------------------------------------


class Raw:
    """A client that sends what it likes, and looks at bytes."""

    def __init__(self, reader, writer, head):
        self.reader, self.writer = reader, writer
        self.received = 0  # bytes, by `frames_until`
        self._frames, self._left = [], b""
        self.status = head.split(b" ", 2)[1].decode()
        self.headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head.decode().split("\r\n")[1:])
        }

    def send(self, *frames):
        """Send everything in one write."""
        self.writer.write(b"".join(frames))

    async def frames_until(self, found):
        """Every frame so far, once one of their payloads has what is looked for."""
        async with asyncio.timeout(5):
            while not any(found in payload for _, payload in self._frames):
                part = await self.reader.read(65_536)
                assert part, "the connection has ended"
                self.received += len(part)
                frames, self._left = take_frames(self._left + part)
                self._frames += frames
        return self._frames

    async def rest(self):
        """Every byte until the server ends the connection."""
        async with asyncio.timeout(5):
            data = b""
            with suppress(ConnectionError):
                while part := await self.reader.read(65_536):
                    data += part
            return data

    async def reads(self, length):
        """At least so many bytes."""
        async with asyncio.timeout(5):
            data = b""
            while len(data) < length:
                part = await self.reader.read(65_536)
                assert part, "the connection has ended"
                data += part
            return data


@asynccontextmanager
async def raw_socket(port, *, offer=None):
    """Yields an upgraded connection; `offer` is its Sec-WebSocket-Extensions."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    extensions = f"Sec-WebSocket-Extensions: {offer}\r\n" if offer else ""
    writer.write(
        f"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{extensions}\r\n".encode()
    )
    try:
        yield Raw(reader, writer, await reader.readuntil(b"\r\n\r\n"))
    finally:
        writer.transport.abort()
