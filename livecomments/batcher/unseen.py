"""What viewers of a room are not to see any more, not even in a quote. Sync, pure.

A reply may be on its way, wait or be restored long after what it quotes was hidden. The publisher
keeps this in memory, and every change in a short list in Redis (`redisdb.unseen`), so that whoever
takes the room over knows it too. What has left the list is looked up by whoever acts
(`comments.history.with_present_quotes`).
"""

from collections.abc import Iterable
from typing import Literal, TypeVar

import msgspec

from livecomments.protocol import Comment, Quote

KEPT = 1_000  # of each kind; the oldest are forgotten first
CLEARINGS_KEPT = 10  # of one person

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Note(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change. `id`: of the comment, or of the person for `cleared` and `back`.

    `through`: the id of the clearing; `name`: one under which the person is quoted.
    """

    what: Literal["hidden", "shown", "cleared", "back"]
    id: str
    user: str = ""  # whose comment is shown again
    name: str = ""
    through: int = 0


_decoder = msgspec.json.Decoder(Note)


def kept(note: Note) -> bytes:
    """Return the bytes a note is kept as."""
    return msgspec.json.encode(note)


class Unseen:
    """What is hidden in one room, as far as it is known here."""

    def __init__(self, notes: Iterable[bytes] = ()) -> None:
        self._comments: dict[str, None] = {}
        self._people: dict[str, list[int]] = {}  # up to which ids all of theirs is hidden
        self._names: dict[str, list[int]] = {}
        self._shown: dict[str, str] = {}  # of whom: comments that came back one by one
        for raw in notes:
            self.take(_decoder.decode(raw))

    def take(self, note: Note) -> None:
        """Change it; call in log order."""
        match note.what:
            case "hidden":
                self._shown.pop(note.id, None)
                _put(self._comments, note.id, None)
            case "shown":
                self._comments.pop(note.id, None)
                _put(self._shown, note.id, note.user)
            case "cleared":
                for cleared, key in ((self._people, note.id), (self._names, note.name)):
                    others = [at for at in cleared.get(key, []) if at != note.through]
                    _put(cleared, key, [*others, note.through][-CLEARINGS_KEPT:])
                for comment in [one for one, user in self._shown.items() if user == note.id]:
                    del self._shown[comment]
            case "back":
                for throughs in [*self._people.values(), *self._names.values()]:
                    throughs[:] = [at for at in throughs if at != note.through]

    def without(self, comment: Comment, *, quoted_user: int | None = None) -> Comment:
        """Return a comment with nothing hidden in its quote; the same object if there is none.

        `quoted_user`: who said what it quotes, where that is known.
        """
        quote = comment.reply
        if quote is None or not quote.text or not self._is_gone(quote, str(quoted_user)):
            return comment
        return comment.without_quote()

    def _is_gone(self, quote: Quote, user: str) -> bool:
        if quote.id in self._comments:
            return True
        cleared = [*self._people.get(user, []), *self._names.get(quote.name, [])]
        return int(quote.id) < max(cleared, default=0) and quote.id not in self._shown


def _put(kept_by: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    kept_by.pop(key, None)
    kept_by[key] = value
    if len(kept_by) > KEPT:
        del kept_by[next(iter(kept_by))]
