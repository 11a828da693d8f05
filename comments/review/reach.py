"""Whose items a person may decide. Sync, ORM.

A role in a stream reaches that stream. A permission of the whole house reaches every stream.
Somebody without either reaches nothing.
"""

from dataclasses import dataclass

from livecomments.accounts.models import User
from livecomments.adminsite.rights import looked_after, ruled
from livecomments.tickets import Identity
from streams.rights import MANAGERS

# What the permissions of the whole house are called.
QUEUE = ("comments.change_hold", "comments.change_report")
APPEALS = ("comments.change_appeal",)
RULES = ("comments.add_ruleversion",)


@dataclass(frozen=True, slots=True)
class Reach:
    """The streams of one kind of work: all of them, or these."""

    everywhere: bool
    streams: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.streams)

    def covers(self, stream_id: int) -> bool:
        """True when items of this stream may be decided."""
        return self.everywhere or stream_id in self.streams


def queue_reach(user: User) -> Reach:
    """Where somebody may decide about held and reported comments."""
    return _reach(user, QUEUE, managing=False)


def appeals_reach(user: User) -> Reach:
    """Where somebody may decide about appeals: broadcasters and managing moderators."""
    return _reach(user, APPEALS, managing=True)


def rules_reach(user: User) -> Reach:
    """Where somebody may change the rules: broadcasters and managing moderators."""
    return _reach(user, RULES, managing=True)


def may_manage(identity: Identity) -> bool:
    """True for those who decide about appeals and rules."""
    return identity.role in MANAGERS


def _reach(user: User, permissions: tuple[str, ...], *, managing: bool) -> Reach:
    if user.has_perms(permissions):
        return Reach(everywhere=True)
    mine = ruled(user) if managing else looked_after(user)
    return Reach(everywhere=False, streams=frozenset(mine))
