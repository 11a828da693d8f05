"""What the REST API takes and says about comments. Sync, pure."""

import msgspec

from livecomments.protocol import Comment


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
