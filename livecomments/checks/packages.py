"""Checks of what is installed and how it was started; they ask nobody. Sync."""

import re
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

# Oldest releases without a known hole that matters here. Source: their release notes.
VERSION_FLOORS = {"django": (5, 2, 19), "daphne": (4, 2, 3), "twisted": (26, 4)}


def check_version_floors(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """An error for each package older than the oldest that is safe."""
    return [
        Error(
            f"{name} {version(name)} is too old.",
            hint=f"Install {'.'.join(map(str, floor))} or later.",
            id="livecomments.E006",
        )
        for name, floor in VERSION_FLOORS.items()
        if numbers(version(name)) < floor
    ]


def check_limits_are_on(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """A warning where the limits are off outside of development."""
    if settings.DEBUG or not settings.NO_LIMITS:
        return []
    return [
        Warning(
            "LIVECOMMENTS_NO_LIMITS is 1: anybody may send as much as they like.",
            hint="Unset it; it is meant for replays and load tests.",
            id="livecomments.W001",
        )
    ]


def numbers(text: str) -> tuple[int, ...]:
    """Return the first three numbers of a version."""
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])
