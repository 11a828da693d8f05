"""The ways from a stream in the admin to the other places of its room. Sync, ORM.

The rules and the queue are a layer above: they are reached by the names of their addresses.
"""

from collections.abc import Callable

from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from livecomments.accounts.models import User
from livecomments.adminsite.rights import looked_after

from .models import Stream


def has_desk(request: HttpRequest, stream: Stream) -> bool:
    """True when the stream's desk opens for whoever asks."""
    user = request.user
    return isinstance(user, User) and (user.is_superuser or stream.pk in looked_after(user))


def room_links(request: HttpRequest, object_id: str) -> list[tuple[str, str]]:
    """Return name and address of each place of a room that whoever asks may open."""
    stream = Stream.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
    if stream is None:
        return []
    found = [("Desk", _address("desk", stream.slug))] if has_desk(request, stream) else []
    found.append(("Watch page", _address("watch", stream.slug)))
    if has_desk(request, stream):
        queue = _address("review_queue")
        found.append(("Review queue", f"{queue}?stream={stream.slug}" if queue else ""))
        found.append(("Rules", _address("rules_edit", stream.slug)))
    return [(name, address) for name, address in found if address]


def desk_column(request: HttpRequest) -> Callable[[Stream], str]:
    """A column of the list of streams: the way to the desk."""

    @admin.display(description="desk")
    def desk(row: Stream) -> str:
        if not has_desk(request, row):
            return "–"
        return format_html('<a href="{}">Desk</a>', _address("desk", row.slug))

    return desk


def _address(name: str, *args: str) -> str:
    """The address of a page, or nothing where this installation has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
