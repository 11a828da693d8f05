"""A small model of the product and of its people, whose runs the checker is tested with. Sync,
pure, reproducible.

The model keeps the promise; tests/faults/seeded.py breaks it in ten ways. Log, frames, recent list,
archive and resume are here as in docs/ARCHITECTURE.md, without anything that takes time: a run is a
row of steps – posts, answers that get lost, retries, hides, flushes, crashes, viewers who go and
come back – in an order that a seed decides.
"""

import random
from dataclasses import dataclass, field

from livecomments.protocol import RECENT_COMMENTS

from .history import (
    ArchivedAction,
    Began,
    History,
    How,
    Kind,
    Post,
    Row,
    Said,
    Told,
    View,
    with_nonce,
)

STREAM = 7
FRAMES_KEPT = 6
AUTHORS = 4
VIEWERS = 5
TRIES = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the log; `comment` is what it is about."""

    id: int
    kind: Kind
    comment: int
    user: int = 0
    text: str = ""
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """One flush: what viewers are told of the entries up to `through`."""

    seq: int
    told: Told


class Product:
    """One stream, kept as the product keeps it. Ids are places in the log."""

    polls = True  # viewers' processes look for a newer frame by themselves

    def __init__(self, chance: random.Random, *, paced: bool = False) -> None:
        self.chance = chance
        self.paced = paced
        self.at = 0.0
        self.log: list[Entry] = []
        self.frames: list[Frame] = []
        self.recent: list[int] = []
        self.rows: dict[int, Row] = {}
        self.actions: list[ArchivedAction] = []
        self._answers: dict[str, Entry] = {}
        self._next_id = 100
        self._published = 0
        self._frames_from = 0  # the last one that is gone
        self._archived = 0

    # --- writing ---------------------------------------------------------------------------------

    def post(self, nonce: str, user: int, text: str) -> Entry | str:
        """Return the stored comment, or the code of a refusal."""
        if nonce in self._answers:
            return self._answers[nonce]
        if self.chance.random() < 0.08:
            return self.refuse(user, text)
        left_out = self.paced and self.chance.random() < 0.3
        number = self.new_id()
        entry = Entry(number, Kind.POSTED, number, user, text, left_out)
        self._answers[nonce] = entry
        self.append(entry)
        return entry

    def refuse(self, user: int, text: str) -> str:
        """Return a refusal, of which nothing is left."""
        return "rate_limited"

    def act(self, kind: Kind, comment: int) -> int:
        """Hide or restore a comment; return the log id."""
        number = self.new_id()
        self.append(Entry(number, kind, comment))
        return number

    def append(self, entry: Entry) -> None:
        """Keep an event: from here on it survives every crash."""
        self.log.append(entry)

    def new_id(self) -> int:
        """Return the id of the next event."""
        self._next_id += self.chance.randint(1, 3)
        return self._next_id

    def crash(self) -> None:
        """End every process and start it again; at times the frames are gone, never the log."""
        if self.chance.random() < 0.3:
            self._frames_from = self.seq

    # --- publishing ------------------------------------------------------------------------------

    def flush(self) -> None:
        """Publish what the log has and viewers do not."""
        fresh = self.log[self._published :]
        self._published = len(self.log)
        if fresh:
            self.publish(fresh)

    def publish(self, entries: list[Entry]) -> None:
        """Append a frame, bring the recent list up to date."""
        shown = [entry for entry in entries if not entry.left_out]
        items = tuple((entry.kind, entry.comment) for entry in self.told_of(shown))
        self.append_frame(entries[-1].id, items, len(entries) - len(shown))
        for entry in shown:
            self.remember(entry)

    def told_of(self, entries: list[Entry]) -> list[Entry]:
        """Return what of these a frame tells."""
        return entries

    def append_frame(
        self, through: int, items: tuple[tuple[Kind, int], ...], left_out: int
    ) -> None:
        """Append a frame with the next number."""
        told = Told(self.at, through, items, left_out)
        self.frames.append(Frame(len(self.frames) + 1, told))

    def remember(self, entry: Entry) -> None:
        """Bring the recent list up to date."""
        if entry.kind is Kind.HIDDEN:
            self.recent = [number for number in self.recent if number != entry.comment]
        elif entry.comment not in self.recent:
            self.recent = sorted([*self.recent, entry.comment])[-200:]

    # --- archive ---------------------------------------------------------------------------------

    def archive(self) -> None:
        """Write what Postgres does not have yet."""
        for entry in self.log[self._archived :]:
            self.store(entry)
        self._archived = len(self.log)

    def store(self, entry: Entry) -> None:
        """Write one event."""
        if entry.kind is Kind.POSTED:
            self.rows[entry.id] = Row(
                entry.id, STREAM, entry.user, entry.text, left_out=entry.left_out
            )
            return
        self.actions.append(ArchivedAction(entry.id, STREAM, entry.kind, entry.comment))
        row = self.rows.get(entry.comment)
        if row is None:
            return
        hidden = entry.kind is Kind.HIDDEN
        left_out = row.left_out and hidden  # what is restored is shown
        self.rows[row.id] = Row(row.id, STREAM, row.user, row.text, hidden, left_out)

    # --- reading ---------------------------------------------------------------------------------

    @property
    def seq(self) -> int:
        """The number of the newest frame."""
        return len(self.frames)

    def begin(self, at: float) -> Began:
        """Return the welcome of somebody who starts from here."""
        through = self.frames[-1].told.through if self.frames else 0
        return Began(at, through, tuple(self.recent[-RECENT_COMMENTS:]))

    def since(self, seq: int) -> list[Frame]:
        """Return the frames after a number, for somebody who is connected."""
        return self.frames[seq:]

    def missed(self, seq: int, through: int) -> list[Told] | None:
        """Return what somebody missed; None: they must begin again."""
        stored = self.stored_frames()
        if seq == self.seq:
            return []
        if not stored:
            return None
        if stored[0].seq <= seq + 1:
            return [frame.told for frame in self.frames[seq:]]
        upto = stored[0].told.through
        if self._archived == 0 or self.log[self._archived - 1].id < upto:
            return None
        return [self.backfill(through, upto), *(frame.told for frame in stored[1:])]

    def stored_frames(self) -> list[Frame]:
        """Return the frames that are still kept."""
        return self.frames[max(self._frames_from, self.seq - FRAMES_KEPT) :]

    def backfill(self, after: int, upto: int) -> Told:
        """Return a stretch of the archive: what is visible now, and what was done in it."""
        items: list[tuple[int, Kind, int]] = []
        for row in self.rows.values():
            if after < row.id <= upto and not row.hidden and not row.left_out:
                items.append((row.id, Kind.POSTED, row.id))
        for action in self.actions:
            if after < action.log_id <= upto:
                items.append((action.log_id, action.kind, action.comment))
        left_out = sum(after < row.id <= upto and row.left_out for row in self.rows.values())
        told = tuple((kind, number) for _, kind, number in sorted(items, key=lambda item: item[0]))
        return Told(self.at, upto, told, left_out, How.BACKFILL)


# --- the people -----------------------------------------------------------------------------------


@dataclass(eq=False, slots=True)
class _Viewer:
    view: View
    seq: int = 0
    connected: bool = True


@dataclass(eq=False, slots=True)
class _Retry:
    post: Post
    tries: int = 1


@dataclass(eq=False)
class Run:
    """Authors, a moderator and viewers at a model; what they note is in `history`."""

    product: Product
    chance: random.Random
    history: History = field(default_factory=History)
    _viewers: list[_Viewer] = field(default_factory=list)
    _retries: list[_Retry] = field(default_factory=list)
    _hidden: list[int] = field(default_factory=list)
    _moderated: set[int] = field(default_factory=set)
    _said: dict[int, Said] = field(default_factory=dict)
    _looked_at: int = 0

    def go(self, steps: int) -> History:
        """Play so many steps, let everything settle, and return what was noted."""
        for number in range(VIEWERS):
            self._come(number)
        choices = {
            self._post: 10,
            self._retry: 4,
            self._moderate: 1,
            self._flush: 4,
            self.product.archive: 2,
            self._cut: 1,
            self._come_back: 1,
            self._crash: 1,
        }
        for _ in range(steps):
            self._tick()
            self.chance.choices(list(choices), list(choices.values()))[0]()
        self._settle()
        return self.history

    def _tick(self) -> float:
        self.product.at += 1
        return self.product.at

    # --- authors, moderator ----------------------------------------------------------------------

    def _post(self) -> None:
        nonce = f"n{len(self.history.posts)}"
        user = self.chance.randint(1, AUTHORS)
        post = self.history.invoke(nonce, STREAM, user, with_nonce(nonce, "hello"), self._tick())
        self._send(_Retry(post))

    def _retry(self) -> None:
        if self._retries:
            retry = self._retries.pop(0)
            retry.tries += 1
            self._send(retry)

    def _send(self, retry: _Retry) -> None:
        """Send a post; its answer may get lost on the way."""
        post = retry.post
        answer = self.product.post(post.nonce, post.user, post.text)
        if self.chance.random() < 0.2:
            if retry.tries < TRIES:
                self._retries.append(retry)
            else:
                post.unknown(self._tick())
        elif isinstance(answer, Entry):
            post.ok(answer.id, answer.left_out, self._tick())
        else:
            post.refused(answer, self._tick())

    def _moderate(self) -> None:
        if self._hidden and self.chance.random() < 0.5:
            kind, number = Kind.RESTORED, self._hidden.pop(0)
        else:
            shown = [number for number in self.history.shown if number not in self._moderated]
            if not shown:
                return
            kind, number = Kind.HIDDEN, self.chance.choice(shown)
            self._moderated.add(number)
            self._hidden.append(number)
        action = self.history.act(kind, STREAM, number, self._tick())
        log_id = self.product.act(kind, number)
        if self.chance.random() < 0.8:
            action.ok(log_id)

    # --- viewers ---------------------------------------------------------------------------------

    def _come(self, number: int) -> None:
        viewer = _Viewer(View(f"viewer {number}", STREAM), self.product.seq)
        viewer.view.told.append(self.product.begin(self.product.at))
        self._viewers.append(viewer)
        self.history.views.append(viewer.view)

    def _flush(self) -> None:
        self.product.flush()
        for viewer in self._viewers:
            if self.chance.random() < 0.8:  # else the news of it got lost
                self._push(viewer)

    def _push(self, viewer: _Viewer) -> None:
        if viewer.connected:
            for frame in self.product.since(viewer.seq):
                viewer.view.told.append(frame.told)
                viewer.seq = frame.seq
                self._look(frame.told.posted)

    def _look(self, numbers: tuple[int, ...]) -> None:
        for entry in self.product.log[self._looked_at :]:
            self._said[entry.id] = Said(STREAM, entry.user, entry.text)
        self._looked_at = len(self.product.log)
        for number in numbers:
            self.history.saw(number, self._said[number])

    def _cut(self) -> None:
        self.chance.choice(self._viewers).connected = False

    def _come_back(self) -> None:
        away = [viewer for viewer in self._viewers if not viewer.connected]
        if away:
            self._resume(self.chance.choice(away))

    def _resume(self, viewer: _Viewer) -> None:
        viewer.connected = True
        missed = self.product.missed(viewer.seq, viewer.view.reached)
        if missed is None:
            began = self.product.begin(self.product.at)
            viewer.view.told.append(began)
            self._look(began.recent)
        else:
            viewer.view.told += missed
            for one in missed:
                self._look(one.posted)
        viewer.seq = self.product.seq

    def _crash(self) -> None:
        self.history.note(self.product.at, "a crash")
        self.product.crash()

    # --- the end ---------------------------------------------------------------------------------

    def _settle(self) -> None:
        for viewer in self._viewers:
            if not viewer.connected:
                self._resume(viewer)
        for _ in range(5):
            self._post()
        while self._retries:
            self._retry()
        self.product.flush()
        for viewer in self._viewers[1:]:  # the news of the last frame gets lost for the first
            self._push(viewer)
        if self.product.polls:
            for viewer in self._viewers:
                self._push(viewer)
        self.product.archive()
        self.history.rows = list(self.product.rows.values())
        self.history.archived_actions = list(self.product.actions)


def play(product: type[Product], *, seed: int, steps: int = 600, paced: bool = False) -> History:
    """Return what people noted at a model of this kind."""
    chance = random.Random(seed)
    return Run(product(chance, paced=paced), chance).go(steps)
