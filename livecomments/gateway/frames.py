"""Frames as the gateway keeps and sends them: encoded once, the same bytes for everybody. Sync.

A frame arrives ready from the batcher as JSON. Here it gets its WebSocket header once, and is
deflated once for all clients that offered it, so that sending it to a viewer is one write of shared
bytes (docs/DECISIONS.md, "Deflated once").
"""

import zlib
from collections.abc import Sequence
from functools import cached_property

import msgspec

_side_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])

# Below this, deflate saves a few bytes at the price of the client's work.
DEFLATE_FROM_BYTES = 200
DEFLATE_LEVEL = 6
_TEXT, _TEXT_DEFLATED = 0x81, 0xC1  # final text frame; the same with RSV1 (RFC 7692 §6)
_SYNC_FLUSH_TAIL = 4  # the empty block that a receiver puts back


class Prepared:
    """One server message. `payload` is its JSON, `wire` the whole WebSocket frame."""

    __slots__ = ("payload", "wire")

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self.wire = header(_TEXT, len(payload)) + payload

    @property
    def text(self) -> str:
        return self.payload.decode()

    @property
    def deflated(self) -> bytes:
        """The same for a client with permessage-deflate: what one person gets stays as it is."""
        return self.wire

    @property
    def parts(self) -> "Sequence[Prepared]":
        """The single messages, for a server that takes one at a time."""
        return (self,)


class PreparedFrame(Prepared):
    """One entry of a frame log. `side`: what rides with it for single people, by user id."""

    __slots__ = ("_deflated", "seq", "side")

    def __init__(self, payload: bytes, seq: int, side: dict[str, Prepared]) -> None:
        super().__init__(payload)
        self.seq = seq
        self.side = side
        self._deflated: bytes | None = None

    @property
    def deflated(self) -> bytes:
        """The whole WebSocket frame for clients with permessage-deflate, without context."""
        if self._deflated is None:
            self._deflated = (
                self.wire if len(self.payload) < DEFLATE_FROM_BYTES else self._deflate()
            )
        return self._deflated

    def _deflate(self) -> bytes:
        encoder = zlib.compressobj(DEFLATE_LEVEL, wbits=-zlib.MAX_WBITS)
        data = encoder.compress(self.payload) + encoder.flush(zlib.Z_SYNC_FLUSH)
        data = data[:-_SYNC_FLUSH_TAIL]
        return header(_TEXT_DEFLATED, len(data)) + data


class Run:
    """Several frames that follow each other, as one write: for whoever is more than one behind."""

    def __init__(self, frames: Sequence[PreparedFrame]) -> None:
        self.parts = frames
        self.sides = {user for frame in frames for user in frame.side}

    @cached_property
    def wire(self) -> bytes:
        return b"".join([frame.wire for frame in self.parts])

    @cached_property
    def deflated(self) -> bytes:
        return b"".join([frame.deflated for frame in self.parts])


def prepare_frame(seq: int, payload: bytes, side: bytes) -> PreparedFrame:
    """Return a frame from what the frame log holds."""
    people = _side_decoder.decode(side) if side else {}
    return PreparedFrame(
        payload, seq, {user: Prepared(bytes(message)) for user, message in people.items()}
    )


def header(first: int, length: int) -> bytes:
    """Return the header of an unmasked frame that begins with this byte (RFC 6455 §5.2)."""
    if length < 126:
        return bytes((first, length))
    if length < 65_536:
        return bytes((first, 126)) + length.to_bytes(2, "big")
    return bytes((first, 127)) + length.to_bytes(8, "big")
