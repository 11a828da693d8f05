"""Read texts for training and evaluation from CSV and JSON Lines. Sync.

Labelled files have a text and a label in each row (`text` or `content`; `label` or `class`; spam is
`spam`, 1, true), logs of chats have a time, a person and a text (`t`, `user`, `text`), lists of
crowd waves the log and the seconds in which they were. Any of them may be gzipped. Texts that were
saved from a page lose its markup and are cleaned as a post is.
"""

import csv
import gzip
import html
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import regex

_TEXTS = ("text", "content", "comment", "message")
_LABELS = ("label", "class", "spam")
_SPAM, _HAM = frozenset({"spam", "1", "true", "yes"}), frozenset({"ham", "0", "false", "no"})
_MARKUP = regex.compile(r"</?(?:a|b|i|u|br|p|span|div)\b[^<>]*>", regex.IGNORECASE)
_ENDINGS = (".gz", ".jsonl", ".json", ".csv", ".ndjson")
_LONGEST = 1_000  # of a text; files of other sites have longer ones, and a post cannot be


class NotReadable(Exception):
    """One sentence that says which file cannot be used, and why."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, whether it is spam, and where it comes from."""

    text: str
    spam: bool
    source: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """One line of a log; `at` in seconds."""

    at: float
    user: str
    text: str


@dataclass(frozen=True, slots=True)
class Window:
    """Seconds of a log in which the crowd spoke as one."""

    log: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Corpus:
    """What one file holds: one of the three."""

    name: str
    samples: tuple[Sample, ...] = ()
    log: tuple[Posted, ...] = ()
    windows: tuple[Window, ...] = ()
    passed_over: int = 0  # rows with a label that is neither


def read(path: Path) -> Corpus:
    """Return what is in a file. Raises `NotReadable`."""
    name = path.name
    while name.endswith(_ENDINGS):
        name = name.rpartition(".")[0]
    try:
        data = path.read_bytes()
        if data[:2] == b"\x1f\x8b":
            data = gzip.decompress(data)
        rows = list(_rows(data.decode("utf-8-sig"), is_csv=".csv" in path.name))
        corpus = _corpus(name, rows)
    except (OSError, EOFError, ValueError, csv.Error) as error:
        raise NotReadable(f"{path} cannot be read: {error}.") from None
    if not (corpus.samples or corpus.log or corpus.windows or corpus.passed_over):
        raise NotReadable(f"{path} has neither labelled texts nor a log.")
    return corpus


def tidy(text: str) -> str:
    """Return a text without the markup and entities of a page, on one line."""
    return " ".join(html.unescape(_MARKUP.sub(" ", text)).split())[:_LONGEST]


def _rows(content: str, *, is_csv: bool) -> Iterator[Mapping[str, object]]:
    if is_csv:
        for row in csv.DictReader(io.StringIO(content)):
            yield {key.strip().lower(): value for key, value in row.items() if key}
        return
    found = json.loads(content) if content.lstrip().startswith("[") else None
    lines = found if found is not None else map(json.loads, filter(None, content.splitlines()))
    for line in lines:
        if not isinstance(line, dict):
            raise ValueError("a row is no object")
        yield {str(key).lower(): value for key, value in line.items()}


def _corpus(name: str, rows: list[Mapping[str, object]]) -> Corpus:
    samples, log, windows, passed_over = [], [], [], 0
    for row in rows:
        text = _first(row, _TEXTS)
        label = _first(row, _LABELS).lower()
        if {"log", "t0", "t1"} <= row.keys():
            windows.append(Window(str(row["log"]), float(str(row["t0"])), float(str(row["t1"]))))
        elif label in _SPAM | _HAM:
            samples.append(Sample(tidy(text), label in _SPAM, name))
        elif label:
            passed_over += 1
        elif {"t", "user"} <= row.keys():
            log.append(Posted(float(str(row["t"])), str(row["user"]), text))
    kept = tuple(sample for sample in samples if sample.text)
    log.sort(key=lambda posted: posted.at)
    return Corpus(name, kept, tuple(log), tuple(windows), passed_over)


def _first(row: Mapping[str, object], names: tuple[str, ...]) -> str:
    for name in names:
        value = row.get(name)
        if value is not None and str(value).strip():
            return str(value).strip()
    return ""
