"""Addresses of the REST entry points of appeals. Sync."""

from django.urls import path

from .appeal_views import AppealList

api = [path("appeals/", AppealList.as_view(), name="api_appeals")]
