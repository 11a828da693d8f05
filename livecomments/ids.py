"""Snowflake ids over log positions. Sync, pure.

An id holds 41 bits of milliseconds since 2026-01-01, 10 bits of partition and 12 bits of sequence.
The pair `(milliseconds, sequence)` is the id of the entry in the partition's event log, so id
order is log order is display order is archive order (docs/ARCHITECTURE.md, "Ids").
"""

from datetime import UTC, datetime

EPOCH_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z; lua/clock.lua has the same number
PARTITION_BITS = 10
SEQUENCE_BITS = 12
MAX_PARTITIONS = 1 << PARTITION_BITS
MAX_ID = (1 << 63) - 1


def make_id(ms: int, partition: int, seq: int) -> int:
    """Return the Snowflake of log position `(ms since 2026, seq)` in `partition`."""
    return (ms << (PARTITION_BITS + SEQUENCE_BITS)) | (partition << SEQUENCE_BITS) | seq


def partition_of(snowflake: int) -> int:
    """Return the partition an id belongs to."""
    return (snowflake >> SEQUENCE_BITS) & (MAX_PARTITIONS - 1)


def id_ms(snowflake: int) -> int:
    """Return when an id was given, in milliseconds since the Unix epoch."""
    return (snowflake >> (PARTITION_BITS + SEQUENCE_BITS)) + EPOCH_MS


def id_time(snowflake: int) -> datetime:
    """Return when an id was given, as an aware UTC time."""
    return datetime.fromtimestamp(id_ms(snowflake) / 1000, tz=UTC)


def position(snowflake: int) -> str:
    """Return the log entry id, `ms-seq`, of an id."""
    ms = snowflake >> (PARTITION_BITS + SEQUENCE_BITS)
    return f"{ms}-{snowflake & ((1 << SEQUENCE_BITS) - 1)}"


def from_position(entry_id: str | bytes, partition: int) -> int:
    """Return the id of a log entry id, `ms-seq`."""
    text = entry_id.decode() if isinstance(entry_id, bytes) else entry_id
    ms, _, seq = text.partition("-")
    return make_id(int(ms), partition, int(seq or 0))


def parse_id(text: str) -> int | None:
    """Return the id that a client wrote as a decimal string, or None if it cannot be one."""
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    value = int(text)
    return value if value <= MAX_ID else None


def first_id_at(unix_ms: int, partition: int = 0) -> int:
    """Return the lowest id that can be given at a time, for bounds in queries."""
    return make_id(max(0, unix_ms - EPOCH_MS), partition, 0)
