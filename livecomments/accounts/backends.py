"""Signing in by display name, and people served from the cache between requests. Sync, ORM."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from .models import USER_CACHE_SECONDS, User, user_cache_key
from .names import folded
from .recall import recall, remember


class NameBackend(ModelBackend):
    """Knows people by their name in any capitals, and asks Postgres for each only now and then."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """The person whose name and password these are, or None."""
        if username is None or password is None:
            return None
        # "Elena" and "elena" are one person; names that were not made by signing up may have
        # capitals, and win when they are typed exactly so.
        spellings = (username, folded(username))
        known = set(User.objects.filter(username__in=spellings).values_list("username", flat=True))
        name = next((spelling for spelling in spellings if spelling in known), username)
        user = super().authenticate(request, username=name, password=password, **kwargs)
        return user if isinstance(user, User) else None

    def get_user(self, user_id: int) -> User | None:
        """The person of a session; a query at most every 30 s, none while Postgres is away."""
        key = user_cache_key(user_id)
        user, mark = recall(key)
        if user is None:
            user = User.objects.filter(pk=user_id).first()
            if user is None:
                return None
            remember(key, user, mark=mark, seconds=USER_CACHE_SECONDS)
        return user if self.user_can_authenticate(user) else None
