"""Count reactions in batches, through the same sliding windows as posts. Async, free of the ORM.

Presses are gathered in the web process and counted in one call of lua/react.lua. A call whose
answer was lost is not repeated: a press has no nonce, and losing half a second of presses in a
crash is better than counting one twice.
"""

import asyncio
import logging
from dataclasses import dataclass

from django.conf import settings

from livecomments import limits, redisdb
from livecomments.coalesce import Coalescer
from livecomments.errors import DomainError
from livecomments.perloop import PerLoop
from livecomments.protocol import ErrorCode, ReactionKind
from livecomments.tickets import Room

logger = logging.getLogger(__name__)

# Longer than for posts: nobody waits for an answer, and the batcher looks only every 500 ms.
COALESCE_SECONDS = 0.05
BATCH = 500


@dataclass(frozen=True, slots=True)
class Press:
    """One person's presses of one kind."""

    room: Room
    user_id: int
    kind: ReactionKind
    count: int


class Tally:
    """The counter of one process: one coalescer per partition."""

    def __init__(self) -> None:
        self._gates: dict[int, Coalescer[Press, None]] = {}

    def submit(self, press: Press) -> asyncio.Future[None]:
        """Return a future that ends when the press is counted. Raises `DomainError` through it."""
        gate = self._gates.get(press.room.partition)
        if gate is None:
            gate = self._gates[press.room.partition] = Coalescer(
                _count, wait_seconds=COALESCE_SECONDS, batch=BATCH
            )
        return gate.submit(press)

    async def drain(self) -> None:
        """Wait until every submitted press is counted or refused."""
        for gate in self._gates.values():
            await gate.drain()


async def _count(presses: list[Press]) -> list[BaseException | None]:
    try:
        # Suspensions hold in all streams, so they are kept apart from any partition.
        checks = [(limits.standing_check(press.user_id),) for press in presses]
        refusals = await limits.reserve(checks)
        counted = [press for press, no in zip(presses, refusals, strict=True) if no is None]
        answers = iter(await _run_script(counted) if counted else [])
    except (redisdb.RedisError, OSError) as error:
        logger.warning("%d presses were not counted: %r", len(presses), error)
        return [DomainError(ErrorCode.BUSY, retry_after_ms=1000)] * len(presses)
    return [
        next(answers) if no is None else DomainError(no.code, retry_after_ms=no.retry_after_ms)
        for no in refusals
    ]


async def _run_script(presses: list[Press]) -> list[BaseException | None]:
    """Return per press None or why it was refused."""
    partition = presses[0].room.partition
    keys = [redisdb.clock(partition), redisdb.ready(partition), redisdb.reacting(partition)]
    windows = () if settings.NO_LIMITS else limits.REACTION_WINDOWS
    arguments: list[bytes | str | int] = [len(windows)]
    for window in windows:
        arguments += [window.count, window.span_ms]
    for press in presses:
        room = press.room
        keys += [
            redisdb.state(room),
            redisdb.sanctions(room),
            redisdb.reactor(room, press.user_id),
            redisdb.pending_reactions(room),
        ]
        arguments += [room.id, press.user_id, press.kind.value, press.count]
    answers = await redisdb.script("react")(redisdb.client(), keys, arguments)
    return [_answer(answer) for answer in answers]


def _answer(answer: list[bytes | int]) -> DomainError | None:
    word, wait = answer
    assert isinstance(word, bytes)
    if word == b"ok":
        return None
    left = int(wait)
    return DomainError(ErrorCode(word.decode()), retry_after_ms=left if left >= 0 else None)


tally = PerLoop(Tally)
