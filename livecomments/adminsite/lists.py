"""Admin pages for tables of any size: nothing is counted, and pages go from id to id. Sync, ORM.

A page by number reads all that it skips, and a total reads everything. Here a page is what comes
before or after one id, which the primary key finds at once. Filters are for whoever writes them to
choose so that an index serves them, and lists begin with the last days only.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from livecomments.ids import first_id_at

if TYPE_CHECKING:  # generic only to the type checker, and unfold carries no types
    from django.contrib.admin.views.main import ChangeList

    DeskModelAdmin = admin.ModelAdmin[Any]
    DeskTable = admin.TabularInline[Any, Any]
    PagePaginator = Paginator[Any]
else:
    from unfold.admin import ModelAdmin as DeskModelAdmin
    from unfold.admin import TabularInline as DeskTable
    from unfold.views import ChangeList

    PagePaginator = Paginator

__all__ = ["AppendOnly", "DeskModelAdmin", "DeskTable", "KeysetModelAdmin", "TimeFilter", "since"]

PAGE_SIZE = 50
OLDER, NEWER = "older", "newer"


class OnePage(PagePaginator):
    """The rows of this page as all there is; the links to others stand in the template."""

    template_name = "adminsite/pager.html"


class KeysetChangeList(ChangeList):
    """One page of rows, newest first, with the ids that lead to the ones beside it."""

    older: int | None = None
    newer: int | None = None

    def get_filters_params(self, params: Any = None) -> Any:
        """What filters see, and what links carry on: not the place in the list."""
        for name in (OLDER, NEWER):
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        return super().get_filters_params(params)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """By id, always: another order would need another index."""
        return ["-pk"]

    def get_results(self, request: HttpRequest) -> None:
        """Reads one page and one row more, which tells whether there are others."""
        before, after = _bound(request, OLDER), _bound(request, NEWER)
        size = self.list_per_page
        if after is not None:
            found = list(self.queryset.filter(pk__gt=after).order_by("pk")[: size + 1])
            rows = found[:size][::-1]
            more_newer, more_older = len(found) > size, bool(rows)
        else:
            older = self.queryset if before is None else self.queryset.filter(pk__lt=before)
            found = list(older[: size + 1])
            rows = found[:size]
            more_newer, more_older = before is not None and bool(rows), len(found) > size
        self.older = rows[-1].pk if more_older else None
        self.newer = rows[0].pk if more_newer else None
        self._show(rows)

    def older_link(self) -> str:
        """The query of the page of older rows."""
        return self.get_query_string({OLDER: self.older})

    def newer_link(self) -> str:
        """The query of the page of newer rows."""
        return self.get_query_string({NEWER: self.newer})

    def newest_link(self) -> str:
        """The query of the first page."""
        return self.get_query_string()

    def _show(self, rows: list[Any]) -> None:
        self.paginator = OnePage(rows, self.list_per_page)
        self.result_list = rows
        # The same everywhere: there is no total to offer, and nothing beyond this page to select.
        self.result_count = self.full_result_count = len(rows)
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.can_show_all = self.multi_page = False


def _bound(request: HttpRequest, name: str) -> int | None:
    given = request.GET.get(name)
    if given is None:
        return None
    if not given.isdecimal() or len(given) > 19:
        raise IncorrectLookupParameters
    return int(given)


class KeysetModelAdmin(DeskModelAdmin):
    """A list that goes from id to id. Actions act on what was ticked, never on "all"."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = PAGE_SIZE
    list_max_show_all = 0
    list_disable_select_all = True
    sortable_by = ()
    ordering = ("-pk",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The kind of list that pages by id."""
        return KeysetChangeList

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Runs an action; one on every row of a large table is refused."""
        if request.POST.get("select_across", "0") not in ("", "0"):
            messages.error(request, "Choose the rows: an action cannot take the whole list.")
            return None
        return super().response_action(request, queryset)


class AppendOnly(KeysetModelAdmin):
    """Shown to whoever may see it, and changed by nobody, superusers included."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


class TimeFilter(admin.SimpleListFilter):
    """A stretch of time, asked for as a range of ids; the last week unless something else narrows
    the list: a search, or one of `narrowed_by`."""

    title = "time"
    parameter_name = "since"
    narrowed_by: tuple[str, ...] = (SEARCH_VAR,)
    spans = {
        "hour": ("Last hour", timedelta(hours=1)),
        "day": ("Last 24 hours", timedelta(days=1)),
        "week": ("Last 7 days", timedelta(days=7)),
        "month": ("Last 30 days", timedelta(days=30)),
        "all": ("Any time", None),
    }

    def __init__(
        self, request: HttpRequest, params: Any, model: type[Model], model_admin: Any
    ) -> None:
        narrowed = any(request.GET.get(name) for name in self.narrowed_by)
        self.default = "all" if narrowed else "week"
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The stretches on offer."""
        return [(key, label) for key, (label, _) in self.spans.items()]

    def choices(self, changelist: Any) -> Any:
        """The stretches, the one that holds without a choice among them."""
        chosen = self.chosen()
        for key, (label, _) in self.spans.items():
            query = changelist.get_query_string({self.parameter_name: key})
            yield {"selected": key == chosen, "query_string": query, "display": label}

    def chosen(self) -> str:
        """The stretch that holds."""
        given = self.value()
        return given if given in self.spans else self.default

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the stretch."""
        span = self.spans[self.chosen()][1]
        return queryset if span is None else since(queryset, span)


def since(queryset: QuerySet[Any], span: timedelta, *, field: str = "pk") -> QuerySet[Any]:
    """The rows whose ids, which are times, were given within `span` until now."""
    start = timezone.now() - span
    return queryset.filter(**{f"{field}__gte": first_id_at(int(start.timestamp() * 1000))})
