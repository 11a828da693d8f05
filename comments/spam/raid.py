"""Says when a room is being raided. Sync, pure; one `RaidWatch` a room, a microsecond a comment.

A raid is many people without standing whose comments are caught, and that are much of what is said;
a busy crowd of which a few are caught is none. What is caught only for being said by many speaks
for a raid less than a link or a word does, as newcomers greet each other in the same words: such
copies count when they are long, and most of what is said. Raid mode stays on for ten minutes after
the last sign of it. It can be switched by hand, and what was switched off by hand stays so for as
long.

Raid mode is for those who came with the raid: whoever spoke in the room a minute before it began is
at home there, whatever else is known of him.

Several web processes: each tells its own watch what it sees of all of them (`copies` says how);
one that switches it on says so in the room's log (`comments/screening.py`), so that it holds for
all.
"""

from collections import Counter, OrderedDict, deque
from enum import IntEnum

from livecomments.accounts.models import Standing
from livecomments.protocol import RAID_SECONDS

WINDOW_SECONDS = 30.0
CAUGHT_FROM = 20  # comments
PEOPLE_FROM = 15
SHARE_FROM = 0.3  # of all comments in the window
SHARE_WITH_COPIES_FROM = 0.6  # the same, where copies of harmless texts are counted in
ON_SECONDS = float(RAID_SECONDS)
COMMENTS_REMEMBERED = 10_000
AT_HOME_BEFORE_SECONDS = 60.0
PEOPLE_REMEMBERED = 20_000


class Sign(IntEnum):
    """How much a comment speaks for a raid."""

    NONE = 0
    COPY = 1  # caught as a long copy of what others say, and for nothing else
    CAUGHT = 2


class _Signs:
    """The signs of one kind in the window: how many there are, and from whom."""

    __slots__ = ("by_person", "comments")

    def __init__(self) -> None:
        self.by_person: Counter[int | str] = Counter()
        self.comments = 0

    def add(self, author: int | str) -> None:
        self.by_person[author] += 1
        self.comments += 1

    def drop(self, author: int | str) -> None:
        self.comments -= 1
        self.by_person[author] -= 1
        if not self.by_person[author]:
            del self.by_person[author]

    def are_raid(self, of: int, share: float) -> bool:
        return (
            self.comments >= CAUGHT_FROM
            and len(self.by_person) >= PEOPLE_FROM
            and self.comments >= share * of
        )


class RaidWatch:
    """The last half minute of a room, as far as raids go."""

    def __init__(self) -> None:
        self._comments: deque[tuple[float, int | str, Sign]] = deque()
        self._caught, self._all_signs = _Signs(), _Signs()
        self._came: OrderedDict[int | str, float] = OrderedDict()  # longest silent first
        self._began = self._on_until = self._off_until = float("-inf")

    def observe(self, author: int | str, standing: Standing | None, now: float, sign: Sign) -> bool:
        """Takes a comment in; True while raid mode should be on. `now` in seconds, monotonic."""
        self._forget(now)
        self._meet(author, now)
        sign = sign if standing == Standing.NEW else Sign.NONE
        self._comments.append((now, author, sign))
        for signs in self._counted_in(sign):
            signs.add(author)
        if sign and self._is_raid():
            self._switch_on(now)
        return self.is_on(now)

    def is_on(self, now: float) -> bool:
        """True while raid mode should be on."""
        return self._off_until <= now < self._on_until

    def seconds_left(self, now: float) -> float:
        """Returns how long it will be on from now, if there is no further sign of a raid."""
        return self._on_until - now if self.is_on(now) else 0.0

    def is_stranger(self, author: int | str, standing: Standing | None) -> bool:
        """True for whoever raid mode is for: without standing, and not here before it began."""
        came = self._came.get(author, float("inf"))
        return standing == Standing.NEW and came > self._began - AT_HOME_BEFORE_SECONDS

    def switch(self, on: bool, now: float, seconds: float = ON_SECONDS) -> None:
        """Switches raid mode as somebody else has it: on for so long, or off for ten minutes."""
        if on:
            self._off_until = now
            self._switch_on(now, seconds)
        else:
            self._on_until, self._off_until = now, now + ON_SECONDS

    def _switch_on(self, now: float, seconds: float = ON_SECONDS) -> None:
        if not self.is_on(now):
            self._began = now
        self._on_until = now + seconds

    def _meet(self, author: int | str, now: float) -> None:
        self._came.setdefault(author, now)
        self._came.move_to_end(author)
        if len(self._came) > PEOPLE_REMEMBERED:
            self._came.popitem(last=False)

    def _is_raid(self) -> bool:
        of = len(self._comments)
        return self._caught.are_raid(of, SHARE_FROM) or self._all_signs.are_raid(
            of, SHARE_WITH_COPIES_FROM
        )

    def _counted_in(self, sign: Sign) -> tuple[_Signs, ...]:
        return (self._all_signs, self._caught)[:sign]

    def _forget(self, now: float) -> None:
        comments = self._comments
        while comments and (
            comments[0][0] < now - WINDOW_SECONDS or len(comments) >= COMMENTS_REMEMBERED
        ):
            _, author, sign = comments.popleft()
            for signs in self._counted_in(sign):
                signs.drop(author)
