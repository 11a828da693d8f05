"""What a frame carries: its parts, the items of both audiences, and what concerns one person. Sync.

Ids are strings (they pass 2**53), times are integer milliseconds since the Unix epoch unless the
name says otherwise.
"""

from typing import Literal

import msgspec

from .base import Message
from .constants import (
    PACE_DEFAULT_PER_SECOND,
    LinksMode,
    ReportReason,
    Role,
    SanctionKind,
    StreamStatus,
)

# --- parts ------------------------------------------------------------------------------------


class Person(Message, frozen=True):
    """Who said it, as they were when they said it."""

    id: str
    name: str
    role: Role = Role.VIEWER
    new: bool = False  # account younger than a day when this was written


class Quote(Message, frozen=True):
    """The comment that a reply answers, shortened."""

    id: str
    name: str
    text: str


class Comment(Message, frozen=True):
    id: str
    user: Person
    text: str
    at: int
    reply: Quote | None = None

    def without_quote(self) -> "Comment":
        """Return the comment without the text of what it answers, which is hidden."""
        if self.reply is None:
            return self
        return msgspec.structs.replace(self, reply=msgspec.structs.replace(self.reply, text=""))


class Held(Message, frozen=True):
    """A comment that waits for a moderator; `hold` is its number, not a comment id."""

    hold: str
    user: Person
    text: str
    at: int
    reason: str
    reply: Quote | None = None
    detail: str = ""  # which word, which host, how many people, which score


class Announcement(Message, frozen=True):
    """A line over the room, by its staff, until somebody takes it away or its time is over."""

    id: str
    text: str
    at: int
    by: Person
    until: int | None = None  # absent: it has no end of its own


class Room(Message, frozen=True, omit_defaults=False):
    """The state of a room that its viewers see; always sent whole."""

    status: StreamStatus
    closed: bool
    slow_seconds: int
    min_account_age_minutes: int
    review: bool
    pinned: Comment | None
    pace: int = PACE_DEFAULT_PER_SECOND  # comments a second that viewers are shown; 0: all of them
    links: LinksMode = LinksMode.HOLD
    standing_only: bool = False  # what people without standing say waits for a moderator
    delay: int = 0  # seconds that staff see a comment before viewers do
    panic: bool = False  # the panic switch is on: its modes end together
    # Unix ms until which raid mode holds; past or 0: it does not. Meanwhile slow mode is at least
    # RAID_SLOW_SECONDS, and what newcomers to the room say waits for a moderator.
    raid_until: int = 0
    started_at: int | None = None  # when the stream went live first; stream time counts from here
    ended_at: int | None = None
    announcement: Announcement | None = None  # past its `until` it is over


class Cursor(Message, frozen=True, omit_defaults=False):
    """Where a reader stands: `seq` counts the frames of one audience, `through` is a log id."""

    seq: int
    through: str


class Resume(Message, frozen=True):
    """What a returning client shows the server. `staff` only where it had the staff audience."""

    epoch: str
    public: Cursor
    staff: Cursor | None = None


class You(Message, frozen=True):
    """The person this socket speaks for."""

    id: str
    name: str
    role: Role
    ticket_expires_at: int
    sanction: SanctionKind | None = None
    sanction_until: int | None = None  # absent with a ban: it has no end


# --- items: what a frame carries ----------------------------------------------------------------


class CommentPosted(Message, frozen=True, tag="comment.posted"):
    comment: Comment


class CommentHidden(Message, frozen=True, tag="comment.hidden"):
    id: str
    withdrawn: bool = False  # by its author, not by a moderator


class CommentRestored(Message, frozen=True, tag="comment.restored"):
    comment: Comment


class UserCleared(Message, frozen=True, tag="user.cleared"):
    """All of a person's comments up to this log id are hidden; those that come back are restored
    one by one."""

    user: str
    name: str
    through: str


class RoomChanged(Message, frozen=True, tag="room.changed"):
    room: Room


class HoldOpened(Message, frozen=True, tag="hold.opened"):
    """Staff only."""

    held: Held


class HoldClosed(Message, frozen=True, tag="hold.closed"):
    """Staff only."""

    hold: str
    outcome: Literal["approved", "refused", "expired"]


class UserSanctioned(Message, frozen=True, tag="user.sanctioned"):
    """Staff only. `until` is absent for a ban."""

    user: str
    kind: SanctionKind
    until: int | None = None


class SanctionLifted(Message, frozen=True, tag="sanction.lifted"):
    """Staff only."""

    user: str


class CommentDelayed(Message, frozen=True, tag="comment.delayed"):
    """Staff only: viewers will be shown it at this moment, unless it is hidden before."""

    comment: Comment
    until: int


class CommentFlagged(Message, frozen=True, tag="comment.flagged"):
    """Staff only: it is shown, and something about it is worth a look."""

    id: str
    reason: str
    detail: str = ""


class CommentReported(Message, frozen=True, tag="comment.reported"):
    """Staff only: a viewer reported it; `reports` counts those so far."""

    comment: Comment
    reason: ReportReason
    reports: int


class StaffChanged(Message, frozen=True, tag="staff.changed"):
    """Staff only: somebody's role in this room; `viewer` for who lost one."""

    user: str
    role: Role


class Acted(Message, frozen=True, tag="acted"):
    """Staff only: what a colleague did, for the list of actions."""

    id: str
    action: str
    by: str | None = None  # absent: the room's own rules
    user: str | None = None
    comment: str | None = None
    reason: str = ""


Item = (
    CommentPosted
    | CommentHidden
    | CommentRestored
    | UserCleared
    | RoomChanged
    | HoldOpened
    | HoldClosed
    | UserSanctioned
    | SanctionLifted
    | CommentDelayed
    | CommentFlagged
    | CommentReported
    | StaffChanged
    | Acted
)


class YouHeldApproved(Message, frozen=True, tag="you.held_approved"):
    hold: str
    comment: Comment


class YouHeldRefused(Message, frozen=True, tag="you.held_refused"):
    hold: str
    outcome: Literal["refused", "expired"]
    reason: str = ""


class YouSanctioned(Message, frozen=True, tag="you.sanctioned"):
    kind: SanctionKind
    reason: str = ""
    until: int | None = None


class YouRestored(Message, frozen=True, tag="you.restored"):
    """A time-out or ban was lifted."""


class YouReplied(Message, frozen=True, tag="you.replied"):
    """Somebody replied to this person, and the frame left the reply out."""

    comment: Comment


class YouHidden(Message, frozen=True, tag="you.hidden"):
    """A moderator hid a comment of this person, or all of them."""

    id: str | None = None
    reason: str = ""


class YouWarned(Message, frozen=True, tag="you.warned"):
    """A moderator asks this person to mind the rules."""

    reason: str
    comment: str | None = None


class YouAppealed(Message, frozen=True, tag="you.appealed"):
    """What became of this person's appeal."""

    outcome: Literal["granted", "rejected"]
    reason: str = ""


PersonalItem = (
    YouHeldApproved
    | YouHeldRefused
    | YouSanctioned
    | YouRestored
    | YouReplied
    | YouHidden
    | YouWarned
    | YouAppealed
)
