"""Addresses of the REST entry points of reactions. Sync."""

from django.urls import path

from . import views

api = [
    path("streams/<slug:slug>/reactions/", views.ReactionList.as_view(), name="api_reactions"),
]
