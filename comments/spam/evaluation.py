"""How good the layers are: figures for labelled texts, for real logs and for a made-up raid. Sync.

Nothing is scored by a model that was trained on it. Every figure is of the whole chain as it would
be served: the model in pure Python, the layers with their default settings.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from livecomments.accounts.models import Standing

from .corpus import Posted, Sample, Window
from .disguise import DISGUISES
from .layers import Layers, Said, SpamSettings
from .model import Model
from .verdict import Action

HOLD_AT_FALSE_POSITIVES = 0.01  # of people's texts
# Who is taken to be known in a log, which tells of nobody how old the account is: whoever has said
# something in it at least so long ago. The other way to count takes everyone for new.
AT_HOME_AFTER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Rates:
    """Precision, recall and F1 of one threshold, and the share of people's texts it catches."""

    precision: float
    recall: float
    f1: float
    false_positives: float


@dataclass(frozen=True, slots=True)
class Labelled:
    """The figures of a model on labelled texts."""

    spam: int
    people: int
    flagged: Rates
    held: Rates
    recall_at_1_percent: float
    disguised: dict[str, float]  # recall when flagged or held


def judge_labelled(model: Model, samples: Sequence[Sample], *, seed: int = 7) -> Labelled:
    """Return the figures of a model on samples it was not trained on."""
    scores = [model.score(sample.text) for sample in samples]
    spam = [sample.spam for sample in samples]
    chance = Random(seed)
    hidden = [sample.text for sample in samples if sample.spam]
    disguised = {
        name: _share(model.score(disguise(text, chance)) >= model.flag_from for text in hidden)
        for name, disguise in DISGUISES.items()
    }
    return Labelled(
        spam=sum(spam),
        people=len(spam) - sum(spam),
        flagged=rates(scores, spam, model.flag_from),
        held=rates(scores, spam, model.hold_from),
        recall_at_1_percent=recall_at(scores, spam, HOLD_AT_FALSE_POSITIVES),
        disguised=disguised,
    )


def rates(scores: Sequence[float], spam: Sequence[bool], threshold: float) -> Rates:
    """Return the figures of catching what scores the threshold or more."""
    caught = [score >= threshold for score in scores]
    right = sum(is_spam and was for is_spam, was in zip(spam, caught, strict=True))
    all_spam, all_caught = sum(spam), sum(caught)
    return Rates(
        precision=right / all_caught if all_caught else 1.0,
        recall=right / all_spam if all_spam else 1.0,
        f1=2 * right / (all_spam + all_caught) if all_spam + all_caught else 1.0,
        false_positives=(all_caught - right) / max(1, len(spam) - all_spam),
    )


def recall_at(scores: Sequence[float], spam: Sequence[bool], false_positives: float) -> float:
    """Return the recall where so many of people's texts, and no more, score higher."""
    pairs = list(zip(scores, spam, strict=True))
    people = sorted((score for score, is_spam in pairs if not is_spam), reverse=True)
    above = people[int(false_positives * len(people))] if people else float("-inf")
    return _share(score > above for score, is_spam in pairs if is_spam)


@dataclass(slots=True)
class Crowd:
    """What the layers did to a log of people who meant no harm."""

    comments: int = 0
    held: int = 0
    flagged: int = 0
    by_reason: Counter[str] = field(default_factory=Counter)
    in_windows: int = 0
    held_in_windows: int = 0
    raid_mode: int = 0  # comments while it was on
    microseconds: list[float] = field(default_factory=list)  # of CPU, for each comment

    @property
    def share_held(self) -> float:
        return self.held / max(1, self.comments)

    def microseconds_at(self, share: float) -> float:
        """The time that this share of the comments took at most."""
        ordered = sorted(self.microseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def judge_log(
    log: Sequence[Posted],
    *,
    model: Model | None,
    settings: SpamSettings | None = None,
    everyone_new: bool = False,
    windows: Iterable[Window] = (),
    progress: Callable[[int], None] = lambda done: None,
) -> Crowd:
    """Return what the layers do to a log from beginning to end."""
    layers = Layers(settings or SpamSettings(), model)
    crowd = Crowd()
    first: dict[str, float] = {}
    waves = [(window.start, window.end) for window in windows]
    for number, posted in enumerate(log):
        if number % 1_000 == 0:
            progress(number)
        since = posted.at - first.setdefault(posted.user, posted.at)
        known = not everyone_new and since >= AT_HOME_AFTER_SECONDS
        standing = Standing.KNOWN if known else Standing.NEW
        said = Said(posted.user, posted.text, standing, timedelta(days=2 if known else 0))
        started = time.thread_time()
        verdict = layers.judge(said, posted.at)
        crowd.microseconds.append(1e6 * (time.thread_time() - started))
        held = verdict.action >= Action.HOLD
        crowd.comments += 1
        crowd.held += held
        crowd.flagged += verdict.action == Action.FLAG
        crowd.raid_mode += layers.raid.is_on(posted.at)
        if held and verdict.reason:
            crowd.by_reason[verdict.reason] += 1
        if any(start <= posted.at <= end for start, end in waves):
            crowd.in_windows += 1
            crowd.held_in_windows += held
    return crowd


def _share(found: Iterable[bool]) -> float:
    seen = list(found)
    return sum(seen) / len(seen) if seen else 1.0
