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
            batch = Batch(self._shown(frame.items), frame)
            self._batches[epoch, frame.seq] = batch
        elif batch.frame is not frame and batch.frame != frame:
            self.different_bytes += 1
            return self._alone(self._shown(frame.items))
        self._arrived(batch)
        return batch

    def backfill(self, message: Backfill) -> Batch:
        """Return the batch of what came from the archive."""
        return self._alone(self._shown(message.items))

    def reloaded(self, comments: Iterable[Comment], *, after: int) -> Batch:
        """Return the batch of what a viewer had not seen before it was told to reload."""
        fresh = [comment for comment in comments if int(comment.id) > after]
        return self._alone(self._shown(CommentPosted(comment=comment) for comment in fresh))

    def _alone(self, ids: Sequence) -> Batch:
        batch = Batch(ids)
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

    __slots__ = ("last_id", "reloads", "shown", "wall")

    def __init__(self, wall: Wall) -> None:
        self.wall = wall
        self.shown: list[Batch] = []
        self.last_id = 0
        self.reloads = 0

    def frame(self, epoch: str, frame: Frame) -> None:
        """Take the next frame."""
        if frame.items and frame.audience is Audience.PUBLIC:
            self._add(self.wall.frame(epoch, frame))

    def backfill(self, message: Backfill) -> None:
        """Take what was missed, from the archive."""
        self._add(self.wall.backfill(message))

    def begin(self, recent: Iterable[Comment]) -> None:
        """Take a first welcome: what was said before is not part of the replay."""
        self.last_id = max((int(comment.id) for comment in recent), default=0)

    def reload(self, recent: Iterable[Comment]) -> None:
        """Take a welcome that told the viewer to begin again."""
        self.reloads += 1
        self._add(self.wall.reloaded(recent, after=self.last_id))

    def _add(self, batch: Batch) -> None:
        if batch.ids:
            self.shown.append(batch)
            self.last_id = max(self.last_id, batch.ids[-1])


@dataclass(slots=True)
class Verdict:
    """What was wrong, in comments of all views together; how many viewers saw all of it right."""

    right_viewers: int = 0
    missing: int = 0
    doubled: int = 0
    out_of_order: int = 0


def judge(views: Iterable[Viewpoint], acknowledged: set[int]) -> Verdict:
    """Compare what each viewer was shown with what was acknowledged.

    Order and single showing hold for every comment, whoever wrote it.
    """
    alike: dict[tuple[int, ...], int] = defaultdict(int)
    content: dict[tuple[int, ...], list[Batch]] = {}
    for view in views:
        key = tuple(map(id, view.shown))
        alike[key] += 1
        content[key] = view.shown
    verdict = Verdict()
    for key, viewers in alike.items():
        _judge_one(content[key], acknowledged, viewers, verdict)
    return verdict


def _judge_one(shown: list[Batch], acknowledged: set[int], viewers: int, verdict: Verdict) -> None:
    ids = [number for batch in shown for number in batch.ids]
    seen: set[int] = set()
    doubled = out_of_order = highest = 0
    for number in ids:
        if number in seen:
            doubled += 1
        elif number < highest:
            out_of_order += 1
        seen.add(number)
        highest = max(highest, number)
    missing = len(acknowledged - seen)
    verdict.missing += missing * viewers
    verdict.doubled += doubled * viewers
    verdict.out_of_order += out_of_order * viewers
    if not (missing or doubled or out_of_order):
        verdict.right_viewers += viewers
