"""Finding a stream by its slug: memory, then Redis, then Postgres."""

import pytest
from django.db import OperationalError

from livecomments import redisdb
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode
from livecomments.tickets import Room
from streams import directory, queries
from streams.payloads import room_of
from tests.factories import StreamFactory


@pytest.fixture(autouse=True)
def nothing_remembered():
    directory._remembered.clear()
    yield
    directory._remembered.clear()


@pytest.fixture
def stream(transactional_db, database_threads):
    return StreamFactory()


@pytest.fixture
def asked(monkeypatch):
    """The slugs that Postgres was asked for."""
    slugs = []
    ask = queries.room_by_slug

    def noted(slug):
        slugs.append(slug)
        return ask(slug)

    monkeypatch.setattr(queries, "room_by_slug", noted)
    return slugs


@pytest.fixture
def postgres_away(monkeypatch):
    def fail(*args):
        raise OperationalError("the connection is gone")

    monkeypatch.setattr(queries, "room_by_slug", fail)


def forget_memory():
    directory._remembered.clear()


async def test_a_stream_is_asked_for_once(redis, stream, asked):
    found = [await directory.find_room(stream.slug) for _ in range(3)]

    assert found == [room_of(stream)] * 3
    assert asked == [stream.slug]


async def test_another_process_finds_it_in_redis(redis, stream, asked):
    await directory.find_room(stream.slug)
    forget_memory()

    assert await directory.find_room(stream.slug) == room_of(stream)
    assert asked == [stream.slug]
    assert 0 < await redis.ttl(redisdb.stream_card(stream.slug)) <= directory.REDIS_SECONDS


async def test_a_name_that_nobody_has_costs_one_query_for_a_moment(
    redis, transactional_db, database_threads, asked, monkeypatch
):
    assert [await directory.find_room("nobody") for _ in range(3)] == [None] * 3
    assert asked == ["nobody"]

    monkeypatch.setattr(directory, "UNKNOWN_SECONDS", -1.0)
    forget_memory()
    await directory.find_room("nobody")
    await directory.find_room("nobody")
    assert asked == ["nobody"] * 3, "and then it is looked for again: somebody may have made it"


async def test_what_is_remembered_is_not_remembered_for_ever(redis, stream, asked, monkeypatch):
    monkeypatch.setattr(directory, "MEMORY_SECONDS", -1.0)
    await directory.find_room(stream.slug)
    await directory.find_room(stream.slug)
    assert asked == [stream.slug], "Redis knew it the second time"

    await redis.flushdb()
    await directory.find_room(stream.slug)
    assert asked == [stream.slug] * 2


async def test_forget_drops_it_everywhere(redis, stream, asked):
    await directory.find_room(stream.slug)

    await directory.forget(stream.slug)

    assert not await redis.exists(redisdb.stream_card(stream.slug))
    await directory.find_room(stream.slug)
    assert asked == [stream.slug] * 2


async def test_it_is_found_without_redis(stream, asked, away):
    assert await directory.find_room(stream.slug) == room_of(stream)
    await redisdb.close()


async def test_what_is_known_is_found_without_postgres(redis, postgres_away):
    known = Room(5, 1, "known")
    await directory._to_redis(known)

    assert await directory.find_room("known") == known
    await redis.flushdb()
    assert await directory.find_room("known") == known


async def test_what_only_postgres_could_say_is_unavailable(redis, postgres_away):
    with pytest.raises(DomainError) as refused:
        await directory.find_room("unknown")

    assert refused.value.code is ErrorCode.UNAVAILABLE
    assert "unknown" not in directory._remembered, "its being away says nothing about the stream"


async def test_memory_is_bounded(redis, monkeypatch):
    monkeypatch.setattr(directory, "MAX_REMEMBERED", 10)
    for number in range(25):
        room = Room(number, 0, f"room-{number}")
        await directory._to_redis(room)
        assert await directory.find_room(room.slug) == room

    assert len(directory._remembered) <= 10
