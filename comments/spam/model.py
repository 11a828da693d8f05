"""The model that learnt from moderators, as it is served. Sync, pure Python, no numpy needed.

A model is one file, JSON with packed columns: for each piece of text (`features`) how rare it is
and what it speaks for, both thresholds, the words that run-together text is cut into, and what
the evaluation on its split said. The score is the logit of a logistic regression over
`training.Sample`s: 0 is even odds. A piece that training never saw counts in the length of a text
and for nothing else, so a text in a language that the model never saw scores near the bias, which
is on the side of people.
"""

import base64
import json
import sys
import zlib
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import repeat
from math import sqrt
from pathlib import Path
from typing import Any

from .features import pieces
from .normalise import Views, views

FORMAT = 1
# How much groups of characters, words and the shape of a text weigh against each other.
KIND_WEIGHTS = (1.0, 1.0, 0.3)
# A text counts as having so many pieces at least: one word that spam has too is no evidence.
LEAST_PIECES = (8, 2, 0)


class NotAModel(Exception):
    """One sentence that says why a file cannot be served."""


@dataclass(frozen=True, slots=True)
class Model:
    """What is served. `hold_from` and `flag_from` are scores; `rarity` is never empty."""

    version: str
    bias: float
    hold_from: float
    flag_from: float
    unseen: float
    rarity: Mapping[int, float]
    weight: Mapping[int, float]
    known: Mapping[str, float]
    report: dict[str, float] = field(default_factory=dict)

    def score(self, text: str, seen: Views | None = None) -> float:
        """Return the logit of a text being spam; `seen` are its views where they are at hand."""
        found = pieces(text, seen or views(text), self.known)
        score = self.bias
        for kind, share, least in zip(found.kinds(), KIND_WEIGHTS, LEAST_PIECES, strict=True):
            if kind:
                total, square = self._sums(kind)
                score += share * total / sqrt(max(square, least * self.unseen**2))
        return score

    def _sums(self, kind: Iterable[int]) -> tuple[float, float]:
        """What the pieces of one kind speak for, and the square of their length."""
        kind = tuple(kind)
        rarities = tuple(map(self.rarity.get, kind, repeat(self.unseen)))
        weights = map(self.weight.get, kind, repeat(0.0))
        total = sum(rarity * weight for rarity, weight in zip(rarities, weights, strict=True))
        return total, sum(rarity * rarity for rarity in rarities)

    def save(self, path: Path) -> int:
        """Writes the model in one go and returns its size in bytes."""
        keys = sorted(self.rarity)
        content = asdict(self) | {
            "format": FORMAT,
            "keys": _packed(array("I", keys)),
            "rarity": _packed(array("f", [self.rarity[key] for key in keys])),
            "weight": _packed(array("f", [self.weight.get(key, 0.0) for key in keys])),
        }
        data = json.dumps(content, ensure_ascii=False).encode()
        partial = path.with_name(path.name + ".part")
        partial.write_bytes(data)
        partial.replace(path)
        return len(data)


def load(path: Path) -> Model:
    """Return the model of a file. Raises `NotAModel`."""
    try:
        content = json.loads(path.read_bytes())
        if content.pop("format") != FORMAT:
            raise NotAModel(f"{path} is of another format: train the model again.")
        keys = _unpacked("I", content.pop("keys"))
        return Model(
            **content
            | {
                name: dict(zip(keys, _unpacked("f", content[name]), strict=True))
                for name in ("rarity", "weight")
            }
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zlib.error) as error:
        raise NotAModel(f"{path} cannot be read as a model: {error}.") from None


def _packed(column: "array[Any]") -> str:
    if sys.byteorder == "big":
        column.byteswap()
    return base64.b64encode(zlib.compress(column.tobytes(), 9)).decode()


def _unpacked(kind: str, text: str) -> "array[Any]":
    column: array[Any] = array(kind)
    column.frombytes(zlib.decompress(base64.b64decode(text, validate=True)))
    if sys.byteorder == "big":
        column.byteswap()
    return column
