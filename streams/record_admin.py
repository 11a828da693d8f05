"""What was done in streams: sanctions, the audit, and what the archive set aside. Sync, ORM.

Sanctions are placed and lifted through the domain; their rows follow from the archive. The rest
nobody changes, superusers included.
"""

import json
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import OuterRef, QuerySet, Subquery
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from livecomments.accounts.models import User
from livecomments.adminsite.lists import AppendOnly, KeysetModelAdmin, TimeFilter
from livecomments.adminsite.rights import ruled
from livecomments.adminsite.search import rows_of
from livecomments.protocol import SanctionKind

from . import audit_words, domain, payloads
from .admin_scope import OfStreams, StreamFilter, acting_admin, told
from .forms import SanctionForm
from .models import ArchiveCursor, AuditEntry, Sanction, SetAsideEvent, Stream

SHORT = 160  # characters of a comment in a list

if TYPE_CHECKING:
    SanctionModelForm = ModelForm[Sanction]
else:
    SanctionModelForm = ModelForm


class OpenFilter(admin.SimpleListFilter):
    """Sanctions that nobody lifted, or those that somebody did."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Both."""
        return [("open", "In force, or run out"), ("lifted", "Lifted")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of that state."""
        chosen = self.value()
        return queryset if chosen is None else queryset.filter(lifted_at__isnull=chosen == "open")


@admin.register(Sanction)
class SanctionAdmin(OfStreams, KeysetModelAdmin):
    """Time-outs and bans: the form and the action append events, rows follow."""

    list_display = (
        "user",
        "stream",
        "kind",
        "until",
        "reason",
        "placed_by",
        "placed_at",
        "lifted_at",
    )
    list_display_links = None
    list_filter = (StreamFilter, "kind", OpenFilter)
    list_select_related = ("user", "stream", "placed_by")
    search_fields = ("user__display_name",)
    search_help_text = "A person's whole name, or their number."
    raw_id_fields = ("stream",)
    form = SanctionForm
    actions = ("lift",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Sanction], search_term: str
    ) -> tuple[QuerySet[Sanction], bool]:
        """The sanctions of one person."""
        if not search_term.strip():
            return queryset, False
        return rows_of(queryset, search_term, people="user_id", also="user_id"), False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Of streams, for those without the permission: the choice of their own."""
        if db_field.name == "stream" and not self.sees_every_stream(request):
            return db_field.formfield(queryset=Stream.objects.filter(pk__in=ruled(request.user)))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """True also for whoever rules a stream; the domain refuses other streams."""
        return super().has_add_permission(request) or self.has_change_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Lists and actions only."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Sanction | None = None) -> bool:
        """Never: what was lifted stays on record."""
        return False

    def save_model(
        self, request: HttpRequest, obj: Sanction, form: SanctionModelForm, change: bool
    ) -> None:
        """Places the sanction; the archive writes its row."""
        kind = SanctionKind(obj.kind)

        def work() -> None:
            async_to_sync(domain.sanction_user)(
                payloads.room_of(obj.stream),
                actor=acting_admin(request, obj.stream),
                user_id=obj.user_id,
                kind=kind,
                seconds=form.cleaned_data["seconds"] if kind is SanctionKind.TIMEOUT else None,
                reason=obj.reason,
            )

        told(request, work, done=f"{obj.user} is sanctioned in {obj.stream}.")

    def log_addition(  # type: ignore[override]  # nobody asks for the row that is not written
        self, request: HttpRequest, obj: Sanction, message: Any
    ) -> None:
        """Nothing: the audit has it, and there is no row here yet to point at."""

    def response_add(
        self, request: HttpRequest, obj: Sanction, post_url_continue: str | None = None
    ) -> Any:
        """Back to the list, where the row appears as soon as the archive has written it."""
        return self.response_post_save_add(request, obj)

    @admin.action(description="Lift", permissions=["change"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Sanction]) -> None:
        """Lets these people speak again."""
        open_ones = queryset.filter(lifted_at__isnull=True).select_related("stream", "user")
        for sanction in open_ones:

            def work(sanction: Sanction = sanction) -> None:
                async_to_sync(domain.lift_sanction)(
                    payloads.room_of(sanction.stream),
                    actor=acting_admin(request, sanction.stream),
                    user_id=sanction.user_id,
                )

            told(request, work, done=f"{sanction.user} may speak in {sanction.stream} again.")


class AuditTimeFilter(TimeFilter):
    """Audit rows are numbered in the order of time, so a stretch begins at some number."""

    narrowed_by = (SEARCH_VAR, "actor__id__exact", "target_user_id__exact")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows from the first of the stretch on."""
        span = self.spans[self.chosen()][1]
        if span is None:
            return queryset
        recent = AuditEntry.objects.filter(at__gte=timezone.now() - span).order_by("at")
        first = recent.values_list("pk", flat=True).first()
        return queryset.none() if first is None else queryset.filter(pk__gte=first)


class ActionFilter(admin.SimpleListFilter):
    """One kind of action."""

    title = "action"
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The kinds that are audited, in words."""
        return list(audit_words.ACTIONS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of that kind."""
        chosen = self.value()
        return queryset.filter(action=chosen) if chosen in audit_words.ACTIONS else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(OfStreams, AppendOnly):
    """Who did what to whom: before, after, why and from where. Nobody changes it."""

    rulers_change = False
    list_display = ("at", "stream", "who", "what", "whom", "before", "why", "via")
    list_filter = (StreamFilter, AuditTimeFilter, ActionFilter)
    list_select_related = ("stream", "actor")
    search_fields = ("actor__display_name",)
    search_help_text = "Who did it, by their whole name; or the number of a person or a comment."
    fields = ("at", "stream", "who", "what", "whom", "why", "via", "before", "whole")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """With the name of whom it was done to, who has no relation: records outlive accounts."""
        people = User.objects.filter(pk=OuterRef("target_user_id")).values("display_name")
        rows: QuerySet[AuditEntry] = super().get_queryset(request)
        return rows.annotate(whom_name=Subquery(people[:1]))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        """What one person did."""
        if not search_term.strip():
            return queryset, False
        return rows_of(queryset, search_term, people="actor_id", also="target_user_id"), False

    @admin.display(description="who")
    def who(self, row: AuditEntry) -> str:
        """The actor, leading to all that they did."""
        if row.actor_id is None:
            return "the room itself"
        name = str(row.actor) if row.actor is not None else f"no. {row.actor_id}"
        return format_html('<a href="?actor__id__exact={}">{}</a>', row.actor_id, name)

    @admin.display(description="whom")
    def whom(self, row: AuditEntry) -> str:
        """The person it was done to, leading to all that was."""
        if row.target_user_id is None:
            return "–"
        name = getattr(row, "whom_name", None) or f"no. {row.target_user_id}"
        return format_html('<a href="?target_user_id__exact={}">{}</a>', row.target_user_id, name)

    @admin.display(description="what")
    def what(self, row: AuditEntry) -> str:
        """What was done, in words."""
        return shortened(audit_words.done(row))

    @admin.display(description="before")
    def before(self, row: AuditEntry) -> str:
        """What was there until then."""
        return audit_words.before(row) or "–"

    @admin.display(description="why")
    def why(self, row: AuditEntry) -> str:
        """The reason that was given."""
        return str(row.event.get("reason") or row.event.get("note") or "–")

    @admin.display(description="from")
    def via(self, row: AuditEntry) -> str:
        """Where it was done: page, API, admin, or by the room itself."""
        return str(row.event.get("via") or "–")

    @admin.display(description="event")
    def whole(self, row: AuditEntry) -> str:
        """The event as the log had it."""
        return json.dumps(row.event, indent=1, ensure_ascii=False)


def shortened(text: str) -> str:
    """The beginning of a text, for a cell of a list."""
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


@admin.register(SetAsideEvent)
class SetAsideEventAdmin(AppendOnly):
    """Events the archive could not write; each one asks for a look at the logs."""

    list_display = ("set_aside_at", "partition", "log_id", "error")


@admin.register(ArchiveCursor)
class ArchiveCursorAdmin(AppendOnly):
    """How far the archive has come in each partition."""

    list_display = ("partition", "log_id", "fence", "updated_at")
