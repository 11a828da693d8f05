"""The address of the page for appeals, under `appeals/`. Sync."""

from django.urls import path

from .appeal_views import appeals

urlpatterns = [path("", appeals, name="appeals")]
