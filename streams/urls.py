"""Addresses of the pages and of the REST entry points of streams. Sync."""

from django.urls import path

from . import views

pages = [
    path("", views.home, name="home"),
    path("s/<slug:slug>/", views.watch, name="watch"),
]

api = [
    path("streams/<slug:slug>/sanctions/", views.SanctionList.as_view(), name="api_sanctions"),
    path("streams/", views.StreamList.as_view(), name="api_streams"),
    path("streams/<slug:slug>/", views.StreamView.as_view(), name="api_stream"),
    path("streams/<slug:slug>/ticket/", views.TicketView.as_view(), name="api_ticket"),
]
