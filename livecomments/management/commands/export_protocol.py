"""Writes what is generated from `livecomments.protocol`: TypeScript and the tables of the docs.

Sync. The work is in `livecomments.protocol_export`; this command reads and writes the files.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from livecomments.protocol_export import tables, typescript

TYPESCRIPT = Path("frontend/client/src/protocol.gen.ts")
DOCUMENT = Path("docs/PROTOCOL.md")


class Command(BaseCommand):
    help = "Write frontend/client/src/protocol.gen.ts and the tables of docs/PROTOCOL.md."
    requires_system_checks = []  # it runs while files that checks look for are being built

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds `--check`."""
        parser.add_argument(
            "--check", action="store_true", help="write nothing; exit 1 if anything would change"
        )

    def handle(self, *args: Any, **options: Any) -> str:
        """One line on what was written."""
        wanted = {path: text for path, text in generated() if read(path) != text}
        if options["check"]:
            if wanted:
                names = " and ".join(str(path) for path in wanted)
                raise CommandError(
                    f"{names} lag behind livecomments/protocol: run `make protocol`."
                    if len(wanted) > 1
                    else f"{names} lags behind livecomments/protocol: run `make protocol`."
                )
            return "The generated protocol files are up to date."
        for path, text in wanted.items():
            target = settings.BASE_DIR / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        return f"Wrote {len(wanted)} files." if wanted else "Nothing to write."


def generated() -> list[tuple[Path, str]]:
    """Every generated file with the text it should have."""
    return [(TYPESCRIPT, typescript.source()), (DOCUMENT, tables.fill(read(DOCUMENT)))]


def read(path: Path) -> str:
    """The text of a file of the project; empty where there is none."""
    target: Path = settings.BASE_DIR / path
    return target.read_text() if target.exists() else ""
