"""The shell as a Django app: it brings the commands and the system checks. Sync."""

from django.apps import AppConfig


class LiveCommentsConfig(AppConfig):
    name = "livecomments"
    label = "livecomments"
    verbose_name = "Live comments"

    def ready(self) -> None:
        """Registers the system checks."""
        from . import checks  # noqa: F401, PLC0415 -- importing registers; settings must be ready
