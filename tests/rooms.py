"""Rooms, people and time in Redis, for tests that need no rows. Async where Redis is asked."""

from itertools import count

import msgspec
from django.conf import settings

from comments.admission import Post
from comments.domain import compose, prepare
from livecomments import eventlog, protocol, redisdb
from livecomments.protocol import Role, StreamStatus
from livecomments.tickets import Identity, Room, now_ms
from streams import domain

DAY_MS = 24 * 60 * 60 * 1000
ROOM = Room(id=1, partition=0, slug="room")
OTHER_ROOM = Room(id=2, partition=0, slug="other-room")
QUIET = protocol.Room(
    status=StreamStatus.LIVE,
    closed=False,
    slow_seconds=0,
    min_account_age_minutes=0,
    review=False,
    pinned=None,
)
_nonces = count()


def person(user_id=7, role=Role.VIEWER, *, joined_ms=None, name=None):
    """Somebody who joined a month ago."""
    joined = now_ms() - 30 * DAY_MS if joined_ms is None else joined_ms
    return Identity(user_id, name or f"Person {user_id}", role, 0, joined)


MODERATOR = person(1, Role.MODERATOR)


def comment(comment_id="10", text="hello", user="7", **fields):
    """A comment as the wire shows it."""
    return protocol.Comment(
        id=comment_id,
        user=protocol.Person(id=user, name=f"Person {user}"),
        text=text,
        at=1,
        **fields,
    )


def post(text="hello", *, author=None, room=ROOM, address="192.0.2.1", nonce=None) -> Post:
    """A post on its way into admission, with a nonce of its own."""
    author = author or person()
    return prepare(
        room,
        author=author,
        address=address,
        nonce=nonce or f"nonce-{next(_nonces)}",
        said=compose(author=author, text=text, target=None),
    )


async def open_room(room=ROOM, **fields):
    """Make Redis ready, as the partition's owner would, and open a room in it."""
    await redisdb.client().set(redisdb.ready(room.partition), "test")
    await domain.ensure_room(room, state=msgspec.structs.replace(QUIET, **fields))


async def set_modes(room, *, actor, **modes):
    """Set these modes of a room, by their names in the protocol."""
    return await domain.set_modes(room, actor=actor, modes=protocol.SetModes(**modes))


async def log_entries(partition=0):
    """Everything in a partition's log, oldest first."""
    return await eventlog.entries_after(redisdb.client(), partition, "0-0", count=100_000)


class Clock:
    """Redis' time under the hand of a test.

    A clock hash that is ahead of TIME is believed (lua/clock.lua), so the next script that opens
    it runs at exactly the time it holds.
    """

    def __init__(self) -> None:
        self.start = now_ms() + DAY_MS

    async def at(self, ms: int) -> None:
        """Let the next call of each script run `ms` after the start."""
        partitions = range(settings.PARTITIONS)
        keys = [redisdb.clock(number) for number in partitions]
        keys += [redisdb.shard_clock(number) for number in partitions]
        for key in keys:
            await redisdb.client().hset(key, mapping={"real": self.start + ms, "offset": 0})
