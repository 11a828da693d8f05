"""Streams, their people and their record in the admin. Sync, ORM.

The state of a room is read-only here: actions append events through the domain, and the rows
follow a moment later.
"""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest

from livecomments.accounts.models import User
from livecomments.errors import DomainError
from livecomments.protocol import PACE_DEFAULT_PER_SECOND, Role, SanctionKind, StreamStatus
from livecomments.tickets import Identity, Room

from . import domain, editing, payloads, queries
from .forms import SanctionForm
from .models import AuditEntry, Moderator, Sanction, SetAsideEvent, Stream
from .payloads import StreamFacts

if TYPE_CHECKING:  # generic only to the type checker
    StreamModelAdmin = admin.ModelAdmin[Stream]
    SanctionModelAdmin = admin.ModelAdmin[Sanction]
    AuditModelAdmin = admin.ModelAdmin[AuditEntry]
    SetAsideModelAdmin = admin.ModelAdmin[SetAsideEvent]
    ModeratorTable = admin.TabularInline[Moderator, Stream]
else:
    StreamModelAdmin = SanctionModelAdmin = AuditModelAdmin = admin.ModelAdmin
    SetAsideModelAdmin = admin.ModelAdmin
    ModeratorTable = admin.TabularInline

ROOM_FIELDS = (
    "status",
    "started_at",
    "ended_at",
    "closed",
    "slow_seconds",
    "min_account_age_minutes",
    "review",
    "pinned",
)
PACES = {"low": 10, "usual": PACE_DEFAULT_PER_SECOND, "high": 50}  # other ones: domain.set_pace
_PACED = "Show at most {} comments a second"


def acting_admin(request: HttpRequest, stream: Stream | StreamFacts) -> Identity:
    """Who acts: the admin's own permissions were checked, so in the room they count as staff."""
    assert isinstance(request.user, User)
    role = queries.role_in(stream, request.user)
    return payloads.identity_of(
        request.user, stream, role=Role.ADMIN if role is Role.VIEWER else role
    )


def told(request: HttpRequest, work: Callable[[], object], *, done: str) -> bool:
    """True when the work was done; a refusal becomes a message instead of an error page."""
    try:
        work()
    except DomainError as error:
        messages.error(request, f"{error.message} ({error.code})")
        return False
    messages.success(request, done)
    return True


