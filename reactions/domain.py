"""React: the one write path of reactions. Async, free of the ORM."""

from livecomments.errors import DomainError
from livecomments.protocol import REACTIONS_PER_MESSAGE, ErrorCode, ReactionKind
from livecomments.tickets import Identity, Room

from .tally import Press, tally


async def react(room: Room, *, user: Identity, kind: ReactionKind, count: int = 1) -> None:
    """Count presses; they are shown with the next half second. Raises `DomainError`."""
    if not 1 <= count <= REACTIONS_PER_MESSAGE:
        raise DomainError(
            ErrorCode.BAD_MESSAGE, f"A count is between 1 and {REACTIONS_PER_MESSAGE}."
        )
    await tally().submit(Press(room, user.user_id, kind, count))
