"""The reactions app. Sync."""

from django.apps import AppConfig


class ReactionsConfig(AppConfig):
    name = "reactions"
