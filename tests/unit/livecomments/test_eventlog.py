"""Appending: the event and the state that admission reads change together, or not at all."""

import pytest

from livecomments import eventlog, events, ids, redisdb
from livecomments.errors import DomainError
from livecomments.eventlog import BadEntry, Operation, set_field
from livecomments.protocol import ErrorCode, SanctionKind
from tests.rooms import OTHER_ROOM, ROOM, log_entries, open_room

HIDDEN = events.CommentHidden(comment="10", by=1)
BAN = events.UserSanctioned(user=7, kind=SanctionKind.BAN, by=1)


async def refusal_of(room, body, *operations):
    with pytest.raises(DomainError) as refused:
        await eventlog.append(room, body, operations=operations)
    return refused.value.code, refused.value.retry_after_ms


async def test_append_returns_where_the_event_stands(redis):
    await open_room()

    first = await eventlog.append(ROOM, HIDDEN)
    second = await eventlog.append(ROOM, events.CommentUnpinned(by=1))

    assert first < second
    assert await log_entries() == [
        events.Entry(first, ROOM.id, "comment.hidden", HIDDEN),
        events.Entry(second, ROOM.id, "comment.unpinned", events.CommentUnpinned(by=1)),
    ]


async def test_append_takes_the_kind_of_what_is_said_from_its_caller(redis):
    await open_room()
    said = events.CommentSaid(author=7, name="Ana", text="hi")

    await eventlog.append(ROOM, said, kind=events.COMMENT_POSTED)

    assert [(entry.kind, entry.body) for entry in await log_entries()] == [("comment.posted", said)]


async def test_append_sets_fields_with_the_event(redis):
    await open_room()

    await eventlog.append(
        ROOM,
        events.ModesChanged(by=1, closed=True, slow_seconds=30),
        operations=[set_field("closed", True), set_field("slow_seconds", 30)],
    )

    assert await redis.hmget(redisdb.state(ROOM), "closed", "slow_seconds") == [b"1", b"30"]


async def test_a_time_out_runs_from_the_events_own_time(redis, clock):
    await open_room()
    await clock.at(5_000)
    body = events.UserSanctioned(user=7, kind=SanctionKind.TIMEOUT, by=1, seconds=60)

    log_id = await eventlog.append(ROOM, body, operations=[Operation("sanction", "7", "60000")])

    assert ids.id_ms(log_id) == clock.start + 5_000
    assert await redis.hget(redisdb.sanctions(ROOM), "7") == str(clock.start + 65_000).encode()


async def test_a_ban_has_no_end_and_is_lifted_once(redis):
    await open_room()
    await eventlog.append(ROOM, BAN, operations=[Operation("sanction", "7", "ban")])
    assert await redis.hgetall(redisdb.sanctions(ROOM)) == {b"7": b"ban"}
    lift = (events.SanctionLifted(user=7, by=1), Operation("lift", "7"))

    await eventlog.append(ROOM, lift[0], operations=[lift[1]])

    assert await redis.hgetall(redisdb.sanctions(ROOM)) == {}
    assert await refusal_of(ROOM, *lift) == (ErrorCode.NOT_FOUND, None)
    assert [entry.kind for entry in await log_entries()] == ["user.sanctioned", "sanction.lifted"]


async def test_a_held_comment_is_taken_once(redis):
    await open_room()
    await redis.hset(redisdb.holds(ROOM), "9-0", b"{}")
    await redis.zadd(redisdb.holding(0), {f"{ROOM.id}|9-0": 1, f"{OTHER_ROOM.id}|9-0": 1})
    closed = events.HoldClosed(hold="9", author=7, outcome="refused")

    await eventlog.append(ROOM, closed, operations=[Operation("take", "9-0")])

    assert await redis.hgetall(redisdb.holds(ROOM)) == {}
    assert await redis.zrange(redisdb.holding(0), 0, -1) == [f"{OTHER_ROOM.id}|9-0".encode()]
    again = await refusal_of(ROOM, closed, Operation("take", "9-0"))
    assert again == (ErrorCode.NOT_FOUND, None)
    assert len(await log_entries()) == 1


async def test_a_refused_event_changes_nothing_at_all(redis):
    await open_room()
    before = await redis.hgetall(redisdb.state(ROOM))

    refused = await refusal_of(ROOM, HIDDEN, set_field("closed", True), Operation("lift", "7"))

    assert refused == (ErrorCode.NOT_FOUND, None)
    assert await redis.hgetall(redisdb.state(ROOM)) == before
    assert await log_entries() == []


async def test_append_before_the_restore_is_busy(redis):
    await open_room()
    await redis.delete(redisdb.ready(0))

    assert await refusal_of(ROOM, HIDDEN) == (ErrorCode.BUSY, 1_000)
    assert await log_entries() == []


async def test_append_to_a_room_that_is_not_there_is_refused(redis):
    await open_room(OTHER_ROOM)

    assert await refusal_of(ROOM, HIDDEN) == (ErrorCode.UNKNOWN_STREAM, None)
    assert not await redis.exists(redisdb.state(ROOM))


async def test_append_without_redis_is_busy(away):
    assert await refusal_of(ROOM, HIDDEN) == (ErrorCode.BUSY, 1_000)
    await redisdb.close()


async def test_entries_after_go_on_where_the_reader_stood(redis):
    await open_room()
    written = [await eventlog.append(ROOM, HIDDEN) for _ in range(5)]

    first = await eventlog.entries_after(redis, 0, "0-0", count=2)
    rest = await eventlog.entries_after(redis, 0, ids.position(first[-1].id), count=10)

    assert [entry.id for entry in first + rest] == written
    assert len(first) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"s": "1", "k": "comment.sung", "e": "{}"},
        {"s": "1", "k": "comment.hidden", "e": "{"},
        {"s": "one", "k": "comment.unpinned", "e": '{"by":1}'},
        {"k": "comment.unpinned", "e": '{"by":1}'},
        {"other": "thing"},
        {"s": "1", "k": b"\xff", "e": "{}"},
    ],
)
async def test_what_cannot_be_read_is_kept_whole(redis, fields):
    await open_room()
    await redis.xadd(redisdb.log(0), fields, id="5-1")
    after = await eventlog.append(ROOM, HIDDEN)

    bad, good = await log_entries()

    assert isinstance(bad, BadEntry)
    assert bad.id == ids.make_id(5, 0, 1)
    assert bad.raw == {
        key.encode(): value if isinstance(value, bytes) else value.encode()
        for key, value in fields.items()
    }
    assert good.id == after
