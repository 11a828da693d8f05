"""The events of the log: everything that changes a room, in the order it happened. Sync, pure.

These types are internal (the wire has its own, `livecomments.protocol`). An entry of the log holds
the stream, the kind and the body; its position in the log is its id. Bodies outlive releases in
the audit trail, so fields are added with defaults and never renamed.
"""

from typing import Literal

import msgspec

from livecomments import ids
from livecomments.protocol import (
    Announcement,
    Comment,
    Held,
    LinksMode,
    Person,
    Quote,
    ReportReason,
    Role,
    SanctionKind,
    StreamStatus,
)


class _Event(msgspec.Struct, frozen=True, omit_defaults=True, gc=False, kw_only=True):
    """Base of all events. Unknown fields are tolerated: an older release may read a newer log."""

    via: str = ""  # where an action came from, for the audit


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
    reason: str = ""  # why it is held, or marked for moderators
    detail: str = ""  # what was found, for moderators


class HoldClosed(_Event, frozen=True):
    hold: str
    author: int
    outcome: Literal["refused", "expired"]
    by: int | None = None
    reason: str = ""
    said: CommentSaid | None = None  # so that it can be opened again


class CommentHidden(_Event, frozen=True):
    """`by` is None where enough people reported it."""

    comment: str
    by: int | None = None
    reason: str = ""
    said: Comment | None = None  # as it was shown, so that it can be restored


class CommentWithdrawn(_Event, frozen=True):
    """By its author."""

    comment: str
    author: int


class CommentReported(_Event, frozen=True):
    """`reports` counts this one; `weight` is what the reporter's record lends it."""

    comment: Comment
    reporter: int
    reason: ReportReason
    reports: int
    weight: int = 1
    note: str = ""


class ReportsDismissed(_Event, frozen=True):
    """Somebody looked at what was reported and found nothing wrong: the comment stays."""

    comment: str
    author: int
    by: int


class UserCleared(_Event, frozen=True):
    """Everything a person said in the room before this is hidden."""

    user: int
    name: str
    by: int
    reason: str = ""
    shown: list[Comment] = []  # those among the recent ones, so that they can be restored


class UserRestored(_Event, frozen=True):
    """What one clearing hid is shown again."""

    user: int
    by: int
    clear: str
    shown: list[Comment] = []


class UserWarned(_Event, frozen=True):
    user: int
    by: int
    reason: str
    about: str | None = None  # a comment's id


class AppealClosed(_Event, frozen=True):
    """What became of an appeal; a sanction that ends by it is lifted by an event of its own."""

    user: int
    by: int
    appeal: int
    outcome: Literal["granted", "rejected"]
    reason: str = ""


class StaffChanged(_Event, frozen=True):
    """Somebody's role in the room; `viewer` takes it away."""

    user: int
    role: Role
    by: int | None = None


class RulesChanged(_Event, frozen=True):
    """A new version of what the room does about spam; `rules` is JSON (comments.spam.rules)."""

    version: int
    rules: str
    by: int
    note: str = ""


class CommentRestored(_Event, frozen=True):
    """`hidden_by`: the action that it takes back."""

    comment: Comment
    by: int
    hidden_by: str | None = None


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
    """Only the modes that were set are present. `panic` tells that the preset began or ended."""

    by: int | None = None
    closed: bool | None = None
    slow_seconds: int | None = None
    min_account_age_minutes: int | None = None
    review: bool | None = None
    pace: int | None = None
    links: LinksMode | None = None
    standing_only: bool | None = None
    delay: int | None = None
    panic: bool | None = None
    raid_until: int | None = None  # Unix ms; without `by` the room began it by itself
    before: dict[str, bool | int | str] = {}  # the modes that it changed, as they were


class StatusChanged(_Event, frozen=True):
    status: StreamStatus
    by: int


class AnnouncementMade(_Event, frozen=True):
    """A line over the room, in place of another. `seconds` run from the event's own time."""

    text: str
    by: int
    name: str
    role: Role
    seconds: int | None = None


class AnnouncementEnded(_Event, frozen=True):
    """`text`: what it said, where that was known."""

    announcement: str
    by: int
    text: str = ""


Body = (
    CommentSaid
    | HoldClosed
    | CommentHidden
    | CommentWithdrawn
    | CommentRestored
    | CommentReported
    | ReportsDismissed
    | CommentPinned
    | CommentUnpinned
    | UserSanctioned
    | SanctionLifted
    | UserCleared
    | UserRestored
    | UserWarned
    | AppealClosed
    | StaffChanged
    | RulesChanged
    | ModesChanged
    | StatusChanged
    | AnnouncementMade
    | AnnouncementEnded
)

REVIEW = "review"  # why it is held: the room reviews everything
REPORTED = "reported"  # why it is hidden: enough people reported it

COMMENT_POSTED = "comment.posted"
COMMENT_HELD = "comment.held"

KINDS: dict[str, type[Body]] = {
    COMMENT_POSTED: CommentSaid,
    COMMENT_HELD: CommentSaid,
    "hold.closed": HoldClosed,
    "comment.hidden": CommentHidden,
    "comment.withdrawn": CommentWithdrawn,
    "comment.restored": CommentRestored,
    "comment.reported": CommentReported,
    "reports.dismissed": ReportsDismissed,
    "comment.pinned": CommentPinned,
    "comment.unpinned": CommentUnpinned,
    "user.sanctioned": UserSanctioned,
    "sanction.lifted": SanctionLifted,
    "user.cleared": UserCleared,
    "user.restored": UserRestored,
    "user.warned": UserWarned,
    "appeal.closed": AppealClosed,
    "staff.changed": StaffChanged,
    "rules.changed": RulesChanged,
    "modes.changed": ModesChanged,
    "status.changed": StatusChanged,
    "announcement.made": AnnouncementMade,
    "announcement.ended": AnnouncementEnded,
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


def announcement_of(entry_id: int, made: AnnouncementMade) -> Announcement:
    """Return the announcement, as the wire shows it, that was made at this id."""
    at = ids.id_ms(entry_id)
    return Announcement(
        id=str(entry_id),
        text=made.text,
        at=at,
        by=Person(id=str(made.by), name=made.name, role=made.role),
        until=None if made.seconds is None else at + made.seconds * 1000,
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
        detail=said.detail,
    )
