"""API tokens: made once, shown once, revoked at once. Sync, ORM.

A token is long and random, so a plain SHA-256 of it is safe to keep and quick to look up.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from functools import cache

from django.db import connection, transaction
from django.db.models import Model, Q
from django.utils import timezone

from .domain import end_tickets
from .models import ApiToken, Scope, User

TOKEN_BYTES = 32
TOKEN_START = "lc_"
USED_EVERY = timedelta(minutes=1)  # finer would be a write per request


def create_token(user: User, *, name: str, scopes: Iterable[Scope | str]) -> tuple[ApiToken, str]:
    """The stored token and the text to hand over; the text cannot be found again."""
    text = TOKEN_START + secrets.token_urlsafe(TOKEN_BYTES)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        scopes=[Scope(scope).value for scope in scopes],
        digest=digest_of(text),
        prefix=text[:8],
    )
    return token, text


def find_token(text: str) -> ApiToken | None:
    """The living token of somebody who may sign in, or None."""
    with connection.cursor() as cursor:
        cursor.execute(_living_token(), [digest_of(text)])
        row = cursor.fetchone()
    if row is None:
        return None
    names = _columns(ApiToken)
    token = ApiToken.from_db(connection.alias, names, row[: len(names)])
    token.user = User.from_db(connection.alias, _columns(User), row[len(names) :])
    return token


def note_use(token: ApiToken) -> None:
    """Moves `last_used_at`, at most once a minute whoever asks at the same time."""
    now = timezone.now()
    if token.last_used_at is not None and now - token.last_used_at < USED_EVERY:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def revoke_token(token: ApiToken) -> bool:
    """True when the token lived until now; the next request with it is refused.

    The sockets that it opened end with it: a ticket does not say how it was asked for, so all of
    its owner's do, and those of living tokens and sessions come back by themselves. Raises `busy`
    and changes nothing.
    """
    living = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True)
    with transaction.atomic():
        if living.update(revoked_at=timezone.now()) != 1:
            return False
        end_tickets(token.user_id)
    # Again: until the commit, the token could still ask for a fresh ticket.
    end_tickets(token.user_id)
    return True


def digest_of(text: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _living_token() -> str:
    """The query of every request of a program; writing it anew takes longer than it runs."""
    columns = [
        f'{table}."{name}"'
        for table, model in (("token", ApiToken), ("owner", User))
        for name in _columns(model)
    ]
    return (
        f"SELECT {', '.join(columns)} FROM {ApiToken._meta.db_table} AS token"
        f" JOIN {User._meta.db_table} AS owner ON owner.id = token.user_id"
        " WHERE token.digest = %s AND token.revoked_at IS NULL AND owner.is_active"
    )


def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]