class ModeratorInline(ModeratorTable):
    model = Moderator
    extra = 0
    raw_id_fields = ("user",)
    readonly_fields = ("added_at", "added_by")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Added and removed, never turned into somebody else."""
        return False


@admin.register(Stream)
class StreamAdmin(StreamModelAdmin):
    list_display = (
        "title",
        "slug",
        "broadcaster",
        "status",
        "closed",
        "slow_seconds",
        "review",
        "pace",
    )
    list_filter = ("status", "closed", "review")
    list_select_related = ("broadcaster",)
    search_fields = ("slug", "title", "broadcaster__display_name")
    raw_id_fields = ("broadcaster",)
    prepopulated_fields = {"slug": ("title",)}
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    readonly_fields = (*ROOM_FIELDS, "partition", "created_at")
    show_full_result_count = False
    inlines = (ModeratorInline,)
    actions = (
        "go_live",
        "end",
        "close_comments",
        "open_comments",
        "slow_mode_on",
        "slow_mode_off",
        "review_on",
        "review_off",
        "pace_low",
        "pace_usual",
        "pace_high",
        "pace_off",
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Stream | None = None
    ) -> tuple[str, ...]:
        """Once it is stored, also the slug, which is in addresses, and the pace, an event."""
        return self.readonly_fields if obj is None else (*self.readonly_fields, "slug", "pace")

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Stream | None = None
    ) -> dict[str, Any]:
        """Only where the slug can still be written."""
        return dict(self.prepopulated_fields) if obj is None else {}

    def has_delete_permission(self, request: HttpRequest, obj: Stream | None = None) -> bool:
        """Never: what was said and done in a stream points at it."""
        return False

    def save_model(
        self, request: HttpRequest, obj: Stream, form: "ModelForm[Stream]", change: bool
    ) -> None:
        """Stores what people edit; a new stream gets its room."""
        if change:
            editing.edit_stream(obj)
        else:
            editing.add_stream(obj)

    def save_formset(
        self,
        request: HttpRequest,
        form: Any,
        formset: "BaseModelFormSet[Moderator, ModelForm[Moderator]]",
        change: bool,
    ) -> None:
        """Adds and removes moderators."""
        assert isinstance(request.user, User)
        for moderator in formset.save(commit=False):
            editing.add_moderator(moderator.stream, user=moderator.user, added_by=request.user)
        for moderator in formset.deleted_objects:
            editing.remove_moderator(moderator)

    @admin.action(description="Go live", permissions=["change"])
    def go_live(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """Opens the room to comments."""
        self._each(request, queryset, "is live", domain.set_status, status=StreamStatus.LIVE)

    @admin.action(description="End the stream", permissions=["change"])
    def end(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """Leaves the room to be read."""
        self._each(request, queryset, "has ended", domain.set_status, status=StreamStatus.ENDED)

    @admin.action(description="Close comments", permissions=["change"])
    def close_comments(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """Only staff may speak."""
        self._each(request, queryset, "is closed to comments", domain.close_room)

    @admin.action(description="Open comments", permissions=["change"])
    def open_comments(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """Everybody may speak again."""
        self._each(request, queryset, "is open to comments", domain.open_room)

    @admin.action(
        description=f"Slow mode on ({domain.SLOW_MODE_DEFAULT_SECONDS} s)", permissions=["change"]
    )
    def slow_mode_on(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """Each viewer may speak only now and then."""
        seconds = domain.SLOW_MODE_DEFAULT_SECONDS
        self._each(request, queryset, "is slow now", domain.set_slow_mode, seconds=seconds)

    @admin.action(description="Slow mode off", permissions=["change"])
    def slow_mode_off(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """The usual limits only."""
        self._each(request, queryset, "is no longer slow", domain.set_slow_mode, seconds=0)

    @admin.action(description="Review every comment", permissions=["change"])
    def review_on(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """Viewers' comments wait for a moderator."""
        self._each(request, queryset, "reviews comments", domain.set_review, enabled=True)

    @admin.action(description="Stop reviewing comments", permissions=["change"])
    def review_off(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """Comments are shown at once again."""
        self._each(request, queryset, "shows comments at once", domain.set_review, enabled=False)

    @admin.action(description=_PACED.format(PACES["low"]), permissions=["change"])
    def pace_low(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """What can be read with ease."""
        self._pace(request, queryset, PACES["low"])

    @admin.action(description=_PACED.format(PACES["usual"]), permissions=["change"])
    def pace_usual(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """What a quick reader can follow."""
        self._pace(request, queryset, PACES["usual"])

    @admin.action(description=_PACED.format(PACES["high"]), permissions=["change"])
    def pace_high(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """What can be looked at, not read."""
        self._pace(request, queryset, PACES["high"])

    @admin.action(description="Show every comment", permissions=["change"])
    def pace_off(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """However many there are."""
        self._each(request, queryset, "shows every comment", domain.set_pace, pace=0)

    def _pace(self, request: HttpRequest, queryset: QuerySet[Stream], pace: int) -> None:
        done = f"shows at most {pace} comments a second"
        self._each(request, queryset, done, domain.set_pace, pace=pace)

    def _each(
        self,
        request: HttpRequest,
        queryset: QuerySet[Stream],
        done: str,
        change: Callable[..., Coroutine[Any, Any, int]],
        **arguments: object,
    ) -> None:
        for stream in queryset:
            room, actor = payloads.room_of(stream), acting_admin(request, stream)

            def work(room: Room = room, actor: Identity = actor) -> None:
                async_to_sync(change)(room, actor=actor, **arguments)

            told(request, work, done=f"{stream} {done}.")


@admin.register(Sanction)
class SanctionAdmin(SanctionModelAdmin):
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
    list_filter = ("kind", ("lifted_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "stream", "placed_by")
    search_fields = ("user__display_name", "user__username", "stream__slug")
    raw_id_fields = ("stream", "user")
    ordering = ("-id",)
    show_full_result_count = False
    form = SanctionForm
    actions = ("lift",)

    def has_change_permission(self, request: HttpRequest, obj: Sanction | None = None) -> bool:
        """Lists and actions only."""
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Sanction | None = None) -> bool:
        """Never: what was lifted stays on record."""
        return False

    def save_model(
        self, request: HttpRequest, obj: Sanction, form: "ModelForm[Sanction]", change: bool
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

    def log_addition(self, request: HttpRequest, obj: Sanction, message: Any) -> None:  # type: ignore[override]
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


@admin.register(AuditEntry)
class AuditEntryAdmin(AuditModelAdmin):
    """Who did what to whom, as the log has it. Read-only."""

    list_display = ("at", "stream", "action", "actor", "target_user_id", "target_comment_id")
    list_filter = ("action",)
    list_select_related = ("stream", "actor")
    search_fields = ("stream__slug", "actor__display_name")
    ordering = ("-log_id",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False


@admin.register(SetAsideEvent)
class SetAsideEventAdmin(SetAsideModelAdmin):
    """Events the archive could not write. Read-only; each one asks for a look at the logs."""

    list_display = ("set_aside_at", "partition", "log_id", "error")
    ordering = ("-id",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SetAsideEvent | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SetAsideEvent | None = None) -> bool:
        return False
