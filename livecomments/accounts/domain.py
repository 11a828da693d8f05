"""Ending what somebody may do, everywhere at once. Sync, ORM."""

from datetime import UTC, datetime

from asgiref.sync import async_to_sync
from django.core.cache import cache

from livecomments import revocation

from .models import User, user_cache_key


def end_tickets(user_id: int) -> None:
    """Makes every ticket of a person invalid, on open sockets within a second. Raises `busy`.

    Redis tells the gateways; the column lets a Redis that was emptied learn of it again.
    """
    after_ms = async_to_sync(revocation.revoke)(user_id)
    moment = datetime.fromtimestamp(after_ms / 1000, tz=UTC)
    User.objects.filter(pk=user_id).update(valid_after=moment)
    cache.delete(user_cache_key(user_id))
