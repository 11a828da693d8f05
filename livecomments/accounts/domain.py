"""Ending what somebody may do, everywhere at once. Sync, ORM."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from asgiref.sync import async_to_sync
from django.db import transaction

from livecomments import revocation

from .models import User, user_cache_key
from .recall import forget


def end_tickets(user_id: int) -> None:
    """Makes every ticket of a person invalid, on open sockets within a second. Raises `busy`.

    Redis tells the gateways; the column lets a Redis that was emptied learn of it again.
    """
    after_ms = async_to_sync(revocation.revoke)(user_id)
    moment = datetime.fromtimestamp(after_ms / 1000, tz=UTC)
    User.objects.filter(pk=user_id).update(valid_after=moment)
    forget(user_cache_key(user_id))


def end_tickets_of(user_ids: Sequence[int]) -> None:
    """Makes every ticket of these people invalid, and those of this moment again at the commit.

    Until then, others still read, and sign, what these people might do before. Raises `busy`.
    """
    for user_id in user_ids:
        end_tickets(user_id)
    if transaction.get_connection().in_atomic_block:
        for user_id in user_ids:
            transaction.on_commit(partial(end_tickets, user_id), robust=True)
