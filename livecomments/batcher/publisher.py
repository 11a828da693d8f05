"""Publish one stream: what is pending becomes a frame per audience, encoded once. Async.

`publish.lua` makes it a fact in the frame log; the group message only wakes the hubs. A flush
whose answer was lost is repeated with the same token until the answer is known. An event that can
never be published is found, skipped and told loudly; the archive has it all the same.
"""

import asyncio
import logging
import secrets
import time
from collections import deque
from dataclasses import dataclass, field

import msgspec
from channels.layers import get_channel_layer
from redis.asyncio import Redis

from comments.history import RECENT_AT_MOST, recent_comments
from livecomments import events, ids, redisdb
from livecomments.cancellation import stop_if_cancelled
from livecomments.errors import DomainError
from livecomments.protocol import Audience, Frame, Personal, Room
from livecomments.tickets import Room as Address
from streams import roomstate
from streams.delay import waiting_of

from .delayqueue import DelayQueue
from .items import Flush
from .lease import Lease, LostLease
from .tempo import Tempo
from .unseen import KEPT as UNSEEN_KEPT
from .unseen import Unseen, kept

logger = logging.getLogger(__name__)

FRAMES_KEPT = 600  # about a minute of the fastest room: the hub's ring is as long
RECENT_KEPT = RECENT_AT_MOST
ITEMS_PER_FRAME = 500  # a backlog goes out in several frames, each of a bearable size
SLICE_SECONDS = 10
RETRY_SECONDS = 0.25
STUCK_SECONDS = 5.0  # between the tries of a stream whose state does not let anything through

_encode = msgspec.json.Encoder().encode


class Moved(Exception):
    """The stream is not where we believed: load it again."""


@dataclass(slots=True)
class Extras:
    """What a tick adds to a flush."""

    reactions: dict[str, int] = field(default_factory=dict)
    viewers: int | None = None


@dataclass(slots=True)
class Loaded:
    """What the owner knows of a stream's published half."""

    epoch: str
    seq: dict[Audience, int]
    through: str
    room: Room
    totals: dict[str, int]
    viewers: int


