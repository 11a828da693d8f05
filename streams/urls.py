"""Addresses of the pages and of the REST entry points of streams. Sync."""

from django.urls import path

from livecomments.protocol import StreamStatus

from . import pages as page_views
from . import views

pages = [
    path("", page_views.home, name="home"),
    path("streams/live/", page_views.listed, {"status": StreamStatus.LIVE}, "streams_live"),
    path(
        "streams/scheduled/",
        page_views.listed,
        {"status": StreamStatus.SCHEDULED},
        "streams_scheduled",
    ),
    path("streams/past/", page_views.listed, {"status": StreamStatus.ENDED}, "streams_ended"),
    path("s/<slug:slug>/", page_views.watch, name="watch"),
    path("s/<slug:slug>/chat/", page_views.chat, name="chat"),
    path("s/<slug:slug>/embed/", page_views.embed, name="embed"),
]

api = [
    path("streams/<slug:slug>/sanctions/", views.SanctionList.as_view(), name="api_sanctions"),
    path("streams/", views.StreamList.as_view(), name="api_streams"),
    path("streams/<slug:slug>/", views.StreamView.as_view(), name="api_stream"),
    path("streams/<slug:slug>/ticket/", views.TicketView.as_view(), name="api_ticket"),
]
