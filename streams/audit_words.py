"""What was done, in the words of those who do it: for the audit and a person's page. Sync, pure.

Rows of the audit are kept for good and may be of an older release, so nothing here relies on a part
of an event being there.
"""

from collections.abc import Mapping
from typing import Any

from .models import AuditEntry

# Every kind of action that may be asked for, and what it is called where nothing more is known.
ACTIONS: Mapping[str, str] = {
    "comment.hidden": "Hid a comment",
    "comment.restored": "Showed a comment again",
    "comment.withdrawn": "Withdrew a comment of their own",
    "comment.reported": "Reported a comment",
    "comment.pinned": "Pinned a comment",
    "comment.unpinned": "Unpinned the comment",
    "comment.posted": "Approved a comment that waited",
    "hold.closed": "Refused a comment that waited",
    "reports.dismissed": "Let a reported comment stand",
    "appeal.closed": "Answered an appeal",
    "user.cleared": "Removed all comments of somebody",
    "user.restored": "Showed somebody's comments again",
    "user.warned": "Warned somebody",
    "user.sanctioned": "Timed somebody out or banned them",
    "sanction.lifted": "Let somebody speak again",
    "user.suspended": "Kept somebody out of every stream",
    "user.renamed": "Took another name",
    "user.unsuspended": "Let somebody back into every stream",
    "staff.changed": "Changed who looks after the room",
    "rules.changed": "Changed the rules",
    "modes.changed": "Changed the modes",
    "status.changed": "Began or ended the stream",
    "announcement.made": "Announced",
    "announcement.ended": "Took an announcement away",
    "embedding.changed": "Changed which sites may embed the stream",
}
STATUSES = {"live": "Went live", "ended": "Ended the stream", "scheduled": "Announced the stream"}
ROLES = {
    "viewer": "no longer looks after the room",
    "moderator": "is a moderator",
    "manager": "is a managing moderator",
    "broadcaster": "is the broadcaster",
    "admin": "is an administrator",
}
_EXPIRED = "Nobody decided in time"
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def done(row: AuditEntry) -> str:
    """Return what was done, as a sentence without who did it."""
    event = row.event
    words = _particular(row.action, event) or ACTIONS.get(row.action, row.action)
    text = _text_of(event)
    return f"{words}: “{text}”" if text else words


def before(row: AuditEntry) -> str:
    """Return what the room was like until then; empty where that does not matter."""
    return modes_in_words(row.event.get("before") or {})


def modes_in_words(parts: Mapping[str, Any]) -> str:
    """Return modes as they were set, in the words of the desk."""
    said = (_mode(name, value) for name, value in parts.items() if value is not None)
    return ", ".join(one for one in said if one)


def lasting(seconds: int) -> str:
    """Return a stretch of time in its largest whole unit."""
    for size, unit in _UNITS:
        if seconds >= size and seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} seconds"


def _particular(action: str, event: Mapping[str, Any]) -> str:
    """What this very action was, where its event tells more than its kind."""
    match action:
        case "hold.closed":
            return _EXPIRED if event.get("outcome") == "expired" else ""
        case "appeal.closed":
            outcome = event.get("outcome")
            return f"{str(outcome).capitalize()} an appeal" if outcome else ""
        case "user.sanctioned":
            return _sanction(event)
        case "rules.changed":
            return f"Changed the rules (version {event.get('version', '?')})"
        case "staff.changed":
            role = str(event.get("role"))
            return f"Decided that somebody {ROLES.get(role, role)}"
        case "status.changed":
            return STATUSES.get(str(event.get("status")), "")
        case "embedding.changed" if "embed_sites" in event:
            return f"The stream may be {_mode('embed_sites', event['embed_sites'])}"
        case "modes.changed":
            said = modes_in_words({name: event.get(name) for name in _MODES})
            return said[:1].upper() + said[1:]
        case "announcement.made":
            seconds = event.get("seconds")
            return f"Announced for {lasting(seconds)}" if isinstance(seconds, int) else ""
        case "user.renamed" if "name" in event:
            return f"Was {event.get('former', '?')} and is now {event['name']}"
        case "user.suspended":
            until = str(event.get("until", ""))
            return (
                f"Kept out of every stream, until {until[:16].replace('T', ' ')}" if until else ""
            )
        case _:
            return ""


def _sanction(event: Mapping[str, Any]) -> str:
    seconds = event.get("seconds")
    if event.get("kind") == "ban":
        return "Banned somebody"
    return f"Timed somebody out for {lasting(seconds)}" if isinstance(seconds, int) else ""


def _text_of(event: Mapping[str, Any]) -> str:
    """What the comment said that the event is about."""
    for part in (event.get("said"), event.get("comment"), event):
        if isinstance(part, dict) and isinstance(part.get("text"), str):
            return str(part["text"])
    return ""


# A mode's words when it is on, with its value in braces, and when it is off.
_MODES: Mapping[str, tuple[str, str]] = {
    "panic": ("panic switch on", "panic switch off"),
    "raid_until": ("raid mode", "raid mode off"),
    "closed": ("comments closed", "comments open"),
    "review": ("everything waits", "comments no longer wait"),
    "standing_only": ("newcomers wait", "newcomers do not wait"),
    "slow_seconds": ("slow mode {} s", "slow mode off"),
    "min_account_age_minutes": ("accounts from {} min on", "accounts of any age"),
    "links": ("links: {}", ""),
    "delay": ("delay for viewers {} s", "no delay for viewers"),
    "embed_sites": ("embedded by {}", "embedded by no other site"),
    "pace": ("{} comments shown a second", "every comment shown"),
}
_LINKS = {
    "allow": "shown",
    "hold": "as the rules say",
    "block": "refused from newcomers",
    "listed": "only listed ones",
}


def _mode(name: str, value: Any) -> str:
    if name not in _MODES:
        return ""
    on, off = _MODES[name]
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return on.format(_LINKS.get(str(value), value)) if value else off
