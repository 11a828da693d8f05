"""Who looks at which item of the queue, so that two people do not decide the same. Async.

A claim holds for a minute and is renewed while the item is open in a window. What was decided is
marked for a moment, until its row has followed from the archive. Claims are for people's
convenience: who wins where two decide at once is settled by the log.
"""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any

from livecomments import redisdb
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode

CLAIM_MS = 60_000
# The archive follows within a second; where it lags, the item shows up once more and answers
# that it is gone.
DECIDED_MS = 30_000
_DECIDED = "done"


@dataclass(frozen=True, slots=True)
class Claim:
    """What stands at an item: whose it is, or that it was just decided."""

    user_id: int | None = None
    decided: bool = False


async def take(kind: str, number: int, *, user_id: int) -> Claim:
    """Return the claim after trying to take or renew it: somebody else's stays. Raises `busy`."""
    return _read(await _claim(kind, number, str(user_id), CLAIM_MS))


async def release(kind: str, number: int, *, user_id: int) -> None:
    """Gives up one's own claim. Raises `busy`."""
    await _claim(kind, number, str(user_id), 0)


async def mark_decided(kind: str, number: int) -> None:
    """Takes the item from the queue until its row tells. Raises `busy`."""
    await _ask(redisdb.client().set(redisdb.claim(kind, number), _DECIDED, px=DECIDED_MS))


async def unmark(kind: str, number: int) -> None:
    """Gives the item back to the queue: its decision was taken back. Raises `busy`."""
    await _claim(kind, number, _DECIDED, 0)


async def standing(items: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Claim]:
    """Return the claims that stand at these items. Raises `busy`."""
    if not items:
        return {}
    keys = [redisdb.claim(kind, number) for kind, number in items]
    found = await _ask(redisdb.client().mget(keys))
    return {item: _read(raw) for item, raw in zip(items, found, strict=True) if raw is not None}


async def _claim(kind: str, number: int, who: str, ms: int) -> bytes:
    keys = [redisdb.claim(kind, number)]
    answer: bytes = await _ask(redisdb.script("claim")(redisdb.client(), keys, [who, ms]))
    return answer


async def _ask(command: Awaitable[Any]) -> Any:
    try:
        return await command
    except redisdb.RedisError as error:
        raise DomainError(ErrorCode.BUSY, retry_after_ms=1000) from error


def _read(raw: bytes) -> Claim:
    text = raw.decode()
    if text == _DECIDED:
        return Claim(decided=True)
    return Claim(user_id=int(text)) if text else Claim()
