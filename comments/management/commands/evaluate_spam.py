"""`manage.py evaluate_spam`: what the spam layers do to labelled texts, real logs and raids."""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from comments.spam.corpus import Corpus, NotReadable, Sample, read
from comments.spam.evaluation import Crowd, Labelled, judge_labelled, judge_log
from comments.spam.model import Model, NotAModel, load
from comments.spam.rehearsal import TEXTS, rehearse
from comments.spam.reporting import crowd_line, labelled_lines, mean_line, raid_line
from comments.spam.training import TooLittle, split_and_judge, train

RAIDS_PER_TEXT = 20
ACCOUNTS_AT_MOST = 10_000  # of a rehearsed raid; a hundred thousand take minutes each


class Command(BaseCommand):
    help = (
        "Print precision, recall and F1 on labelled files (each by a model of the others of its "
        "collection), the share of real logs that is wrongly held, and when a raid is held."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
        parser.add_argument(
            "--model", type=Path, metavar="FILE", help="judge this model; train none"
        )
        parser.add_argument(
            "--raid",
            type=int,
            nargs="?",
            const=50,
            metavar="N",
            help="rehearse raids of N accounts (50)",
        )

    def handle(self, *args: Any, **options: Any) -> str:
        """One line on what was judged."""
        accounts = options["raid"]
        if not options["files"] and accounts is None:
            raise CommandError("Name files, or --raid.")
        if accounts is not None and not 1 <= accounts <= ACCOUNTS_AT_MOST:
            raise CommandError(f"A raid has from 1 to {ACCOUNTS_AT_MOST} accounts, not {accounts}.")
        try:
            given = load(options["model"]) if options["model"] else None
            corpora = [self._read(path) for path in options["files"]]
            self._labelled(corpora, given)
            model = given or self._whole(corpora)
        except (NotReadable, NotAModel, TooLittle) as problem:
            raise CommandError(str(problem)) from None
        logs = [corpus for corpus in corpora if corpus.log]
        crowds = self._logs(corpora, model)
        if accounts is not None:
            self._raids(model, accounts)
        held, comments = sum(one.held for one in crowds), sum(one.comments for one in crowds)
        texts = sum(len(corpus.samples) for corpus in corpora)
        share = f"; held {held / comments:.2%} of real comments" if comments else ""
        return f"Judged {texts} labelled texts and {len(logs)} logs{share}."

    def _read(self, path: Path) -> Corpus:
        corpus = read(path)
        if corpus.passed_over:
            self.stdout.write(
                f"{path.name}: {corpus.passed_over} rows are neither spam nor ham and left out."
            )
        return corpus

    def _labelled(self, corpora: Sequence[Corpus], given: Model | None) -> None:
        collections: dict[str, list[Corpus]] = defaultdict(list)
        for corpus in corpora:
            if corpus.samples:
                collections[collection_of(corpus.name)].append(corpus)
        for name, files in collections.items():
            found = [self._judged(corpus, files, given) for corpus in files]
            if len(found) > 1:
                self.stdout.write(f"{name}: {mean_line(found)}")

    def _judged(
        self, corpus: Corpus, collection: Sequence[Corpus], given: Model | None
    ) -> Labelled:
        others = [other for other in collection if other is not corpus]
        if given is not None:
            name, found = f"{corpus.name} by {given.version}", judge_labelled(given, corpus.samples)
        elif others:
            name = f"{corpus.name} by a model of {', '.join(other.name for other in others)}"
            model = train(_samples(others), version="evaluation")
            found = judge_labelled(model, corpus.samples)
        else:
            name, found = f"{corpus.name}, a fifth by the rest", split_and_judge(corpus.samples)
        self.stdout.write("\n".join(labelled_lines(name, found)))
        return found

    def _whole(self, corpora: Sequence[Corpus]) -> Model | None:
        """The model of all labelled files, for the logs; without any, that layer is off."""
        samples = _samples(corpora)
        return train(samples, version="evaluation") if samples else None

    def _logs(self, corpora: Sequence[Corpus], model: Model | None) -> list[Crowd]:
        windows = [window for corpus in corpora for window in corpus.windows]
        crowds = []
        for corpus in corpora:
            if not corpus.log:
                continue
            its = [window for window in windows if window.log == corpus.name]
            for everyone_new in (False, True):
                found = judge_log(corpus.log, model=model, everyone_new=everyone_new, windows=its)
                who = "everyone new" if everyone_new else "newcomers new"
                self.stdout.write(crowd_line(f"{corpus.name}, {who}", found))
                if not everyone_new:
                    crowds.append(found)
        return crowds

    def _progress(self, name: str, done: int, of: int) -> None:
        """Says on a terminal how far a log is; in a file it would only be in the way."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{name}: {done} of {of} ", ending="")
            self.stderr.flush()

    def _raids(self, model: Model | None, accounts: int) -> None:
        self.stdout.write(f"Raids of {accounts} accounts, {RAIDS_PER_TEXT} with each text:")
        for text in TEXTS:
            raids = [
                rehearse(text, model=model, accounts=accounts, seed=seed)
                for seed in range(RAIDS_PER_TEXT)
            ]
            self.stdout.write("  " + raid_line(raids))


def collection_of(name: str) -> str:
    """Return what a file is a part of: `spam_a` and `spam_b` are both of `spam`."""
    return name.rpartition("_")[0] or name


def _samples(corpora: Sequence[Corpus]) -> list[Sample]:
    return [sample for corpus in corpora for sample in corpus.samples]
