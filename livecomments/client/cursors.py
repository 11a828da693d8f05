"""Where a reader stands in each audience: how a gap is noticed, what a resume shows. Sync, pure."""

from dataclasses import dataclass
from enum import Enum

from livecomments.protocol import Audience, Backfill, Cursor, Frame, Resume, Welcome


class Place(Enum):
    """How a frame stands to the last one."""

    NEXT = "next"
    SEEN = "seen"
    GAP = "gap"


@dataclass(slots=True)
class _Position:
    seq: int
    through: str
    may_jump: bool = False  # after the archive the numbers go on wherever the next frame says

    def cursor(self) -> Cursor:
        return Cursor(seq=self.seq, through=self.through)


class Cursors:
    """The positions of one reader over all its connections."""

    __slots__ = ("_positions", "epoch")

    def __init__(self) -> None:
        self.epoch = ""
        self._positions: dict[Audience, _Position] = {}

    def welcome(self, message: Welcome) -> None:
        """Take the server's position, or keep ours when what was missed is about to come."""
        self.epoch = message.epoch
        if not message.resumed:
            self._positions.clear()
        for audience, cursor in (
            (Audience.PUBLIC, message.public),
            (Audience.STAFF, message.staff),
        ):
            if cursor is None:
                self._positions.pop(audience, None)
            elif audience not in self._positions:
                self._positions[audience] = _Position(cursor.seq, cursor.through)

    def take(self, frame: Frame) -> Place:
        """Move to a frame if it is the next one."""
        position = self._positions.get(frame.audience)
        if position is None or frame.seq <= position.seq:
            return Place.SEEN
        if frame.seq != position.seq + 1 and not position.may_jump:
            return Place.GAP
        position.seq = frame.seq
        position.through = frame.through
        position.may_jump = False
        return Place.NEXT

    def backfill(self, message: Backfill) -> None:
        """Take what came from the archive, once all parts of it have; it has no number."""
        position = self._positions.get(message.audience)
        if position is not None and not message.more:
            position.through = message.through
            position.may_jump = True

    def resume(self) -> Resume | None:
        """Return what to show in the next hello; None before the first welcome."""
        public = self._positions.get(Audience.PUBLIC)
        if public is None:
            return None
        staff = self._positions.get(Audience.STAFF)
        return Resume(
            epoch=self.epoch, public=public.cursor(), staff=staff.cursor() if staff else None
        )
