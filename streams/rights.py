"""Who may do what in a room: the one table, for page, API, admin and rules alike. Sync, pure.

A role is what a person is in one stream (`streams.queries.role_in`). Withdrawing is everybody's,
but only of one's own comments, which the action itself checks.
"""

from collections.abc import Mapping

from livecomments.errors import DomainError
from livecomments.protocol import STAFF_ROLES as STAFF
from livecomments.protocol import (
    Action,
    Announce,
    ApproveHeld,
    BanUser,
    ClearUser,
    DismissReports,
    EndAnnouncement,
    ErrorCode,
    HideComment,
    LiftSanction,
    Message,
    Panic,
    PinComment,
    RefuseHeld,
    ReopenHeld,
    ReportComment,
    RestoreComment,
    RestoreUser,
    Role,
    SetModes,
    TimeOutUser,
    UnpinComment,
    WarnUser,
    WithdrawComment,
)

EVERYBODY = frozenset(Role)
MANAGERS = frozenset({Role.MANAGER, Role.BROADCASTER, Role.ADMIN})
# Whom only these may sanction: moderators do not sanction each other.
OVER_MODERATORS = frozenset({Role.BROADCASTER, Role.ADMIN})

RIGHTS: Mapping[type[Message], frozenset[Role]] = {
    WithdrawComment: EVERYBODY,
    ReportComment: EVERYBODY,
    HideComment: STAFF,
    RestoreComment: STAFF,
    DismissReports: STAFF,
    PinComment: STAFF,
    UnpinComment: STAFF,
    ApproveHeld: STAFF,
    RefuseHeld: STAFF,
    ReopenHeld: STAFF,
    ClearUser: STAFF,
    RestoreUser: STAFF,
    WarnUser: STAFF,
    TimeOutUser: STAFF,
    BanUser: STAFF,
    LiftSanction: STAFF,
    SetModes: STAFF,  # MODES_OF_MODERATORS; the others are for managers
    Panic: STAFF,
    Announce: STAFF,
    EndAnnouncement: STAFF,
}
# What a moderator needs in the heat of the moment; the rest of the modes are the room's policy.
MODES_OF_MODERATORS = frozenset({"closed", "slow_seconds", "standing_only", "raid_seconds"})


def may(role: Role, action: Action) -> bool:
    """True when this role may do this in its room."""
    if isinstance(action, SetModes) and role not in MANAGERS:
        named = {name for name in action.__struct_fields__ if getattr(action, name) is not None}
        return role in STAFF and named <= MODES_OF_MODERATORS
    return role in RIGHTS[type(action)]


def require(role: Role, action: Action) -> None:
    """Raises `forbidden` unless the role may do this."""
    if not may(role, action):
        raise DomainError(ErrorCode.FORBIDDEN)


def protected_from(role: Role) -> str:
    """The roles that somebody of this role cannot sanction, as lua/append.lua reads them."""
    shielded = {Role.BROADCASTER, Role.ADMIN}
    if role not in OVER_MODERATORS:
        shielded |= {Role.MODERATOR, Role.MANAGER}
    return " ".join(sorted(shielded))
