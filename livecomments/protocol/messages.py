"""Every message of the wire protocol, as frozen types with a literal `type`. Sync.

Unknown fields are refused, ids are strings (they pass 2**53), times are integer milliseconds since
the Unix epoch unless the name says otherwise. A tuple of types at the end of each part says which
messages may stand in that place.
"""

from typing import Literal

import msgspec

from .constants import (
    PACE_DEFAULT_PER_SECOND,
    Audience,
    ErrorCode,
    ReactionKind,
    Role,
    SanctionKind,
    StreamStatus,
)


class Message(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False
):
    """Base of everything on the wire. Fields at their default are left out."""


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


class Held(Message, frozen=True):
    """A comment that waits for a moderator; `hold` is its number, not a comment id."""

    hold: str
    user: Person
    text: str
    at: int
    reason: str
    reply: Quote | None = None


class Room(Message, frozen=True, omit_defaults=False):
    """The state of a room that its viewers see; always sent whole."""

    status: StreamStatus
    closed: bool
    slow_seconds: int
    min_account_age_minutes: int
    review: bool
    pinned: Comment | None
    pace: int = PACE_DEFAULT_PER_SECOND  # comments a second that viewers are shown; 0: all of them


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


class CommentRestored(Message, frozen=True, tag="comment.restored"):
    comment: Comment


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


Item = (
    CommentPosted
    | CommentHidden
    | CommentRestored
    | RoomChanged
    | HoldOpened
    | HoldClosed
    | UserSanctioned
    | SanctionLifted
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


PersonalItem = YouHeldApproved | YouHeldRefused | YouSanctioned | YouRestored | YouReplied


# --- server to client -----------------------------------------------------------------------------


class Welcome(Message, frozen=True, tag="welcome"):
    """The answer to `hello`. With `resumed` the missed frames follow; else start from `recent`."""

    version: int
    epoch: str
    public: Cursor
    room: Room
    reactions: dict[str, int]
    viewers: int
    server_time: int
    heartbeat_seconds: int
    resumed: bool
    recent: list[Comment] = []
    held: list[Held] = []  # staff only: what waits for a decision
    you: You | None = None
    staff: Cursor | None = None


class Frame(Message, frozen=True, tag="frame"):
    """One flush of one audience. `seq` follows the last one by exactly 1."""

    seq: int
    through: str
    audience: Audience = Audience.PUBLIC
    items: list[Item] = []
    reactions: dict[str, int] = {}  # presses since the last frame that had any
    totals: dict[str, int] = {}  # sent whenever `reactions` is
    viewers: int | None = None
    left_out: int = 0  # comments of this flush that are stored and not among the items


class Backfill(Message, frozen=True, tag="backfill"):
    """Missed items from the archive, in order, sent before the frames that follow them."""

    audience: Audience
    through: str
    items: list[Item]
    left_out: int = 0  # as in frames; the last message has it for all of them


class CaughtUp(Message, frozen=True, tag="caught_up"):
    """Ends a resume: everything missed has been sent; `comments` counts those shown."""

    comments: int


class Personal(Message, frozen=True, tag="personal"):
    """What concerns this person alone; sent right after the frame it belongs to."""

    seq: int
    audience: Audience
    items: list[PersonalItem]


class CommentAccepted(Message, frozen=True, tag="comment.accepted"):
    """The comment is stored under this id and, unless `left_out`, will be shown to everybody."""

    nonce: str
    comment: Comment
    left_out: bool = False  # the room is too busy to show them all: in the archive, in no frame


class CommentHeld(Message, frozen=True, tag="comment.held"):
    nonce: str
    hold: str
    reason: str


class Error(Message, frozen=True, tag="error"):
    """A refusal. `ref` is the nonce of the post, or the type of the message, it answers."""

    code: ErrorCode
    message: str
    ref: str | None = None
    retry_after_ms: int | None = None


class Ticket(Message, frozen=True, tag="ticket"):
    """A renewed ticket, or the answer of `POST /api/v1/streams/<slug>/ticket/`."""

    ticket: str
    expires_at: int


class Pong(Message, frozen=True, tag="pong"):
    server_time: int


class Bye(Message, frozen=True, tag="bye"):
    """The server is going away; come back after this many milliseconds."""

    reconnect_after_ms: int


ServerMessage = (
    Welcome
    | Frame
    | Backfill
    | CaughtUp
    | Personal
    | CommentAccepted
    | CommentHeld
    | Error
    | Ticket
    | Pong
    | Bye
)


# --- client to server -----------------------------------------------------------------------------


class Hello(Message, frozen=True, tag="hello"):
    """The first message. Without a ticket the socket may only read. `frames: false`: send only."""

    version: int
    stream: str
    ticket: str | None = None
    resume: Resume | None = None
    frames: bool = True


class CommentPost(Message, frozen=True, tag="comment.post"):
    """Say something. The same nonce always gets the same answer (10 minutes)."""

    nonce: str
    text: str
    reply_to: str | None = None


class ReactionSend(Message, frozen=True, tag="reaction.send"):
    """Presses of one kind; `count` lets a page gather quick presses. Only refusals are answered."""

    kind: ReactionKind
    count: int = 1


class TicketRenew(Message, frozen=True, tag="ticket.renew"):
    """Ask for a fresh ticket with the present one. Also lets a held-over ticket be replaced."""

    ticket: str


class Ping(Message, frozen=True, tag="ping"):
    pass


ClientMessage = Hello | CommentPost | ReactionSend | TicketRenew | Ping
