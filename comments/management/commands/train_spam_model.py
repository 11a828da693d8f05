"""`manage.py train_spam_model`: learn from moderators' decisions and from labelled files."""

import argparse
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from comments.spam.corpus import NotReadable, Sample, read
from comments.spam.decisions import decided_samples
from comments.spam.reporting import labelled_lines
from comments.spam.training import TooLittle, split_and_judge, train


class Command(BaseCommand):
    help = "Train the spam model, print how good it is on a split, and write it to a file."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="*", type=Path, metavar="FILE", help="labelled CSV or JSON Lines"
        )
        parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the model")
        parser.add_argument(
            "--no-database", action="store_true", help="do not learn from moderators' decisions"
        )

    def handle(self, *args: Any, **options: Any) -> str:
        """One line on what was written."""
        samples = self._samples(options["files"], from_database=not options["no_database"])
        version = _version(samples)
        try:
            self.stdout.write("Training on four fifths, to see how good it is on the last …")
            self.stdout.write("\n".join(labelled_lines("split", split_and_judge(samples))))
            self.stdout.write("Training on everything …")
            model = train(samples, version=version)
            size = model.save(options["out"])
        except TooLittle as problem:
            raise CommandError(str(problem)) from None
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from None
        spam = sum(sample.spam for sample in samples)
        return (
            f"Wrote model {version} to {options['out']}: {size // 1024} kB, learnt from {spam} "
            f"spam and {len(samples) - spam} other texts."
        )

    def _samples(self, files: list[Path], *, from_database: bool) -> list[Sample]:
        samples: list[Sample] = []
        try:
            if from_database:
                samples += decided_samples()
                self.stdout.write(f"{len(samples)} texts that moderators decided on.")
            for path in files:
                corpus = read(path)
                samples += corpus.samples
                self.stdout.write(f"{len(corpus.samples)} labelled texts in {path.name}.")
        except NotReadable as problem:
            raise CommandError(str(problem)) from None
        except DatabaseError as error:
            said = str(error).partition("\n")[0]
            raise CommandError(f"PostgreSQL cannot be asked: {said}.") from None
        return samples


def _version(samples: list[Sample]) -> str:
    """The day and a digest of what was learnt from."""
    digest = blake2b(digest_size=4)
    for sample in samples:
        digest.update(f"{sample.spam:d}{sample.text}\n".encode("utf-8", "surrogatepass"))
    return f"{datetime.now(UTC):%Y-%m-%d}-{digest.hexdigest()}"
