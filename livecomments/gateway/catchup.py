"""What a returning viewer missed: from the ring, else the frame log, else the archive. Async.

Exactly what was missed, or None: then the viewer is told to reload. Never a silent gap
(docs/PROTOCOL.md, rules R1-R6).
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from livecomments import dbthreads, ids
from livecomments.errors import DomainError
from livecomments.protocol import (
    BACKFILL_ITEMS_PER_MESSAGE,
    BACKFILL_MAX_ITEMS,
    Audience,
    Backfill,
    CommentPosted,
    Cursor,
    Item,
    Personal,
    Resume,
    RoomChanged,
    YouReplied,
)
from livecomments.tickets import Room

from . import backfill
from .frames import Prepared, PreparedFrame, prepare_frame
from .snapshot import Snapshot, read_frames

if TYPE_CHECKING:
    from .feed import Feed
    from .member import Member
    from .roomhub import RoomHub

_POSTED = b'"type":"comment.posted"'  # cannot occur inside a text: its quotes would be escaped


class _Through(msgspec.Struct):
    """The one field of a stored frame that is read back here."""

    through: str


_through = msgspec.json.Decoder(_Through)


@dataclass(slots=True)
class Missed:
    """Messages to send before the seat is taken at `reached`; the ring holds the rest."""

    cursors: dict[Audience, Cursor]
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
    missed = Missed(cursors)
    for audience, cursor in cursors.items():
        feed = room.feeds[audience]
        if not 0 <= cursor.seq <= max(feed.top, snapshot.cursors[audience].seq):
            return None
        if not await _collect(feed, member, cursor, snapshot, missed):
            return None
    return missed


async def _collect(
    feed: "Feed", member: "Member", cursor: Cursor, snapshot: Snapshot, missed: Missed
) -> bool:
    ring = feed.since(cursor.seq)
    if ring is not None or cursor.seq > feed.top:
        missed.reached[feed.audience] = cursor.seq
        missed.comments += sum(frame.payload.count(_POSTED) for frame in ring or ())
        return True
    stored = [
        prepare_frame(*entry)
        for entry in await read_frames(feed.room, feed.audience, after=cursor.seq)
    ]
    if not stored:
        return False
    if stored[0].seq != cursor.seq + 1:
        if feed.audience is not Audience.PUBLIC:
            return False
        if not await _from_archive(feed.room, member, cursor, stored[0], snapshot, missed):
            return False
        stored = stored[1:]  # the archive went as far as the first stored frame
    _send_stored(feed, member, stored, missed, start=cursor.seq)
    return True


def _send_stored(
    feed: "Feed", member: "Member", stored: list[PreparedFrame], missed: Missed, *, start: int
) -> None:
    user = str(member.claims.identity.user_id) if member.claims else ""
    for frame in stored:
        if member.frames:
            missed.messages.append(frame)
        if user in frame.side:
            missed.messages.append(frame.side[user])
        missed.comments += frame.payload.count(_POSTED)
    if stored:
        missed.reached[feed.audience] = stored[-1].seq


async def _from_archive(
    room: Room,
    member: "Member",
    cursor: Cursor,
    first: PreparedFrame,
    snapshot: Snapshot,
    missed: Missed,
) -> bool:
    """Add the items between the token and the end of the oldest stored frame."""
    after = ids.parse_id(cursor.through)
    upto = ids.parse_id(_through.decode(first.payload).through)
    if after is None or upto is None:
        return False
    try:
        stretch = await dbthreads.run(
            backfill.stretch_between,
            room,
            after=after,
            upto=upto,
            limit=BACKFILL_MAX_ITEMS,
            user_id=member.claims.identity.user_id if member.claims else None,
        )
    except DomainError:
        return False  # Postgres is away: reload shows the recent comments without it
    if stretch is None:
        return False
    # Modes come as they are now: the frames that follow may set them again, to the same end.
    items: list[Item] = [*stretch.items, RoomChanged(room=snapshot.room)]
    for start in range(0, len(items), BACKFILL_ITEMS_PER_MESSAGE):
        end = start + BACKFILL_ITEMS_PER_MESSAGE
        message = Backfill(
            audience=Audience.PUBLIC,
            through=str(upto),
            items=items[start:end],
            left_out=stretch.left_out if end >= len(items) else 0,
        )
        missed.messages.append(Prepared(msgspec.json.encode(message)))
    if stretch.replies:
        told = [YouReplied(comment=comment) for comment in stretch.replies]
        personal = Personal(seq=first.seq, audience=Audience.PUBLIC, items=[*told])
        missed.messages.append(Prepared(msgspec.json.encode(personal)))
    missed.comments += sum(isinstance(item, CommentPosted) for item in items)
    missed.reached[Audience.PUBLIC] = first.seq
    return True
