"""Tickets end before their time: who and since when, kept for as long as a ticket lives."""

import pytest
from channels.layers import get_channel_layer

from livecomments import redisdb, revocation
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode
from livecomments.revocation import Revocation
from livecomments.tickets import now_ms


async def test_revocations_are_read_in_order_and_once(redis):
    first, second = await revocation.revoke(7), await revocation.revoke(8)

    position, found = await revocation.read_after(redis, "0")
    again = await revocation.read_after(redis, position)

    assert found == [Revocation(7, first), Revocation(8, second)]
    assert again == (position, [])
    third = await revocation.revoke(7)
    assert (await revocation.read_after(redis, position))[1] == [Revocation(7, third)]


async def test_revoke_ends_what_was_issued_until_now(redis):
    before = now_ms()

    after = await revocation.revoke(7)

    assert before <= after <= now_ms()


async def test_nothing_revoked_is_nothing_read(redis):
    assert await revocation.read_after(redis, "0") == ("0", [])


async def test_revoke_wakes_the_gateways(redis):
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(revocation.GROUP, channel)

    await revocation.revoke(7)

    assert await layer.receive(channel) == {"type": "revocations"}
    await layer.group_discard(revocation.GROUP, channel)


async def test_revocations_older_than_any_ticket_are_dropped(redis, settings):
    lifetime_ms = settings.TICKET_SECONDS * 1000 + revocation.SKEW_MS
    over, standing = now_ms() - lifetime_ms - 5_000, now_ms() - lifetime_ms + 60_000
    # Entries are dropped a block at a time: enough of them make several blocks.
    for number in range(300):
        await redis.xadd(
            redisdb.revocations(), {"user": 1, "after": over}, id=f"{over - 1_000}-{number}"
        )
    await redis.xadd(redisdb.revocations(), {"user": 2, "after": standing}, id=f"{standing}-0")

    await revocation.note(redis, 3, now_ms())

    _, found = await revocation.read_after(redis, "0")
    assert [item.user_id for item in found[-2:]] == [2, 3]
    assert len(found) < 105


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_clock_that_is_an_hour_wrong_loses_no_revocation(redis, monkeypatch, hours):
    monkeypatch.setattr(revocation, "now_ms", lambda: now_ms() + hours * 3_600_000)

    # Enough of them that old ones would be dropped, a block at a time.
    for user in range(300):
        await revocation.note(redis, user, 1)

    _, found = await revocation.read_after(redis, "0")
    assert len(found) == 300


async def test_revoke_without_redis_is_busy(away):
    with pytest.raises(DomainError) as refused:
        await revocation.revoke(7)

    assert refused.value.code is ErrorCode.BUSY
    assert refused.value.retry_after_ms == 1_000
    await redisdb.close()