class Publisher:
    """One stream of a partition we own."""

    def __init__(self, redis: "Redis", lease: Lease, address: Address) -> None:
        self.address = address
        self.pending: deque[events.Entry] = deque()
        self.not_before = 0.0  # monotonic; a quiet stream is flushed at once and then holds off
        self.tempo = Tempo()
        self._redis = redis
        self._lease = lease
        self._at: Loaded | None = None
        self._unseen = Unseen()
        self.queue = DelayQueue()  # what only staff were shown
        self._tried = 0  # events in the flush under way
        self._suspects = 0  # so many from here on go out one by one: one of them is refused
        self._skipping = False  # the next one is that one
        self._waking: asyncio.Task[None] | None = None

    @property
    def viewers(self) -> int | None:
        """The viewer count last published, if it is known here."""
        return self._at.viewers if self._at else None

    async def take_over(self) -> None:
        """Learn what waits in a room that another owner published. Raises `RedisError`."""
        await self._load()

    def hold_off(self, now: float) -> None:
        """Let nothing be due before a tick has passed."""
        self.not_before = self.tempo.next_flush(self.not_before, now)

    def take(self, entry: events.Entry) -> None:
        """Queue an event; call in log order."""
        self.pending.append(entry)

    async def flush(self, cursor: str, extras: Extras) -> bool:
        """Publish what is pending, at most a frame's worth. `cursor`: the partition's, after it.

        False when the stream is stuck and rests for a while. Raises `LostLease`. Waits for Redis as
        long as it takes.
        """
        while True:
            stop_if_cancelled()
            try:
                await self._flush(cursor, extras)
                return True
            except Moved:
                self._at = None
            except LostLease:
                raise
            except Exception as error:  # noqa: BLE001 -- one stream must not hold up the others
                if redisdb.heals(error) or isinstance(error, DomainError):
                    logger.warning("publishing stream %s: %r", self.address.id, error)
                    await asyncio.sleep(RETRY_SECONDS)
                elif self._narrow_down(error):
                    extras = Extras()  # it may have been these: they come again with the next tick
                else:
                    return False

    def _narrow_down(self, error: Exception) -> bool:
        """Look for the event that is refused, or skip it; False when it is not an event at all."""
        self._at = None
        # What Redis refuses it refuses because of what is there, whatever the event.
        if self._tried == 0 or self._skipping or isinstance(error, redisdb.RedisError):
            logger.error("stream %s is stuck", self.address.id, exc_info=error)
            self._skipping = False
            self.not_before = time.monotonic() + STUCK_SECONDS
            return False
        if self._tried > 1:
            self._suspects = self._tried
            return True
        event = self.pending[0]
        logger.error(
            "event %d of stream %s is not shown: it cannot be published",
            *(event.id, self.address.id),
            exc_info=error,
        )
        self._skipping = True
        return True

    async def _flush(self, cursor: str, extras: Extras) -> None:
        self._tried = 0
        at = self._at or await self._load()
        if at is None:
            self.pending.clear()  # a room without state: its stream is gone
            return
        through = ids.from_position(at.through, self.address.partition)
        while self.pending and self.pending[0].id <= through:
            self._pop()  # published by the owner before us
        entries = self._next_entries()
        self._tried = len(entries)
        news = entries or self.queue.due() or extras.reactions
        if news or extras.viewers not in (None, at.viewers):
            after = await self._publish(at, entries, cursor, extras)
            for _ in entries:
                self._pop()
            self._at = after

    def _next_entries(self) -> list[events.Entry]:
        most = 1 if self._suspects or self._skipping else ITEMS_PER_FRAME
        return [self.pending[i] for i in range(min(len(self.pending), most))]

    def _pop(self) -> None:
        self.pending.popleft()
        self._suspects = max(0, self._suspects - 1)
        self._skipping = False

    async def _publish(
        self, at: Loaded, entries: list[events.Entry], cursor: str, extras: Extras
    ) -> Loaded:
        flush = Flush(at.room, unseen=self._unseen, waiting=self.queue.waiting)
        if not self._skipping:
            for entry in entries:
                flush.add(entry)
        if len(entries) == len(self.pending):  # else what hides some of it may still be pending
            flush.release(self.queue.due()[:ITEMS_PER_FRAME])
        if flush.quotes or flush.cleared:
            flush.sweep(await recent_comments(self.address, RECENT_KEPT))
        through = ids.position(entries[-1].id) if entries else at.through
        totals = {kind: at.totals.get(kind, 0) + count for kind, count in extras.reactions.items()}
        after = Loaded(
            epoch=at.epoch,
            seq=dict(at.seq),
            through=through,
            room=flush.room,
            totals=at.totals | totals,
            viewers=at.viewers if extras.viewers is None else extras.viewers,
        )
        frames = self._frames(after, flush, extras, totals)
        await self._write(at, after, flush, frames, cursor, extras)
        self.queue.keep(flush.waiting)
        # It is a fact now. The next flush need not wait until all have been told of this one.
        self._waking = asyncio.create_task(self._wake(after, frames, self._waking))
        return after

    def _frames(
        self, after: Loaded, flush: Flush, extras: Extras, totals: dict[str, int]
    ) -> dict[Audience, tuple[bytes, bytes]]:
        """Return the encoded frame and side list of each audience that has one."""
        reached = ids.from_position(after.through, self.address.partition)
        through = str(reached)
        shown = str(_shown_through(reached, flush))
        frames: dict[Audience, tuple[bytes, bytes]] = {}
        news = flush.public or flush.side or flush.left_out
        if news or totals or extras.viewers is not None:
            seq = after.seq[Audience.PUBLIC] = after.seq[Audience.PUBLIC] + 1
            frame = Frame(
                seq=seq,
                through=shown,
                acted=through if shown != through else None,
                items=flush.public,
                reactions=extras.reactions,
                totals=totals,
                viewers=extras.viewers,
                left_out=flush.left_out,
            )
            side = {
                user: Personal(seq=seq, audience=Audience.PUBLIC, items=items)
                for user, items in flush.side.items()
            }
            frames[Audience.PUBLIC] = (_encode(frame), _encode(side) if side else b"")
        if flush.staff:
            seq = after.seq[Audience.STAFF] = after.seq[Audience.STAFF] + 1
            staff = Frame(seq=seq, through=through, audience=Audience.STAFF, items=flush.staff)
            frames[Audience.STAFF] = (_encode(staff), b"")
        return frames

    async def _write(
        self,
        at: Loaded,
        after: Loaded,
        flush: Flush,
        frames: dict[Audience, tuple[bytes, bytes]],
        cursor: str,
        extras: Extras,
    ) -> None:
        nothing = (b"", b"")
        public, public_side = frames.get(Audience.PUBLIC, nothing)
        staff, staff_side = frames.get(Audience.STAFF, nothing)
        slice_second = int(time.time()) // SLICE_SECONDS * SLICE_SECONDS
        arguments: list[bytes | str | int] = [
            self._lease.fence,
            at.epoch,
            secrets.token_hex(8),
            at.through,
            after.through,
            cursor,
            after.seq[Audience.PUBLIC],
            public,
            public_side,
            after.seq[Audience.STAFF],
            staff,
            staff_side,
            FRAMES_KEPT,
            RECENT_KEPT,
            roomstate.encode(after.room) if flush.room_changed else b"",
            "" if extras.viewers is None else extras.viewers,
            slice_second,
            self.address.id,
            len(extras.reactions),
        ]
        for kind, count in extras.reactions.items():
            arguments += [kind, count]
        for operator, position, comment in flush.recent:
            arguments += [operator, position, _encode(comment) if comment else b"-"]
        for operator, position, body in flush.delayed:
            arguments += [operator, position, body]
        for note in flush.noted:
            arguments += ["unseen", UNSEEN_KEPT, kept(note)]
        if flush.waiting:
            reached = ids.from_position(after.through, self.address.partition)
            arguments += ["shown", str(_shown_through(reached, flush)), b"-"]
        elif flush.delayed:
            arguments += ["shown", "-", b"-"]  # all there is
        await self._until_answered(arguments)

    async def _until_answered(self, arguments: list[bytes | str | int]) -> None:
        while True:
            stop_if_cancelled()
            try:
                answer = await redisdb.script("publish")(self._redis, self._keys(), arguments)
            except (redisdb.RedisError, OSError) as error:
                if not redisdb.heals(error):
                    raise
                logger.warning("publishing stream %s, again: %r", self.address.id, error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            if answer == b"fenced":
                raise LostLease
            if answer == b"moved":
                raise Moved
            return

    def _keys(self) -> list[str]:
        address, partition = self.address, self.address.partition
        return [
            redisdb.lease(partition),
            redisdb.cursor(partition),
            redisdb.state(address),
            redisdb.frames(address, Audience.PUBLIC),
            redisdb.frames(address, Audience.STAFF),
            redisdb.recent(address),
            redisdb.pending_reactions(address),
            redisdb.reaction_totals(address),
            redisdb.reaction_slices(address),
            redisdb.reacting(partition),
            redisdb.tallied(partition),
            redisdb.delayed(address),
            redisdb.delaying(partition),
            redisdb.unseen(address),
        ]

    async def _wake(
        self,
        after: Loaded,
        frames: dict[Audience, tuple[bytes, bytes]],
        earlier: "asyncio.Task[None] | None",
    ) -> None:
        if earlier is not None:
            await asyncio.wait([earlier])  # in order, or hubs would see gaps
        layer = get_channel_layer()
        for audience, (frame, side) in frames.items():
            group = redisdb.frame_group(self.address, audience)
            message = {
                "type": "frame",
                "group": group,
                "epoch": after.epoch,
                "seq": after.seq[audience],
                "frame": frame,
                "side": side,
            }
            try:
                await layer.group_send(group, message)
            except redisdb.LAYER_ERRORS as error:
                logger.warning("waking the hubs of %s: %r; they poll", group, error)

    async def _load(self) -> Loaded | None:
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.hmget(
            redisdb.state(self.address),
            ["epoch", "seq", "staff_seq", "through", "room", "viewers"],
        )
        pipeline.hgetall(redisdb.reaction_totals(self.address))
        pipeline.xrange(redisdb.delayed(self.address))
        pipeline.xrange(redisdb.unseen(self.address))
        state, totals, delayed, unseen = await pipeline.execute()
        epoch, seq, staff_seq, through, room, viewers = state
        if epoch is None:
            return None
        self._unseen = Unseen(fields[b"n"] for _, fields in unseen)
        self.queue.take_over([waiting_of(fields[b"w"]) for _, fields in delayed])
        self._at = Loaded(
            epoch=epoch.decode(),
            seq={Audience.PUBLIC: int(seq), Audience.STAFF: int(staff_seq)},
            through=through.decode(),
            room=roomstate.decode(room),
            totals={kind.decode(): int(count) for kind, count in totals.items()},
            viewers=int(viewers or 0),
        )
        return self._at


def _shown_through(reached: int, flush: Flush) -> int:
    """Up to which id viewers have been shown what was said: what waits they have not."""
    first = next(iter(flush.waiting.values()), None)
    return reached if first is None else min(reached, first.id - 1)
