"""Addresses of the rules of rooms, under `admin/rules/`. Sync."""

from django.contrib import admin
from django.urls import path

from . import pages

_page = admin.site.admin_view

urlpatterns = [
    path("", _page(pages.streams), name="rules"),
    path("<slug:slug>/", _page(pages.edit), name="rules_edit"),
    path("<slug:slug>/load/", _page(pages.load), name="rules_load"),
    path("<slug:slug>/export/", _page(pages.export), name="rules_export"),
    path("<slug:slug>/versions/", _page(pages.versions), name="rules_versions"),
    path("<slug:slug>/versions/<int:number>/", _page(pages.version), name="rules_version"),
]
