"""What a returning viewer missed: from the ring, else the archive before it. Async.

Exactly what was missed, or None: then the viewer is told to reload. Never a silent gap
(docs/PROTOCOL.md, rules R1-R6).
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from livecomments import dbthreads, ids
from livecomments.errors import DomainError
from livecomments.protocol import (
    BACKFILL_MAX_ITEMS,
    Audience,
    Backfill,
    Cursor,
    Personal,
    PersonalItem,
    Resume,
    RoomChanged,
    YouReplied,
)

from . import backfill
from .backfill import Stretch
from .frames import Prepared, PreparedFrame
from .snapshot import Snapshot
from .stretches import Stretches

if TYPE_CHECKING:
    from .feed import Feed
    from .member import Member
    from .roomhub import RoomHub

_POSTED = b'"type":"comment.posted"'  # cannot occur inside a text: its quotes would be escaped


class _Through(msgspec.Struct):
    """What of a stored frame is read back here."""

    through: str
    acted: str | None = None


_through = msgspec.json.Decoder(_Through)


@dataclass(slots=True)
class Missed:
    """Messages to send before the seat is taken at `reached`; the ring holds the rest.

    `held`: to be closed once they are sent.
    """

    cursors: dict[Audience, Cursor]
    snapshot: Snapshot
    stretches: Stretches
    held: AsyncExitStack = field(default_factory=AsyncExitStack)
    reached: dict[Audience, int] = field(default_factory=dict)
    messages: list[Prepared] = field(default_factory=list)
    comments: int = 0


async def missed_since(
    room: "RoomHub", member: "Member", resume: Resume, snapshot: Snapshot
) -> Missed | None:
    """Return what was missed since a resume token, or None when it cannot be told exactly."""
    wanted: dict[Audience, Cursor | None] = {Audience.PUBLIC: resume.public}
    if member.is_staff:
        wanted[Audience.STAFF] = resume.staff
    cursors = {audience: cursor for audience, cursor in wanted.items() if cursor is not None}
    if resume.epoch != snapshot.epoch or len(cursors) < len(wanted):
        return None
    missed = Missed(cursors, snapshot, room.stretches)
    try:
        for audience, cursor in cursors.items():
            feed = room.feeds[audience]
            newest = max(feed.top, snapshot.cursors[audience].seq)
            known = 0 <= cursor.seq <= newest
            if not known or not await _collect(room, feed, member, cursor, missed):
                await missed.held.aclose()
                return None
    except BaseException:
        await missed.held.aclose()
        raise
    return missed


async def _collect(
    room: "RoomHub", feed: "Feed", member: "Member", cursor: Cursor, missed: Missed
) -> bool:
    if cursor.seq < feed.base:
        await room.fill_ring(feed)
    reached = cursor.seq
    if cursor.seq < feed.base:
        oldest = feed.oldest
        if oldest is None or feed.audience is not Audience.PUBLIC:
            return False
        if not await _from_archive(room, member, cursor, oldest, missed):
            return False
        reached = oldest.seq  # the archive went as far as this frame
    missed.reached[feed.audience] = reached
    missed.comments += sum(frame.payload.count(_POSTED) for frame in feed.since(reached) or ())
    return True


async def _from_archive(
    room: "RoomHub", member: "Member", cursor: Cursor, first: PreparedFrame, missed: Missed
) -> bool:
    """Add the items between the token and the end of the oldest frame."""
    after = ids.parse_id(cursor.through)
    reached = _through.decode(first.payload)
    upto, acted = ids.parse_id(reached.through), ids.parse_id(reached.acted or reached.through)
    if after is None or upto is None or acted is None:
        return False
    stretch = await missed.stretches.hold(
        room.address, after=after, upto=upto, acted=acted, until=missed.held
    )
    if stretch is None:
        return False
    missed.messages += stretch.messages
    told = await _concerned(room, member, stretch, (after, upto))
    if told is None:
        return False
    if told:
        concerned = Personal(seq=first.seq, audience=Audience.PUBLIC, items=told)
        missed.messages.append(Prepared(msgspec.json.encode(concerned)))
    # Whoever has this has all of the stretch. Modes come as they are now: the frames that follow
    # may set them again, to the same end.
    last = Backfill(
        audience=Audience.PUBLIC,
        through=str(upto),
        items=[RoomChanged(room=missed.snapshot.room)],
        left_out=stretch.left_out,
    )
    missed.messages.append(Prepared(msgspec.json.encode(last)))
    missed.comments += stretch.comments
    missed.reached[Audience.PUBLIC] = first.seq
    return True


async def _concerned(
    room: "RoomHub", member: "Member", stretch: Stretch, between: tuple[int, int]
) -> list[PersonalItem] | None:
    """Return what concerned this person in a stretch; None when nobody can tell.

    Replies to them among what was left out are in no frame, nor in the stretch that all share.
    """
    if member.claims is None:
        return []
    user_id = member.claims.identity.user_id
    told = list(stretch.told.get(user_id, ()))
    if not stretch.left_out:
        return told
    after, upto = between
    try:
        replies = await dbthreads.run(
            backfill.replies_between,
            room.address,
            after=after,
            upto=upto,
            user_id=user_id,
            limit=BACKFILL_MAX_ITEMS,
        )
    except DomainError:
        return None
    return told + [YouReplied(comment=comment) for comment in replies]
