"""Ids are log positions: their order, their parts, and what clients may write for one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecomments import ids

MS = st.integers(0, (1 << 41) - 1)
PARTITIONS = st.integers(0, ids.MAX_PARTITIONS - 1)
SEQUENCES = st.integers(0, (1 << ids.SEQUENCE_BITS) - 1)


@given(MS, PARTITIONS, SEQUENCES)
def test_id_keeps_its_position_partition_and_time(ms, partition, seq):
    snowflake = ids.make_id(ms, partition, seq)

    assert ids.position(snowflake) == f"{ms}-{seq}"
    assert ids.from_position(f"{ms}-{seq}", partition) == snowflake
    assert ids.from_position(f"{ms}-{seq}".encode(), partition) == snowflake
    assert ids.partition_of(snowflake) == partition
    assert ids.id_ms(snowflake) == ms + ids.EPOCH_MS
    assert 0 <= snowflake <= ids.MAX_ID


@given(PARTITIONS, st.tuples(MS, SEQUENCES), st.tuples(MS, SEQUENCES))
def test_id_order_is_log_order(partition, one, other):
    first, second = (ids.make_id(ms, partition, seq) for ms, seq in (one, other))

    assert (first < second) == (one < other)
    assert (first == second) == (one == other)


def test_id_time_is_utc():
    snowflake = ids.make_id(1_500, 3, 4)

    assert ids.id_time(snowflake) == datetime(2026, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)


@given(MS, PARTITIONS, SEQUENCES)
def test_first_id_at_bounds_the_ids_of_its_millisecond(ms, partition, seq):
    snowflake = ids.make_id(ms, partition, seq)

    assert ids.first_id_at(ids.id_ms(snowflake)) <= snowflake
    assert snowflake < ids.first_id_at(ids.id_ms(snowflake) + 1)


def test_first_id_before_the_epoch_is_the_lowest():
    assert ids.first_id_at(0) == 0


@given(st.integers(0, ids.MAX_ID))
def test_parse_id_reads_what_the_wire_carries(snowflake):
    assert ids.parse_id(str(snowflake)) == snowflake


NO_NUMBERS = ["", " ", "-1", "+1", " 1", "1 ", "1\n", "1.0", "1e3", "0x1f", "1_000", "1-0", "one"]
OTHER_DIGITS = ["²", "١٢", "１２"]
TOO_LARGE = [str(ids.MAX_ID + 1), "1" * 20, "9" * 5_000]


@pytest.mark.parametrize("text", [*NO_NUMBERS, *OTHER_DIGITS, *TOO_LARGE])
def test_parse_id_refuses_odd_input(text):
    assert ids.parse_id(text) is None


@given(st.text())
def test_parse_id_never_raises(text):
    found = ids.parse_id(text)

    assert found is None or 0 <= found <= ids.MAX_ID
