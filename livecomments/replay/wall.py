"""What the viewers of a replay were shown, and whether that was right. Sync, pure.

A frame is looked at once however many viewers get it: each keeps a list of shared batches, and a
viewer whose bytes differ from the others' gets a batch of its own and is counted.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from livecomments.protocol import Audience, Backfill, Comment, CommentPosted, Frame, Item

Sequence = tuple[int, ...]


@dataclass(eq=False, slots=True)
class Batch:
    """Comments that came in one message, and when they came: wall milliseconds to viewers."""

    ids: Sequence
    left_out: int = 0  # comments that the message only counts
    frame: Frame | None = None
    arrivals: Counter[int] = field(default_factory=Counter)


class Wall:
    """What all viewers share: the batches, the comments, the clock of arrivals."""

    def __init__(self) -> None:
        self.comments: dict[int, Comment] = {}
        self.different_bytes = 0  # frames of one number that were not the same for everybody
        self.changed_texts = 0  # comments shown twice, and not the same
        self._batches: dict[tuple[str, int], Batch] = {}
        self._single: list[Batch] = []
        self._zero = time.monotonic()

    @property
    def batches(self) -> Iterator[Batch]:
        """Every batch that anybody was shown."""
        yield from self._batches.values()
        yield from self._single

    def ms(self, moment: float) -> float:
        """Return a moment of the monotonic clock in this wall's milliseconds."""
        return (moment - self._zero) * 1000

    def frame(self, epoch: str, frame: Frame) -> Batch:
        """Return the batch of a frame that has just come."""
        batch = self._batches.get((epoch, frame.seq))
        if batch is None:
            batch = Batch(self._shown(frame.items), frame.left_out, frame)
            self._batches[epoch, frame.seq] = batch
        elif batch.frame is not frame and batch.frame != frame:
            self.different_bytes += 1
            return self._alone(self._shown(frame.items), frame.left_out)
        self._arrived(batch)
        return batch

    def backfill(self, message: Backfill) -> Batch:
        """Return the batch of what came from the archive."""
        return self._alone(self._shown(message.items), message.left_out)

    def reloaded(self, comments: Iterable[Comment], *, after: int) -> Batch:
        """Return the batch of what a viewer had not seen before it was told to reload."""
        fresh = [comment for comment in comments if int(comment.id) > after]
        return self._alone(self._shown(CommentPosted(comment=comment) for comment in fresh))

    def _alone(self, ids: Sequence, left_out: int = 0) -> Batch:
        batch = Batch(ids, left_out)
        self._single.append(batch)
        self._arrived(batch)
        return batch

    def _arrived(self, batch: Batch) -> None:
        batch.arrivals[int(self.ms(time.monotonic()))] += 1

    def _shown(self, items: Iterable[Item]) -> Sequence:
        ids = []
        for item in items:
            if isinstance(item, CommentPosted):
                number = int(item.comment.id)
                ids.append(number)
                if self.comments.setdefault(number, item.comment) != item.comment:
                    self.changed_texts += 1
        return tuple(ids)


class Viewpoint:
    """What one viewer was shown since it first joined."""

    __slots__ = ("last_id", "reloads", "shown", "through", "wall")

    def __init__(self, wall: Wall) -> None:
        self.wall = wall
        self.shown: list[Batch] = []
        self.last_id = 0
        self.through = "0"  # the log id that it has come to, whatever was left out on the way
        self.reloads = 0

    def frame(self, epoch: str, frame: Frame) -> None:
        """Take the next frame."""
        if frame.audience is Audience.PUBLIC:
            self.through = frame.through
            if frame.items or frame.left_out:
                self._add(self.wall.frame(epoch, frame))

    def backfill(self, message: Backfill) -> None:
        """Take what was missed, from the archive."""
        self.through = message.through
        self._add(self.wall.backfill(message))

    def begin(self, recent: Iterable[Comment], through: str = "0") -> None:
        """Take a first welcome: what was said before is not part of the replay."""
        self.through = through
        self.last_id = max((int(comment.id) for comment in recent), default=0)

    def reload(self, recent: Iterable[Comment], through: str = "0") -> None:
        """Take a welcome that told the viewer to begin again."""
        self.through = through
        self.reloads += 1
        self._add(self.wall.reloaded(recent, after=self.last_id))

    def _add(self, batch: Batch) -> None:
        if batch.ids or batch.left_out:
            self.shown.append(batch)
        if batch.ids:
            self.last_id = max(self.last_id, batch.ids[-1])


@dataclass(slots=True)
class Verdict:
    """What was wrong, in comments of all views together; how many viewers saw all of it right."""

    right_viewers: int = 0
    missing: int = 0
    doubled: int = 0
    out_of_order: int = 0
    shown_left_out: int = 0  # shown, although the author was told that it was not
    miscounted: int = 0  # how far what the frames counted as left out is from what was


@dataclass(frozen=True, slots=True)
class Expected:
    """What a viewer should have been shown.

    Others may speak in the room as well: `most_left_out` counts theirs in. None: it is not known.
    """

    acknowledged: set[int]
    left_out: set[int] = field(default_factory=set)  # of those that were acknowledged
    most_left_out: int | None = None


def judge(views: Iterable[Viewpoint], expected: Expected) -> Verdict:
    """Compare what each viewer was shown with what was acknowledged.

    Order and single showing hold for every comment, whoever wrote it.
    """
    alike: dict[tuple[bool, tuple[int, ...]], int] = defaultdict(int)
    content: dict[tuple[bool, tuple[int, ...]], list[Batch]] = {}
    for view in views:
        # Who was told to begin again was not told what had been left out until then.
        key = view.reloads == 0, tuple(map(id, view.shown))
        alike[key] += 1
        content[key] = view.shown
    verdict = Verdict()
    for key, viewers in alike.items():
        wrong = _judge_one(content[key], expected, counted=key[0])
        if wrong == Verdict():
            verdict.right_viewers += viewers
        verdict.missing += wrong.missing * viewers
        verdict.doubled += wrong.doubled * viewers
        verdict.out_of_order += wrong.out_of_order * viewers
        verdict.shown_left_out += wrong.shown_left_out * viewers
        verdict.miscounted += wrong.miscounted * viewers
    return verdict


def _judge_one(shown: list[Batch], expected: Expected, *, counted: bool) -> Verdict:
    """Return what was wrong with one view. `counted`: it was told all that was left out."""
    verdict = Verdict()
    seen: set[int] = set()
    highest = 0
    for number in (number for batch in shown for number in batch.ids):
        if number in seen:
            verdict.doubled += 1
        elif number < highest:
            verdict.out_of_order += 1
        seen.add(number)
        highest = max(highest, number)
    verdict.missing = len(expected.acknowledged - expected.left_out - seen)
    verdict.shown_left_out = len(expected.left_out & seen)
    if counted:
        verdict.miscounted = _miscounted(sum(batch.left_out for batch in shown), expected)
    return verdict


def _miscounted(told: int, expected: Expected) -> int:
    least, most = len(expected.left_out), expected.most_left_out
    if told < least:
        return least - told
    return max(0, told - most) if most is not None else 0
