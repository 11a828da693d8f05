"""Lets the spam layers know what was posted through other processes. Sync, tens of microseconds.

Every process is sent the frames of the rooms it serves; a raid that is spread over many processes
shows there. See `comments.screening`.
"""

import logging

import msgspec

from comments.screening import screening
from livecomments.protocol import Frame
from livecomments.tickets import Room

logger = logging.getLogger(__name__)

_decoder = msgspec.json.Decoder(Frame)


def overhear(room: Room, payload: bytes) -> None:
    """Takes in a frame of either audience, after it has been sent on."""
    try:
        items = _decoder.decode(payload).items
    except msgspec.DecodeError as error:
        logger.debug("a frame of another release: %s", error)
        return
    for item in items:
        screening().overheard(room, item)
