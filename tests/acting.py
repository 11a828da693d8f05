"""A room with staff, actions in it and what becomes of them, for tests without rows. Async.

Everything comes through `comments.actions.act`; events are published by the batcher's own
publisher, when the test says so.
"""

import msgspec

from comments.actions import act
from livecomments import eventlog, events, protocol, redisdb
from livecomments.batcher.lease import Lease
from livecomments.batcher.publisher import Extras, Publisher
from livecomments.errors import DomainError
from livecomments.eventlog import Operation
from livecomments.gateway.snapshot import read_snapshot
from livecomments.protocol import Audience, ErrorCode, Frame, Personal, Role
from streams import domain, roomstate
from tests.rooms import QUIET, ROOM, log_entries, person

ANA, BO = person(7, name="Ana"), person(8, name="Bo")
ACTORS = {
    Role.VIEWER: person(9, name="Vi"),
    Role.MODERATOR: person(1, Role.MODERATOR, name="Mo"),
    Role.MANAGER: person(2, Role.MANAGER, name="Max"),
    Role.BROADCASTER: person(3, Role.BROADCASTER, name="Bea"),
    Role.ADMIN: person(4, Role.ADMIN, name="Ada"),
}
MO, MAX, BEA, ADA = (ACTORS[role] for role in Role if role is not Role.VIEWER)
OTHER_MO = person(5, Role.MODERATOR, name="Mia")
STAFF = {
    MO.user_id: Role.MODERATOR,
    OTHER_MO.user_id: Role.MODERATOR,
    MAX.user_id: Role.MANAGER,
    BEA.user_id: Role.BROADCASTER,
}
_frames = msgspec.json.Decoder(Frame)
_sides = msgspec.json.Decoder(dict[str, Personal])


async def no_postgres(*args, **kwargs):
    """Stands where the archive would be asked."""
    raise DomainError(ErrorCode.UNAVAILABLE)


class Stand:
    """One room and its publisher."""

    def __init__(self, redis):
        self.redis = redis
        self.lease = Lease(redis, ROOM.partition, "me")
        self.publisher = Publisher(redis, self.lease, ROOM)
        self.taken = 0  # events that the publisher was given

    async def begin(self, **room):
        """Open the room."""
        await self.redis.set(redisdb.ready(ROOM.partition), "test")
        state = msgspec.structs.replace(QUIET, **room)
        await domain.ensure_room(ROOM, state=state, staff=STAFF)
        await self.lease.acquire()
        return self

    # --- what people do -----------------------------------------------------------------------

    async def act(self, actor, action, ref=None):
        """What an action comes back with."""
        return await act(ROOM, actor=actor, action=action, ref=ref)

    async def refusal(self, actor, action):
        """The code of the error that an action is refused with; it changes nothing."""
        before = await self.everything()
        try:
            await self.act(actor, action)
        except DomainError as error:
            assert await self.everything() == before
            return error.code
        raise AssertionError(f"{actor.role} may {action}")

    async def say(self, text="hello", *, author=ANA, reply_to=None, left_out=False):
        """The id of a comment, past admission; shown once it is published."""
        quote = None
        if reply_to is not None:
            quote = protocol.Quote(id=reply_to, name=ANA.name, text="quoted")
        said = events.CommentSaid(
            author=author.user_id,
            name=author.name,
            text=text,
            role=author.role,
            reply_to=reply_to,
            reply_user=ANA.user_id if reply_to else None,
            quote=quote,
        )
        return str(await eventlog.append(ROOM, said, kind=events.COMMENT_POSTED))

    async def hold(self, text="may I?", *, author=ANA):
        """The number of a comment that waits for a moderator."""
        said = events.CommentSaid(author=author.user_id, name=author.name, text=text)
        waits = [Operation("wait", "-")]
        return str(await eventlog.append(ROOM, said, kind=events.COMMENT_HELD, operations=waits))

    # --- what becomes of it -------------------------------------------------------------------

    async def publish(self, publisher=None, *, left_out=()):
        """Publish what has happened since the last time, and what has waited long enough."""
        publisher = publisher or self.publisher
        entries = await log_entries()
        for entry in entries[self.taken :]:
            publisher.take(msgspec.structs.replace(entry, left_out=str(entry.id) in left_out))
        self.taken = len(entries)
        await publisher.flush("", Extras())
        assert not publisher.pending

    def let_delay_pass(self, publisher=None):
        """Let all that waits to be shown to viewers have waited long enough."""
        queue = (publisher or self.publisher).queue
        queue._release_at = dict.fromkeys(queue._release_at, 0.0)

    async def frames(self, audience=Audience.PUBLIC):
        """Every frame of an audience."""
        raw = await self.redis.xrange(redisdb.frames(ROOM, audience))
        return [_frames.decode(fields[b"f"]) for _, fields in raw]

    async def items(self, audience=Audience.PUBLIC):
        """Every item of an audience, in order."""
        return [item for frame in await self.frames(audience) for item in frame.items]

    async def shown(self):
        """The texts that viewers were ever sent in a frame."""
        return [
            item.comment.text
            for item in await self.items()
            if isinstance(item, protocol.CommentPosted | protocol.CommentRestored)
        ]

    async def told(self, identity):
        """What somebody was told alone."""
        raw = await self.redis.xrange(redisdb.frames(ROOM, Audience.PUBLIC))
        sides = [_sides.decode(fields[b"s"]) for _, fields in raw if fields[b"s"]]
        found = [side[str(identity.user_id)] for side in sides if str(identity.user_id) in side]
        return [item for personal in found for item in personal.items]

    async def snapshot(self):
        """The room as a newcomer gets it."""
        return await read_snapshot(ROOM)

    async def recent(self):
        """The texts that a newcomer is shown."""
        return [comment.text for comment in (await self.snapshot()).recent]

    async def modes(self):
        """The modes by which posts are admitted, and whether the panic switch is on."""
        fields = await self.redis.hgetall(redisdb.state(ROOM))
        decoded = {name.decode(): value.decode() for name, value in fields.items()}
        return roomstate.modes_of(decoded) | {"panic": decoded["panic"]}

    async def sanctions(self):
        """Who is sanctioned: `ban` or when it ends."""
        found = await self.redis.hgetall(redisdb.sanctions(ROOM))
        return {int(user): until.decode() for user, until in found.items()}

    async def holds(self):
        """The texts that wait for a moderator."""
        return sorted(held.text for held in (await self.snapshot()).held)

    async def everything(self):
        """All that Redis has of the room, and its log."""
        keys = (redisdb.state(ROOM), redisdb.sanctions(ROOM), redisdb.holds(ROOM))
        hashes = [await self.redis.hgetall(key) for key in keys]
        return [*hashes, await self.redis.xrange(redisdb.log(ROOM.partition))]

    async def last(self):
        """The last event of the log."""
        return (await log_entries())[-1]
