"""What is true of one stream: its comments, what was done to them, what viewers are owed. Sync,
pure.

Postgres is the truth in the end; acknowledgements say what must be in it.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable

from .history import History, Kind, Outcome, Row, nonce_of


class Truth:
    """One stream; everything up to `begin` was there before the run and is not judged."""

    def __init__(self, history: History, stream: int) -> None:
        self.stream = stream
        self.begin = history.begins.get(stream, 0)
        self.rows: dict[int, Row] = {
            row.id: row for row in history.rows if row.stream == stream and row.id > self.begin
        }
        self.fates = _fates(history, stream, kept_only=True)
        # What was moderated is judged by its end: what was between is a race. An action that is not
        # in Postgres, and that nobody acknowledged, was never taken; one that was lost with Redis
        # may have been seen.
        self._told_fates = _fates(history, stream, kept_only=False)
        self.touched = frozenset(self._told_fates)
        shown = (row.id for row in self.rows.values() if not row.hidden and not row.left_out)
        self.plain = sorted(set(shown) - self.touched)
        self._left = sorted(
            row.id for row in self.rows.values() if row.left_out and row.id not in self.touched
        )
        self.left = frozenset(self._left)
        self._perhaps_left = sorted(_perhaps_left(history, self))

    def owed(self, after: int, upto: float) -> list[int]:
        """Return the comments in (`after`, `upto`] that every viewer must have been shown."""
        return self.plain[bisect_right(self.plain, after) : bisect_right(self.plain, upto)]

    def left_out(self, after: int, upto: int) -> tuple[int, int]:
        """Return how many comments in (`after`, `upto`] were left out: at least, at most."""
        least = _count(self._left, after, upto)
        return least, least + _count(self._perhaps_left, after, upto)

    def is_hidden_at(self, number: int, log_id: float) -> bool:
        """True when the last that was done to a comment, up to a log id, was to hide it."""
        return _is_hidden(self.fates, number, log_id)

    def had_to_be_hidden_at(self, number: int, log_id: float) -> bool:
        """True when no viewer may have been shown it then: not even by an action that was taken,
        and shown, before it was lost together with Redis."""
        told = _is_hidden(self._told_fates, number, log_id)
        return told and self.is_hidden_at(number, log_id)

    def is_visible(self, number: int) -> bool:
        """True when viewers are shown a comment in the end."""
        row = self.rows.get(number)
        return row is not None and not row.hidden and not row.left_out


def _is_hidden(fates: dict[int, list[tuple[float, str]]], number: int, log_id: float) -> bool:
    of_it = fates.get(number, [])
    at = bisect_left(of_it, (log_id, "~"))
    return at > 0 and of_it[at - 1][1] == Kind.HIDDEN.value


def _fates(history: History, stream: int, *, kept_only: bool) -> dict[int, list[tuple[float, str]]]:
    """Return what was done to each comment, by log id: acknowledged or in Postgres.

    `kept_only`: without what was lost together with Redis.
    """
    archived_ids = {archived.log_id for archived in history.archived_actions}
    found: dict[int, set[tuple[float, str]]] = defaultdict(set)
    for action in history.actions:
        lost = action.log_id not in archived_ids and any(
            loss.begin <= action.invoked <= loss.end for loss in history.losses
        )
        if action.stream == stream and action.outcome is Outcome.OK and not (lost and kept_only):
            found[action.comment].add((action.log_id, action.kind.value))
    for archived in history.archived_actions:
        if archived.stream == stream:
            found[archived.comment].add((archived.log_id, archived.kind.value))
    return {number: sorted(fates) for number, fates in found.items()}


def _perhaps_left(history: History, truth: Truth) -> Iterable[int]:
    """Comments that some messages counted as left out and others, rightly, did not.

    One that is restored is shown from then on; one that was lost with Redis is in no archive.
    """
    for number in truth.touched & truth.rows.keys():
        row = truth.rows[number]
        post = history.posts.get(nonce_of(row.text))
        if row.left_out or post is None or post.left_out or post.outcome is not Outcome.OK:
            yield number
    for post in history.posts.values():
        if post.stream == truth.stream and post.left_out:
            yield from (number for number in post.ids if number not in truth.rows)


def _count(numbers: list[int], after: int, upto: int) -> int:
    return max(0, bisect_right(numbers, upto) - bisect_right(numbers, after))
