"""People as they are read in more than one place. Sync, ORM."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from .models import User


def standing_revocations() -> list[tuple[int, int]]:
    """Who was revoked within the life of a ticket: user id and Unix ms, oldest first.

    What an emptied Redis must be told again.
    """
    since = timezone.now() - timedelta(seconds=settings.TICKET_SECONDS)
    found = User.objects.filter(valid_after__gte=since).order_by("valid_after")
    return [
        (user_id, int(moment.timestamp() * 1000))
        for user_id, moment in found.values_list("pk", "valid_after")
        if moment is not None
    ]
