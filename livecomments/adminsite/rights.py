"""Who may enter the admin, and for which streams. Sync, ORM.

Two ways lead in. Staff have what their groups and permissions say, in every stream. Whoever
moderates or broadcasts a stream has the pages of that stream without being staff of the house. The
streams are a layer above; their relations to people are used here by name alone.
"""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

Person = AbstractBaseUser | AnonymousUser

_KEPT = "_looked_after"


def may_enter(user: Person) -> bool:
    """True for staff, and for whoever looks after a stream."""
    if not user.is_active:
        return False
    return bool(getattr(user, "is_staff", False)) or bool(looked_after(user))


def looked_after(user: Person) -> dict[int, bool]:
    """The streams that a person looks after; True where they also rule them: broadcasters and
    managing moderators. Asked once per request, of whose person this is."""
    if not isinstance(user, AbstractBaseUser):
        return {}
    kept: dict[int, bool] | None = getattr(user, _KEPT, None)
    if kept is None:
        person: Any = user
        kept = dict(person.moderates.values_list("stream_id", "managing"))
        kept.update((pk, True) for pk in person.streams.order_by().values_list("pk", flat=True))
        setattr(user, _KEPT, kept)
    return kept


def ruled(user: Person) -> list[int]:
    """The streams that a person rules, as broadcaster or managing moderator."""
    return [stream for stream, rules in looked_after(user).items() if rules]
