"""How long nobody got an answer. Sync, pure."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from .history import Outcome, Post


def longest_silence(posts: Iterable[Post], since: float, until: float) -> float:
    """Return the longest stretch between two moments without an acknowledgement.

    Only time in which some post waited counts: a stretch begins when the first of them is sent or
    with the last acknowledgement, and ends with the next one, or when nobody waits any more.
    """
    changes: list[tuple[float, int, bool]] = []
    for post in posts:
        changes.append((post.invoked, 1, False))
        if post.answered < until:
            changes.append((post.answered, -1, post.outcome is Outcome.OK))
    waiting, begin, longest = 0, since, 0.0
    for at, together in groupby(sorted(changes), key=itemgetter(0)):
        if at >= until:
            break
        of_this_moment = list(together)
        if waiting:
            longest = max(longest, at - max(begin, since))
        if not waiting or any(is_answer for _, _, is_answer in of_this_moment):
            begin = at
        waiting += sum(change for _, change, _ in of_this_moment)
    if waiting:
        longest = max(longest, until - max(begin, since))
    return longest
