"""For whom the admin shows what of which streams, and in whose name it acts. Sync, ORM.

A permission of Django's reaches every stream. Whoever broadcasts a stream, or is a managing
moderator of it, has the same pages for that stream alone. Other moderators have the desk and the
review queue, which ask for themselves.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse

from livecomments import eventlog
from livecomments.accounts.models import User
from livecomments.adminsite.rights import ruled
from livecomments.errors import DomainError
from livecomments.protocol import Role
from livecomments.tickets import Identity

from . import payloads, queries
from .models import Stream
from .payloads import StreamFacts
from .suspending import may_suspend

if TYPE_CHECKING:
    Scoped = admin.ModelAdmin[Any]
else:
    Scoped = object

ON_COMMENTS = "comments.change_comment"  # of the whole house
STREAMS_LISTED = 30


class OfStreams(Scoped):
    """Rows that belong to a stream: all for those with the permission, else those of one's own."""

    stream_field = "stream_id"
    rulers_change = True  # or may only look

    def has_module_permission(self, request: HttpRequest) -> bool:
        """True also for whoever rules a stream."""
        return super().has_module_permission(request) or bool(ruled(request.user))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """True also for rows of streams that one rules."""
        return super().has_view_permission(request, obj) or self._is_ruled(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """True also for rows of streams that one rules."""
        allowed = super().has_change_permission(request, obj)
        return allowed or (self.rulers_change and self._is_ruled(request, obj))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's, which would tell those without any right that there is no such row."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """All rows, or those of the streams that one rules."""
        rows = super().get_queryset(request)
        if self.sees_every_stream(request):
            return rows
        return rows.filter(**{f"{self.stream_field}__in": ruled(request.user)})

    def sees_every_stream(self, request: HttpRequest) -> bool:
        """True for those whom a permission lets in."""
        return super().has_view_permission(request)

    def _is_ruled(self, request: HttpRequest, obj: Model | None) -> bool:
        own = ruled(request.user)
        return bool(own) if obj is None else getattr(obj, self.stream_field) in own


class StreamFilter(admin.SimpleListFilter):
    """One of the newest streams that somebody may see; others are reached from their own page."""

    title = "stream"
    parameter_name = "stream"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The newest streams, and the chosen one."""
        rows = Stream.objects.order_by("-id")
        if not model_admin.sees_every_stream(request):
            rows = rows.filter(pk__in=ruled(request.user))
        found = [(str(pk), title) for pk, title in _named(rows[:STREAMS_LISTED])]
        chosen = self.value()
        if chosen and chosen.isdecimal() and all(pk != chosen for pk, _ in found):
            found += [(str(pk), title) for pk, title in _named(rows.filter(pk=int(chosen)))]
        return found

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the stream."""
        chosen = self.value()
        if chosen is None or not chosen.isdecimal():
            return queryset
        return queryset.filter(stream_id=int(chosen))


def _named(rows: QuerySet[Stream]) -> Any:
    return rows.values_list("pk", "title")


def acting_admin(request: HttpRequest, stream: Stream | StreamFacts) -> Identity:
    """Who acts in the admin's tables: as what they are in the stream, or in the house."""
    assert isinstance(request.user, User)
    return acting_in(stream, request.user, (ON_COMMENTS,))


def acting_in(stream: Stream | StreamFacts, user: User, permissions: tuple[str, ...]) -> Identity:
    """The person as they act in a stream: as what they are there, or as what the house made them.

    Whoever may act on people everywhere is an administrator; others that these permissions of the
    whole house let in are managing moderators of every stream.
    """
    role = queries.role_in(stream, user)
    if role is not Role.BROADCASTER and may_suspend(user):
        role = Role.ADMIN
    elif role in (Role.VIEWER, Role.MODERATOR) and user.has_perms(permissions):
        role = Role.MANAGER
    return payloads.identity_of(user, stream, role=role)


def told(request: HttpRequest, work: Callable[[], object], *, done: str) -> bool:
    """True when the work was done; a refusal becomes a message instead of an error page."""
    try:
        with eventlog.acting_from("admin"):
            work()
    except DomainError as error:
        messages.error(request, f"{error.message} ({error.code})")
        return False
    messages.success(request, done)
    return True
