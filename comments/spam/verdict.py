"""What the layers answer: the actions, the reasons and the rules that a sender is told. Sync, pure.

A reason is a stable code for records and statistics; its rule is a public sentence that says what
one may not do, never how it was noticed.
"""

from enum import IntEnum, StrEnum
from typing import NamedTuple

import msgspec


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
    PATTERNS = "spam_patterns"
    LINKS = "spam_links"
    MODEL = "spam_model"
    RAID = "spam_raid"
    STANDING = "standing"  # the room's mode of that name


RULES: dict[Reason, str] = {
    Reason.COPIES: "Many people are posting this text at once; a moderator looks at it first.",
    Reason.WORDS: "This room does not allow some of these words.",
    Reason.PATTERNS: "This room does not allow texts like this one.",
    Reason.LINKS: "Links from people who are new here wait for a moderator or are not allowed.",
    Reason.MODEL: "This looks like advertising; a moderator looks at it first.",
    Reason.RAID: "The room is being flooded; for some minutes people who are new here wait.",
    Reason.STANDING: "At the moment, what people who are new here say waits for a moderator.",
}


class Hit(NamedTuple):
    """What one layer found: `action` is what the room does about it, `detail` is for moderators:
    which entry, which host, how many people, which score."""

    reason: Reason
    action: Action
    detail: str


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """What becomes of a comment. `text` differs from what was sent where words were masked."""

    action: Action
    text: str
    reason: Reason | None = None
    detail: str = ""
    hits: tuple[Hit, ...] = ()  # of every layer that spoke, in their order

    @property
    def rule(self) -> str:
        """The public rule; empty where nothing was found."""
        return RULES[self.reason] if self.reason else ""


def decided(text: str, hits: list[Hit]) -> Verdict:
    """Return the verdict on a text of which something was found: the strictest decides, of
    equally strict ones the first. Masked words alone are no reason for anything."""
    strictest = max(hits, key=lambda hit: hit.action)
    if strictest.action == Action.ALLOW:
        return Verdict(Action.ALLOW, text, hits=tuple(hits))
    return Verdict(strictest.action, text, strictest.reason, strictest.detail, tuple(hits))
