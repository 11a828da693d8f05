"""Histories told in a few words, for tests of the checker. Sync, pure."""

from dataclasses import replace

from .checker import judge
from .history import (
    ArchivedAction,
    Began,
    History,
    How,
    Kind,
    Row,
    Said,
    Told,
    View,
    told,
)

ROOM, ANN = 3, 1
HIDE, RESTORE = Kind.HIDDEN, Kind.RESTORED


class Story(History):
    """A history that is told in words; times pass by themselves."""

    def __init__(self):
        super().__init__()
        self.now = 0.0

    def tick(self):
        self.now += 1
        return self.now

    def send(self, nonce, user=ANN):
        """Somebody sends a comment."""
        return self.invoke(nonce, ROOM, user, f"{nonce} hello", self.tick())

    def say(self, *numbers, left_out=False):
        """Comments are sent, acknowledged under these ids, and stored."""
        for number in numbers:
            post = self.send(f"n{number}")
            post.ok(number, left_out, self.tick())
            self.store(post, number, left_out=left_out)

    def store(self, post, number, **fields):
        self.rows.append(Row(number, ROOM, post.user, post.text, **fields))

    def do(self, kind, number, log_id):
        """The moderator does something, and it is archived."""
        self.act(kind, ROOM, number, self.tick()).ok(log_id)
        self.archived_actions.append(ArchivedAction(log_id, ROOM, kind, number))
        for place, row in enumerate(self.rows):
            if row.id == number:
                left_out = row.left_out and kind is HIDE
                self.rows[place] = replace(row, hidden=kind is HIDE, left_out=left_out)

    def watch(self, *messages, recent=(), through=0, stayed=True):
        """Somebody watches, from a welcome with these recent comments on."""
        view = View(f"viewer {len(self.views)}", ROOM, [Began(0.0, through, recent)], stayed)
        view.told += messages
        self.views.append(view)
        for one in view.told:
            for number in one.recent if isinstance(one, Began) else one.posted:
                self.saw(number, Said(ROOM, ANN, f"n{number} hello"))
        return view


def frame(*numbers, through=None, left_out=0, how=How.FRAME):
    """A message that shows these comments."""
    upto = max(numbers, default=0) if through is None else through
    return told(0.0, upto, numbers, left_out=left_out, how=how)


def news(through, *items, left_out=0, how=How.FRAME):
    """A message with any items."""
    return Told(0.0, through, items, left_out, how)


def posted(number):
    """The item that shows a comment."""
    return (Kind.POSTED, number)


def found(history):
    """What the checker counts, by kind."""
    verdict = judge(history)
    return {kind: getattr(verdict, kind) for kind in verdict.kinds}
