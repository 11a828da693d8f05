"""What the layers on spam cost: `python -m tests.load.spam_cost [LOG…] [--model FILE]`. Sync.

Replays chat logs (CSV or JSON Lines with a time, a person and a text; without any, made-up chat)
through the layers and prints microseconds of CPU per comment, each layer by what it adds to those
before it. "Newcomers new": whoever spoke a minute ago has standing; the other way everybody is new,
which is the dearest. A busy machine makes every figure larger, so a short piece of work that is
always the same is timed in between, and the figures are those of a machine that is left alone.
"""

import argparse
import gc
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice, pairwise
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecomments.settings")
for name, value in {
    "SECRET_KEY": "not-a-secret-only-for-this",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}.items():
    os.environ.setdefault(name, value)
django.setup()

from comments.spam import reading  # noqa: E402 -- after the settings
from comments.spam.corpus import Posted, read  # noqa: E402 -- after the settings
from comments.spam.hosts import LinkPolicy  # noqa: E402 -- after the settings
from comments.spam.layers import Layers, Said, SpamSettings  # noqa: E402 -- after the settings
from comments.spam.lists import Entry, WordAction, WordList  # noqa: E402 -- after the settings
from comments.spam.model import Model, load  # noqa: E402 -- after the settings
from comments.spam.verdict import Action  # noqa: E402 -- after the settings
from livecomments.accounts.models import Standing  # noqa: E402 -- after the settings
from tests.load import texts  # noqa: E402 -- after the settings

AT_HOME_AFTER_SECONDS = 60.0
CLOCK_SECONDS = 0.3e-6  # of reading the clock after each
CHUNK = 100  # comments between two looks at the machine
MADE_UP, MADE_UP_PER_SECOND, MADE_UP_PEOPLE = 20_000, 20, 2_000
OPEN = LinkPolicy(by_standing=dict.fromkeys(Standing, Action.ALLOW))
OFF = SpamSettings(copies=Action.ALLOW, links=OPEN, raid=Action.ALLOW)


def layers_in_turn(model: Model | None) -> Iterator[tuple[str, SpamSettings, Model | None]]:
    """Yields settings that have one layer more each time."""
    words = WordList([Entry(f"never said {n}", WordAction.BLOCK) for n in range(1_000)])
    yield "none, and raid mode", OFF, None
    yield "links", SpamSettings(copies=Action.ALLOW), None
    yield "near-copies (the default)", SpamSettings(), None
    if model is not None:
        yield "model", SpamSettings(), model
    yield "1,000 words", SpamSettings(words=words), model


def same_work() -> float:
    """The CPU time of a piece of work that is always the same."""
    started = time.thread_time()
    text = "therainissoloudnowicannotseeit"
    for _ in range(20):
        {text[at : at + 3] for at in range(28)}
        text.translate({97: 98})
    return time.thread_time() - started


@dataclass
class Spent:
    """Microseconds of CPU, as on a machine that is left alone."""

    total: float = 0.0
    each: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        ordered = sorted(self.each)
        half, p99 = ordered[len(ordered) // 2], ordered[int(0.99 * len(ordered))]
        mean = self.total / len(ordered)
        return f"mean {mean:6.1f} µs · half {half:5.1f} µs · p99 {p99:6.0f} µs"


def measure(
    said: Sequence[tuple[Said, float]], settings: SpamSettings, model: Model | None, alone: float
) -> Spent:
    """What these comments cost."""
    reading.read.cache_clear()
    layers, spent = Layers(settings, model), Spent()
    moments = [0.0] * (CHUNK + 1)
    for start in range(0, len(said), CHUNK):
        chunk = said[start : start + CHUNK]
        moments[0] = time.thread_time()
        for number, (one, at) in enumerate(chunk, 1):
            layers.judge(one, at)
            moments[number] = time.thread_time()
        scale = 1e6 / max(1.0, same_work() / alone)
        took = [after - before for before, after in pairwise(moments[: len(chunk) + 1])]
        spent.each += [scale * max(0.0, seconds - CLOCK_SECONDS) for seconds in took]
        spent.total += scale * max(0.0, sum(took) - len(took) * CLOCK_SECONDS)
    return spent


def said_in(log: Sequence[Posted], *, everyone_new: bool) -> list[tuple[Said, float]]:
    """The comments of a log with the standing that is taken for each."""
    first: dict[str, float] = {}
    found = []
    for posted in log:
        since = posted.at - first.setdefault(posted.user, posted.at)
        known = not everyone_new and since >= AT_HOME_AFTER_SECONDS
        standing = Standing.KNOWN if known else Standing.NEW
        age = timedelta(days=2 if known else 0)
        found.append((Said(posted.user, posted.text, standing, age), posted.at))
    return found


def made_up(make: Callable[[], Iterator[str]]) -> list[Posted]:
    """A log of made-up chat that never says anything twice."""
    return [
        Posted(number / MADE_UP_PER_SECOND, f"p{number % MADE_UP_PEOPLE}", text)
        for number, text in enumerate(islice(make(), MADE_UP))
    ]


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("logs", nargs="*", type=Path, metavar="LOG")
    parser.add_argument("--model", type=Path, metavar="FILE")
    options = parser.parse_args()
    model = load(options.model) if options.model else None
    logs = {path.name.partition(".")[0]: read(path).log for path in options.logs}
    gc.disable()
    alone = min(same_work() for _ in range(4_000))
    totals: dict[tuple[str, str], Spent] = {}
    for name, log in (logs or {"made-up chat": made_up(texts.chat)}).items():
        for who, everyone_new in (("newcomers new", False), ("everyone new", True)):
            print(f"{name}, {who}, {len(log):,} comments")
            said = said_in(log, everyone_new=everyone_new)
            for layer, settings, served in layers_in_turn(model):
                spent = measure(said, settings, served, alone)
                total = totals.setdefault((who, layer), Spent())
                total.total += spent.total
                total.each += spent.each
                print(f"  {layer:28}{spent}", flush=True)
    if len(logs) > 1:
        for (who, layer), spent in totals.items():
            print(f"all logs, {who}: {layer:28}{spent}")


if __name__ == "__main__":
    main()
