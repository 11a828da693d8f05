"""Damage done to a history in which all was well, to see that the checker is looking at it. Sync,
pure.

tests/faults/seeded.py breaks a model; these break what was noted in any run, a real one too. Each
changes one thing, as little as would ever be wrong.
"""

import copy
import random
from collections.abc import Callable
from dataclasses import replace

from livecomments.protocol import RECENT_COMMENTS

from .history import Began, History, Outcome, Presses, Row, Told, View
from .truth import Truth


class NothingToSpoil(Exception):
    """The history has nothing of the kind that should be broken."""


def spoiled(history: History, kind: str, *, seed: int = 0) -> History:
    """Return a copy with one fault in it that the checker must call `kind`."""
    damaged = copy.deepcopy(history)
    spoilers: dict[str, Callable[[History, random.Random], None]] = {
        "lost": _lose_row,
        "lost last": _lose_last,
        "doubled": _show_twice,
        "doubled row": _store_twice,
        "reordered": _swap,
        "ghosts": _refuse,
        "returned": _bring_back,
        "diverged": _forget_hide,
        "miscounted": _miscount,
        "presses": _press,
    }
    spoilers[kind](damaged, random.Random(seed))
    return damaged


SPOILS = (
    "lost", "lost last", "doubled", "doubled row", "reordered", "ghosts", "returned", "diverged",
    "miscounted", "presses",
)  # fmt: skip


def _plain(history: History, chance: random.Random) -> Row:
    """Return an acknowledged comment that nobody moderated and everybody was shown."""
    plain = {number for stream in _streams(history) for number in Truth(history, stream).plain}
    firm = [post for post in history.posts.values() if not history.may_be_lost(post)]
    plain &= {number for post in firm for number in post.ids}
    rows = [row for row in history.rows if row.id in plain]
    return _one(rows, chance)


def _streams(history: History) -> set[int]:
    return {view.stream for view in history.views}


def _one(choices, chance: random.Random):
    if not choices:
        raise NothingToSpoil
    return chance.choice(choices)


def _frames(view: View) -> list[int]:
    """Return where in a view are messages that show comments, since it last began anew."""
    begin = max(place for place, one in enumerate(view.told) if isinstance(one, Began))
    return [
        place
        for place, one in enumerate(view.told)
        if place > begin and isinstance(one, Told) and one.posted and not one.changes
    ]


def _view(history: History, chance: random.Random, *, frames: int = 1) -> View:
    return _one([view for view in history.views if len(_frames(view)) >= frames], chance)


def _lose_row(history: History, chance: random.Random) -> None:
    """Postgres has one acknowledged comment less."""
    history.rows.remove(_plain(history, chance))


def _lose_last(history: History, chance: random.Random) -> None:
    """One viewer was not told the last message with a comment that stays."""
    view = _view(history, chance)
    truth = Truth(history, view.stream)
    for place in reversed(_frames(view)):
        if set(view.told[place].posted) & set(truth.plain):
            del view.told[place]
            return
    raise NothingToSpoil


def _show_twice(history: History, chance: random.Random) -> None:
    """One viewer was told one message twice."""
    view = _view(history, chance)
    place = chance.choice(_frames(view))
    view.told.insert(place + 1, replace(view.told[place]))


def _store_twice(history: History, chance: random.Random) -> None:
    """One comment has two rows."""
    row = _plain(history, chance)
    history.rows.append(replace(row, id=max(one.id for one in history.rows) + 1))


def _swap(history: History, chance: random.Random) -> None:
    """One viewer was told two messages the wrong way round."""
    view = _view(history, chance, frames=2)
    places = _frames(view)
    first = chance.randrange(len(places) - 1)
    here, there = places[first], places[first + 1]
    view.told[here], view.told[there] = view.told[there], view.told[here]


def _refuse(history: History, chance: random.Random) -> None:
    """A comment that everybody was shown had been refused."""
    row = _plain(history, chance)
    post = next(post for post in history.posts.values() if row.id in post.ids)
    post.outcome, post.code, post.ids = Outcome.REFUSED, "rate_limited", []


def _bring_back(history: History, chance: random.Random) -> None:
    """Somebody reloads in the end and finds a hidden comment in the recent list."""
    view = _view(history, chance)
    truth = Truth(history, view.stream)
    hidden = [row for row in truth.rows.values() if row.hidden and row.id in truth.fates]
    visible = [number for number in truth.rows if truth.is_visible(number)]
    recent = sorted([_one(hidden, chance).id, *sorted(visible)[-RECENT_COMMENTS + 1 :]])
    # Its list must go as far back as the hidden one, or that would be out of reach.
    recent += [number for number in visible if number > recent[0] and number not in recent]
    view.told.append(Began(0.0, max(*truth.rows, view.reached), tuple(sorted(recent))))


def _forget_hide(history: History, chance: random.Random) -> None:
    """Postgres shows a comment that was hidden."""
    hidden = [place for place, row in enumerate(history.rows) if row.hidden]
    place = _one(hidden, chance)
    history.rows[place] = replace(history.rows[place], hidden=False)


def _miscount(history: History, chance: random.Random) -> None:
    """One message says that more was left out than was."""
    view = _view(history, chance)
    place = chance.choice(_frames(view))
    told = view.told[place]
    # Above anything that may rightly be counted or not.
    view.told[place] = replace(told, left_out=told.left_out + len(history.rows))


def _press(history: History, chance: random.Random) -> None:
    """A reaction was counted twice."""
    history.presses.setdefault((0, "like"), Presses(sent=1, counted=1)).counted += 1
