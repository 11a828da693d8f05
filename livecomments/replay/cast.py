"""The authors of a replay: a socket for each that speaks, for as long as they speak. Async."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from livecomments import tickets
from livecomments.client.outbox import Answer
from livecomments.client.session import Session
from livecomments.client.wire import home_address
from livecomments.protocol import CommentAccepted, Personal, ServerMessage

from .logs import Line

# Somebody opens the page before they type: spread, so that a burst of lines is no burst of opens.
OPENED_BEFORE_SECONDS = (0.5, 2.5)


@dataclass(eq=False, slots=True)
class Saying:
    """One line that was said: moments of the monotonic clock."""

    said_at: float
    answer: Answer | None = None
    answered_at: float = 0.0

    @property
    def comment_id(self) -> int | None:
        """The id it was acknowledged under."""
        return int(self.answer.comment.id) if isinstance(self.answer, CommentAccepted) else None


class Author:
    """One person of the log."""

    def __init__(self, cast: "Cast", identity: tickets.Identity, lines: int) -> None:
        self.cast = cast
        self.lines_left = lines
        self.session: Session | None = None
        self._identity = identity

    def open(self) -> None:
        """Connect, a moment before the first line."""
        if self.session is None:
            self.session = Session(
                self.cast.url,
                self.cast.room.slug,
                self._take,
                ticket_source=lambda: tickets.mint(self._identity, self.cast.room),
                frames=False,
                local_address=home_address(self.cast.url, self._identity.user_id),
            )
            self.session.start()

    def say(self, text: str) -> Saying:
        """Post a line."""
        self.open()
        assert self.session is not None
        saying = Saying(asyncio.get_running_loop().time())
        self.lines_left -= 1
        self.session.post(text).add_done_callback(
            lambda answer: self._answered(saying, answer.result())
        )
        return saying

    def _answered(self, saying: Saying, answer: Answer) -> None:
        saying.answer = answer
        saying.answered_at = asyncio.get_running_loop().time()
        self.cast.answered(saying)
        if self.session is not None and not self.lines_left and not self.session.unanswered:
            self.cast.leave(self)

    def _take(self, message: ServerMessage) -> None:
        if isinstance(message, Personal):
            self.cast.personal.update(type(item).__name__ for item in message.items)


class Cast:
    """Everybody who speaks in a replay."""

    def __init__(
        self,
        url: str,
        room: tickets.Room,
        people: Mapping[str, tickets.Identity],
        lines: Sequence[Line],
    ) -> None:
        self.url = url
        self.room = room
        self.sayings: list[Saying] = []
        self.acknowledged: set[int] = set()
        self.left_out: set[int] = set()  # of those
        self.personal: Counter[str] = Counter()
        self.turned_away: Counter[str] = Counter()
        self.reconnects = 0
        self.open_sockets = 0
        self.most_open_sockets = 0
        said = Counter(line.author for line in lines)
        self._authors = {name: Author(self, people[name], count) for name, count in said.items()}
        self._leaving: set[asyncio.Task[None]] = set()
        self._answered = 0

    def entrances(self, lines: Sequence[Line], speed: float) -> list[tuple[float, Author]]:
        """Return when, in seconds of the replay, each author opens the page; in that order."""
        first: dict[str, float] = {}
        for line in lines:
            first.setdefault(line.author, line.at)
        begin = lines[0].at
        return sorted(
            (
                ((at - begin) / speed - random.uniform(*OPENED_BEFORE_SECONDS), self._authors[name])
                for name, at in first.items()
            ),
            key=lambda entrance: entrance[0],
        )

    def enter(self, author: Author) -> None:
        """Let an author connect."""
        author.open()
        self.open_sockets += 1
        self.most_open_sockets = max(self.most_open_sockets, self.open_sockets)

    def say(self, line: Line) -> None:
        """Post a line as its author."""
        self.sayings.append(self._authors[line.author].say(line.text))

    def answered(self, saying: Saying) -> None:
        """Note an answer."""
        self._answered += 1
        number = saying.comment_id
        if number is not None:
            self.acknowledged.add(number)
        if isinstance(saying.answer, CommentAccepted) and saying.answer.left_out:
            self.left_out.add(int(saying.answer.comment.id))

    def leave(self, author: Author) -> None:
        """Close an author's socket: everything they said is answered."""
        session, author.session = author.session, None
        if session is not None:
            self.open_sockets -= 1
            self.reconnects += max(0, session.connections - 1)
            if session.why_stopped:
                self.turned_away[session.why_stopped] += 1
            task = asyncio.create_task(session.stop())
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    @property
    def waiting(self) -> int:
        """How many posts have no answer yet."""
        return len(self.sayings) - self._answered

    async def leave_all(self) -> None:
        """Close every socket; posts without an answer end as lost."""
        for author in self._authors.values():
            self.leave(author)
        await asyncio.gather(*self._leaving)
