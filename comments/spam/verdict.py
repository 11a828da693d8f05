"""What the layers answer: the actions, the reasons and the rules that a sender is told. Sync, pure.

A reason is a stable code for records and statistics; its rule is a public sentence that says what
one may not do, never how it was noticed.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Action(IntEnum):
    """From the mildest; where several layers speak, the strictest decides."""

    ALLOW = 0
    FLAG = 1  # shown, and marked for moderators
    HOLD = 2  # waits for a moderator
    BLOCK = 3  # refused


class Reason(StrEnum):
    """Why; stable. Never renamed, only added to."""

    COPIES = "spam_copies"
    WORDS = "spam_words"
    LINKS = "spam_links"
    MODEL = "spam_model"
    RAID = "spam_raid"


RULES: dict[Reason, str] = {
    Reason.COPIES: "Many people are posting this text at once; a moderator looks at it first.",
    Reason.WORDS: "This room does not allow some of these words.",
    Reason.LINKS: "Links from people who are new here wait for a moderator or are not allowed.",
    Reason.MODEL: "This looks like advertising; a moderator looks at it first.",
    Reason.RAID: "The room is being flooded; for some minutes people who are new here wait.",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a comment. `text` differs from what was sent where words were masked."""

    action: Action
    text: str
    reason: Reason | None = None
    detail: str = ""  # for moderators: which entry, which host, how many people, which score
    hits: tuple[tuple[Reason, Action], ...] = ()  # of every layer that spoke, in their order

    @property
    def rule(self) -> str:
        """The public rule; empty where nothing was found."""
        return RULES[self.reason] if self.reason else ""
