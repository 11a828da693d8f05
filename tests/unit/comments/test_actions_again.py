"""An action that is repeated under its `ref`, since its answer was lost, is taken once (M2)."""

import asyncio

import pytest

from comments import taken as taken_module
from livecomments import dbthreads, protocol, redisdb
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode
from tests.acting import BO, MAX, MO, OTHER_MO, Stand, no_postgres
from tests.rooms import ROOM, log_entries

BAN = protocol.BanUser(user=str(BO.user_id))


@pytest.fixture
async def stand(redis, monkeypatch):
    monkeypatch.setattr(dbthreads, "run", no_postgres)
    return await Stand(redis).begin()


async def code(action):
    with pytest.raises(DomainError) as error:
        await action
    return error.value.code


async def test_m2_a_repeated_ban_is_lifted_by_its_undo(stand):
    first = await stand.act(MO, BAN, ref="a")
    entries = await log_entries()
    again = await stand.act(MO, BAN, ref="a")

    assert (again, await log_entries()) == (first, entries)
    await stand.act(MO, again.undo)
    assert await stand.sanctions() == {}


@pytest.mark.parametrize("kind", ["hide", "panic"])
async def test_m2_what_can_be_done_once_is_no_conflict_when_repeated(stand, kind):
    said = await stand.say("rude")
    action = protocol.HideComment(id=said) if kind == "hide" else protocol.Panic(on=True)
    first = await stand.act(MO, action, ref="a")
    assert await stand.act(MO, action, ref="a") == first
    assert await code(stand.act(MO, action, ref="b")) is ErrorCode.CONFLICT


async def test_m2_a_ref_is_one_persons_own_and_means_one_action(stand):
    await stand.act(MO, BAN, ref="a")
    modes = protocol.SetModes(slow_seconds=10)
    assert await code(stand.act(MO, modes, ref="a")) is ErrorCode.NONCE_REUSED
    assert (await stand.act(OTHER_MO, modes, ref="a")).undo == protocol.SetModes(slow_seconds=0)


async def test_m2_a_repeated_action_counts_once_against_the_limit(stand, monkeypatch):
    counted = []
    monkeypatch.setattr("comments.actions._count", lambda *args: _append(counted, args))
    for _ in range(3):
        await stand.act(MAX, protocol.SetModes(slow_seconds=10), ref="a")
    assert len(counted) == 1


async def _append(counted, args):
    counted.append(args)


async def test_m2_what_was_refused_may_be_repeated(stand):
    said = await stand.say("rude")
    hide = protocol.HideComment(id=said)
    hidden = await stand.act(OTHER_MO, hide)
    assert await code(stand.act(MO, hide, ref="a")) is ErrorCode.CONFLICT
    await stand.act(OTHER_MO, hidden.undo)
    assert (await stand.act(MO, hide, ref="a")).undo is not None


async def test_m2_an_action_that_is_being_taken_is_not_taken_beside_it(stand):
    is_asked, may_go_on = asyncio.Event(), asyncio.Event()

    async def take():
        is_asked.set()
        await may_go_on.wait()
        return taken_module.Taken(7)

    first = asyncio.create_task(taken_module.once(ROOM, MO, "a", BAN, take))
    await is_asked.wait()
    assert await code(stand.act(MO, BAN, ref="a")) is ErrorCode.BUSY
    may_go_on.set()
    assert await first == await stand.act(MO, BAN, ref="a") == taken_module.Taken(7)
    assert await stand.redis.ttl(redisdb.action_taken(ROOM, MO.user_id, "a")) > 500
