"""One stream in this process: its two feeds, its members, its snapshot. Async.

Joining reads Redis at most once a second per stream, however many join: a newcomer gets the last
snapshot and, from the ring, the frames since.
"""

import asyncio
import time
from dataclasses import replace

from livecomments import redisdb
from livecomments.errors import DomainError
from livecomments.protocol import (
    HEARTBEAT_SECONDS,
    PROTOCOL_VERSION,
    Audience,
    CaughtUp,
    Cursor,
    ErrorCode,
    Resume,
    Welcome,
    You,
)
from livecomments.tickets import Room, now_ms
from streams.presence import Reporter

from .catchup import Missed, missed_since
from .feed import RING_FRAMES, Feed, Seat, Sweeps, in_slices, taken
from .frames import prepare_frame
from .member import Member
from .snapshot import Sanction, Snapshot, read_newest_frames, read_sanction, read_snapshot
from .stretches import Stretches

SNAPSHOT_GOOD_SECONDS = 1.0


class RoomHub:
    """A watched stream."""

    def __init__(self, address: Room, process: str, stretches: Stretches) -> None:
        self.address = address
        self.stretches = stretches
        self.feeds = {audience: Feed(address, audience) for audience in Audience}
        self.members: set[Member] = set()
        self.joining = 0  # hellos under way: the room must not close under them
        self.began = 0  # how often the feeds began anew
        self.last_left = time.monotonic()
        self._reporter = Reporter(address, process)
        self._snapshot: Snapshot | None = None
        self._read_at = 0.0
        self._reading: asyncio.Task[Snapshot | None] | None = None
        self._filling: dict[Audience, asyncio.Task[None]] = {}
        self._catching_up: set[asyncio.Task[None]] = set()

    # --- snapshot --------------------------------------------------------------------------------

    async def refresh(self) -> Snapshot | None:
        """Read the room anew; those who ask meanwhile share the answer. Raises `RedisError`."""
        if self._reading is None:
            self._reading = asyncio.create_task(read_snapshot(self.address))
            self._reading.add_done_callback(self._read)
        return await asyncio.shield(self._reading)

    def _read(self, task: "asyncio.Task[Snapshot | None]") -> None:
        self._reading = None
        if not task.cancelled() and task.exception() is None:
            self._snapshot = task.result()
            self._read_at = time.monotonic()

    def restart(self) -> None:
        """Let both feeds begin at the snapshot."""
        snapshot = self._snapshot
        assert snapshot is not None
        self.began += 1
        for audience, feed in self.feeds.items():
            feed.start(snapshot.epoch, snapshot.cursors[audience].seq)

    async def _fresh_snapshot(self) -> Snapshot:
        """Return a snapshot whose later frames are all in the rings."""
        snapshot = self._snapshot
        stale = time.monotonic() - self._read_at > SNAPSHOT_GOOD_SECONDS
        if snapshot is None or stale or not self._reaches(snapshot):
            snapshot = await self.refresh()
        if snapshot is None:
            raise DomainError(ErrorCode.UNKNOWN_STREAM)
        if snapshot.epoch != self.feeds[Audience.PUBLIC].epoch:
            raise DomainError(ErrorCode.BUSY, retry_after_ms=1000)  # the poll is about to notice
        return snapshot

    async def fill_ring(self, feed: Feed) -> None:
        """Take what the frame log has from before this process watched; once for all who ask.

        Raises `RedisError`.
        """
        audience = feed.audience
        filling = self._filling.get(audience)
        if filling is None:
            filling = self._filling[audience] = asyncio.create_task(self._fill(feed, feed.epoch))
            filling.add_done_callback(lambda _: self._filling.pop(audience, None))
        await asyncio.shield(filling)

    async def _fill(self, feed: Feed, epoch: str) -> None:
        found, frames = await read_newest_frames(self.address, feed.audience, count=RING_FRAMES)
        if found == epoch == feed.epoch:
            feed.put_before(prepare_frame(*frame) for frame in frames)

    def _reaches(self, snapshot: Snapshot) -> bool:
        return all(
            snapshot.cursors[audience].seq >= feed.base for audience, feed in self.feeds.items()
        )

    # --- members ---------------------------------------------------------------------------------

    async def join(self, member: Member, resume: Resume | None) -> None:
        """Welcome a socket and seat it. Raises `busy`, `unavailable`, `unknown_stream`."""
        self.joining += 1
        try:
            snapshot = await self._fresh_snapshot()
            sanction = await _sanction_of(self.address, member)
            missed = await missed_since(self, member, resume, snapshot) if resume else None
        except (redisdb.RedisError, OSError) as error:
            raise DomainError(ErrorCode.BUSY, retry_after_ms=1000) from error
        finally:
            self.joining -= 1
        if snapshot.epoch != self.feeds[Audience.PUBLIC].epoch:
            if missed is not None:
                await missed.held.aclose()
            # The room began again meanwhile: a seat at a `seq` of the old epoch would get nothing.
            raise DomainError(ErrorCode.BUSY, retry_after_ms=1000)
        member.room = self
        self.members.add(member)
        member.sanction = sanction
        if missed is None:
            self._welcome(member, snapshot)
            return
        task = asyncio.create_task(self._welcome_back(member, snapshot, missed))
        self._catching_up.add(task)
        task.add_done_callback(self._catching_up.discard)

    def leave(self, member: Member) -> None:
        """Free a socket's seats."""
        self.members.discard(member)
        self._unseat(member)
        self.last_left = time.monotonic()

    def _unseat(self, member: Member) -> None:
        for audience, seat in member.seats.items():
            self.feeds[audience].leave(seat)
        member.seats.clear()

    def _audiences(self, member: Member) -> list[Audience]:
        return [Audience.PUBLIC, Audience.STAFF] if member.is_staff else [Audience.PUBLIC]

    def _welcome(self, member: Member, snapshot: Snapshot) -> None:
        member.tell(self._greeting(member, snapshot, snapshot.cursors, resumed=False))
        for audience in self._audiences(member):
            self._seat(member, audience, snapshot.cursors[audience].seq)

    async def _welcome_back(self, member: Member, snapshot: Snapshot, missed: Missed) -> None:
        """Send what was missed no faster than it is read, then seat the socket behind it."""
        async with missed.held:
            began = self.began
            member.tell(self._greeting(member, snapshot, missed.cursors, resumed=True))
            for message in missed.messages:
                member.connection.send(message)
                if not await taken(member.connection):
                    return
                if member not in self.members or self.began != began:
                    return  # it has gone, or was welcomed anew
        for audience in self._audiences(member):
            self._seat(member, audience, missed.reached[audience])
        member.tell(CaughtUp(comments=missed.comments))

    def _seat(self, member: Member, audience: Audience, seq: int) -> None:
        user = str(member.claims.identity.user_id) if member.claims else None
        seat = Seat(member.connection, user, seq, member.frames)
        member.seats[audience] = seat
        self.feeds[audience].sit(seat)

    def _greeting(
        self,
        member: Member,
        snapshot: Snapshot,
        cursors: dict[Audience, Cursor],
        *,
        resumed: bool,
    ) -> Welcome:
        return Welcome(
            version=PROTOCOL_VERSION,
            epoch=snapshot.epoch,
            public=cursors[Audience.PUBLIC],
            staff=cursors[Audience.STAFF] if member.is_staff else None,
            room=snapshot.room,
            reactions=snapshot.totals,
            viewers=snapshot.viewers,
            server_time=now_ms(),
            heartbeat_seconds=HEARTBEAT_SECONDS,
            resumed=resumed,
            recent=[] if resumed else snapshot.recent,
            held=snapshot.held if member.is_staff else [],
            delayed=snapshot.delayed if member.is_staff else [],
            you=you(member),
        )

    async def welcome_all(self) -> None:
        """Tell everybody to start from a new snapshot: the old cursors mean nothing any more."""
        snapshot = self._snapshot
        assert snapshot is not None

        def visit(member: Member) -> None:
            if member in self.members:
                self._unseat(member)
                self._welcome(member, snapshot)

        await in_slices(list(self.members), visit)

    def take_sweeps(self) -> Sweeps:
        """Return how sweeps lately went; those of the public, who are the many, stand for all."""
        public, staff = (self.feeds[audience].take_sweeps() for audience in Audience)
        return replace(public, total_work=public.total_work + staff.total_work)

    async def report_viewers(self, *, lag_seconds: float) -> None:
        """Tell the partition's owner who watches through this process, and how fast we are."""
        await self._reporter.report(
            {member.viewer_key for member in self.members if member.frames},
            lag_ms=round(lag_seconds * 1000),
        )


async def _sanction_of(address: Room, member: Member) -> Sanction | None:
    if member.claims is None:
        return None
    return await read_sanction(address, member.claims.identity.user_id)


def you(member: Member) -> You | None:
    """Return whom this socket speaks for."""
    claims = member.claims
    if claims is None:
        return None
    identity, sanction = claims.identity, member.sanction
    return You(
        id=str(identity.user_id),
        name=identity.name,
        role=identity.role,
        ticket_expires_at=claims.expires_ms,
        sanction=sanction.kind if sanction else None,
        sanction_until=sanction.until_ms if sanction else None,
    )
