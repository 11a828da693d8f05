"""Decode server messages; a frame that thousands of viewers get is decoded once. Sync.

The cache is keyed by the bytes themselves, so equal objects mean equal bytes.
"""

import msgspec

from livecomments.protocol import ServerMessage

FRAMES_KEPT = 1_024  # above the longest resume: 600 frames of two audiences
_FRAME = b'{"type":"frame"'

_decoder: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)
_frames: dict[bytes, ServerMessage] = {}


def decode(raw: bytes) -> ServerMessage:
    """Return the message. Raises `msgspec.DecodeError`: the server speaks another version."""
    if not raw.startswith(_FRAME):
        return _decoder.decode(raw)
    found = _frames.get(raw)
    if found is None:
        found = _frames[raw] = _decoder.decode(raw)
        if len(_frames) > FRAMES_KEPT:
            del _frames[next(iter(_frames))]
    return found
