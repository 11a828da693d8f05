"""Reaction totals in the admin. Sync, ORM. Read-only: the archive writes them."""

from django.contrib import admin

from livecomments.adminsite.lists import AppendOnly
from streams.admin_scope import OfStreams

from .models import ReactionTotal


@admin.register(ReactionTotal)
class ReactionTotalAdmin(OfStreams, AppendOnly):
    rulers_change = False
    list_display = ("stream", "kind", "total")
    list_filter = ("kind",)
    list_select_related = ("stream",)
    search_fields = ("stream__slug", "stream__title")
