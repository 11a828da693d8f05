"""Take another name, and the record of it: who looks after a room finds out who somebody was. Sync,
ORM.
"""

from django.db import transaction

from livecomments.accounts import renaming
from livecomments.accounts.models import User
from livecomments.protocol import StreamStatus

from .models import Stream
from .queries import forget_stream
from .suspending import audit_everywhere

RENAMED = "user.renamed"


def rename_user(user: User, *, name: str, via: str = "") -> None:
    """Gives the person this name, which has been checked. Raises as `accounts.renaming.rename`."""
    with transaction.atomic():
        former = renaming.rename(user, name=name)
        audit_everywhere(RENAMED, user=user, actor=user, via=via, name=name, former=former)
    # Their other streams say the new name as soon as what is kept of them runs out.
    live = Stream.objects.filter(broadcaster=user, status=StreamStatus.LIVE.value)
    for slug in live.values_list("slug", flat=True):
        forget_stream(slug)
