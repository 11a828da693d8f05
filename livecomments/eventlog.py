"""Append to the event log and read it. Async, free of the ORM.

One Redis Stream per partition holds everything that changes its rooms, in order. Posts enter it in
batches through comments/admission.py; every other event enters it here. An action holds from the
instant it is appended: the script also changes the room state that admission reads.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import msgspec
from redis.asyncio import Redis

from livecomments import events, ids, redisdb
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode
from livecomments.tickets import Room

logger = logging.getLogger(__name__)

FIRST_POSITION = "0-0"


@dataclass(frozen=True, slots=True)
class Operation:
    """A change of room state that is made with the event: see lua/append.lua."""

    operator: str
    key: str
    value: str = "-"


def set_field(name: str, value: str | int | bool) -> Operation:
    """Return the operation that sets a field of the room state."""
    return Operation("set", name, _text(value))


def expect_field(name: str, value: str | int | bool) -> Operation:
    """Return the condition that a field has this value; else the event is refused: `conflict`."""
    return Operation("expect", name, _text(value))


def _text(value: str | int | bool) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


_origin: ContextVar[str] = ContextVar("origin", default="")


@contextmanager
def acting_from(where: str) -> Iterator[None]:
    """Let the events that are appended meanwhile say where they came from, for the audit."""
    token = _origin.set(where)
    try:
        yield
    finally:
        _origin.reset(token)


def acted_from() -> str:
    """Where what is done at this moment comes from; empty where nobody said."""
    return _origin.get()


@dataclass(frozen=True, slots=True)
class BadEntry:
    """An entry that cannot be read; the archive sets it aside."""

    id: int
    raw: dict[bytes, bytes]
    error: str


async def append(
    room: Room,
    body: events.Body,
    *,
    kind: str | None = None,
    operations: Sequence[Operation] = (),
    about: int = 0,
) -> int:
    """Return the id of the appended event. `about`: the comment or action that `report`, `once` and
    `unless` look at (lua/append.lua).

    Raises `busy`, `unknown_stream`, and what its operations may be refused with.
    """
    if where := acted_from():
        body = msgspec.structs.replace(body, via=where)
    arguments: list[bytes | str | int] = [
        room.id,
        kind or events.kind_of(body),
        events.encode(body),
    ]
    for operation in operations:
        arguments += [operation.operator, operation.key, operation.value]
    keys = [
        redisdb.log(room.partition),
        redisdb.clock(room.partition),
        redisdb.ready(room.partition),
        redisdb.state(room),
        redisdb.sanctions(room),
        redisdb.holds(room),
        redisdb.holding(room.partition),
        redisdb.noted(room, about),
    ]
    with redisdb.busy_without_redis():
        answer = await redisdb.script("append")(redisdb.client(), keys, arguments)
    word = answer[0].decode()
    if word != "ok":
        wait = int(answer[1])
        raise DomainError(ErrorCode(word), retry_after_ms=wait if wait >= 0 else None)
    return ids.from_position(answer[1], room.partition)


async def find_entry(room: Room, log_id: int) -> events.Entry | None:
    """Return an event of a room that the log still holds. Raises `busy`."""
    position = ids.position(log_id)
    with redisdb.busy_without_redis():
        raw = await redisdb.stream_range(
            redisdb.client(), redisdb.log(room.partition), lowest=position, highest=position
        )
    for entry_id, fields in raw:
        entry = read_entry(room.partition, entry_id, fields)
        if isinstance(entry, events.Entry) and entry.stream_id == room.id:
            return entry
    return None


async def entries_after(
    redis: "Redis", partition: int, position: str, *, count: int
) -> list[events.Entry | BadEntry]:
    """Return the next entries after a position, in order, at most `count`."""
    raw = await redisdb.stream_range(
        redis, redisdb.log(partition), lowest=f"({position}", count=count
    )
    return [read_entry(partition, entry_id, fields) for entry_id, fields in raw]


async def holds(redis: "Redis", partition: int, position: str) -> bool:
    """True when there is an entry at a position of the log."""
    found = await redisdb.stream_range(
        redis, redisdb.log(partition), lowest=position, highest=position
    )
    return bool(found)


def read_entry(
    partition: int, entry_id: bytes, fields: dict[bytes, bytes]
) -> events.Entry | BadEntry:
    """Return an entry from what Redis holds; one that cannot be read is returned as such."""
    snowflake = ids.from_position(entry_id, partition)
    try:
        kind = fields[b"k"].decode()
        body = events.decode(kind, fields[b"e"])
        left_out = fields.get(b"l") == b"1"
        return events.Entry(snowflake, int(fields[b"s"]), kind, body, left_out)
    except (KeyError, ValueError, msgspec.DecodeError) as error:
        logger.error("entry %s of partition %s cannot be read: %s", entry_id, partition, error)
        return BadEntry(snowflake, fields, repr(error))
