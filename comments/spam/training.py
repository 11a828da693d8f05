"""Train the model of `model` and choose its thresholds. Sync, minutes of CPU; for commands only.

A logistic regression over hashed pieces, each weighed by its rarity and by how unevenly it falls on
spam and on people (the square root of the naive Bayes ratio): with a thousand texts that tells the
telling pieces from the accidental ones. Every text is also trained on in several disguises. The
thresholds come from texts that the model which scored them was not trained on.

Needs scikit-learn, which serving does not.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import log, sqrt
from random import Random
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from .corpus import Sample
from .disguise import DISGUISES
from .evaluation import Labelled, judge_labelled
from .features import LONGEST_WORD, KnownWords, Pieces, pieces, spoken_words
from .model import KIND_WEIGHTS, LEAST_PIECES, Model
from .normalise import views

DISGUISED_COPIES = 3
# From here on one copy of each is enough: the words come in many texts by themselves.
MANY_SAMPLES = 6_000
REGULARISATION = 6.0  # scikit-learn's C
SMOOTHING = 0.3
IN_TEXTS_AT_LEAST = 2
WORD_IN_TEXTS_AT_LEAST = 2
FOLDS = 5
ENOUGH_OF_EACH = 20
# Of people's texts. So many of a crowd may be held by all layers together.
SURE_AT_FALSE_POSITIVES = 0.005
LIKELY_AT_FALSE_POSITIVES = 0.01
# Other rooms talk differently from those of the samples: what the model itself thinks more likely
# to be somebody's than to be spam is not held, however rare such a score was among the samples.
SURE_FROM = 0.0
# Where training tells both sides apart without effort, any threshold between them looks good.
ABOVE_KNOWING_NOTHING = 1.0


class TooLittle(Exception):
    """One sentence that says what is missing for training."""


def train(samples: Sequence[Sample], *, version: str, seed: int = 1) -> Model:
    """Return a model of all samples with thresholds from cross-validation. Raises `TooLittle`."""
    _require_enough(samples)
    scores = out_of_fold(samples, seed=seed)
    hold_from, flag_from = thresholds(scores, [sample.spam for sample in samples])
    model = fit(samples, version=version, seed=seed)
    # The bias is the score of a text of which the model knows nothing.
    flag_from = max(flag_from, model.bias + ABOVE_KNOWING_NOTHING)
    hold_from = max(hold_from, flag_from, SURE_FROM)
    return replace(model, hold_from=hold_from, flag_from=flag_from)


def _require_enough(samples: Sequence[Sample]) -> None:
    for spam, name in ((True, "spam"), (False, "what is not spam")):
        count = len({views(sample.text).folded for sample in samples if sample.spam == spam})
        if count < ENOUGH_OF_EACH:
            raise TooLittle(f"{count} different texts of {name}: {ENOUGH_OF_EACH} are the least.")


def out_of_fold(samples: Sequence[Sample], *, seed: int = 1) -> list[float]:
    """Return for each sample the score by a model that has not seen it or its like."""
    folds = [_fold(sample) for sample in samples]
    scores = [0.0] * len(samples)
    for fold in range(FOLDS):
        inside = [sample for sample, of in zip(samples, folds, strict=True) if of != fold]
        model = fit(inside, version="", seed=seed)
        for number, sample in enumerate(samples):
            if folds[number] == fold:
                scores[number] = model.score(sample.text)
    return scores


def _fold(sample: Sample, salt: str = "") -> int:
    """The same for texts that read the same: a copy in training would give the answer away."""
    return crc32((salt + views(sample.text).folded).encode("utf-8", "surrogatepass")) % FOLDS


def thresholds(scores: Sequence[float], spam: Sequence[bool]) -> tuple[float, float]:
    """Return from which score to hold and from which, lower or the same, to flag.

    Held is what scores above all but half a percent of people's texts. Flagged is what scores above
    the middle between where 1 % do and even odds: at even odds too much of another room's talk
    would be flagged.
    """
    people = [s for s, is_spam in zip(scores, spam, strict=True) if not is_spam]
    people.sort(reverse=True)
    sure, likely = (
        float(np.nextafter(people[int(share * len(people))], np.inf))
        for share in (SURE_AT_FALSE_POSITIVES, LIKELY_AT_FALSE_POSITIVES)
    )
    odds = LogisticRegression(C=1e6, class_weight="balanced")
    odds.fit(np.array(scores).reshape(-1, 1), np.array(spam))
    even = float(-odds.intercept_[0] / odds.coef_[0][0])
    return sure, min(likely, (likely + even) / 2)


def split_and_judge(samples: Sequence[Sample]) -> Labelled:
    """Return the figures on one fifth of the samples by a model of the others."""
    _require_enough(samples)
    folds = [_fold(sample, "split") for sample in samples]
    kept = [sample for sample, fold in zip(samples, folds, strict=True) if fold]
    asked = [sample for sample, fold in zip(samples, folds, strict=True) if not fold]
    return judge_labelled(train(kept, version="split"), asked)


def fit(samples: Sequence[Sample], *, version: str, seed: int = 1) -> Model:
    """Return a model of the samples; its thresholds are at even odds."""
    known = _known_words(samples)
    chance = Random(seed)
    copies = DISGUISED_COPIES if len(samples) < MANY_SAMPLES else 1
    kinds = list(DISGUISES.values())
    texts = [(sample.text, sample.spam) for sample in samples]
    texts += [
        (chance.choice(kinds)(sample.text, chance), sample.spam)
        for sample in samples
        for _ in range(copies)
    ]
    words = KnownWords(known)
    found = [pieces(text, views(text), words) for text, _ in texts]
    spam = [is_spam for _, is_spam in texts]
    return _fitted(found, spam, known, version)


def _known_words(samples: Iterable[Sample]) -> dict[str, float]:
    said: Counter[str] = Counter()
    for sample in samples:
        said.update(word for word in set(spoken_words(views(sample.text))))
    kept = {
        word: count
        for word, count in said.items()
        if count >= WORD_IN_TEXTS_AT_LEAST and 1 < len(word) <= LONGEST_WORD
    }
    total = sum(said.values())
    return {word: round(log(count / total), 2) for word, count in kept.items()}


def _fitted(
    found: Sequence[Pieces], spam: Sequence[bool], known: Mapping[str, float], version: str
) -> Model:
    inside: Counter[int] = Counter()
    inside_spam: Counter[int] = Counter()
    for one, is_spam in zip(found, spam, strict=True):
        for kind in one.numbers():
            inside.update(kind)
            if is_spam:
                inside_spam.update(kind)
    unseen = log(1 + len(found)) + 1
    rarity = {
        key: float(np.float32(unseen - log(1 + count)))
        for key, count in inside.items()
        if count >= IN_TEXTS_AT_LEAST
    }
    uneven = _unevenness(rarity, inside, inside_spam, sum(spam), len(spam))
    columns = {key: column for column, key in enumerate(rarity)}
    matrix = _matrix(found, columns, rarity, uneven, unseen)
    # Spam and people weigh the same, however many there are of each.
    regression = LogisticRegression(C=REGULARISATION, max_iter=400, class_weight="balanced")
    regression.fit(matrix, np.array(spam))
    coefficients = regression.coef_[0]
    weight = {key: float(coefficients[at] * uneven[key]) for key, at in columns.items()}
    return Model(
        version=version, bias=float(regression.intercept_[0]), hold_from=0.0, flag_from=0.0,
        unseen=unseen, rarity=rarity, weight=weight, known=known,
    )  # fmt: skip


def _unevenness(
    keys: Iterable[int], inside: Counter[int], inside_spam: Counter[int], spam: int, total: int
) -> dict[int, float]:
    """How unevenly each piece falls on both sides: 1 on average."""
    uneven = {}
    for key in keys:
        on_spam = (inside_spam[key] + SMOOTHING) / (spam + SMOOTHING)
        on_people = (inside[key] - inside_spam[key] + SMOOTHING) / (total - spam + SMOOTHING)
        uneven[key] = sqrt(abs(log(on_spam / on_people)))
    mean = sum(uneven.values()) / len(uneven)
    return {key: value / mean for key, value in uneven.items()}


def _matrix(
    found: Sequence[Pieces],
    columns: Mapping[int, int],
    rarity: Mapping[int, float],
    uneven: Mapping[int, float],
    unseen: float,
) -> csr_matrix:
    rows: list[int] = []
    places: list[int] = []
    values: list[float] = []
    for row, one in enumerate(found):
        for kind, share, least in zip(one.numbers(), KIND_WEIGHTS, LEAST_PIECES, strict=True):
            square = sum(rarity.get(key, unseen) ** 2 for key in kind)
            length = sqrt(max(square, least * unseen**2))
            for key in kind:
                if key in columns:
                    rows.append(row)
                    places.append(columns[key])
                    values.append(share * rarity[key] * uneven[key] / length)
    return csr_matrix((values, (rows, places)), shape=(len(found), len(columns)))
