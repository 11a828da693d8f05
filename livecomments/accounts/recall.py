"""Cached copies of what decides rights: a change is never overtaken by an older read. Sync.

Between asking Postgres and keeping the answer, the row may change and the copy be dropped; the old
answer must not be put back then. So each copy carries the mark that stood when the question was
asked, `forget` sets another, and a copy whose mark is not the present one counts for nothing.
"""

import secrets
from typing import Any, NamedTuple

from django.core.cache import cache

MARK_SECONDS = 300  # far longer than a read of one row may take, and than any copy lives


class Recalled(NamedTuple):
    """What is known under a key: `value` is None where nothing is. `mark` is for `remember`."""

    value: Any
    mark: str | None


def recall(key: str) -> Recalled:
    """The copy that is kept, and the mark under which another may be; one call to Redis."""
    found = cache.get_many([_copy_key(key), _mark_key(key)])
    mark: str | None = found.get(_mark_key(key))
    kept, value = found.get(_copy_key(key), (None, None))
    return Recalled(value if kept == mark else None, mark)


def remember(key: str, value: object, *, mark: str | None, seconds: int) -> None:
    """Keeps what was read after `recall` gave this mark; of no effect if it was forgotten since."""
    cache.set(_copy_key(key), (mark, value), seconds)


def forget(*keys: str) -> None:
    """Drops what is kept, and what is being read at this moment."""
    cache.set_many({_mark_key(key): secrets.token_hex(8) for key in keys}, MARK_SECONDS)
    cache.delete_many([_copy_key(key) for key in keys])


def _copy_key(key: str) -> str:
    return f"{key}:copy"


def _mark_key(key: str) -> str:
    return f"{key}:mark"
