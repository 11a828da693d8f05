"""The tables of docs/PROTOCOL.md, between their marker comments. Sync, pure.

Everything outside of the markers is written by people and left as it is.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from livecomments.errors import SENTENCES
from livecomments.protocol import CloseCode, ErrorCode

from . import inspection

EMPTY_DOCUMENT = """# Protocol

## Messages

<!-- generated: messages -->
<!-- end -->

## Errors

<!-- generated: errors -->
<!-- end -->

## Close codes

<!-- generated: close codes -->
<!-- end -->

## Limits

<!-- generated: limits -->
<!-- end -->
"""
MARKED = re.compile(
    r"(?P<start><!-- generated: (?P<name>[a-z ]+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL
)


def fill(document: str) -> str:
    """The document with every marked table brought up to date. Raises KeyError for a new name."""

    def table(match: re.Match[str]) -> str:
        return f"{match['start']}\n{TABLES[match['name']]()}\n\n{match['end']}"

    return MARKED.sub(table, document or EMPTY_DOCUMENT)


def messages_table() -> str:
    """One table for each named choice of messages, and one for the parts they are made of."""
    unions = inspection.unions()
    tagged = {struct for members in unions.values() for struct in members}
    parts = [struct for struct in inspection.structs() if struct not in tagged]
    sections = [f"**{name}**\n\n{_structs(members)}" for name, members in unions.items()]
    return "\n\n".join([f"**Parts**\n\n{_structs(parts)}", *sections])


def errors_table() -> str:
    """Every error code with its sentence."""
    return _table(("code", "meaning"), [(f"`{code}`", SENTENCES[code]) for code in ErrorCode])


def close_codes_table() -> str:
    """Every close code and whether a client comes back by itself."""
    rows = [
        (str(code.value), f"`{code.name}`", "yes" if code.retry else "no") for code in CloseCode
    ]
    return _table(("code", "name", "reconnect"), rows)


def limits_table() -> str:
    """The numbers that both ends know."""
    return _table(
        ("name", "value"), [(f"`{name}`", f"{n:,}") for name, n in inspection.limits().items()]
    )


TABLES: dict[str, Callable[[], str]] = {
    "messages": messages_table,
    "errors": errors_table,
    "close codes": close_codes_table,
    "limits": limits_table,
}


def _structs(structs: Iterable[type[msgspec.Struct]]) -> str:
    rows = [
        (
            f"`{inspection.tag_of(struct) or struct.__name__}`",
            ", ".join(_fields(struct)) or "–",
            inspection.first_line(struct),
        )
        for struct in structs
    ]
    return _table(("type", "fields", "meaning"), rows)


def _fields(struct: type[msgspec.Struct]) -> Iterator[str]:
    always = not struct.__struct_config__.omit_defaults
    for field in msgspec.structs.fields(struct):
        mark = "" if field.required or always else "?"
        yield f"`{field.encode_name}{mark}`"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
