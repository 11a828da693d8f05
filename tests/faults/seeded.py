"""Ten products that break the promise, each in its own way, to test the checker with. Sync, pure.

Each is the model of tests/faults/model.py with one thing done wrong. `kind` is what the checker
must call it.
"""

from dataclasses import replace

from .history import Kind, Told
from .model import Entry, Frame, Product


class AckBeforeAppend(Product):
    """A post is acknowledged and kept in memory until the next flush; a crash loses it."""

    kind = "lost"

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self._memory: list[Entry] = []

    def append(self, entry: Entry) -> None:
        self._memory.append(entry)

    def flush(self) -> None:
        self.log += self._memory
        self._memory = []
        super().flush()

    def crash(self) -> None:
        super().crash()
        self._memory = [entry for entry in self._memory if entry.kind is not Kind.POSTED]


class NoNonce(Product):
    """A post that is sent again, because its answer was lost, is stored again."""

    kind = "doubled"

    def post(self, nonce: str, user: int, text: str) -> Entry | str:
        self._answers.clear()
        return super().post(nonce, user, text)


class Overlap(Product):
    """Who comes back is told the last frame they have seen once more: replay and live overlap."""

    kind = "doubled"

    def missed(self, seq: int, through: int) -> list[Told] | None:
        missed = super().missed(seq, through)
        return None if missed is None else [*self._again(seq), *missed]

    def _again(self, seq: int) -> list[Told]:
        return [self.frames[seq - 1].told] if seq else []


class LostLastFrame(Product):
    """Nobody looks for newer frames: who missed the news of the last one never gets it."""

    kind = "lost"
    polls = False


class SkippedGap(Product):
    """Who was away for longer than frames are kept goes on at the oldest that is left."""

    kind = "lost"

    def missed(self, seq: int, through: int) -> list[Told] | None:
        return [frame.told for frame in self.stored_frames() if frame.seq > seq]


class TwoOwners(Product):
    """Two batchers publish at once, each half of what is new, and the wrong one is quicker."""

    kind = "reordered"

    def publish(self, entries: list[Entry]) -> None:
        half = len(entries) // 2
        for part in (entries[half:], entries[:half]):
            if part:
                super().publish(part)


class StaleOwner(Product):
    """A batcher that slept wakes and publishes what its successor has published already."""

    kind = "doubled"

    def crash(self) -> None:
        super().crash()
        if self.frames:
            self.frames.append(Frame(self.seq + 1, self.frames[-1].told))


class RefusedShown(Product):
    """A refused post gets into the log all the same."""

    kind = "ghosts"

    def refuse(self, user: int, text: str) -> str:
        number = self.new_id()
        self.append(Entry(number, Kind.POSTED, number, user, text))
        return super().refuse(user, text)


class HiddenReturns(Product):
    """The recent list keeps what was hidden: it is back for everybody who has to reload."""

    kind = "returned"

    def remember(self, entry: Entry) -> None:
        if entry.kind is not Kind.HIDDEN:
            super().remember(entry)


class LeftOutInSilence(Product):
    """Frames do not say how many comments they leave out."""

    kind = "miscounted"

    def append_frame(
        self, through: int, items: tuple[tuple[Kind, int], ...], left_out: int
    ) -> None:
        super().append_frame(through, items, 0)


TEN = (
    AckBeforeAppend,
    NoNonce,
    Overlap,
    LostLastFrame,
    SkippedGap,
    TwoOwners,
    StaleOwner,
    RefusedShown,
    HiddenReturns,
    LeftOutInSilence,
)


# --- and some that the ten do not cover -----------------------------------------------------------


class ArchiveForgetsHide(Product):
    """The archive writes down that a comment was hidden and leaves its row visible."""

    kind = "diverged"

    def store(self, entry: Entry) -> None:
        super().store(entry)
        if entry.kind is Kind.HIDDEN:
            self.rows[entry.comment] = replace(self.rows[entry.comment], hidden=False)


class ArchiveSkips(Product):
    """The archive's cursor moves past rows that it did not write."""

    kind = "lost"

    def archive(self) -> None:
        super().archive()
        for number in [number for number in self.rows if number % 10 == 0]:
            if not any(action.comment == number for action in self.actions):
                del self.rows[number]


class HideNotTold(Product):
    """A hidden comment stays on the screens of those who saw it."""

    kind = "diverged"

    def told_of(self, entries: list[Entry]) -> list[Entry]:
        return [entry for entry in entries if entry.kind is not Kind.HIDDEN]


class OtherName(Product):
    """Some comments appear under somebody else's name."""

    kind = "ghosts"

    def append(self, entry: Entry) -> None:
        if entry.kind is Kind.POSTED and entry.id % 7 == 0:
            entry = replace(entry, user=entry.user + 1)
        super().append(entry)


class HoleInRecent(Product):
    """The recent list of a reload has a hole."""

    kind = "lost"

    def remember(self, entry: Entry) -> None:
        if entry.kind is not Kind.POSTED or entry.id % 5:
            super().remember(entry)


MORE = (
    ArchiveForgetsHide,
    ArchiveSkips,
    HideNotTold,
    OtherName,
    HoleInRecent,
)
