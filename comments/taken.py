"""What became of an action; one that comes again under its `ref` is answered, not taken again.

Async, free of the ORM. Whoever repeats an action whose answer was lost means that one: taken twice,
it would find its own first time as what was before, and its `undo` would lead back to that.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

import msgspec

from livecomments import redisdb
from livecomments.errors import DomainError
from livecomments.protocol import NONCE_KEPT_SECONDS, Action, ErrorCode
from livecomments.tickets import Identity, Room

# Nothing takes longer; a process that dies meanwhile leaves its mark for as long.
_TAKING_SECONDS = 15
_TAKING = b""


@dataclass(frozen=True, slots=True)
class Taken:
    """An action that is in the log under this id; `undo` takes it back, where that is possible."""

    id: int
    undo: Action | None = None


_decode = msgspec.json.Decoder(tuple[Action, Taken]).decode


async def once(
    room: Room, actor: Identity, ref: str, action: Action, take: Callable[[], Awaitable[Taken]]
) -> Taken:
    """Return what became of the action of this person and `ref`; take it if it is the first time.

    Raises `DomainError`: `nonce_reused` for another action, `busy` while the first is being taken
    or Redis is away, and whatever `take` raises.
    """
    key = redisdb.action_taken(room, actor.user_id, ref)
    with redisdb.busy_without_redis():
        is_first = await redisdb.client().set(key, _TAKING, nx=True, ex=_TAKING_SECONDS)
        if not is_first:
            return _again(cast(bytes | None, await redisdb.client().get(key)), action)
    try:
        taken = await take()
    except DomainError:
        # It may be tried again at once.
        with suppress(DomainError), redisdb.busy_without_redis():
            await redisdb.client().delete(key)
        raise
    answer = msgspec.json.encode((action, taken))
    # Taken it is, whether that can be remembered or not.
    with suppress(DomainError), redisdb.busy_without_redis():
        await redisdb.client().set(key, answer, ex=NONCE_KEPT_SECONDS)
    return taken


def _again(known: bytes | None, action: Action) -> Taken:
    if not known:
        raise DomainError(ErrorCode.BUSY, retry_after_ms=1000)
    before, taken = _decode(known)
    if before != action:
        raise DomainError(ErrorCode.NONCE_REUSED, "This ref was used for another action.")
    return taken
