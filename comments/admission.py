"""Admission: posts enter the event log in batches. Async, free of the ORM.

Posts that arrive while the previous call is in flight, or within about two milliseconds, go to
Redis in one call of lua/admit.lua, which checks and appends each of them atomically. A call whose
connection was lost is repeated once: the nonce makes that safe, and nothing else here retries.
"""

import asyncio
import logging
import random
import time
from dataclasses import dataclass

import msgspec
from django.conf import settings

from livecomments import ids, limits, redisdb
from livecomments.coalesce import Coalescer
from livecomments.errors import DomainError
from livecomments.perloop import PerLoop
from livecomments.protocol import NONCE_KEPT_SECONDS, RAID_SLOW_SECONDS, ErrorCode
from livecomments.tickets import Identity, Room

logger = logging.getLogger(__name__)

COALESCE_SECONDS = 0.002
IDLE_SECONDS = 0.02  # after which a post is taken alone: in a quiet room nobody else is coming
BATCH = 100  # more would keep the batcher, and everybody else, waiting for Redis
# Queued for longer, a post would come too late to the conversation: others are told to wait.
MAX_WAIT_SECONDS = 0.3
# The same where the fan-out is behind: from here some are refused, from there nearly all.
BEHIND_SOME_MS, BEHIND_MOST_MS, MOST = 250, 700, 0.95
BEHIND_GOOD_FOR_SECONDS = 1.0
# The log is trimmed behind archive and fan-out; beyond this one of them has been away for long.
MAX_LOG_ENTRIES = 1_000_000
MEMORY_GUARD = 0.80  # of maxmemory: what is in flight must still fit when admission stops
MEMORY_CHECK_SECONDS = 1.0
RETRY_AFTER_MS = 1_000

