"""Every message of the wire protocol, as frozen types with a literal `type`. Sync.

Unknown fields are refused. A tuple of types at the end of each part says which messages may stand
in that place.
"""

from .actions import Action
from .base import Message
from .constants import Audience, ErrorCode, ReactionKind
from .items import Comment, CommentDelayed, Cursor, Held, Item, PersonalItem, Resume, Room, You

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
    delayed: list[CommentDelayed] = []  # staff only: what viewers are not shown yet
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
    # In a room with a moderator delay: so far went actions, while comments went up to `through`.
    acted: str | None = None


class Backfill(Message, frozen=True, tag="backfill"):
    """Missed items from the archive, in order, sent before the frames that follow them.

    They come in parts, which go up to `through` together: only who has them all is there.
    """

    audience: Audience
    through: str
    items: list[Item]
    left_out: int = 0  # as in frames; the last part has it for all of them
    more: bool = False  # further parts follow


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
    rule: str = ""  # what the room expects, in a sentence for its author


class Error(Message, frozen=True, tag="error"):
    """A refusal. `ref` is the nonce of the post, or the type of the message, it answers."""

    code: ErrorCode
    message: str
    ref: str | None = None
    retry_after_ms: int | None = None


class Done(Message, frozen=True, tag="done"):
    """The action is in the log under this id. `undo` is the action that takes it back."""

    ref: str
    id: str
    undo: Action | None = None


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
    | Done
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


class Act(Message, frozen=True, tag="act"):
    """Change the room. The answer, `done` or `error`, carries `ref`."""

    ref: str
    action: Action


class ReactionSend(Message, frozen=True, tag="reaction.send"):
    """Presses of one kind; `count` lets a page gather quick presses. Only refusals are answered."""

    kind: ReactionKind
    count: int = 1


class TicketRenew(Message, frozen=True, tag="ticket.renew"):
    """Ask for a fresh ticket with the present one. Also lets a held-over ticket be replaced."""

    ticket: str


class Ping(Message, frozen=True, tag="ping"):
    pass


ClientMessage = Hello | CommentPost | Act | ReactionSend | TicketRenew | Ping
