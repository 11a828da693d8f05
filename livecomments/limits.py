"""Sliding windows: how much a person, an address and a stream may send. Async, free of the ORM.

The windows of one stream are checked inside the admission and reaction scripts. Those that span
all streams are reserved here in their own call first and given back when the post is refused, so
for a moment they may over-refuse, but never over-admit. Numbers: docs/PROTOCOL.md, "Limits".
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from django.conf import settings

from livecomments import redisdb
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode

logger = logging.getLogger(__name__)

SECOND_MS = 1_000
_pack = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Window:
    """At most `count` in any `span_ms`; staff of the stream have `staff_count`."""

    count: int
    span_ms: int
    staff_count: int


# Ordinary talk fits; a person who pastes or a script does not. The burst lets two quick lines pass.
POST_WINDOWS = (
    Window(count=3, span_ms=SECOND_MS, staff_count=10),
    Window(count=10, span_ms=30 * SECOND_MS, staff_count=100),
)
REACTION_WINDOWS = (
    Window(count=10, span_ms=SECOND_MS, staff_count=10),
    Window(count=100, span_ms=60 * SECOND_MS, staff_count=100),
)
USER_WINDOW = Window(count=30, span_ms=60 * SECOND_MS, staff_count=200)
# Campuses and carriers put thousands of people behind one address.
ADDRESS_WINDOW = Window(count=120, span_ms=60 * SECOND_MS, staff_count=200)
# Over the socket and over REST together; who decides on a queue is quick.
ACTION_WINDOW = Window(count=20, span_ms=60 * SECOND_MS, staff_count=300)
REPORT_WINDOW = Window(count=10, span_ms=600 * SECOND_MS, staff_count=100)
# Replies to comments that are not recent, each a question to the archive; and a guess may be lucky.
LOOK_UP_WINDOW = Window(count=10, span_ms=60 * SECOND_MS, staff_count=100)
STREAM_COMMENTS_PER_SECOND = 2_000
IDENTICAL_TEXT_MS = 30 * SECOND_MS
SOCKETS_PER_ADDRESS = 200
SOCKETS_PER_PERSON = 50  # pages and programs, over all streams


NO_WINDOW = -1  # as a limit: only the person is asked about


@dataclass(frozen=True, slots=True)
class Reservation:
    """One unit of one window over all streams, for a person or an address.

    `person`: who must not be suspended everywhere. `limit` may be NO_WINDOW.
    """

    name: str
    limit: int
    span_ms: int
    code: ErrorCode
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    code: ErrorCode
    retry_after_ms: int | None


def reservations(user_id: int, address: str, *, staff: bool) -> tuple[Reservation, ...]:
    """Return what a post must reserve before it is admitted."""
    if settings.NO_LIMITS:
        return (standing_check(user_id),)
    user = USER_WINDOW.staff_count if staff else USER_WINDOW.count
    network = ADDRESS_WINDOW.staff_count if staff else ADDRESS_WINDOW.count
    return (
        Reservation(f"user:{user_id}", user, USER_WINDOW.span_ms, ErrorCode.RATE_LIMITED, user_id),
        Reservation(
            f"address:{address}", network, ADDRESS_WINDOW.span_ms, ErrorCode.ADDRESS_LIMITED
        ),
    )


def standing_check(user_id: int) -> Reservation:
    """Return what only asks whether a person is suspended everywhere; it spends nothing."""
    return Reservation(f"user:{user_id}", NO_WINDOW, USER_WINDOW.span_ms, ErrorCode.BANNED, user_id)


def action_reservations(
    user_id: int, *, staff: bool, is_report: bool, is_withdrawal: bool
) -> tuple[Reservation, ...]:
    """Return what an action must reserve. Whoever is suspended may still withdraw their own."""
    asked = () if is_withdrawal else (standing_check(user_id),)
    if settings.NO_LIMITS:
        return asked
    name, window = ("report", REPORT_WINDOW) if is_report else ("act", ACTION_WINDOW)
    limit = window.staff_count if staff else window.count
    counted = Reservation(f"{name}:{user_id}", limit, window.span_ms, ErrorCode.RATE_LIMITED)
    return (*asked, counted)


def look_up(user_id: int, *, staff: bool) -> tuple[Reservation, ...]:
    """Return what looking for an older comment must reserve."""
    if settings.NO_LIMITS:
        return ()
    limit = LOOK_UP_WINDOW.staff_count if staff else LOOK_UP_WINDOW.count
    name = f"look-up:{user_id}"
    return (Reservation(name, limit, LOOK_UP_WINDOW.span_ms, ErrorCode.RATE_LIMITED),)


async def spend(wanted: Sequence[Reservation]) -> None:
    """Reserve all of this. Raises the refusal of the first window that is full, or `busy`."""
    with redisdb.busy_without_redis():
        (refusal,) = await reserve([wanted])
    if refusal is not None:
        raise DomainError(refusal.code, retry_after_ms=refusal.retry_after_ms)


async def reserve(wanted: Sequence[Sequence[Reservation]]) -> list[Refusal | None]:
    """Return, per post, None when all its windows were reserved, else the first refusal.

    A post that is refused by one window has given back what it took from the others.
    """
    flat = [(index, item) for index, items in enumerate(wanted) for item in items]
    if not flat:
        return [None] * len(wanted)
    waits = await _spend([item for _, item in flat], cost=1)
    refusals: list[Refusal | None] = [None] * len(wanted)
    for (index, item), wait in zip(flat, waits, strict=True):
        if wait != 0 and refusals[index] is None:
            refusals[index] = _refusal(item, wait)
    spent = [
        item
        for (index, item), wait in zip(flat, waits, strict=True)
        if wait == 0 and refusals[index] is not None
    ]
    await give_back(spent)
    return refusals


def _refusal(item: Reservation, wait: int) -> Refusal:
    if wait > 0:
        return Refusal(item.code, wait)
    left = -1 - wait  # of a suspension; nothing is left of a ban, which does not end by itself
    return Refusal(ErrorCode.TIMED_OUT, left) if left else Refusal(ErrorCode.BANNED, None)


async def give_back(items: Sequence[Reservation]) -> None:
    """Return units whose post was not taken. If Redis is away they expire by themselves."""
    if not items:
        return
    try:
        await _spend(items, cost=-1)
    except redisdb.RedisError as error:
        logger.warning("could not give back %d reservations: %s", len(items), error)


async def _spend(items: Sequence[Reservation], *, cost: int) -> list[int]:
    by_shard: dict[int, list[int]] = defaultdict(list)
    for index, item in enumerate(items):
        by_shard[redisdb.shard_of(item.name)].append(index)
    waits = [0] * len(items)

    async def spend_in(shard: int, indexes: list[int]) -> None:
        wanted = [items[index] for index in indexes]
        keys = [redisdb.shard_clock(shard), redisdb.suspended(shard)]
        keys += [redisdb.rate(item.name) for item in wanted]
        requests = _pack(
            [(cost, item.limit, item.span_ms, str(item.person or "")) for item in wanted]
        )
        answer = await redisdb.script("reserve")(redisdb.client(), keys, [requests])
        for index, wait in zip(indexes, answer, strict=True):
            waits[index] = wait

    await asyncio.gather(*(spend_in(*shard) for shard in by_shard.items()))
    return waits
