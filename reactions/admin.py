"""Reaction totals in the admin. Sync, ORM. Read-only: the archive writes them."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest

from .models import ReactionTotal

if TYPE_CHECKING:  # generic only to the type checker
    TotalModelAdmin = admin.ModelAdmin[ReactionTotal]
else:
    TotalModelAdmin = admin.ModelAdmin


@admin.register(ReactionTotal)
class ReactionTotalAdmin(TotalModelAdmin):
    list_display = ("stream", "kind", "total")
    list_filter = ("kind",)
    list_select_related = ("stream",)
    search_fields = ("stream__slug", "stream__title")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ReactionTotal | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ReactionTotal | None = None) -> bool:
        return False
