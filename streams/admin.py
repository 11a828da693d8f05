"""Streams and their moderators in the admin. Sync, ORM.

The state of a room is read-only here: actions append events through the domain, and the rows
follow a moment later.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponse

from livecomments import eventlog
from livecomments.accounts.models import User
from livecomments.adminsite.lists import DeskModelAdmin, DeskTable
from livecomments.protocol import (
    PACE_DEFAULT_PER_SECOND,
    SLOW_MODE_DEFAULT_SECONDS,
    SetModes,
    StreamStatus,
)
from livecomments.tickets import Identity, Room

from . import domain, editing, payloads, record_admin
from .admin_scope import OfStreams, acting_admin, told
from .forms import ModeratorForm, StreamForm
from .models import Moderator, Stream
from .room_places import desk_column, room_links
from .room_words import modes_of

__all__ = ["acting_admin", "record_admin", "told"]

ROOM_FIELDS = (
    "status",
    "started_at",
    "ended_at",
    "modes",
    "pinned_comment",
    "announced",
    "created_at",
)
_ROOM_HELP = "Modes are changed at the desk, or by the actions above the list of streams."
PACES = {"low": 10, "usual": PACE_DEFAULT_PER_SECOND, "high": 50}  # other ones: domain.set_modes
_PACED = "Show at most {} comments a second"


class ModeratorInline(DeskTable):
    """Who moderates a stream. Its rulers add and remove, as for every page of theirs."""

    model = Moderator
    form = ModeratorForm
    extra = 0
    verbose_name = "moderator"
    verbose_name_plural = "Moderators"
    readonly_fields = ("added_at", "by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Moderator]:
        """With the people, whose names are shown."""
        return super().get_queryset(request).select_related("user", "added_by")

    @admin.display(description="added by")
    def by(self, row: Moderator) -> str:
        """Who made them one, as a name: the page behind it is for few."""
        return str(row.added_by or "–")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """True for whoever may see the stream."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """True for whoever may change the stream."""
        return self._rules(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """True for whoever names managers; nobody is turned into somebody else (the form)."""
        return self._names_managers(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Also who manages, for those who only manage themselves."""
        names = self._names_managers(request, obj)
        return self.readonly_fields if names else (*self.readonly_fields, "managing")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """True for whoever may change the stream."""
        return self._rules(request, obj)

    def _names_managers(self, request: HttpRequest, obj: Any) -> bool:
        owns = obj is not None and obj.broadcaster_id == request.user.pk
        return owns or request.user.has_perm("streams.change_stream")

    def _rules(self, request: HttpRequest, obj: Any) -> bool:
        return self.admin_site.get_model_admin(Stream).has_change_permission(request, obj)


