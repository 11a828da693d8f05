"""What happened in a run, as the people who were there noted it down. Sync, pure.

Posts, a moderator's actions, what each viewer was shown, and in the end the rows of Postgres. Every
text begins with the nonce of its post, so that a comment can be told from another wherever it is
met: one that was stored twice is seen even if it was acknowledged once. Moments are those of the
monotonic clock; one process notes everything, so they can be compared.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import pairwise
from math import inf


class Outcome(Enum):
    """What became of a post or of an action, as far as the one who sent it knows."""

    WAITING = "waiting"
    OK = "ok"
    HELD = "held"
    REFUSED = "refused"  # it will never be seen
    UNKNOWN = "unknown"  # it was sent and nobody answered: both ways are right


class Kind(Enum):
    """What an item of a message says about a comment."""

    POSTED = "posted"
    HIDDEN = "hidden"
    RESTORED = "restored"


class How(Enum):
    """By which way a viewer was told something."""

    FRAME = "frame"
    BACKFILL = "backfill"  # from the archive, on the way back
    PERSONAL = "personal"  # a reply that the frame left out


@dataclass(slots=True, eq=False)
class Post:
    """One comment that somebody wanted to make. It keeps its nonce however often it is sent."""

    nonce: str
    stream: int
    user: int
    text: str
    invoked: float
    outcome: Outcome = Outcome.WAITING
    ids: list[int] = field(default_factory=list)  # every id it was answered with: one
    left_out: bool = False
    code: str = ""  # of a refusal
    answered: float = inf

    def ok(self, number: int, left_out: bool, at: float) -> None:
        """Note an acknowledgement; a second one with the same id says nothing new."""
        if number not in self.ids:
            self.ids.append(number)
        self.left_out = left_out
        self._end(Outcome.OK, at)

    def held(self, at: float) -> None:
        """Note that it waits for a moderator."""
        self._end(Outcome.HELD, at)

    def refused(self, code: str, at: float) -> None:
        """Note a refusal."""
        self.code = code
        self._end(Outcome.REFUSED, at)

    def unknown(self, at: float) -> None:
        """Note that its author has given up."""
        self._end(Outcome.UNKNOWN, at)

    def _end(self, outcome: Outcome, at: float) -> None:
        if self.outcome is Outcome.WAITING:
            self.outcome, self.answered = outcome, at


@dataclass(slots=True, eq=False)
class Action:
    """A comment that the moderator hid or restored."""

    kind: Kind
    stream: int
    comment: int
    invoked: float
    outcome: Outcome = Outcome.WAITING
    log_id: int = 0

    def ok(self, log_id: int) -> None:
        """Note an acknowledgement."""
        self.outcome, self.log_id = Outcome.OK, log_id


@dataclass(frozen=True, slots=True)
class Said:
    """What a comment was when it was shown."""

    stream: int
    user: int
    text: str


@dataclass(frozen=True, eq=False)
class Told:
    """One message with comments in it. Viewers who were told the same share one of these."""

    at: float  # when the first of them got it
    through: int
    items: tuple[tuple[Kind, int], ...]
    left_out: int = 0
    how: How = How.FRAME

    @cached_property
    def posted(self) -> tuple[int, ...]:
        """The comments it shows for the first time."""
        return tuple(number for kind, number in self.items if kind is Kind.POSTED)

    @cached_property
    def changes(self) -> tuple[tuple[Kind, int], ...]:
        """What it hides and restores. In the log that is always behind the comment itself."""
        return tuple(item for item in self.items if item[0] is not Kind.POSTED)

    @cached_property
    def is_rising(self) -> bool:
        """True when its comments are in order, none is there twice and none is out of reach."""
        return all(a < b for a, b in pairwise((0, *self.posted, self.through + 1)))


@dataclass(frozen=True, slots=True, eq=False)
class Began:
    """A viewer came, or was told to drop everything and begin again, at `through`."""

    at: float
    through: int
    recent: tuple[int, ...]
    epoch: str = ""


@dataclass(slots=True, eq=False)
class View:
    """What one viewer was told, in order, over all its connections."""

    name: str
    stream: int
    told: list[Began | Told] = field(default_factory=list)
    stayed: bool = True  # until the end: it should have seen the last comment too

    @property
    def reloads(self) -> int:
        """How often it had to begin again."""
        return max(0, sum(isinstance(one, Began) for one in self.told) - 1)

    @property
    def reached(self) -> int:
        """The log id it has come to."""
        return self.told[-1].through if self.told else 0


@dataclass(frozen=True, slots=True)
class Row:
    """A comment as Postgres has it."""

    id: int
    stream: int
    user: int
    text: str
    hidden: bool = False
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class ArchivedAction:
    """An action as Postgres has it."""

    log_id: int
    stream: int
    kind: Kind
    comment: int


@dataclass(frozen=True, slots=True)
class Loss:
    """A stretch of time whose acknowledged comments may be lost: Redis itself was lost."""

    begin: float
    end: float


@dataclass(slots=True)
class Presses:
    """Reactions of one kind in one stream: how many were sent, how many were counted."""

    sent: int = 0
    counted: int = 0


@dataclass(eq=False)
class History:
    """Everything that was noted in one run."""

    posts: dict[str, Post] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    shown: dict[int, Said] = field(default_factory=dict)
    shown_otherwise: list[tuple[int, Said]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    archived_actions: list[ArchivedAction] = field(default_factory=list)
    begins: dict[int, int] = field(default_factory=dict)  # by stream: what is above is judged
    presses: dict[tuple[int, str], Presses] = field(default_factory=dict)
    presses_refused: int = 0
    # True where nothing died: every press that was sent and not refused must have been counted.
    presses_exact: bool = False
    losses: list[Loss] = field(default_factory=list)
    notes: list[tuple[float, str]] = field(default_factory=list)  # what was done to the product

    def invoke(self, nonce: str, stream: int, user: int, text: str, at: float) -> Post:
        """Note that a comment is being sent; `text` must begin with the nonce."""
        if nonce in self.posts or nonce_of(text) != nonce:
            raise ValueError(f"{nonce!r} cannot stand for {text!r}")
        post = self.posts[nonce] = Post(nonce, stream, user, text, at)
        return post

    def act(self, kind: Kind, stream: int, comment: int, at: float) -> Action:
        """Note that the moderator does something."""
        action = Action(kind, stream, comment, at)
        self.actions.append(action)
        return action

    def saw(self, number: int, said: Said) -> None:
        """Note what a comment looked like, wherever it was shown."""
        if self.shown.setdefault(number, said) != said:
            self.shown_otherwise.append((number, said))

    def note(self, at: float, what: str) -> None:
        """Note what was done to the product, for whoever reads the examples."""
        self.notes.append((at, what))

    def may_be_lost(self, post: Post) -> bool:
        """True when Redis itself was lost with what it had acknowledged at that time."""
        return any(loss.begin <= post.answered and post.invoked <= loss.end for loss in self.losses)

    @property
    def acknowledged(self) -> int:
        """How many comments were acknowledged: the N of this run."""
        return sum(post.outcome is Outcome.OK for post in self.posts.values())

    def outcomes(self) -> Counter[Outcome]:
        """How many posts ended how."""
        return Counter(post.outcome for post in self.posts.values())


def with_nonce(nonce: str, words: str) -> str:
    """Return a text that carries its nonce."""
    return f"{nonce} {words}".strip()


def nonce_of(text: str) -> str:
    """Return the nonce that a text carries."""
    return text.partition(" ")[0]


def told(
    at: float, through: int, posted: Iterable[int], *, left_out: int = 0, how: How = How.FRAME
) -> Told:
    """Return a message that only shows comments."""
    return Told(at, through, tuple((Kind.POSTED, number) for number in posted), left_out, how)
