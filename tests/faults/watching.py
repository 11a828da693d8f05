"""What one viewer was told, held against what is true. Sync, pure.

A viewer's time falls into stretches: each begins with a welcome that says "start from here", and
goes on over any number of resumed connections. Within one, every comment is shown once and in
order, and none is missing. Of what was said between two stretches a viewer is owed the recent list
of the second, no more: the newest comments, without a hole, up to where the stretch begins.
"""

from collections.abc import Iterable
from math import inf

from livecomments.protocol import RECENT_COMMENTS

from .history import Began, How, Kind, Told, View
from .truth import Truth
from .verdict import Findings


def judge_view(view: View, truth: Truth, findings: Findings, viewers: int) -> None:
    """Add to the findings what was wrong with a view that so many viewers had."""
    stretch: _Stretch | None = None
    for one in view.told:
        if isinstance(one, Began):
            if stretch is not None:
                stretch.end(stretch.reached)
            stretch = _Stretch(view, truth, one, findings, viewers)
        elif stretch is not None:
            stretch.take(one)
    if stretch is None:
        findings.add("lost", f"{view.name} was never welcomed", viewers)
    elif view.stayed:
        stretch.end(inf)
        stretch.compare()
    else:
        stretch.end(stretch.reached)


class _Stretch:
    """From one welcome that begins anew to the next."""

    def __init__(
        self, view: View, truth: Truth, began: Began, findings: Findings, viewers: int
    ) -> None:
        self.reached = began.through
        self._name, self._truth, self._findings = view.name, truth, findings
        self._viewers = viewers
        self._began = began
        self._shown: set[int] = set()
        self._hidden: set[int] = set()
        self._told_apart: set[int] = set()
        self._highest = 0
        # Messages of one `through` belong together: the archive's come in parts.
        self._part = began.through
        self._part_from = began.through
        self._part_left_out = 0
        self._part_shown: list[int] = []
        self._lowest = self._begin()

    # --- the recent list -------------------------------------------------------------------------

    def _begin(self) -> int:
        """Take the recent list; return the id above which it must be without a hole."""
        recent = [number for number in self._began.recent if number > self._truth.begin]
        for number in recent:
            self._show_one(number, self._began.through)
        plain = [number for number in recent if number not in self._truth.touched]
        if len(self._began.recent) < RECENT_COMMENTS:
            lowest = self._truth.begin
        else:
            lowest = min(plain) - 1 if plain else self._began.through
        self._missing(self._truth.owed(lowest, self._began.through), "in the recent list")
        for number in recent:
            if self._truth.had_to_be_hidden_at(number, self._began.through):
                self._add("returned", f"had {self._one(number)} in the recent list, hidden before")
        return lowest

    # --- messages --------------------------------------------------------------------------------

    def take(self, told: Told) -> None:
        """Take the next message."""
        if told.how is How.PERSONAL:
            self._take_personal(told)
            return
        if told.through != self._part:
            self._end_part()
            self._part, self._part_from = told.through, self.reached
        self._show(told)
        for kind, number in told.changes:
            if kind is Kind.HIDDEN:
                self._hidden.add(number)
            else:
                self._hidden.discard(number)
                self._shown.add(number)
                self._part_shown.append(number)
        self._part_left_out += told.left_out
        self._part_shown += self._truth.fates.keys() & told.posted
        self.reached = max(self.reached, told.through)

    def _show(self, told: Told) -> None:
        posted = told.posted
        if not posted:
            return
        if told.is_rising and posted[0] > max(self._highest, self._part_from):
            self._shown.update(posted)
            self._highest = posted[-1]
        else:
            for number in posted:
                self._show_one(number, told.through)
        for number in self._truth.left.intersection(posted):
            self._add("miscounted", f"was shown {self._one(number)}, which was left out")

    def _show_one(self, number: int, through: int) -> None:
        if number in self._shown:
            self._add("doubled", f"was shown {self._one(number)} twice")
        elif number < self._highest:
            self._add("reordered", f"was shown {self._one(number)} after {self._highest}")
        elif number > through:
            self._add("reordered", f"was shown {self._one(number)} in a message up to {through}")
        elif self._part_from < self._part and number <= self._part_from:
            self._add("reordered", f"was shown {self._one(number)} behind {self._part_from}")
        self._shown.add(number)
        self._highest = max(self._highest, number)

    def _take_personal(self, told: Told) -> None:
        for number in told.posted:
            if number in self._told_apart or number in self._shown:
                self._add("doubled", f"was told of {self._one(number)} twice")
            if number in self._truth.rows and number not in self._truth.left | self._truth.touched:
                self._add("miscounted", f"was told apart of {self._one(number)}, not left out")
            self._told_apart.add(number)

    def _end_part(self) -> None:
        """Look at what the messages of one `through` said together."""
        least, most = self._truth.left_out(self._part_from, self._part)
        said = self._part_left_out
        if not least <= said <= most:
            times = least - said if said < least else said - most
            example = f"was told that {said} were left out, not {least}, up to {self._part}"
            self._add("miscounted", example, times)
        for number in dict.fromkeys(self._part_shown):
            hidden = self._truth.had_to_be_hidden_at(number, self._part)
            if hidden and number not in self._hidden:
                self._add("returned", f"was shown {self._one(number)}, hidden before")
        self._part_left_out, self._part_shown = 0, []

    # --- the end ---------------------------------------------------------------------------------

    def end(self, upto: float) -> None:
        """Look for what should have been shown between the welcome and `upto`."""
        self._end_part()
        self._missing(self._truth.owed(self._began.through, upto), f"(it came to {self.reached})")

    def compare(self) -> None:
        """Compare what is on the screen with Postgres, where a moderator did something."""
        for number in self._truth.touched & self._truth.rows.keys():
            on_screen = number in self._shown and number not in self._hidden
            visible = self._truth.is_visible(number)
            if on_screen and not visible:
                self._add("diverged", f"still shows {self._one(number)}, hidden in Postgres")
            elif visible and not on_screen and number > self._lowest:
                kind = "diverged" if number in self._shown else "lost"
                self._add(kind, f"does not show {self._one(number)}, visible in Postgres")

    def _missing(self, owed: Iterable[int], where: str) -> None:
        missing = sorted(set(owed) - self._shown)
        if missing:
            words = f"was not shown {self._one(missing[0])} and {len(missing) - 1} more {where}"
            self._add("lost", words, len(missing))

    def _one(self, number: int) -> str:
        return self._findings.name(number)

    def _add(self, kind: str, example: str, times: int = 1) -> None:
        self._findings.add(kind, f"{self._name} {example}", times * self._viewers)
