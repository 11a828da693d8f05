"""What rules would have done to what was said lately in a room. Sync, ORM, reads only.

The comments are judged again in their order by layers that remember nothing, each author with the
standing of today. It shows what rules would change, not what they did: of comments that were held
and refused at the time there are no rows, and waves look smaller without them.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from comments.models import Comment
from livecomments import ids
from livecomments.accounts.models import Standing
from livecomments.protocol import STAFF_ROLES, LinksMode, Role

from .layers import Layers, Said
from .modelfile import model_file
from .rules import Rules, settings_of
from .verdict import RULES, Action, Reason, Verdict

COMMENTS = 10_000
EXAMPLES = 20
# The event loop of this process needs the interpreter too: it gets it after so many comments.
AT_A_TIME = 50
PAUSE_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class Example:
    """One comment that something was found in."""

    id: int
    name: str
    text: str
    detail: str
    shown_as: str  # with words masked


@dataclass(slots=True)
class Outcome:
    """What would have become of the comments for which one reason decided."""

    reason: Reason
    action: Action
    count: int = 0
    details: Counter[str] = field(default_factory=Counter)  # by entry, of words and patterns
    examples: list[Example] = field(default_factory=list)  # the latest

    @property
    def rule(self) -> str:
        """The public rule that senders would have been told."""
        return RULES[self.reason]


@dataclass(slots=True)
class DryRun:
    """`outcomes` from the strictest and most frequent; what is in none of them was allowed."""

    comments: int = 0
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def found(self) -> int:
        """How many comments something was found in."""
        return sum(outcome.count for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    name: str
    said: Said


def dry_run(stream_id: int, rules: Rules, *, links: LinksMode = LinksMode.HOLD) -> DryRun:
    """Return what these rules do to the last comments of a stream. Raises `BadRules`.

    About a second of work; for a thread.
    """
    model_file().look()
    layers = Layers(settings_of(rules, links=links), model_file().model)
    run = DryRun()
    outcomes: dict[tuple[Reason, Action], Outcome] = {}
    for row in _rows(stream_id):
        run.comments += 1
        if run.comments % AT_A_TIME == 0:
            time.sleep(PAUSE_SECONDS)
        verdict = layers.judge(row.said, ids.id_ms(row.id) / 1000)
        _note(outcomes, row, verdict)
    run.outcomes = sorted(outcomes.values(), key=lambda one: (-one.action, -one.count, one.reason))
    return run


def _rows(stream_id: int) -> Iterator[_Row]:
    """The last comments, oldest first."""
    latest = Comment.objects.filter(stream_id=stream_id).order_by("-id")
    columns = ("id", "author_id", "author_name", "author_role", "text")
    people = ("author__standing", "author__date_joined")
    found = list(latest.values_list(*columns, *people)[:COMMENTS])
    for number, author, name, role, text, standing, joined in reversed(found):
        age = timedelta(milliseconds=ids.id_ms(number) - 1000 * joined.timestamp())
        staff = Role(role) in STAFF_ROLES
        yield _Row(number, name, Said(author, text, Standing(standing), age, staff))


def _note(outcomes: dict[tuple[Reason, Action], Outcome], row: _Row, verdict: Verdict) -> None:
    if not verdict.hits:
        return
    # Masked words alone decide nothing, and are worth being seen.
    reason, detail = verdict.reason, verdict.detail
    if reason is None:
        reason, _, detail = verdict.hits[0]
    outcome = outcomes.setdefault(
        (reason, verdict.action), Outcome(reason=reason, action=verdict.action)
    )
    outcome.count += 1
    if reason in (Reason.WORDS, Reason.PATTERNS):
        outcome.details[detail] += 1
    outcome.examples.append(Example(row.id, row.name, row.said.text, detail, verdict.text))
    if len(outcome.examples) > EXAMPLES:
        del outcome.examples[0]
