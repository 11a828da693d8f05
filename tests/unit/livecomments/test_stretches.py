"""What the archive has is read once for all who missed the same, and little is held at a time."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from livecomments.errors import DomainError
from livecomments.gateway import stretches as module
from livecomments.gateway.backfill import Stretch
from livecomments.gateway.stretches import AT_ONCE, Stretches
from livecomments.protocol import ErrorCode
from tests.rooms import ROOM


class Archive:
    """Stands where the archive is read, and waits for the test."""

    def __init__(self):
        self.read = []
        self.go_on = asyncio.Event()
        self.answer = Stretch([], 0, 0, {})

    async def __call__(self, function, room, *, after, upto, acted, limit):
        self.read.append((after, upto, acted))
        await self.go_on.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
async def archive(monkeypatch):
    archive = Archive()
    monkeypatch.setattr(module.dbthreads, "run", archive)
    return archive


async def hold(stretches, until, *, after=1, upto=9, acted=12):
    return await stretches.hold(ROOM, after=after, upto=upto, acted=acted, until=until)


async def test_all_who_missed_the_same_share_one_reading(archive):
    stretches = Stretches()
    async with AsyncExitStack() as until:
        asking = [asyncio.create_task(hold(stretches, until)) for _ in range(50)]
        await asyncio.sleep(0)
        archive.go_on.set()
        found = await asyncio.gather(*asking)

    assert archive.read == [(1, 9, 12)]
    assert all(one is archive.answer for one in found)


async def test_those_who_missed_other_actions_do_not_share_it(archive):
    archive.go_on.set()
    stretches = Stretches()
    async with AsyncExitStack() as until:
        await hold(stretches, until, acted=12)
        await hold(stretches, until, acted=13)

    assert archive.read == [(1, 9, 12), (1, 9, 13)]


async def test_it_is_kept_for_a_while_for_those_who_come_later(archive, monkeypatch):
    stretches = Stretches()
    archive.go_on.set()
    for _ in range(2):
        async with AsyncExitStack() as until:
            await hold(stretches, until)
    assert len(archive.read) == 1

    monkeypatch.setattr(module, "GOOD_FOR_SECONDS", -1.0)
    async with AsyncExitStack() as until:
        await hold(stretches, until)
    assert len(archive.read) == 2


async def test_no_more_are_held_than_there_is_room_for(archive, monkeypatch):
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.1)
    archive.go_on.set()
    stretches = Stretches()
    async with AsyncExitStack() as until:
        for after in range(AT_ONCE):
            assert await hold(stretches, until, after=after) is not None

        assert await hold(stretches, until, after=99) is None
        assert await hold(stretches, until, after=0) is not None, "this one is there already"
    async with AsyncExitStack() as until:
        assert await hold(stretches, until, after=99) is not None


async def test_whoever_waits_goes_on_when_another_has_done(archive):
    archive.go_on.set()
    stretches = Stretches()
    async with AsyncExitStack() as others:
        first = AsyncExitStack()
        await hold(stretches, first, after=0)
        for after in range(1, AT_ONCE):
            await hold(stretches, others, after=after)
        async with AsyncExitStack() as until:
            waiting = asyncio.create_task(hold(stretches, until, after=99))
            await asyncio.sleep(0.02)
            assert not waiting.done()

            await first.aclose()

            assert await asyncio.wait_for(waiting, 2) is not None


async def test_an_archive_that_is_away_is_asked_again_the_next_time(archive):
    archive.go_on.set()
    archive.answer = DomainError(ErrorCode.UNAVAILABLE)
    stretches = Stretches()
    async with AsyncExitStack() as until:
        assert await hold(stretches, until) is None
    archive.answer = Stretch([], 3, 0, {})
    async with AsyncExitStack() as until:
        assert (await hold(stretches, until)).comments == 3


async def test_whoever_goes_while_it_is_read_spoils_it_for_nobody(archive):
    stretches = Stretches()
    async with AsyncExitStack() as until:
        gone = asyncio.create_task(hold(stretches, until))
        stays = asyncio.create_task(hold(stretches, until))
        await asyncio.sleep(0.01)
        gone.cancel()
        await asyncio.sleep(0.01)
        archive.go_on.set()
        assert await stays is archive.answer
