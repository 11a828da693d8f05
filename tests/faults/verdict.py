"""What the checker found: numbers by kind, and examples that can be read. Sync, pure."""

from collections import Counter
from dataclasses import dataclass, field

from .history import History, nonce_of

EXAMPLES = 5

KINDS = {
    "lost": "acknowledged, and not in Postgres or not shown to somebody who should have seen it",
    "doubled": "one comment stored twice, or shown twice to one viewer",
    "reordered": "shown out of order, or given an id below one that was acknowledged before",
    "ghosts": "shown or stored, although it was refused, never sent, or sent otherwise",
    "returned": "shown again after it had been hidden",
    "diverged": "a viewer and Postgres do not agree in the end",
    "miscounted": "what was left out of the frames is not what they said",
    "presses": "reactions counted that nobody made, or not counted although nothing had died",
}


@dataclass(slots=True)
class Verdict:
    """How often the promise was broken, by kind; all zero: it held for `acknowledged` comments."""

    acknowledged: int = 0
    refused: int = 0
    unknown: int = 0
    views: int = 0
    forgiven: int = 0  # acknowledged and lost together with Redis, which is said to happen
    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    ghosts: int = 0
    returned: int = 0
    diverged: int = 0
    miscounted: int = 0
    presses: int = 0
    examples: dict[str, list[str]] = field(default_factory=dict)

    @property
    def kinds(self) -> set[str]:
        """The kinds of violation that were found."""
        return {kind for kind in KINDS if getattr(self, kind)}

    @property
    def holds(self) -> bool:
        """True when nothing was wrong."""
        return not self.kinds

    def __str__(self) -> str:
        counts = ", ".join(f"{kind} {getattr(self, kind)}" for kind in KINDS)
        lines = [f"{self.acknowledged} acknowledged, {self.views} views: {counts}"]
        for kind, examples in self.examples.items():
            lines += [f"  {kind} ({KINDS[kind]}):"]
            lines += [f"    {example}" for example in examples]
        return "\n".join(lines)


class Findings:
    """Collects violations; words the examples."""

    def __init__(self, history: History) -> None:
        self.verdict = Verdict(acknowledged=history.acknowledged, views=len(history.views))
        self._history = history
        self._zero = min((post.invoked for post in history.posts.values()), default=0.0)
        self._counts: Counter[str] = Counter()
        self._texts = {row.id: row.text for row in history.rows}

    def add(self, kind: str, example: str, times: int = 1) -> None:
        """Count a violation `times` over."""
        self._counts[kind] += times
        examples = self.verdict.examples.setdefault(kind, [])
        if len(examples) < EXAMPLES:
            examples.append(example)

    def name(self, number: int) -> str:
        """Describe a comment: its id, what it said, when, and what had been done before."""
        said = self._history.shown.get(number)
        text = self._texts.get(number) or (said.text if said else "")
        post = self._history.posts.get(nonce_of(text)) or next(
            (post for post in self._history.posts.values() if number in post.ids), None
        )
        if post is None:
            return f"{number} {text!r}" if text else str(number)
        return f"{number} {post.text!r} {self.moment(post.invoked)}"

    def moment(self, at: float) -> str:
        """Describe a moment: seconds since the first post, and since what was done last."""
        words = f"at {at - self._zero:+.2f} s"
        before = [note for note in self._history.notes if note[0] <= at]
        if before:
            since, what = max(before)
            words += f", {at - since:.2f} s after {what}"
        return words

    def end(self) -> Verdict:
        """Return the verdict."""
        for kind in KINDS:
            setattr(self.verdict, kind, self._counts[kind])
        return self.verdict
