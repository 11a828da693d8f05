"""Comments that staff see and viewers not yet: how they are kept. Sync, pure.

The publisher writes them when staff are shown them and takes them away when viewers are; a gateway
reads them for staff who join in between (`redisdb.delayed`).
"""

import msgspec

from livecomments.protocol import Comment, CommentDelayed


class Waiting(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of them. `until`: Unix ms.

    `hold`: it was approved from there; `answers`: who said what it replies to, where the room's
    pace leaves it out of what others are shown.
    """

    comment: Comment
    until: int
    hold: str | None = None
    answers: int | None = None
    left_out: bool = False

    @property
    def id(self) -> int:
        return int(self.comment.id)

    @property
    def item(self) -> CommentDelayed:
        """What staff are shown."""
        return CommentDelayed(comment=self.comment, until=self.until)


_decoder = msgspec.json.Decoder(Waiting)


def kept(waiting: Waiting) -> bytes:
    """Return the bytes it is kept as."""
    return msgspec.json.encode(waiting)


def waiting_of(raw: bytes) -> Waiting:
    """Return it from its bytes."""
    return _decoder.decode(raw)
