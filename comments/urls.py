"""Addresses of the REST entry points of comments. Sync."""

from django.urls import path

from . import views

api = [
    path("streams/<slug:slug>/comments/", views.CommentList.as_view(), name="api_comments"),
    path("streams/<slug:slug>/actions/", views.ActionList.as_view(), name="api_actions"),
    path("streams/<slug:slug>/reports/", views.ReportList.as_view(), name="api_reports"),
]
