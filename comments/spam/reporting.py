"""The figures of an evaluation in lines to print. Sync, pure."""

from collections.abc import Iterator, Sequence
from statistics import mean

from .evaluation import Crowd, Labelled, Rates
from .rehearsal import Raid


def labelled_lines(name: str, found: Labelled) -> Iterator[str]:
    """Yields the figures of labelled texts."""
    yield f"{name}: {found.spam} spam, {found.people} others"
    yield f"  flagged or held  {_rates(found.flagged)}"
    yield f"  held             {_rates(found.held)}"
    yield f"  recall at 1 % false positives {found.recall_at_1_percent:.3f}"
    disguises = " · ".join(f"{name} {recall:.2f}" for name, recall in found.disguised.items())
    yield f"  recall disguised: {disguises}"


def mean_line(found: Sequence[Labelled]) -> str:
    """Return the means over several files in one line."""
    lowest = {name: mean(one.disguised[name] for one in found) for name in found[0].disguised}
    worst = min(lowest, key=lambda name: lowest[name])
    return (
        f"mean of {len(found)} files: F1 {mean(one.flagged.f1 for one in found):.3f} · "
        f"recall at 1 % false positives {mean(one.recall_at_1_percent for one in found):.3f} · "
        f"worst disguise {worst} {lowest[worst]:.2f}"
    )


def crowd_line(name: str, found: Crowd) -> str:
    """Return what happened to a log in one line."""
    reasons = ", ".join(f"{reason} {count}" for reason, count in found.by_reason.most_common())
    windows = (
        f" · in waves {found.held_in_windows} of {found.in_windows}" if found.in_windows else ""
    )
    return (
        f"{name}: held {found.held} of {found.comments} ({found.share_held:.2%})"
        f"{f' [{reasons}]' if reasons else ''}{windows} · flagged "
        f"{found.flagged / max(1, found.comments):.2%} · "
        f"CPU {found.microseconds_at(0.5):.0f} µs, p99 {found.microseconds_at(0.99):.0f} µs"
    )


def raid_line(raids: Sequence[Raid]) -> str:
    """Return what became of several raids with one text in one line."""
    last = max(raid.held_from for raid in raids)
    slowest = max(raid.seconds_to_held_from for raid in raids)
    held = sum(raid.held for raid in raids) / sum(raid.messages for raid in raids)
    return f"{raids[0].text[:48]}: all held from message {last}, after {slowest:.1f} s; {held:.0%}"


def _rates(rates: Rates) -> str:
    return (
        f"precision {rates.precision:.3f} · recall {rates.recall:.3f} · F1 {rates.f1:.3f} · "
        f"false positives {rates.false_positives:.2%}"
    )
