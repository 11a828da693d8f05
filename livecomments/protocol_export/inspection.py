"""What the protocol module holds, in the order in which it is written there. Sync, pure."""

import types
from collections.abc import Iterator
from enum import Enum, StrEnum
from typing import TypeGuard

import msgspec

from livecomments.protocol import actions, constants, items, messages
from livecomments.protocol.base import Message

_MODULES = (items, actions, messages)


def limits() -> dict[str, int]:
    """The numbers that both ends must know."""
    return {
        name: value
        for name, value in vars(constants).items()
        if name.isupper() and isinstance(value, int) and not isinstance(value, Enum)
    }


def string_enums() -> list[type[StrEnum]]:
    """The closed lists of words."""
    return [
        value
        for value in vars(constants).values()
        if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum
    ]


def structs() -> list[type[Message]]:
    """Every part and message."""
    return [struct for struct in in_order() if not isinstance(struct, str)]


def unions() -> dict[str, tuple[type[Message], ...]]:
    """The named choices of messages, each right after its last member."""
    return {
        name: value.__args__
        for module in _MODULES
        for name, value in vars(module).items()
        if isinstance(value, types.UnionType)
    }


def tag_of(struct: type[msgspec.Struct]) -> str | None:
    """The literal `type` of a message; None for a part of one."""
    tag = struct.__struct_config__.tag
    return tag if isinstance(tag, str) else None


def in_order() -> Iterator[type[Message] | str]:
    """Structs, and the names of unions where they stand among them."""
    told: set[str] = set()
    for module in _MODULES:
        for name, value in vars(module).items():
            if name in told:
                continue  # one module has it from another
            if isinstance(value, types.UnionType):
                told.add(name)
                yield name
            elif _is_message(value):
                told.add(name)
                yield value


def _is_message(value: object) -> TypeGuard[type[Message]]:
    return isinstance(value, type) and issubclass(value, Message) and value is not Message


def first_line(struct: type[msgspec.Struct]) -> str:
    """The first line of a docstring, or nothing."""
    return (struct.__doc__ or "").strip().partition("\n")[0]