@admin.register(Stream)
class StreamAdmin(OfStreams, DeskModelAdmin):
    stream_field = "pk"
    form = StreamForm
    list_filter = ("status", "closed", "review", "panic")
    list_select_related = ("broadcaster",)
    search_fields = ("slug", "title", "broadcaster__display_name")
    raw_id_fields = ("broadcaster",)
    prepopulated_fields = {"slug": ("title",)}
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    readonly_fields = ROOM_FIELDS
    change_form_outer_before_template = "adminsite/room_links.html"
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
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
        "panic_on",
        "panic_off",
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Stream | None = None
    ) -> tuple[str, ...]:
        """Once it is stored, also the slug, which is in addresses. Whose room it is does not change
        hands by those in it."""
        if obj is None:
            return self.readonly_fields
        return (*self.readonly_fields, "slug", "whose")

    def get_fieldsets(self, request: HttpRequest, obj: Stream | None = None) -> Any:
        """What is edited; of a stored stream also what its room is like now."""
        whose = "broadcaster" if obj is None or self.sees_every_stream(request) else "whose"
        edited = (
            "title",
            "slug",
            "description",
            whose,
            "playback_url",
            "scheduled_for",
            "embed_sites",
        )
        if obj is None:
            return ((None, {"fields": (*edited, "pace")}),)
        room = {"fields": ROOM_FIELDS, "description": _ROOM_HELP}
        return ((None, {"fields": edited}), ("The room now", room))

    def get_list_display(self, request: HttpRequest) -> Any:
        """With the way to the desk, where there is one for whoever looks."""
        return ("title", "whose", "status", "modes", desk_column(request))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form, with the ways to the other places of the room."""
        links = room_links(request, object_id)
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), "room_links": links}
        )

    @admin.display(description="broadcaster")
    def whose(self, row: Stream) -> str:
        """Whose room it is, as a name: the page behind it is for few."""
        return str(row.broadcaster)

    @admin.display(description="modes")
    def modes(self, row: Stream) -> str:
        """What is on in the room, in words."""
        said = ", ".join(modes_of(row))
        return said[:1].upper() + said[1:]

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Stream | None = None
    ) -> dict[str, Any]:
        """Only where the slug can still be written."""
        return dict(self.prepopulated_fields) if obj is None else {}

    @admin.display(description="pinned")
    def pinned_comment(self, row: Stream) -> str:
        """Whose words stand above all others, as text: JSON would come in colours of its own."""
        pinned = row.pinned or {}
        return f"{pinned['user']['name']}: {pinned['text']}" if pinned else "–"

    @admin.display(description="announcement")
    def announced(self, row: Stream) -> str:
        """What stands over the room, with whose words it is."""
        said = payloads.room_state(row).announcement
        return f"{said.by.name}: {said.text}" if said else "–"

    def has_delete_permission(self, request: HttpRequest, obj: Stream | None = None) -> bool:
        """Never: what was said and done in a stream points at it."""
        return False

    def save_model(
        self, request: HttpRequest, obj: Stream, form: "ModelForm[Stream]", change: bool
    ) -> None:
        """Stores what people edit; a new stream gets its room."""
        by = request.user
        assert isinstance(by, User)
        with eventlog.acting_from("admin"):
            if change:
                editing.edit_stream(obj, by=by)
            else:
                editing.add_stream(obj, by=by)

    def save_formset(
        self,
        request: HttpRequest,
        form: Any,
        formset: "BaseModelFormSet[Moderator, ModelForm[Moderator]]",
        change: bool,
    ) -> None:
        """Adds and removes moderators."""
        by = request.user
        assert isinstance(by, User)
        for row in formset.save(commit=False):
            editing.add_moderator(row.stream, user=row.user, added_by=by, managing=row.managing)
        for row in formset.deleted_objects:
            editing.remove_moderator(row, by=by)

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
        self._set(request, queryset, "is closed to comments", SetModes(closed=True))

    @admin.action(description="Open comments", permissions=["change"])
    def open_comments(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """Everybody may speak again."""
        self._set(request, queryset, "is open to comments", SetModes(closed=False))

    @admin.action(
        description=f"Slow mode on ({SLOW_MODE_DEFAULT_SECONDS} s)", permissions=["change"]
    )
    def slow_mode_on(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """Each viewer may speak only now and then."""
        modes = SetModes(slow_seconds=SLOW_MODE_DEFAULT_SECONDS)
        self._set(request, queryset, "is slow now", modes)

    @admin.action(description="Slow mode off", permissions=["change"])
    def slow_mode_off(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """The usual limits only."""
        self._set(request, queryset, "is no longer slow", SetModes(slow_seconds=0))

    @admin.action(description="Review every comment", permissions=["change"])
    def review_on(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """Viewers' comments wait for a moderator."""
        self._set(request, queryset, "reviews comments", SetModes(review=True))

    @admin.action(description="Stop reviewing comments", permissions=["change"])
    def review_off(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """Comments are shown at once again."""
        self._set(request, queryset, "shows comments at once", SetModes(review=False))

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
        self._set(request, queryset, "shows every comment", SetModes(pace=0))

    @admin.action(description="Panic: calm the room down at once", permissions=["change"])
    def panic_on(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """Switches a preset of modes on, which `panic_off` takes back."""
        self._each(request, queryset, "is in panic mode", domain.begin_panic)

    @admin.action(description="End the panic", permissions=["change"])
    def panic_off(self, request: HttpRequest, queryset: QuerySet[Stream]) -> None:
        """Gives the room the modes that it had before."""
        self._each(request, queryset, "is calm again", domain.end_panic)

    def _pace(self, request: HttpRequest, queryset: QuerySet[Stream], pace: int) -> None:
        done = f"shows at most {pace} comments a second"
        self._set(request, queryset, done, SetModes(pace=pace))

    def _set(
        self, request: HttpRequest, queryset: QuerySet[Stream], done: str, modes: SetModes
    ) -> None:
        self._each(request, queryset, done, domain.set_modes, modes=modes)

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
