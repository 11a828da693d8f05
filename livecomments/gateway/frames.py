"""Frames as the gateway keeps and sends them: encoded once, the same bytes for everybody. Sync.

A frame arrives ready from the batcher as JSON. Here it gets its WebSocket header once, so that
sending it to a viewer is one write of shared bytes.
"""

from dataclasses import dataclass
from functools import cached_property

import msgspec

_side_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass
class Prepared:
    """One server message. `payload` is its JSON, `wire` the same with a WebSocket header."""

    payload: bytes

    @cached_property
    def wire(self) -> bytes:
        return text_header(len(self.payload)) + self.payload

    @cached_property
    def text(self) -> str:
        return self.payload.decode()


@dataclass
class PreparedFrame(Prepared):
    """One entry of a frame log. `side`: what rides with it for single people, by user id."""

    seq: int
    side: dict[str, Prepared]


def prepare_frame(seq: int, payload: bytes, side: bytes) -> PreparedFrame:
    """Return a frame from what the frame log holds."""
    people = _side_decoder.decode(side) if side else {}
    return PreparedFrame(
        payload, seq, {user: Prepared(bytes(message)) for user, message in people.items()}
    )


def text_header(length: int) -> bytes:
    """Return the header of an unmasked, final text frame (RFC 6455 §5.2)."""
    if length < 126:
        return bytes((0x81, length))
    if length < 65_536:
        return b"\x81\x7e" + length.to_bytes(2, "big")
    return b"\x81\x7f" + length.to_bytes(8, "big")
