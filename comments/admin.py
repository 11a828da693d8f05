"""Comments and holds in the admin. Sync, ORM.

The table of comments is large: nothing here counts it, and lists are of one stream or one stretch
of time. Actions append events through the domain; the rows follow a moment later.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html

from livecomments.ids import first_id_at
from streams.admin import acting_admin, told
from streams.models import Stream
from streams.payloads import room_of

from . import moderation
from .models import Comment, Hold, HoldStatus
from .payloads import comment_of

if TYPE_CHECKING:  # generic only to the type checker
    CommentModelAdmin = admin.ModelAdmin[Comment]
    HoldModelAdmin = admin.ModelAdmin[Hold]
    CommentPaginator = Paginator[Any]
else:
    CommentModelAdmin = HoldModelAdmin = admin.ModelAdmin
    CommentPaginator = Paginator

PAGE_SIZE = 100
# Paging by number reads everything it skips; further back, narrow the time instead.
MAX_PAGES = 50
SEARCH_SPAN = timedelta(days=7)


class UncountedPaginator(CommentPaginator):
    """Pages without COUNT(*): looks at most one page's rows past the last that it offers."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, or as many as all pages hold."""
        assert isinstance(self.object_list, QuerySet)
        return self.object_list.order_by()[: self.per_page * MAX_PAGES].count()


class TimeFilter(admin.SimpleListFilter):
    """A stretch of time, asked for as a range of ids."""

    title = "time"
    parameter_name = "since"
    spans = {
        "hour": ("Last hour", timedelta(hours=1)),
        "day": ("Last 24 hours", timedelta(days=1)),
        "week": ("Last 7 days", timedelta(days=7)),
        "month": ("Last 30 days", timedelta(days=30)),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The stretches on offer."""
        return [(key, label) for key, (label, _) in self.spans.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the stretch."""
        chosen = self.spans.get(self.value() or "")
        if chosen is None:
            return queryset
        return since(queryset, chosen[1])


def since(queryset: QuerySet[Any], span: timedelta) -> QuerySet[Any]:
    """The rows whose ids were given within `span` until now."""
    start = timezone.now() - span
    return queryset.filter(pk__gte=first_id_at(int(start.timestamp() * 1000)))


class StreamFilter(admin.SimpleListFilter):
    """One of the newest streams; others are reached from a stream's own page."""

    title = "stream"
    parameter_name = "stream"
    newest = 30

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The newest streams."""
        found = Stream.objects.order_by("-id").values_list("pk", "title")[: self.newest]
        return [(str(pk), title) for pk, title in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the stream."""
        chosen = self.value()
        if chosen is None or not chosen.isdigit():
            return queryset
        return queryset.filter(stream_id=int(chosen))


@admin.register(Comment)
class CommentAdmin(CommentModelAdmin):
    list_display = ("created_at", "stream", "author_link", "text", "status", "left_out")
    list_filter = (StreamFilter, TimeFilter, "status", "left_out")
    list_select_related = ("stream",)
    search_fields = ("text", "author_name")
    search_help_text = "Searches the last 7 days unless you choose a stream or a time."
    ordering = ("-id",)
    list_per_page = PAGE_SIZE
    show_full_result_count = False
    paginator = UncountedPaginator
    actions = ("hide", "restore", "pin")

    @admin.display(description="author")
    def author_link(self, row: Comment) -> str:
        """The author, leading to all that they said."""
        return format_html('<a href="?author__id__exact={}">{}</a>', row.author_id, row.author_name)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Comment], search_term: str
    ) -> tuple[QuerySet[Comment], bool]:
        """The rows with this text; text has no index, so never all rows are looked through."""
        chosen = {StreamFilter.parameter_name, TimeFilter.parameter_name} & set(request.GET)
        if search_term and not chosen:
            queryset = since(queryset, SEARCH_SPAN)
        return super().get_search_results(request, queryset, search_term)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: comments are posted."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        """Lists and actions only."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        """Never: what must not be seen is hidden."""
        return False

    @admin.action(description="Hide", permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        """Takes these comments from every viewer."""
        for comment in queryset.select_related("stream"):
            self._tell(
                request,
                comment,
                lambda row, actor: async_to_sync(moderation.hide_comment)(
                    room_of(row.stream), actor=actor, comment_id=row.pk, reason=""
                ),
                done="is hidden",
            )

    @admin.action(description="Restore", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        """Gives these comments back."""
        for comment in queryset.select_related("stream"):
            self._tell(
                request,
                comment,
                lambda row, actor: async_to_sync(moderation.restore_comment)(
                    room_of(row.stream), actor=actor, comment=comment_of(row)
                ),
                done="is back",
            )

    @admin.action(description="Pin", permissions=["change"])
    def pin(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        """Shows the comment above all others of its stream."""
        for comment in queryset.select_related("stream"):
            self._tell(
                request,
                comment,
                lambda row, actor: async_to_sync(moderation.pin_comment)(
                    room_of(row.stream), actor=actor, comment=comment_of(row)
                ),
                done="is pinned",
            )

    def _tell(
        self,
        request: HttpRequest,
        comment: Comment,
        work: Callable[[Comment, Any], object],
        *,
        done: str,
    ) -> None:
        actor = acting_admin(request, comment.stream)
        told(request, lambda: work(comment, actor), done=f"“{comment}” {done}.")


@admin.register(Hold)
class HoldAdmin(HoldModelAdmin):
    list_display = ("held_at", "stream", "author_name", "text", "reason", "status", "decided_by")
    list_filter = ("status", StreamFilter)
    list_select_related = ("stream", "decided_by")
    ordering = ("-number",)
    list_per_page = PAGE_SIZE
    show_full_result_count = False
    paginator = UncountedPaginator
    actions = ("approve", "refuse")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: admission holds comments."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        """Lists and actions only."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        """Never: decisions stay on record."""
        return False

    @admin.action(description="Approve", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Hold]) -> None:
        """Shows these comments, at the place of this moment."""
        for hold in self._open(queryset):
            actor = acting_admin(request, hold.stream)

            def work(hold: Hold = hold, actor: Any = actor) -> None:
                async_to_sync(moderation.approve_hold)(
                    room_of(hold.stream), actor=actor, hold=hold.pk
                )

            told(request, work, done=f"“{hold}” is approved.")

    @admin.action(description="Refuse", permissions=["change"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Hold]) -> None:
        """Tells the senders that these will not be shown."""
        for hold in self._open(queryset):
            actor = acting_admin(request, hold.stream)

            def work(hold: Hold = hold, actor: Any = actor) -> None:
                async_to_sync(moderation.refuse_hold)(
                    room_of(hold.stream), actor=actor, hold=hold.pk, reason=""
                )

            told(request, work, done=f"“{hold}” is refused.")

    def _open(self, queryset: QuerySet[Hold]) -> QuerySet[Hold]:
        waiting = queryset.filter(status=HoldStatus.OPEN)
        return waiting.select_related("stream").order_by("number")
