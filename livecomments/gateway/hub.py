"""The hub: one subscription per watched stream and audience, shared by every socket here. Async.

Pub/Sub only wakes; the frame log is the truth. The hub subscribes first and reads afterwards, asks
once a second what the newest `seq` is, and repairs a gap from the frame log once per process. It
outlives any error of its loops (docs/ARCHITECTURE.md, "Hub").
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterator

from channels.layers import get_channel_layer
from django.conf import settings

from livecomments import garbage, redisdb, revocation
from livecomments.cancellation import stop_if_cancelled
from livecomments.errors import DomainError
from livecomments.perloop import PerLoop
from livecomments.protocol import ErrorCode
from livecomments.tickets import Room, now_ms
from streams.presence import REPORT_SECONDS

from .feed import Feed
from .frames import prepare_frame
from .member import Member
from .overhearing import overhear
from .revive import revive_room
from .roomhub import RoomHub
from .snapshot import read_frames, read_tops
from .stretches import Stretches

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
IDLE_SECONDS = 30.0  # an empty room stays subscribed: reconnects come in bursts
RETRY_SECONDS = 0.5
REVOCATIONS_KEPT = 1_000  # before those that mean nothing any more are looked for
SWEEPING_SHARE = 0.75  # of the time: beyond it sweeps wait for each other


class Hub:
    """Everything this process watches."""

    def __init__(self) -> None:
        self.process = settings.PROCESS
        self.rooms: dict[int, RoomHub] = {}
        self.members: set[Member] = set()
        self._feeds: dict[str, Feed] = {}
        self._stretches = Stretches()
        self._opening: dict[int, asyncio.Task[RoomHub]] = {}
        self._repairs: dict[str, asyncio.Task[None]] = {}
        self._beginnings: dict[int, asyncio.Task[None]] = {}
        self._reported_at = time.monotonic()
        self._revoked: dict[int, int] = {}
        self._revoked_kept = REVOCATIONS_KEPT
        self._revoked_position = "0-0"
        self._tasks: list[asyncio.Task[None]] = []
        self._channel = ""
        self._started: asyncio.Task[None] | None = None

    # --- life ------------------------------------------------------------------------------------

    async def started(self) -> None:
        """Wait until the hub receives. The first caller starts it."""
        if self._started is None:
            self._started = asyncio.create_task(self._start())
        try:
            await asyncio.shield(self._started)
        except redisdb.LAYER_ERRORS as error:
            self._started = None
            raise DomainError(ErrorCode.BUSY, retry_after_ms=1000) from error

    async def _start(self) -> None:
        layer = get_channel_layer()
        self._channel = await layer.new_channel()
        await layer.group_add(revocation.GROUP, self._channel)
        await self._read_revocations()
        self._tasks = [
            asyncio.create_task(self._for_ever(self._receive, 0.0)),
            asyncio.create_task(self._for_ever(self._poll, POLL_SECONDS)),
            asyncio.create_task(self._for_ever(self._report_viewers, REPORT_SECONDS)),
            asyncio.create_task(self._for_ever(self._collect, garbage.FULL_COLLECTION_SECONDS)),
        ]

    async def stop(self) -> None:
        """End the loops; called when the process drains."""
        waiting = [*self._repairs.values(), *self._beginnings.values(), *self._opening.values()]
        for task in [*self._tasks, *waiting]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _for_ever(self, step: Callable[[], Awaitable[None]], pause: float) -> None:
        while True:
            stop_if_cancelled()
            try:
                await step()
                if pause:
                    await asyncio.sleep(pause)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # noqa: BLE001 -- a stopped hub is silence for all
                logger.warning("hub: %r in %r", error, step)
                await asyncio.sleep(RETRY_SECONDS)

    # --- joining ---------------------------------------------------------------------------------

    async def open(self, address: Room) -> RoomHub:
        """Return the room, subscribed and loaded. Raises `DomainError`."""
        await self.started()
        room = self.rooms.get(address.id)
        if room is not None:
            return room
        task = self._opening.get(address.id)
        if task is None:
            task = self._opening[address.id] = asyncio.create_task(self._open(address))
            task.add_done_callback(lambda _: self._opening.pop(address.id, None))
        try:
            return await asyncio.shield(task)
        except redisdb.LAYER_ERRORS as error:
            raise DomainError(ErrorCode.BUSY, retry_after_ms=1000) from error

    async def _open(self, address: Room) -> RoomHub:
        room = RoomHub(address, self.process, self._stretches)
        for audience, feed in room.feeds.items():
            name = redisdb.frame_group(address, audience)
            self._feeds[name] = feed
            await get_channel_layer().group_add(name, self._channel)
        if await room.refresh() is None:
            await revive_room(address)
            if await room.refresh() is None:
                raise DomainError(ErrorCode.UNKNOWN_STREAM)
        room.restart()
        self.rooms[address.id] = room
        return room

    def enter(self, member: Member) -> None:
        """Count a socket in."""
        self.members.add(member)

    def leave(self, member: Member) -> None:
        """Count a socket out and free its seats."""
        if member not in self.members:
            return
        self.members.discard(member)
        if member.room is not None:
            member.room.leave(member)

    def is_revoked(self, user_id: int, issued_ms: int) -> bool:
        """True when a ticket issued then is dead."""
        return self._revoked.get(user_id, -1) >= issued_ms

    # --- receiving -------------------------------------------------------------------------------

    async def _receive(self) -> None:
        """Take one message; while more are there, they are all taken in one turn of the loop.

        On a busy process a turn is long, and frames that waited one each would fall behind.
        """
        message = await get_channel_layer().receive(self._channel)
        if message["type"] == "revocations":
            await self._read_revocations()
            return
        feed = self._feeds.get(message["group"])
        if feed is None or message["seq"] <= feed.top:
            if feed is not None and message["epoch"] != feed.epoch:
                self._repair(message["group"], feed)
            return
        if message["epoch"] == feed.epoch:
            frame = prepare_frame(message["seq"], message["frame"], message["side"])
            if feed.add(frame):
                overhear(feed.room, frame.payload)
                return
        self._repair(message["group"], feed)

    def _repair(self, name: str, feed: Feed) -> None:
        if name in self._repairs:
            return
        task = self._repairs[name] = asyncio.create_task(self._repaired(feed))
        task.add_done_callback(lambda _: self._repairs.pop(name, None))

    async def _repaired(self, feed: Feed) -> None:
        """Fill a gap from the frame log; begin again when it has moved on."""
        room = self.rooms.get(feed.room.id)
        if room is None:
            return
        began = room.began
        with _logged("repair of a gap"):
            top = (await read_tops([feed.room]))[0]
            if top is None or top[0] != feed.epoch:
                await self._begin_again(room, began)
                return
            for seq, payload, side in await read_frames(feed.room, feed.audience, after=feed.top):
                if seq <= feed.top:
                    continue
                if not feed.add(prepare_frame(seq, payload, side)):
                    await self._begin_again(room, began)
                    return
                overhear(feed.room, payload)

    async def _begin_again(self, room: RoomHub, began: int) -> None:
        """Start both feeds anew. Both find out at once: the second must not welcome all again."""
        if room.began != began:
            return
        number = room.address.id
        task = self._beginnings.get(number)
        if task is None:
            task = self._beginnings[number] = asyncio.create_task(self._start_again(room))
            task.add_done_callback(lambda _: self._beginnings.pop(number, None))
        await asyncio.shield(task)

    async def _start_again(self, room: RoomHub) -> None:
        logger.info("stream %s begins again: new epoch or lost frames", room.address.slug)
        if await room.refresh() is None:
            await revive_room(room.address)
            if await room.refresh() is None:
                return
        room.restart()
        await room.welcome_all()

    # --- every second ----------------------------------------------------------------------------

    async def _poll(self) -> None:
        rooms = list(self.rooms.values())
        tops = await read_tops([room.address for room in rooms]) if rooms else []
        for room, top in zip(rooms, tops, strict=True):
            for audience, feed in room.feeds.items():
                feed.sweep_laggards()
                if top is None or top[0] != feed.epoch or top[1][audience] > feed.top:
                    self._repair(redisdb.frame_group(room.address, audience), feed)
        await self._read_revocations()
        await self._close_idle(rooms)

    async def _close_idle(self, rooms: list[RoomHub]) -> None:
        now = time.monotonic()
        for room in rooms:
            if room.members or room.joining or now - room.last_left < IDLE_SECONDS:
                continue
            del self.rooms[room.address.id]
            names = [redisdb.frame_group(room.address, audience) for audience in room.feeds]
            for name in names:
                self._feeds.pop(name, None)
            for name in names:
                if name not in self._feeds:  # else somebody has opened the room again meanwhile
                    await get_channel_layer().group_discard(name, self._channel)

    async def _read_revocations(self) -> None:
        self._revoked_position, found = await revocation.read_after(
            redisdb.client(), self._revoked_position
        )
        for item in found:
            self._revoked[item.user_id] = max(self._revoked.get(item.user_id, 0), item.after_ms)
        self._forget_old_revocations()
        users = {item.user_id for item in found}
        if users:
            for member in list(self.members):
                claims = member.claims
                if claims is None or claims.identity.user_id not in users:
                    continue
                if self.is_revoked(claims.identity.user_id, claims.issued_ms):
                    member.revoke()

    def _forget_old_revocations(self) -> None:
        """Drop those that end only tickets which have expired by themselves."""
        if len(self._revoked) <= self._revoked_kept:
            return
        oldest = now_ms() - settings.TICKET_SECONDS * 1000 - revocation.SKEW_MS
        self._revoked = {user: at for user, at in self._revoked.items() if at > oldest}
        self._revoked_kept = max(REVOCATIONS_KEPT, 2 * len(self._revoked))

    async def _collect(self) -> None:
        garbage.collect()

    async def _report_viewers(self) -> None:
        """Report every room. A longer tick only helps where it is the sweeps that take the time.

        So a room's lag is the work of one sweep, and what its viewers really wait for as soon as
        the sweeps of all rooms together fill most of our time.
        """
        rooms = list(self.rooms.values())
        sweeps = [room.take_sweeps() for room in rooms]
        now = time.monotonic()
        share = sum(one.total_work for one in sweeps) / max(0.001, now - self._reported_at)
        self._reported_at = now
        for room, one in zip(rooms, sweeps, strict=True):
            lag = one.lag if share > SWEEPING_SHARE else one.work
            await room.report_viewers(lag_seconds=lag)


@contextlib.contextmanager
def _logged(what: str) -> Iterator[None]:
    try:
        yield
    except (redisdb.RedisError, OSError, DomainError) as error:
        logger.warning("%s: %r; the next poll tries again", what, error)


hub = PerLoop(Hub)
