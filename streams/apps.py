"""The streams app. Sync."""

from django.apps import AppConfig


class StreamsConfig(AppConfig):
    name = "streams"
