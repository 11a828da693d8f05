"""The events of the log: everything that changes a room, in the order it happened. Sync, pure.

These types are internal (the wire has its own, `livecomments.protocol`). An entry of the log holds
the stream, the kind and the body; its position in the log is its id. Bodies outlive releases in
the audit trail, so fields are added with defaults and never renamed.
"""

from typing import Literal

import msgspec

from livecomments import ids
from livecomments.protocol import Comment, Held, Person, Quote, Role, SanctionKind, StreamStatus


class _Event(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Base of all events. Unknown fields are tolerated: an older release may read a newer log."""


class CommentSaid(_Event, frozen=True):
    """The body of `comment.posted` and `comment.held`: which of the two is decided on admission."""

    author: int
    name: str
    text: str
    role: Role = Role.VIEWER
    new: bool = False
    reply_to: str | None = None
    reply_user: int | None = None  # who said what it replies to
    quote: Quote | None = None
    hold: str | None = None  # the hold number this comment was approved from
    by: int | None = None  # who approved it
    reason: str = ""  # why it is held


class HoldClosed(_Event, frozen=True):
    hold: str
    author: int
    outcome: Literal["refused", "expired"]
    by: int | None = None
    reason: str = ""


class CommentHidden(_Event, frozen=True):
    comment: str
    by: int
    reason: str = ""


class CommentRestored(_Event, frozen=True):
    comment: Comment
    by: int


class CommentPinned(_Event, frozen=True):
    comment: Comment
    by: int


class CommentUnpinned(_Event, frozen=True):
    by: int


class UserSanctioned(_Event, frozen=True):
    """`seconds` is None for a ban; a time-out runs from the event's own time."""

    user: int
    kind: SanctionKind
    by: int
    seconds: int | None = None
    reason: str = ""


class SanctionLifted(_Event, frozen=True):
    user: int
    by: int


class ModesChanged(_Event, frozen=True):
    """Only the modes that were set are present."""

    by: int
    closed: bool | None = None
    slow_seconds: int | None = None
    min_account_age_minutes: int | None = None
    review: bool | None = None
    pace: int | None = None


class StatusChanged(_Event, frozen=True):
    status: StreamStatus
    by: int


Body = (
    CommentSaid
    | HoldClosed
    | CommentHidden
    | CommentRestored
    | CommentPinned
    | CommentUnpinned
    | UserSanctioned
    | SanctionLifted
    | ModesChanged
    | StatusChanged
)

REVIEW = "review"  # the one reason for holding so far: the room reviews everything

COMMENT_POSTED = "comment.posted"
COMMENT_HELD = "comment.held"

KINDS: dict[str, type[Body]] = {
    COMMENT_POSTED: CommentSaid,
    COMMENT_HELD: CommentSaid,
    "hold.closed": HoldClosed,
    "comment.hidden": CommentHidden,
    "comment.restored": CommentRestored,
    "comment.pinned": CommentPinned,
    "comment.unpinned": CommentUnpinned,
    "user.sanctioned": UserSanctioned,
    "sanction.lifted": SanctionLifted,
    "modes.changed": ModesChanged,
    "status.changed": StatusChanged,
}
_KIND_OF: dict[type, str] = {body: kind for kind, body in KINDS.items() if body is not CommentSaid}
_DECODERS = {kind: msgspec.json.Decoder(body) for kind, body in KINDS.items()}


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One event where it stands in the log.

    `left_out`: something said that viewers are not shown, for the room was busier than its pace.
    It stands beside the body, which is written before that is decided.
    """

    id: int
    stream_id: int
    kind: str
    body: Body
    left_out: bool = False

    @property
    def at_ms(self) -> int:
        return ids.id_ms(self.id)


def kind_of(body: Body) -> str:
    """Return the kind of a body that is not something said (its kind is given on admission)."""
    return _KIND_OF[type(body)]


def encode(body: Body) -> bytes:
    """Return the bytes a body is kept as."""
    return msgspec.json.encode(body)


def decode(kind: str, raw: bytes | str) -> Body:
    """Return a body from its bytes. Raises `msgspec.DecodeError` or `KeyError`."""
    return _DECODERS[kind].decode(raw)


def comment_of(entry_id: int, said: CommentSaid) -> Comment:
    """Return the comment, as the wire shows it, that something said at this id became."""
    return Comment(
        id=str(entry_id),
        user=Person(id=str(said.author), name=said.name, role=said.role, new=said.new),
        text=said.text,
        at=ids.id_ms(entry_id),
        reply=said.quote,
    )


def held_of(entry_id: int, said: CommentSaid) -> Held:
    """Return the held comment, as staff see it; the entry's id is its hold number."""
    return Held(
        hold=str(entry_id),
        user=Person(id=str(said.author), name=said.name, role=said.role, new=said.new),
        text=said.text,
        at=ids.id_ms(entry_id),
        reason=said.reason or REVIEW,
        reply=said.quote,
    )
