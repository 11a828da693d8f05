"""The comments app. Sync."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "comments"
