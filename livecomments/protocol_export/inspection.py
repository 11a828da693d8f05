"""What the protocol module holds, in the order in which it is written there. Sync, pure."""

import types
from collections.abc import Iterator
from enum import Enum, StrEnum

import msgspec

from livecomments.protocol import constants, messages
from livecomments.protocol.messages import Message


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
    return [
        value
        for value in vars(messages).values()
        if isinstance(value, type) and issubclass(value, Message) and value is not Message
    ]


def unions() -> dict[str, tuple[type[Message], ...]]:
    """The named choices of messages, each right after its last member."""
    return {
        name: value.__args__
        for name, value in vars(messages).items()
        if isinstance(value, types.UnionType)
    }


def tag_of(struct: type[msgspec.Struct]) -> str | None:
    """The literal `type` of a message; None for a part of one."""
    tag = struct.__struct_config__.tag
    return tag if isinstance(tag, str) else None


def in_order() -> Iterator[type[Message] | str]:
    """Structs, and the names of unions where they stand among them."""
    for name, value in vars(messages).items():
        if isinstance(value, types.UnionType):
            yield name
        elif isinstance(value, type) and issubclass(value, Message) and value is not Message:
            yield value


def first_line(struct: type[msgspec.Struct]) -> str:
    """The first line of a docstring, or nothing."""
    return (struct.__doc__ or "").strip().partition("\n")[0]
