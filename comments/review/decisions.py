"""Decide about one item of the queue. Async, free of the ORM; appeals are decided in
`closing`.

A decision is one action, or two where the author is sanctioned as well, and what takes it back. An
action that is refused leaves the item where it is.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from comments.actions import act
from livecomments.errors import DomainError
from livecomments.protocol import (
    Action,
    ApproveHeld,
    BanUser,
    DismissReports,
    HideComment,
    RefuseHeld,
    RestoreComment,
    TimeOutUser,
)
from livecomments.tickets import Identity, Room

from .queue import Item, Kind

TIME_OUT_SECONDS = 600  # what one key does; other lengths are given on the person's page
WHERE = "review"  # for the audit: where these actions come from


class Decision(StrEnum):
    """What may be decided about an item."""

    APPROVE = "approve"
    REFUSE = "refuse"
    HIDE = "hide"
    DISMISS = "dismiss"
    TIME_OUT = "time_out"
    BAN = "ban"
    GRANT = "grant"
    REJECT = "reject"


CHOICES: Mapping[Kind, tuple[Decision, ...]] = {
    Kind.HELD: (Decision.APPROVE, Decision.REFUSE, Decision.TIME_OUT, Decision.BAN),
    Kind.REPORTED: (Decision.DISMISS, Decision.HIDE, Decision.TIME_OUT, Decision.BAN),
    Kind.APPEALED: (Decision.GRANT, Decision.REJECT),
}
DONE: Mapping[Decision, str] = {
    Decision.APPROVE: "Approved",
    Decision.REFUSE: "Refused",
    Decision.HIDE: "Hidden",
    Decision.DISMISS: "Left as it is",
    Decision.TIME_OUT: "Removed and timed out",
    Decision.BAN: "Removed and banned",
    Decision.GRANT: "Granted",
    Decision.REJECT: "Rejected",
}

# What is left of it where removing was refused.
HALF: Mapping[Decision, str] = {Decision.TIME_OUT: "Timed out", Decision.BAN: "Banned"}


class HalfDone(DomainError):
    """The author was sanctioned, and removing was refused. `undo` takes back what was done."""

    def __init__(self, error: DomainError, undo: tuple[Action, ...]) -> None:
        told = f"The author is sanctioned, but nothing was removed: {error.message}"
        super().__init__(error.code, told, retry_after_ms=error.retry_after_ms)
        self.undo = undo


async def decide(
    room: Room, *, actor: Identity, item: Item, decision: Decision, reason: str = ""
) -> tuple[Action, ...]:
    """Return what undoes a decision about a held or reported comment, in that order; nothing where
    it cannot be undone. Raises as `act`, and `HalfDone` where only the second action was refused.

    Where the author is sanctioned, that comes first: of two actions, the one that is refused more
    often.
    """
    undo: list[Action] = []
    for action in actions_of(item, decision, reason):
        try:
            taken = await act(room, actor=actor, action=action, where=WHERE)
        except DomainError as error:
            if undo:
                raise HalfDone(error, tuple(undo)) from error
            raise
        if taken.undo is not None:
            undo.insert(0, taken.undo)
    return tuple(undo)


def actions_of(item: Item, decision: Decision, reason: str) -> Sequence[Action]:
    """Return the actions that a decision about a held or reported comment consists of."""
    number, author = str(item.number), str(item.author_id)
    remove: Action = RefuseHeld(hold=number, reason=reason)
    if item.kind is Kind.REPORTED:
        remove = HideComment(id=number, reason=reason)
    match decision:
        case Decision.APPROVE:
            return [ApproveHeld(hold=number)]
        case Decision.DISMISS:
            # What the room hid by itself comes back, which dismisses the reports as well.
            return [RestoreComment(id=number) if item.hidden else DismissReports(id=number)]
        case Decision.REFUSE | Decision.HIDE:
            return [remove]
        case Decision.TIME_OUT:
            return [TimeOutUser(user=author, seconds=TIME_OUT_SECONDS, reason=reason), remove]
        case Decision.BAN:
            return [BanUser(user=author, reason=reason), remove]
        case _:
            raise ValueError(f"{decision} is not about a comment")


async def take_back(room: Room, *, actor: Identity, actions: Sequence[Action]) -> None:
    """Does what undoes a decision. Raises as `act`."""
    for action in actions:
        await act(room, actor=actor, action=action, where=WHERE)
