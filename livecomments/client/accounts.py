"""Accounts that programs speak for: the authors of a replay, the demo's crowd. Sync, ORM.

Nobody can sign in to them, and nobody can sign up under their user names, which are longer than
any name may be.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from livecomments.accounts.models import Standing, User
from livecomments.accounts.names import NAME_MAX_LENGTH
from livecomments.protocol import Role
from livecomments.tickets import Identity

BATCH = 1_000
JOINED_AGO = timedelta(days=365)  # not "new here", and old enough for any gate on account age


def ensure_accounts(kind: str, names: Mapping[str, str]) -> dict[str, Identity]:
    """Return who each key speaks as, a viewer; accounts that are missing are made.

    `names`: key to display name. The same kind and key always give the same account.
    """
    usernames = {_username(kind, key): key for key in names}
    joined = timezone.now() - JOINED_AGO
    for part in _batches(list(usernames)):
        known = set(User.objects.filter(username__in=part).values_list("username", flat=True))
        User.objects.bulk_create(
            (
                User(
                    username=username,
                    display_name=display_name(names[usernames[username]]),
                    password=make_password(None),
                    standing=Standing.KNOWN,
                    date_joined=joined,
                )
                for username in part
                if username not in known
            ),
            ignore_conflicts=True,  # another replay may be making the same people
        )
    return {usernames[user.username]: _identity(user) for user in _users(usernames)}


def display_name(text: str) -> str:
    """Return a text as a display name; what cannot be shown in one is left out."""
    shown = "".join(character for character in text if character.isprintable())
    return " ".join(shown.split())[:NAME_MAX_LENGTH].strip() or "somebody"


def _username(kind: str, key: str) -> str:
    return f"{kind}-{hashlib.blake2b(key.encode(), digest_size=20).hexdigest()}"


def _users(usernames: Iterable[str]) -> Iterator[User]:
    for part in _batches(list(usernames)):
        yield from User.objects.filter(username__in=part)


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), BATCH):
        yield texts[start : start + BATCH]


def _identity(user: User) -> Identity:
    return Identity(
        user_id=user.pk,
        name=user.display_name,
        role=Role.VIEWER,
        standing=user.standing,
        joined_ms=int(user.date_joined.timestamp() * 1000),
    )
