"""End tickets before their time: sign-out, ban everywhere, demotion. Async, free of the ORM.

A small Redis Stream holds who was revoked and when, for as long as a ticket lives. Every gateway
reads it at start and each second, and a group message wakes it at once; the check at `hello`
therefore costs no call (docs/ARCHITECTURE.md, "Identity").
"""

import logging
from dataclasses import dataclass
from typing import cast

from channels.layers import get_channel_layer
from django.conf import settings
from redis.asyncio import Redis

from livecomments import redisdb
from livecomments.tickets import now_ms

logger = logging.getLogger(__name__)

GROUP = "lc.revocations"
SKEW_MS = 60_000  # clocks of web hosts differ; keep an entry a little longer than any ticket


@dataclass(frozen=True, slots=True)
class Revocation:
    """Tickets of `user_id` issued up to `after_ms` (Unix) are dead."""

    user_id: int
    after_ms: int


async def revoke(user_id: int) -> int:
    """Return the Unix ms before which this person's tickets are now dead. Raises `busy`."""
    after = now_ms()
    with redisdb.busy_without_redis():
        await note(redisdb.client(), user_id, after)
    await wake()
    return after


async def note(redis: "Redis", user_id: int, after_ms: int) -> None:
    """Keep one revocation for as long as a ticket lives. Raises `RedisError`."""
    entry = await redis.xadd(redisdb.revocations(), {"user": user_id, "after": after_ms})
    # By Redis's own clock: with that of this machine, what was just added might be too old.
    oldest = int(cast(bytes, entry).partition(b"-")[0]) - settings.TICKET_SECONDS * 1000 - SKEW_MS
    await redis.xtrim(redisdb.revocations(), minid=str(max(0, oldest)))


async def wake() -> None:
    """Tell gateways to read now; one that misses it reads within a second by itself."""
    layer = get_channel_layer()
    try:
        await layer.group_send(GROUP, {"type": "revocations"})
    except redisdb.LAYER_ERRORS as error:
        logger.warning("could not wake the gateways: %s", error)


async def read_after(redis: "Redis", position: str) -> tuple[str, list[Revocation]]:
    """Return the last position read and what came after `position`, oldest first."""
    raw = await redisdb.stream_range(redis, redisdb.revocations(), lowest=f"({position}")
    found = [Revocation(int(fields[b"user"]), int(fields[b"after"])) for _, fields in raw]
    return (raw[-1][0].decode() if raw else position), found
