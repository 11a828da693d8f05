"""Distinct viewers over all web processes, and what becomes of a process that falls silent."""

import asyncio

import pytest

from livecomments import redisdb
from livecomments.tickets import now_ms
from streams import presence
from streams.presence import Reporter, watching
from tests.rooms import OTHER_ROOM, ROOM


@pytest.fixture
def web(redis):
    return Reporter(ROOM, "web-1")


@pytest.fixture
def other_web(redis):
    return Reporter(ROOM, "web-2")


async def viewers(room=ROOM):
    return (await watching(redisdb.client(), room)).viewers


async def members(process):
    found = await redisdb.client().smembers(redisdb.process_viewers(ROOM, process))
    return {member.decode() for member in found}


async def test_a_person_is_counted_once_over_all_processes(web, other_web):
    await web.report({"u7", "u8", "s1"})
    await other_web.report({"u7", "s2"})

    assert await viewers() == 4


async def test_who_comes_and_goes_is_counted(web):
    await web.report({"u7", "u8"})
    await web.report({"u8", "u9", "s1"})

    assert await members("web-1") == {"u8", "u9", "s1"}
    assert await viewers() == 3


async def test_only_changes_are_sent_between_reports(web, monkeypatch):
    sent = []
    send = Reporter._send

    async def noted(self, came, went, *, full):
        sent.append((sorted(came), sorted(went), full))
        return await send(self, came, went, full=full)

    monkeypatch.setattr(Reporter, "_send", noted)
    await web.report({"u7", "u8"})
    await web.report({"u7", "u9"})
    await web.report({"u7", "u9"})

    assert sent == [(["u7", "u8"], [], True), (["u9"], ["u8"], False), ([], [], False)]


async def test_everything_is_sent_again_after_redis_forgot(web, redis):
    await web.report({"u7", "u8"})
    await redis.flushdb()

    await web.report({"u8", "u9"})

    assert await members("web-1") == {"u8", "u9"}
    assert await viewers() == 2


async def test_a_process_that_falls_silent_takes_its_viewers_with_it(web, other_web, redis):
    await web.report({"u7"})
    await other_web.report({"u8"})
    assert (
        0
        < await redis.pttl(redisdb.process_viewers(ROOM, "web-1"))
        <= (presence.REPORT_GOOD_FOR_MS)
    )
    await redis.hset(redisdb.viewer_processes(ROOM), "web-1", 1)  # as if that long had passed

    assert await viewers() == 1
    assert await redis.hkeys(redisdb.viewer_processes(ROOM)) == [b"web-2"]


async def test_a_room_that_everybody_left_is_watched_no_more(web, redis):
    await web.report({"u7"})
    assert await redis.smembers(redisdb.watched(0)) == {b"1"}

    await web.report(set())

    assert await viewers() == 0
    assert await redis.smembers(redisdb.watched(0)) == set()
    await web.report({"u7"})
    assert await viewers() == 1


async def test_rooms_are_counted_apart(web, redis):
    elsewhere = Reporter(OTHER_ROOM, "web-1")
    await web.report({"u7", "u8"})
    await elsewhere.report({"u7"})

    assert (await viewers(), await viewers(OTHER_ROOM)) == (2, 1)
    assert await redis.smembers(redisdb.watched(0)) == {b"1", b"2"}


@pytest.mark.parametrize("forgets", [False, True])
async def test_a_large_crowd_is_reported_in_bearable_parts(web, redis, monkeypatch, forgets):
    monkeypatch.setattr(presence, "CHUNK", 10)
    first = {f"u{number}" for number in range(35)}
    await web.report(first)
    assert await members("web-1") == first
    if forgets:
        await redis.flushdb()
    second = {f"u{number}" for number in range(20, 75)}

    await web.report(second)

    assert await members("web-1") == second


async def test_a_report_that_failed_is_made_up_for(web, redis, monkeypatch):
    await web.report({"u7"})
    send = Reporter._send

    async def fail(self, came, went, *, full):
        raise redisdb.RedisError("away")

    monkeypatch.setattr(Reporter, "_send", fail)
    with pytest.raises(redisdb.RedisError):
        await web.report({"u8"})
    monkeypatch.setattr(Reporter, "_send", send)

    await web.report({"u8", "u9"})

    assert await members("web-1") == {"u8", "u9"}


# --- how long frames need ------------------------------------------------------------------------


async def lag_ms():
    return (await watching(redisdb.client(), ROOM)).lag_ms


async def test_the_lag_is_the_slowest_process_s(web, other_web):
    await web.report({"u7"}, lag_ms=120)
    await other_web.report({"u8"}, lag_ms=45)
    assert await lag_ms() == 120

    await web.report({"u7"}, lag_ms=10)
    assert await lag_ms() == 45


async def test_a_report_without_changes_brings_the_lag_up_to_date(web):
    await web.report({"u7"}, lag_ms=300)
    await web.report({"u7"})

    assert await lag_ms() == 0


async def test_the_lag_of_a_process_that_fell_silent_expires(web, other_web, redis):
    await web.report({"u7"}, lag_ms=900)
    await other_web.report({"u8"}, lag_ms=20)
    await redis.hset(redisdb.viewer_processes(ROOM), "web-1", "1:900")  # good until long ago

    assert await lag_ms() == 20


async def test_a_lag_is_good_for_as_long_as_its_report(web, redis, monkeypatch):
    monkeypatch.setattr(presence, "REPORT_GOOD_FOR_MS", 50)
    await web.report({"u7"}, lag_ms=900)
    assert await lag_ms() == 900

    await asyncio.sleep(0.06)

    assert await watching(redis, ROOM) == presence.Watching(viewers=0, lag_ms=0)


async def test_a_process_whose_viewers_have_gone_has_no_lag(web, other_web):
    await web.report({"u7"}, lag_ms=900)
    await other_web.report({"u8"}, lag_ms=20)

    await web.report(set(), lag_ms=900)

    assert await lag_ms() == 20


async def test_a_report_of_an_earlier_release_counts_and_has_no_lag(web, other_web, redis):
    await web.report({"u7"}, lag_ms=900)
    await other_web.report({"u8"}, lag_ms=20)
    key = redisdb.viewer_processes(ROOM)
    good_until = (await redis.hget(key, "web-1")).decode().partition(":")[0]
    await redis.hset(key, "web-1", good_until)

    assert await watching(redis, ROOM) == presence.Watching(viewers=2, lag_ms=20)
    await redis.hdel(key, "web-2")
    assert await watching(redis, ROOM) == presence.Watching(viewers=1, lag_ms=0)


async def test_a_clock_that_was_set_back_leaves_no_ghosts(redis, web):
    """A report that is good for an hour yet was made before the step."""
    await web.report({"u7"})
    (process,) = await redis.hkeys(redisdb.viewer_processes(ROOM))
    await redis.hset(redisdb.viewer_processes(ROOM), process, f"{now_ms() + 3_600_000}:0")

    assert await viewers() == 0

    await web.report({"u7"})
    assert await viewers() == 1