# One packed argument for the whole batch: a script's arguments are dear, one by one.
_pack = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Post:
    """One comment on its way in. `body` is an encoded `CommentSaid`; digests tell texts apart.

    `hold`: it waits for a moderator, whatever the room's modes. `more`: what its answer needs
    beside its place in the log; kept with the nonce, for the same answer again. `only_again`: it is
    not to be taken, only answered as it was before; else it is `rate_limited`.
    """

    room: Room
    author: Identity
    address: str
    nonce: str
    body: bytes
    body_digest: str
    text_digest: str
    only_again: bool = False
    hold: bool = False
    more: str = ""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Where a post stands in the log.

    `held`: it waits for a moderator. `seen`: answered before. `left_out`: stored, but the room is
    too busy to show it. `more`: as it was given with the post that was taken.
    """

    id: int
    held: bool
    seen: bool
    left_out: bool = False
    more: str = ""


class Admission:
    """The gate of one process: one coalescer per partition."""

    def __init__(self) -> None:
        self._gates: dict[int, Coalescer[Post, Admitted]] = {}
        self._behind: dict[int, tuple[float, int]] = {}  # by partition: when we were told, ms
        self._memory_checked = 0.0
        self._memory_full = False

    def check_load(self, partition: int) -> None:
        """Raise `busy` for what would wait longer than is any use: what is taken is shown soon.

        Here, or at the fan-out: of what comes while that is behind, the more is refused the further
        behind it is, so that it neither stops nor falls back.
        """
        gate = self._gates.get(partition)
        if gate is None:
            return
        share = (self._behind_ms(partition) - BEHIND_SOME_MS) / (BEHIND_MOST_MS - BEHIND_SOME_MS)
        if gate.wait_seconds_expected > MAX_WAIT_SECONDS or random.random() < min(share, MOST):
            wait = random.randint(RETRY_AFTER_MS // 2, RETRY_AFTER_MS * 3 // 2)
            raise DomainError(ErrorCode.BUSY, retry_after_ms=wait)

    def _behind_ms(self, partition: int) -> int:
        """Return how long comments lately waited for their frame, as the last batch was told."""
        told_at, behind_ms = self._behind.get(partition, (0.0, 0))
        return behind_ms if time.monotonic() - told_at < BEHIND_GOOD_FOR_SECONDS else 0

    def submit(self, post: Post) -> asyncio.Future[Admitted]:
        """Return a future of the answer. Raises, through it, `DomainError`."""
        gate = self._gates.get(post.room.partition)
        if gate is None:
            gate = self._gates[post.room.partition] = Coalescer(
                self._flush,
                wait_seconds=COALESCE_SECONDS,
                batch=BATCH,
                idle_seconds=IDLE_SECONDS,
            )
        return gate.submit(post)

    async def drain(self) -> None:
        """Wait until every submitted post is answered."""
        for gate in self._gates.values():
            await gate.drain()

    async def _flush(self, posts: list[Post]) -> list[Admitted | BaseException]:
        for attempt in (1, 2):
            try:
                return await self._admit(posts)
            except (redisdb.RedisError, OSError) as error:
                logger.warning("admission of %d posts, try %d: %r", len(posts), attempt, error)
                if isinstance(error, redisdb.TimedOut):
                    break  # it hangs: people are told sooner than that a second time
                await asyncio.sleep(0.05)
        busy = DomainError(ErrorCode.BUSY, retry_after_ms=RETRY_AFTER_MS)
        return [busy] * len(posts)

    async def _admit(self, posts: list[Post]) -> list[Admitted | BaseException]:
        if await self._memory_is_full():
            busy = DomainError(ErrorCode.BUSY, retry_after_ms=2 * RETRY_AFTER_MS)
            return [busy] * len(posts)
        wanted = [
            ()
            if post.only_again
            else limits.reservations(post.author.user_id, post.address, staff=post.author.is_staff)
            for post in posts
        ]
        refusals = await limits.reserve(wanted)
        # A post without its reservation is sent all the same: if its nonce was answered before, it
        # gets that answer again, whatever its author's quota is now.
        reserved = [
            no is None and not post.only_again for post, no in zip(posts, refusals, strict=True)
        ]
        behind_ms, answers = await _run_script(posts, reserved)
        self._behind[posts[0].room.partition] = time.monotonic(), behind_ms
        unspent: list[limits.Reservation] = []
        for index, (items, no) in enumerate(zip(wanted, refusals, strict=True)):
            answer = answers[index]
            if no is not None and not isinstance(answer, Admitted):
                answers[index] = DomainError(no.code, retry_after_ms=no.retry_after_ms)
            elif no is None and (not isinstance(answer, Admitted) or answer.seen):
                unspent.extend(items)
        await limits.give_back(unspent)
        return answers

    async def _memory_is_full(self) -> bool:
        now = time.monotonic()
        if now - self._memory_checked >= MEMORY_CHECK_SECONDS:
            info = await redisdb.client().info("memory")
            most = int(info.get("maxmemory", 0))
            self._memory_full = most > 0 and int(info["used_memory"]) > MEMORY_GUARD * most
            self._memory_checked = now
        return self._memory_full


async def _run_script(
    posts: list[Post], reserved: list[bool]
) -> tuple[int, list[Admitted | BaseException]]:
    """Return how far behind the fan-out is, in ms, and one answer per post."""
    partition = posts[0].room.partition
    rooms = {post.room.id: post.room for post in posts}
    places = {room_id: place for place, room_id in enumerate(rooms, 1)}
    keys = [
        redisdb.log(partition),
        redisdb.clock(partition),
        redisdb.ready(partition),
        redisdb.holding(partition),
        redisdb.behind(partition),
    ]
    for room in rooms.values():
        keys += _room_keys(room)
    packed = []
    for post, is_reserved in zip(posts, reserved, strict=True):
        room, author = post.room, post.author
        keys.append(redisdb.author(room, author.user_id))
        keys.append(redisdb.nonce(room, author.user_id, post.nonce))
        packed.append(
            (
                places[room.id],
                post.body.decode(),  # the script reads text, not binary
                post.body_digest,
                str(author.user_id),
                author.is_staff,
                author.joined_ms,
                post.text_digest,
                is_reserved,
                post.hold,
                post.more,
            )
        )
    batch = _pack((*_rules(), [str(room_id) for room_id in rooms], packed))
    behind_ms, answers = await redisdb.script("admit")(redisdb.client(), keys, [batch])
    return behind_ms, [
        _answer(partition, answer, post.more) for post, answer in zip(posts, answers, strict=True)
    ]


def _rules() -> tuple[int, int, int, int, int, list[tuple[int, int, int]]]:
    """Return the limits, as lua/admit.lua expects them."""
    off = settings.NO_LIMITS
    return (
        MAX_LOG_ENTRIES,
        NONCE_KEPT_SECONDS * 1000,
        0 if off else limits.IDENTICAL_TEXT_MS,
        0 if off else limits.STREAM_COMMENTS_PER_SECOND,
        RAID_SLOW_SECONDS * 1000,
        []
        if off
        else [(window.count, window.staff_count, window.span_ms) for window in limits.POST_WINDOWS],
    )


def _room_keys(room: Room) -> list[str]:
    return [
        redisdb.state(room),
        redisdb.sanctions(room),
        redisdb.stream_rate(room),
        redisdb.holds(room),
    ]


def _answer(partition: int, answer: list[bytes | int], more: str) -> Admitted | BaseException:
    word, value = answer[:2]
    assert isinstance(word, bytes)
    name = word.decode()
    kind = name.removeprefix("seen_")
    if kind in {"posted", "held", "left"}:
        assert isinstance(value, bytes)
        before = answer[2] if len(answer) > 2 else None
        return Admitted(
            ids.from_position(value, partition),
            held=kind == "held",
            seen=kind != name,
            left_out=kind == "left",
            more=before.decode() if isinstance(before, bytes) else more,
        )
    wait = int(value)
    return DomainError(ErrorCode(name), retry_after_ms=wait if wait >= 0 else None)


admission = PerLoop(Admission)
