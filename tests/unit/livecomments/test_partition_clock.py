"""The time of a partition's log, read from Redis and carried on by a clock that nobody sets."""

import pytest

from livecomments import redisdb
from livecomments.batcher import clock as clocks
from livecomments.batcher.clock import PartitionClock


@pytest.fixture
def partition_clock(redis):
    return PartitionClock(redis, 0)


async def redis_ms(redis):
    seconds, micros = await redis.time()
    return seconds * 1000 + micros / 1000


async def test_it_is_not_known_before_it_was_read(partition_clock):
    assert partition_clock.now_ms is None


async def test_it_is_the_time_of_redis(redis, partition_clock):
    await partition_clock.read()

    assert partition_clock.now_ms == pytest.approx(await redis_ms(redis), abs=500)


async def test_a_step_back_that_the_log_has_made_up_for_is_made_up_for_here(redis, partition_clock):
    await redis.hset(redisdb.clock(0), "offset", 3_600_000)

    await partition_clock.read()

    assert partition_clock.now_ms == pytest.approx(await redis_ms(redis) + 3_600_000, abs=500)


async def test_it_is_read_again_after_a_while_only(redis, partition_clock, monkeypatch):
    await partition_clock.read()
    await redis.hset(redisdb.clock(0), "offset", 3_600_000)
    await partition_clock.read()
    assert partition_clock.now_ms == pytest.approx(await redis_ms(redis), abs=500)

    monkeypatch.setattr(clocks, "READ_EVERY_SECONDS", 0.0)
    await partition_clock.read()
    assert partition_clock.now_ms == pytest.approx(await redis_ms(redis) + 3_600_000, abs=500)
