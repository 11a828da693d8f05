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
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import Any

from .features import KnownWords, group_number, pieces, shape_number, word_number
from .normalise import Views, views

FORMAT = 1
_WRITTEN_AS_THEY_ARE = (
    "version",
    "bias",
    "hold_from",
    "flag_from",
    "unseen",
    "known",
    "report",
)
PIECES_REMEMBERED = 60_000  # of each kind; about ten megabytes
# How much groups of characters, words and the shape of a text weigh against each other.
KIND_WEIGHTS = (1.0, 1.0, 0.3)
# A text counts as having so many pieces at least: one word that spam has too is no evidence.
LEAST_PIECES = (8, 2, 0)
# Where words and shape together do not speak for spam at all, groups of characters are not asked:
# they are most of the work, and hardly any spam is told by them alone.
GROUPS_FROM = 0.03


class NotAModel(Exception):
    """One sentence that says why a file cannot be served."""


class _Values(dict[str, complex]):
    """What pieces of one kind speak for (the real part) and the square of how rare they are.

    Chat is made of the same pieces over and over, so they are kept by their text; two numbers in
    one let `sum` add both in one go.
    """

    def __init__(
        self, of_number: Mapping[int, complex], unseen: complex, number_of: Callable[[str], int]
    ) -> None:
        super().__init__()
        self._of_number, self._unseen, self._number_of = of_number, unseen, number_of

    def __missing__(self, piece: str) -> complex:
        if len(self) >= PIECES_REMEMBERED:
            self.clear()
        value = self[piece] = self._of_number.get(self._number_of(piece), self._unseen)
        return value


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
    _values: tuple[_Values, ...] = field(init=False, repr=False, compare=False)
    _words: KnownWords = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Makes room for the values of pieces."""
        of_number = {
            number: complex(rarity * self.weight.get(number, 0.0), rarity * rarity)
            for number, rarity in self.rarity.items()
        }
        unseen = complex(0.0, self.unseen**2)
        kinds = (group_number, word_number, shape_number)
        values = tuple(_Values(of_number, unseen, number_of) for number_of in kinds)
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_words", KnownWords(self.known))

    def score(self, text: str, seen: Views | None = None) -> float:
        """Return the logit of a text being spam; `seen` are its views where they are at hand."""
        found = pieces(text, seen or views(text), self._words)
        score = self.bias + self._speaks(1, found.words) + self._speaks(2, found.shape)
        if score < self.bias + GROUPS_FROM:
            return score
        return score + self._speaks(0, found.groups)

    def _speaks(self, kind: int, found: set[str]) -> float:
        """What the pieces of one kind speak for, scaled to their length."""
        if not found:
            return 0.0
        both = sum(map(self._values[kind].__getitem__, found), 0j)
        square = max(both.imag, LEAST_PIECES[kind] * self.unseen**2)
        return KIND_WEIGHTS[kind] * both.real / sqrt(square)

    def save(self, path: Path) -> int:
        """Writes the model in one go and returns its size in bytes."""
        keys = sorted(self.rarity)
        content = {name: getattr(self, name) for name in _WRITTEN_AS_THEY_ARE} | {
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
