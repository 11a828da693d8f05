"""What changes a room: the same over the socket and over REST. Sync.

Who may do what is decided by `streams.rights`, what an action does by `comments.actions`.
"""

from .base import Message
from .constants import LinksMode, ReportReason


class HideComment(Message, frozen=True, tag="hide_comment"):
    id: str
    reason: str = ""


class RestoreComment(Message, frozen=True, tag="restore_comment"):
    """`hidden_by`: the id of the action that hid it; without it the archive is asked."""

    id: str
    hidden_by: str | None = None


class WithdrawComment(Message, frozen=True, tag="withdraw_comment"):
    """By its author, at any time. It cannot be taken back."""

    id: str


class ReportComment(Message, frozen=True, tag="report_comment"):
    """By any viewer, once."""

    id: str
    reason: ReportReason
    note: str = ""


class DismissReports(Message, frozen=True, tag="dismiss_reports"):
    """What was reported is left as it is, and counts as reported wrongly."""

    id: str


class PinComment(Message, frozen=True, tag="pin_comment"):
    id: str


class UnpinComment(Message, frozen=True, tag="unpin_comment"):
    pass


class ApproveHeld(Message, frozen=True, tag="approve_held"):
    hold: str


class RefuseHeld(Message, frozen=True, tag="refuse_held"):
    hold: str
    reason: str = ""


class ReopenHeld(Message, frozen=True, tag="reopen_held"):
    """Let it wait again; `refused_by`: the id of the action that refused it."""

    refused_by: str


class ClearUser(Message, frozen=True, tag="clear_user"):
    """Hide everything a person has said in this room so far."""

    user: str
    reason: str = ""


class RestoreUser(Message, frozen=True, tag="restore_user"):
    """Show again what one clearing hid; `cleared_by`: the id of that action."""

    cleared_by: str


class WarnUser(Message, frozen=True, tag="warn_user"):
    user: str
    reason: str
    comment: str | None = None


class TimeOutUser(Message, frozen=True, tag="time_out_user"):
    """`instead_of`: only while they are under this sanction; else `conflict`. `ban`, or the end of
    a time-out in Unix ms. What takes an action back has it."""

    user: str
    seconds: int
    reason: str = ""
    instead_of: str | None = None


class BanUser(Message, frozen=True, tag="ban_user"):
    """`instead_of`: as of a time-out."""

    user: str
    reason: str = ""
    instead_of: str | None = None


class LiftSanction(Message, frozen=True, tag="lift_sanction"):
    """`placed`: only this sanction; else `conflict`. As `instead_of` of a time-out."""

    user: str
    placed: str | None = None


class SetModes(Message, frozen=True, tag="set_modes"):
    """Only what is named changes."""

    closed: bool | None = None
    slow_seconds: int | None = None
    min_account_age_minutes: int | None = None
    review: bool | None = None
    pace: int | None = None
    links: LinksMode | None = None
    standing_only: bool | None = None
    delay: int | None = None
    raid_seconds: int | None = None  # raid mode from now on for so long; 0 ends it


class Panic(Message, frozen=True, tag="panic"):
    """A preset of modes at once, and back to what was before."""

    on: bool


class Announce(Message, frozen=True, tag="announce"):
    """Put a line over the room, in place of another; without `seconds` until it is taken away.
    `instead_of`: only while this one stands (its id, or `0` for none); else `conflict`."""

    text: str
    seconds: int | None = None
    instead_of: str | None = None


class EndAnnouncement(Message, frozen=True, tag="end_announcement"):
    """Take this one away; `conflict` where it stands no longer."""

    id: str


Action = (
    HideComment
    | RestoreComment
    | WithdrawComment
    | ReportComment
    | DismissReports
    | PinComment
    | UnpinComment
    | ApproveHeld
    | RefuseHeld
    | ReopenHeld
    | ClearUser
    | RestoreUser
    | WarnUser
    | TimeOutUser
    | BanUser
    | LiftSanction
    | SetModes
    | Panic
    | Announce
    | EndAnnouncement
)
