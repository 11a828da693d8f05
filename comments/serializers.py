"""What the REST API takes and says about comments. Sync, pure."""

import msgspec

from livecomments.protocol import Action, Comment, ReportReason


class CommentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comment to post. The same nonce (or `Idempotency-Key`) always gets the same answer."""

    text: str
    reply_to: str | None = None
    nonce: str | None = None


class CommentPage(msgspec.Struct, frozen=True):
    """Oldest first. `previous` leads to older comments, `next` to newer ones; null at the ends."""

    results: list[Comment]
    next: str | None
    previous: str | None


class ActionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be done in the room, as in the `act` message of the socket."""

    action: Action


class ActionTaken(msgspec.Struct, frozen=True):
    """The action is in the room's log under this id; `undo` takes it back, where it can be."""

    id: str
    undo: Action | None


class ReportedComment(msgspec.Struct, frozen=True):
    """A comment that viewers reported and nobody has decided on; `reports` counts them."""

    comment: Comment
    reasons: list[ReportReason]
    reports: int


class ReportedPage(msgspec.Struct, frozen=True):
    """Those reported first come first."""

    results: list[ReportedComment]
