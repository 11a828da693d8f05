"""Authors and viewers of a load, each at a socket of their own. Async, callbacks only.

A viewer notes what it is shown; viewers who are told the same share the note, so a frame is looked
at once however many get it. Sockets come back by themselves (livecomments/client/session.py), posts
are sent again with their nonce until they are answered.
"""

import asyncio
import time
from collections.abc import Callable, Iterable

from livecomments import tickets
from livecomments.client.outbox import Answer, Lost
from livecomments.client.session import Session
from livecomments.client.wire import home_address, socket_url
from livecomments.protocol import (
    Audience,
    Backfill,
    CaughtUp,
    Comment,
    CommentAccepted,
    CommentHeld,
    CommentHidden,
    CommentPosted,
    CommentRestored,
    Error,
    Frame,
    Item,
    ReactionKind,
    ServerMessage,
    Welcome,
)

from .history import Began, History, How, Kind, Post, Said, Told, View

_now = time.monotonic
# Presses that are refused are told by this name.
PRESS = "reaction.send"


class Gallery:
    """What the viewers of one room are shown, each message kept once."""

    def __init__(self, history: History, room: tickets.Room) -> None:
        self.history = history
        self.room = room
        self.first_shown: dict[int, float] = {}  # when the first viewer was shown a comment
        self.totals: dict[str, int] = {}  # reactions, as the first viewer found them
        self._frames: dict[tuple[str, int], tuple[Frame, Told]] = {}
        self._begins: dict[tuple[object, ...], Began] = {}

    def frame(self, epoch: str, frame: Frame) -> Told:
        """Return the note of a frame that has just come."""
        key = (epoch, frame.seq)
        found = self._frames.get(key)
        if found is not None and (found[0] is frame or found[0] == frame):
            return found[1]
        told = self._told(frame.items, int(frame.through), frame.left_out, How.FRAME)
        self._frames.setdefault(key, (frame, told))
        return told

    def backfill(self, message: Backfill) -> Told:
        """Return the note of what came from the archive."""
        return self._told(message.items, int(message.through), message.left_out, How.BACKFILL)

    def began(self, welcome: Welcome) -> Began:
        """Return the note of a welcome that starts from its recent list."""
        recent = tuple(int(comment.id) for comment in welcome.recent)
        key = (welcome.epoch, welcome.public.through, recent)
        if key not in self._begins:
            self._see(welcome.recent)
            through = int(welcome.public.through)
            self._begins[key] = Began(_now(), through, recent, welcome.epoch)
        return self._begins[key]

    def _told(self, items: Iterable[Item], through: int, left_out: int, how: How) -> Told:
        noted = []
        for item in items:
            if isinstance(item, CommentPosted):
                self._see([item.comment])
                noted.append((Kind.POSTED, int(item.comment.id)))
            elif isinstance(item, CommentHidden):
                noted.append((Kind.HIDDEN, int(item.id)))
            elif isinstance(item, CommentRestored):
                self._see([item.comment])
                noted.append((Kind.RESTORED, int(item.comment.id)))
        return Told(_now(), through, tuple(noted), left_out, how)

    def _see(self, comments: Iterable[Comment]) -> None:
        now = _now()
        for comment in comments:
            number = int(comment.id)
            self.first_shown.setdefault(number, now)
            self.history.saw(number, Said(self.room.id, int(comment.user.id), comment.text))


class _WatchedSession(Session):
    """A session that says when its connection ends."""

    def __init__(self, *args, on_lost: Callable[[], None], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._on_lost = on_lost

    def _link_lost(self) -> None:
        super()._link_lost()
        self._on_lost()


class Viewer:
    """Somebody anonymous who watches and notes everything."""

    def __init__(self, url: str, gallery: Gallery, *, number: int) -> None:
        self.gallery = gallery
        self.view = View(f"viewer {number} of {gallery.room.slug}", gallery.room.id)
        self.reached = 0  # the log id it has come to
        self.returns: list[float] = []  # seconds from each lost connection until caught up
        self.lost_at: float | None = None
        self.leaving = False
        gallery.history.views.append(self.view)
        at = socket_url(url)
        self.session = _WatchedSession(
            at,
            gallery.room.slug,
            self._take,
            local_address=home_address(at, number),
            on_lost=self._lost,
        )

    def has_come_to(self, log_id: int) -> bool:
        """True when it is connected and was told everything up to there."""
        return self.session.joined.is_set() and self.reached >= log_id

    async def leave(self) -> None:
        """Close the socket."""
        self.leaving = True
        await self.session.stop()

    def _take(self, message: ServerMessage) -> None:
        if isinstance(message, Frame):
            self._take_frame(message)
        elif isinstance(message, Backfill):
            self._note(self.gallery.backfill(message))
        elif isinstance(message, Welcome):
            self._welcomed(message)
        elif isinstance(message, CaughtUp):
            self._back()

    def _take_frame(self, frame: Frame) -> None:
        # What carries reactions and viewer counts only says nothing about comments.
        if frame.audience is Audience.PUBLIC and (
            frame.items or frame.left_out or int(frame.through) != self.reached
        ):
            self._note(self.gallery.frame(self.session.epoch, frame))

    def _welcomed(self, welcome: Welcome) -> None:
        if not self.view.told and not self.gallery.totals:
            self.gallery.totals = dict(welcome.reactions)
        if not self.view.told or not welcome.resumed:
            self._note(self.gallery.began(welcome))
            self._back()

    def _note(self, one: Began | Told) -> None:
        self.view.told.append(one)
        self.reached = one.through

    def _lost(self) -> None:
        if self.lost_at is None and not self.leaving:
            self.lost_at = _now()

    def _back(self) -> None:
        if self.lost_at is not None:
            self.returns.append(_now() - self.lost_at)
            self.lost_at = None


class Author:
    """Somebody who posts and presses reactions, and looks at no frames."""

    def __init__(
        self, url: str, room: tickets.Room, identity: tickets.Identity, *, number: int
    ) -> None:
        self.room = room
        self.identity = identity
        self.presses_refused = 0
        at = socket_url(url)
        self.session = Session(
            at,
            room.slug,
            self._take,
            ticket_source=lambda: tickets.mint(identity, room),
            frames=False,
            local_address=home_address(at, number),
        )

    def post(self, post: Post, then: Callable[[Post, Answer], None]) -> None:
        """Send a post; `then` is called once it is answered or given up."""
        answer = self.session.post(post.text)
        answer.add_done_callback(lambda done: then(post, done.result()))

    def press(self, kind: ReactionKind) -> bool:
        """Press a reaction; False when nobody is there to see it."""
        return self.session.react(kind)

    async def leave(self) -> None:
        """Close the socket; what is unanswered is given up."""
        await self.session.stop()

    def _take(self, message: ServerMessage) -> None:
        if isinstance(message, Error) and message.ref == PRESS:
            self.presses_refused += 1


def note_answer(post: Post, answer: Answer) -> None:
    """Note how a post ended."""
    now = _now()
    if isinstance(answer, CommentAccepted):
        post.ok(int(answer.comment.id), answer.left_out, now)
    elif isinstance(answer, CommentHeld):
        post.held(now)
    elif isinstance(answer, Error):
        post.refused(answer.code.value, now)
    elif answer is Lost.UNSENT:
        post.refused("unsent", now)
    else:
        post.unknown(now)


async def all_joined(sessions: Iterable[Session], *, seconds: float) -> bool:
    """True when everybody was welcomed in time."""
    try:
        async with asyncio.timeout(seconds):
            for session in sessions:
                await session.joined.wait()
    except TimeoutError:
        return False
    return True
