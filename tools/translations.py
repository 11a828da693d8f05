"""The catalogues of Django's pages (locale/), with Babel instead of GNU gettext. Sync.

`update` writes every msgid of the code into each .po and compiles them; `check` says what is
missing.
The words of the scripts are in frontend/src/strings/.
"""

import os
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CODE = ("livecomments", "streams", "comments", "reactions", "templates")
DOMAIN = "django"
# What stands before a msgid, by function; numbers say which arguments are words.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def catalogues() -> list[Path]:
    """Every .po of the project."""
    return sorted((ROOT / "locale").glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def words_in_code() -> Catalog:
    """A catalogue of every word that templates and Python mark for translation."""
    found = Catalog()
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".html", ".txt"):
                _collect(path, found)
    return found


def _collect(path: Path, found: Catalog) -> None:
    source, language = path.read_text(encoding="utf-8"), "python"
    if path.suffix != ".py":
        # What Django gives to xgettext: calls of gettext, everything else blanked. Python minds
        # the blanks that are left, JavaScript does not.
        from django.utils.translation.template import templatize  # noqa: PLC0415 -- after settings

        source = templatize(source, origin=str(path))
        language = "javascript"
    place = path.relative_to(ROOT).as_posix()
    for _, message, _, context in extract(language, BytesIO(source.encode()), KEYWORDS):
        found.add(message, locations=[(place, 0)], context=context)


def read(path: Path) -> Catalog:
    """The catalogue in a .po file."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], domain=DOMAIN)


def compiled(catalogue: Catalog) -> bytes:
    """The .mo of a catalogue."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def problems(path: Path, wanted: Catalog) -> Iterator[str]:
    """What is wrong with a .po: words without a translation, of no use, or not compiled."""
    catalogue = read(path)
    have = {(message.id, message.context): message for message in catalogue if message.id}
    need = {(message.id, message.context) for message in wanted if message.id}
    for key in sorted(need, key=str):
        if key not in have:
            yield f"not there: {key[0]!r}"
        elif not _is_translated(have[key].string):
            yield f"not translated: {key[0]!r}"
        elif have[key].fuzzy:
            yield f"to be looked at: {key[0]!r}"
    yield from (f"not in the code: {key[0]!r}" for key in sorted(have.keys() - need, key=str))
    for message in catalogue:
        yield from (f"{error}: {message.id!r}" for error in message.check(catalogue))
    binary = path.with_suffix(".mo")
    if not binary.exists() or binary.read_bytes() != compiled(catalogue):
        yield "not compiled: run `make words`"


def _is_translated(string: str | list[str] | tuple[str, ...] | None) -> bool:
    return all(string) if isinstance(string, list | tuple) else bool(string)


def update(path: Path, wanted: Catalog) -> None:
    """Brings a .po up to the code and compiles it; what is new waits for its translation."""
    catalogue = read(path)
    catalogue.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, omit_header=False, include_lineno=False)
    path.with_suffix(".mo").write_bytes(compiled(read(path)))


def main(command: str) -> int:
    """`update` or `check`; returns 1 where something is wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecomments.settings")
    wanted = words_in_code()
    wrong = 0
    for path in catalogues():
        if command == "update":
            update(path, wanted)
        for problem in problems(path, wanted):
            print(f"{path.relative_to(ROOT)}: {problem}")
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
