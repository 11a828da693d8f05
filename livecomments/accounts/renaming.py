"""Give somebody another name, everywhere at once. Sync, ORM.

What was said stays under the name that it was said under; what is said from now on has the new one.
The record is a layer above (`streams.renaming`).
"""

from django.db import transaction

from .domain import end_tickets_of
from .models import FormerName, User
from .names import folded


def rename(user: User, *, name: str) -> str:
    """The name that the person had until now; their tickets, which carry it, are over.

    `name` has been checked (`forms.free_name`). Raises `busy`, and IntegrityError where somebody
    took the name in this instant, and changes nothing then.
    """
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        former = row.display_name
        if folded(name) != folded(former):
            FormerName.objects.create(user=row, folded=folded(former))
        if row.signs_in_by_name:
            row.username = folded(name)
        row.display_name = name
        row.save(update_fields=["display_name", "username"])
        end_tickets_of([row.pk])
    return former
