"""The owner says that it is behind when it stays so, and takes it back by falling silent."""

import time

import pytest

from livecomments import redisdb
from livecomments.batcher import backlog as backlogs
from livecomments.batcher.backlog import Backlog


@pytest.fixture
async def backlog(redis, monkeypatch):
    monkeypatch.setattr(backlogs, "TELL_EVERY_SECONDS", 0.0)
    monkeypatch.setattr(backlogs, "GOOD_FOR_MS", 60_000)  # the machine may be busy
    backlog = Backlog(redis, 0)
    await backlog.tell()  # as the fan-out does, always
    return backlog


def ago(ms):
    return round(time.time() * 1000) - ms


async def redis_ms(redis):
    seconds, micros = await redis.time()
    return seconds * 1000 + micros // 1000


async def told(redis):
    raw = await redis.get(redisdb.behind(0))
    return None if raw is None else int(raw)


async def test_a_fan_out_that_stays_behind_says_how_far(backlog, redis):
    for _ in range(2):
        backlog.note(ago(400))
        backlog.note(ago(700))
        await backlog.tell()

    assert 690 <= await told(redis) < 10_000
    assert 0 < await redis.pttl(redisdb.behind(0)) <= backlogs.GOOD_FOR_MS


async def test_whose_clock_is_an_hour_wrong_is_not_told_to_be_behind(redis, backlog, monkeypatch):
    """What counts is the clock of Redis, by which events are dated."""
    monkeypatch.setattr(backlogs.time, "time", lambda: 0.0)
    for _ in range(3):
        backlog.note(await redis_ms(redis) - 10)
        await backlog.tell()
    assert await told(redis) is None

    for _ in range(2):
        backlog.note(await redis_ms(redis) - 400)
        await backlog.tell()
    assert 390 <= await told(redis) < 10_000


async def test_who_has_caught_up_takes_it_back(backlog, redis):
    for _ in range(2):
        backlog.note(ago(600))
        await backlog.tell()
    assert await told(redis) is not None

    backlog.note(ago(10))
    await backlog.tell()

    assert await told(redis) is None


async def test_once_is_not_told(backlog, redis):
    backlog.note(ago(3_000))
    await backlog.tell()
    backlog.note(ago(10))
    await backlog.tell()

    assert await told(redis) is None


async def test_a_fan_out_that_keeps_up_says_nothing(backlog, redis):
    for _ in range(5):
        backlog.note(ago(150))
        await backlog.tell()

    assert await told(redis) is None


async def test_it_is_told_no_more_often_than_needed(redis):
    backlog = Backlog(redis, 0)
    for _ in range(50):
        backlog.note(ago(700))
        await backlog.tell()

    assert await told(redis) is None, "all within one span: that is once"
