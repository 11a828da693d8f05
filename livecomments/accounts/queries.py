"""People as they are read in more than one place. Sync, ORM."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from .models import FormerName, User
from .names import folded

NAME_RESTS = timedelta(days=90)  # before somebody else may have it


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


def is_of_the_house(user_id: int) -> bool:
    """True for those who run the whole installation."""
    staff = Q(is_staff=True) | Q(is_superuser=True)
    return User.objects.filter(staff, pk=user_id).exists()


def names_of_office(*, besides: int | None = None) -> list[str]:
    """The names of staff, moderators and broadcasters, but for one person's.

    The streams are a layer above; their relations to people are used here by name alone.
    """
    people = User.objects.exclude(pk=besides) if besides else User.objects.all()
    names = people.values_list("display_name", flat=True).order_by()
    staff = names.filter(Q(is_staff=True) | Q(is_superuser=True))
    moderators = names.filter(moderates__isnull=False)
    broadcasters = names.filter(streams__isnull=False)
    return list(staff.union(moderators, broadcasters))


def is_name_taken(name: str, *, besides: int | None = None) -> bool:
    """True when somebody else has this name in any capitals, or had it until lately."""
    alike = Q(display_name__iexact=name) | Q(username=folded(name))
    others = User.objects.exclude(pk=besides) if besides else User.objects.all()
    return others.filter(alike).exists() or _rests(name, besides=besides)


def _rests(name: str, *, besides: int | None) -> bool:
    """True when somebody else gave this name up so lately that what they said is still read."""
    lately = timezone.now() - NAME_RESTS
    rows = FormerName.objects.filter(folded=folded(name), given_up_at__gte=lately)
    return (rows.exclude(user_id=besides) if besides else rows).exists()
