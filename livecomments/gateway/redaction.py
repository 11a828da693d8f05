"""Takes what was hidden out of the frames that are kept: nobody is shown it late. Sync, pure.

Whoever was there has seen the comment and is told that it is hidden. Whoever comes back gets the
frames from before as they would be now: without it, without what quotes repeat of it, and without
the pin. Should it be restored, the frame that says so carries it whole. Frames are searched as
bytes, and only those that are affected are read.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from livecomments.protocol import (
    Comment,
    CommentHidden,
    Frame,
    Item,
    Personal,
    PersonalItem,
    RoomChanged,
    UserCleared,
    YouHeldApproved,
)

from .frames import Prepared, PreparedFrame

# These cannot occur inside a text: its quotes would be escaped.
_HIDES = (b'"type":"comment.hidden"', b'"type":"user.cleared"')
_frame = msgspec.json.Decoder(Frame)
_personal = msgspec.json.Decoder(Personal)
_replace = msgspec.structs.replace
_Any = TypeVar("_Any", Item, PersonalItem)


@dataclass(slots=True)
class Gone:
    """What frames have hidden; frames from before them are to be redacted."""

    comments: set[str] = field(default_factory=set)
    people: dict[str, int] = field(default_factory=dict)  # up to which id all of theirs is hidden
    names: dict[str, int] = field(default_factory=dict)  # the same by name, for quotes
    _needles: set[bytes] = field(default_factory=set)

    def take(self, frame: PreparedFrame) -> bool:
        """Take in what a frame hides; False when that is nothing."""
        if not any(mark in frame.payload for mark in _HIDES):
            return False
        for item in _frame.decode(frame.payload).items:
            match item:
                case CommentHidden(id=comment):
                    self.comments.add(comment)
                    self._needles.add(b'"%s"' % comment.encode())
                case UserCleared(user=user, name=name, through=through):
                    self.people[user] = self.names[name] = int(through)
                    self._needles |= {b'{"id":"%s"' % user.encode(), msgspec.json.encode(name)}
        return True

    def redacted(self, frame: PreparedFrame) -> PreparedFrame:
        """Return an earlier frame without what is gone; the same object if none of it is there."""
        payload, side = frame.payload, frame.side
        if self._touches(payload):
            read = _frame.decode(payload)
            payload = msgspec.json.encode(_replace(read, items=self._kept(read.items)))
        if side:
            side = {user: self._personal(message) for user, message in side.items()}
        if payload is frame.payload and side == frame.side:
            return frame
        return PreparedFrame(payload, frame.seq, side)

    def _touches(self, payload: bytes) -> bool:
        return any(needle in payload for needle in self._needles)

    def _personal(self, message: Prepared) -> Prepared:
        if not self._touches(message.payload):
            return message
        read = _personal.decode(message.payload)
        return Prepared(msgspec.json.encode(_replace(read, items=self._kept(read.items))))

    def _kept(self, items: Iterable[_Any]) -> list[_Any]:
        return [kept for item in items if (kept := self._item(item)) is not None]

    def _item(self, item: _Any) -> _Any | None:
        if isinstance(item, RoomChanged):
            pinned = item.room.pinned
            if pinned is not None and self._is_gone(pinned):
                return _replace(item, room=_replace(item.room, pinned=None))
            if pinned is not None and self._quotes_gone(pinned):
                return _replace(item, room=_replace(item.room, pinned=pinned.without_quote()))
            return item
        comment = getattr(item, "comment", None)
        if not isinstance(comment, Comment):
            return item
        if self._is_gone(comment):
            return item if isinstance(item, YouHeldApproved) else None  # that is the author's own
        if self._quotes_gone(comment):
            return _replace(item, comment=comment.without_quote())
        return item

    def _is_gone(self, comment: Comment) -> bool:
        if comment.id in self.comments:
            return True
        return int(comment.id) < self.people.get(comment.user.id, 0)

    def _quotes_gone(self, comment: Comment) -> bool:
        quote = comment.reply
        if quote is None:
            return False
        return quote.id in self.comments or int(quote.id) < self.names.get(quote.name, 0)
