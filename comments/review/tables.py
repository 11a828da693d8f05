"""Reports and appeals as tables in the admin; the queue and the rules in its sidebar. Sync, ORM.

The tables are records: what waits is decided in the review queue.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from livecomments.accounts.models import User
from livecomments.adminsite.lists import AppendOnly, TimeFilter
from livecomments.adminsite.navigation import MODERATION, Entry, add_entry
from livecomments.adminsite.search import rows_of
from streams.admin_scope import OfStreams, StreamFilter

from .models import Appeal, Report
from .reach import appeals_reach, queue_reach, rules_reach


class OutcomeFilter(admin.SimpleListFilter):
    """What became of reports. Within a stretch of time; see the filter beside it."""

    title = "outcome"
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All there are."""
        return list(Report._meta.get_field("outcome").flatchoices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The reports that ended so."""
        value = self.value()
        return queryset if value is None else queryset.filter(outcome=value)


class Record(OfStreams, AppendOnly):
    """Rows that nobody edits here; the people in them are searched by their whole name."""

    rulers_change = False
    list_display_links = None
    search_help_text = "An id, or a person's whole name."
    people = ""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The row of this id, or the rows of one person."""
        if not search_term.strip():
            return queryset, False
        return rows_of(queryset, search_term, people=self.people), False


@admin.register(Report)
class ReportAdmin(Record):
    list_display = (
        "reported_at",
        "stream",
        "author_name",
        "text",
        "reporter",
        "reason",
        "note",
        "weight",
        "outcome",
        "decided_by",
    )
    list_filter = (StreamFilter, TimeFilter, OutcomeFilter)
    list_select_related = ("stream", "reporter", "decided_by")
    search_fields = ("reporter__display_name",)
    people = "reporter_id"


@admin.register(Appeal)
class AppealAdmin(Record):
    list_display = (
        "filed_at",
        "stream",
        "user",
        "text",
        "status",
        "answer",
        "decided_at",
        "decided_by",
    )
    list_filter = (StreamFilter,)
    list_select_related = ("stream", "user", "decided_by")
    search_fields = ("user__display_name",)
    people = "user_id"


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _reviews(request: HttpRequest) -> bool:
    user = _person(request)
    return user is not None and bool(queue_reach(user) or appeals_reach(user))


def _rules(request: HttpRequest) -> bool:
    user = _person(request)
    return user is not None and bool(rules_reach(user))


add_entry(Entry(MODERATION, "Review queue", "inbox", "review_queue", may=_reviews))
add_entry(Entry(MODERATION, "Rules", "rule", "rules", may=_rules))
