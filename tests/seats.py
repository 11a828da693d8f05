"""A feed's seats for tests: connections that keep what they are sent, frames, a finished sweep."""

import asyncio

from livecomments.gateway.connection import BUFFER_LIMIT_BYTES
from livecomments.gateway.feed import Seat
from livecomments.gateway.frames import Prepared, PreparedFrame


class FakeConnection:
    """The network edge: what was sent, and how much the reader has not taken."""

    def __init__(self):
        self.deflates = False
        self.sent = []
        self.waiting = 0
        self.aborted = 0

    def send(self, message):
        self.sent.extend(part.payload.decode() for part in message.parts)

    def write(self, data):
        self.sent.append(data[2:].decode())  # after the header

    @property
    def direct(self):
        return self

    @property
    def ready(self):
        return self.waiting <= BUFFER_LIMIT_BYTES

    def buffered(self):
        return self.waiting

    def abort(self):
        self.aborted += 1


def frame(seq, **side):
    people = {user[1:]: Prepared(text.encode()) for user, text in side.items()}
    return PreparedFrame(f"f{seq}".encode(), seq, people)


def seat(seq=0, *, user=None, frames=True):
    return Seat(FakeConnection(), user, seq, frames)


def sent(place):
    return place.connection.sent


async def swept(feed):
    """Wait for the sweep under way."""
    while feed._sweep is not None:
        await asyncio.sleep(0)


async def fill(feed, *seqs):
    for seq in seqs:
        assert feed.add(frame(seq))
    await swept(feed)
