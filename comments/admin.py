"""Comments and holds in the admin. Sync, ORM.

The table of comments is large: nothing here counts it, every list goes from id to id, and every
filter has its index. Actions go through the one door for them; the rows follow a moment later.
"""

from typing import Any, ClassVar

from asgiref.sync import async_to_sync
from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from livecomments.adminsite.lists import KeysetModelAdmin, TimeFilter
from livecomments.adminsite.search import rows_of
from livecomments.protocol import (
    Action,
    ApproveHeld,
    HideComment,
    PinComment,
    RefuseHeld,
    RestoreComment,
)
from streams.admin_scope import OfStreams, StreamFilter, acting_admin, told
from streams.models import Stream
from streams.payloads import room_of

from . import person_admin
from .actions import act
from .models import Comment, Hold, HoldStatus, Status
from .review import tables  # noqa: F401 -- registers its pages

AUTHOR = "author__id__exact"


class CommentTimeFilter(TimeFilter):
    """The last week, but all there is of one author or one search."""

    narrowed_by = (SEARCH_VAR, AUTHOR)


class StatusFilter(admin.SimpleListFilter):
    """What is not shown any more; those are few, and have an index of their own."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Everything that is not plainly visible."""
        return [
            ("gone", "Hidden or withdrawn"),
            ("hidden", "Hidden by moderators"),
            ("withdrawn", "Withdrawn by the author"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of that status."""
        match self.value():
            case "gone":
                return queryset.exclude(status=Status.VISIBLE)
            case "hidden":
                return queryset.filter(status=Status.HIDDEN)
            case "withdrawn":
                return queryset.filter(status=Status.WITHDRAWN)
        return queryset


def acted(request: HttpRequest, stream: Stream, action: Action, *, done: str) -> bool:
    """True when the action is in the log; a refusal becomes a message."""

    def work() -> None:
        async_to_sync(act)(
            room_of(stream), actor=acting_admin(request, stream), action=action, where="admin"
        )

    return told(request, work, done=done)


class Said(OfStreams, KeysetModelAdmin):
    """What comments and holds have in common: they come from rooms, and nobody edits them."""

    list_display_links = None
    list_select_related: ClassVar[Any] = ("stream",)
    search_fields = ("author_name",)
    search_help_text = "An id, or a person's whole name."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The row of this id, or the rows of one person: texts have no index."""
        if not search_term.strip():
            return queryset, False
        return rows_of(queryset, search_term, people="author_id"), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: people post, and admission holds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Lists and actions only."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: what must not be seen is hidden, and decisions stay on record."""
        return False

    def get_list_display(self, request: HttpRequest) -> Any:
        """The columns; a name leads to the person's page for those who may open it."""
        author = "author_page" if person_admin.may_view(request) else "author_link"
        return [author if name == "author_link" else name for name in self.list_display]

    @admin.display(description="author")
    def author_link(self, row: Any) -> str:
        """The author, leading to all that they said here."""
        return format_html('<a href="?{}={}">{}</a>', AUTHOR, row.author_id, row.author_name)

    @admin.display(description="author")
    def author_page(self, row: Any) -> str:
        """The author, leading to their page."""
        link = person_admin.person_link(row.author_id)
        return format_html('<a href="{}">{}</a>', link, row.author_name)


@admin.register(Comment)
class CommentAdmin(Said):
    list_display = ("created_at", "stream", "author_link", "text", "status", "left_out")
    list_filter = (StreamFilter, CommentTimeFilter, StatusFilter)
    actions = ("hide", "restore", "pin")

    @admin.action(description="Hide", permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        """Takes these comments from every viewer."""
        for row in queryset:
            acted(request, row.stream, HideComment(id=str(row.pk)), done=f"“{row}” is hidden.")

    @admin.action(description="Restore", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        """Gives these comments back."""
        for row in queryset:
            acted(request, row.stream, RestoreComment(id=str(row.pk)), done=f"“{row}” is back.")

    @admin.action(description="Pin", permissions=["change"])
    def pin(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        """Shows the comment above all others of its stream."""
        for row in queryset:
            acted(request, row.stream, PinComment(id=str(row.pk)), done=f"“{row}” is pinned.")


@admin.register(Hold)
class HoldAdmin(Said):
    list_display = (
        "held_at",
        "stream",
        "author_link",
        "text",
        "reason",
        "detail",
        "status",
        "decided_by",
    )
    list_filter = (StreamFilter, CommentTimeFilter, "status")
    list_select_related = ("stream", "decided_by")
    actions = ("approve", "refuse")

    @admin.action(description="Approve", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Hold]) -> None:
        """Shows these comments, at the place of this moment."""
        for hold in self._open(queryset):
            action = ApproveHeld(hold=str(hold.pk))
            acted(request, hold.stream, action, done=f"“{hold}” is approved.")

    @admin.action(description="Refuse", permissions=["change"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Hold]) -> None:
        """Tells the senders that these will not be shown."""
        for hold in self._open(queryset):
            action = RefuseHeld(hold=str(hold.pk))
            acted(request, hold.stream, action, done=f"“{hold}” is refused.")

    def _open(self, queryset: QuerySet[Hold]) -> QuerySet[Hold]:
        return queryset.filter(status=HoldStatus.OPEN).order_by("number")
