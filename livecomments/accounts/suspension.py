"""Keep somebody out of all streams at once: a row, and a field in Redis that posts pass. Sync, ORM.

Redis is asked with every post and reaction (lua/reserve.lua), so a suspension holds on open sockets
from the instant it is written. The row comes first: a Redis that was emptied is told again
(`standing_suspensions`, `note`). Who may, and the audit, are a layer above (`streams.suspending`).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from livecomments import redisdb

from .models import Suspension, User

if TYPE_CHECKING:
    from redis.asyncio import Redis

BAN = "ban"


def suspend(user: User, *, by: User | None, seconds: int | None, reason: str) -> Suspension:
    """The suspension, which replaces an open one; `seconds` None for a ban. Raises `busy` and
    stores nothing."""
    now = timezone.now()
    until = None if seconds is None else now + timedelta(seconds=seconds)
    with transaction.atomic():
        Suspension.objects.filter(user=user, lifted_at__isnull=True).update(
            lifted_at=now, lifted_by=by
        )
        row = Suspension.objects.create(
            user=user, until=until, reason=reason, placed_by=by, placed_at=now
        )
        # Last: if this fails nothing is stored; if the commit fails, too much is refused until the
        # suspension is placed again or lifted, which is the safe side.
        async_to_sync(_tell)([(user.pk, _until_ms(until))])
    return row


def lift(user: User, *, by: User | None) -> bool:
    """True when there was a suspension to lift. Raises `busy` and stores nothing."""
    with transaction.atomic():
        open_ones = Suspension.objects.filter(user=user, lifted_at__isnull=True)
        lifted = open_ones.update(lifted_at=timezone.now(), lifted_by=by)
        async_to_sync(_forget)(user.pk)
    return lifted > 0


def standing_suspension(user_id: int) -> Suspension | None:
    """What keeps somebody out at this moment, if anything does."""
    return _standing().filter(user_id=user_id).first()


def told_suspension(user_id: int) -> dict[str, int | str | None] | None:
    """What a page tells whoever is kept out: `until`, Unix ms or None for a ban, and `reason`.

    Redis says whether there is anything to ask Postgres for: nearly everybody has no suspension.
    """
    if not async_to_sync(_is_noted)(user_id):
        return None
    row = standing_suspension(user_id)
    if row is None:
        return None
    until = _until_ms(row.until)
    return {"until": None if until == BAN else until, "reason": row.reason}


def standing_suspensions() -> list[tuple[int, str | int]]:
    """Who is kept out: user id and `ban` or Unix ms. What an emptied Redis must be told again."""
    rows = _standing().values_list("user_id", "until")
    return [(user_id, _until_ms(until)) for user_id, until in rows]


async def note(redis: "Redis", suspensions: Iterable[tuple[int, str | int]]) -> None:
    """Write suspensions into Redis. Raises `RedisError`. Async, for the owner that restores."""
    pipeline = redis.pipeline(transaction=False)
    for user_id, until in suspensions:
        pipeline.hset(_key(user_id), str(user_id), str(until))
    await pipeline.execute()


def _standing() -> QuerySet[Suspension]:
    now = timezone.now()
    open_ones = Suspension.objects.filter(lifted_at__isnull=True)
    return open_ones.filter(Q(until__isnull=True) | Q(until__gt=now))


def _until_ms(until: datetime | None) -> str | int:
    return BAN if until is None else int(until.timestamp() * 1000)


def _key(user_id: int) -> str:
    return redisdb.suspended(redisdb.shard_of(f"user:{user_id}"))


async def _is_noted(user_id: int) -> bool:
    """False where Redis knows of no suspension; where it is away there may be one."""
    try:
        return bool(await redisdb.client().hexists(_key(user_id), str(user_id)))
    except redisdb.RedisError:
        return True


async def _tell(suspensions: Iterable[tuple[int, str | int]]) -> None:
    with redisdb.busy_without_redis():
        await note(redisdb.client(), suspensions)


async def _forget(user_id: int) -> None:
    with redisdb.busy_without_redis():
        pipeline = redisdb.client().pipeline(transaction=False)
        pipeline.hdel(_key(user_id), str(user_id))
        await pipeline.execute()
