"""React: the one write path of reactions. Async, free of the ORM."""

import asyncio

from livecomments.errors import DomainError
from livecomments.protocol import REACTIONS_PER_MESSAGE, ErrorCode, ReactionKind
from livecomments.tickets import Identity, Room

from .tally import Press, tally


def offer_reaction(
    room: Room, *, user: Identity, kind: ReactionKind, count: int = 1
) -> "asyncio.Future[None]":
    """Return a future that ends when presses are counted. Raises, through it too, `DomainError`.

    They are shown with the next half second.
    """
    if not 1 <= count <= REACTIONS_PER_MESSAGE:
        raise DomainError(
            ErrorCode.BAD_MESSAGE, f"A count is between 1 and {REACTIONS_PER_MESSAGE}."
        )
    return tally().submit(Press(room, user.user_id, kind, count))


async def react(room: Room, *, user: Identity, kind: ReactionKind, count: int = 1) -> None:
    """Count presses. Raises `DomainError`."""
    await offer_reaction(room, user=user, kind=kind, count=count)
