"""System checks: what would lose comments or safety is refused at the start. Sync.

docs/CHECKS.md lists every id. Those of the servers need a connection: Django runs checks tagged
"database" in `migrate` and in `check --database default`; the batcher and the gateway call
`startup_problems` when they start.
"""

import logging
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register

from livecomments.postgres.patience import WEB_SECONDS, waiting_at_most

from .clients import client_problems
from .clocks import clock_problems
from .deployment import deployment_problems
from .packages import check_limits_are_on, check_version_floors
from .postgres_server import postgres_problems
from .redis_server import redis_problems

logger = logging.getLogger(__name__)

Apps = Sequence[AppConfig] | None

# A server that is away for now keeps nobody from starting: the process waits for it, and says
# `busy` or `unavailable` meanwhile.
AWAY = {"livecomments.E001", "livecomments.E012"}

register(check_version_floors, Tags.compatibility)
register(check_limits_are_on, Tags.security, deploy=True)


@register(Tags.caches)
def check_clients(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """What is wrong with how we would speak to Redis; asks nobody."""
    return client_problems()


@register(Tags.database)
def check_servers(app_configs: Apps, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """What is wrong with Redis and Postgres, where a connection was asked for."""
    return server_problems(joining=False) if databases else []


def server_problems(*, joining: bool) -> list[CheckMessage]:
    """Everything about the servers that would lose comments; empty when all is well.

    `joining`: this process is about to take part, and leaves word of it for those after it.
    """
    with waiting_at_most(WEB_SECONDS):
        return [
            *redis_problems(),
            *postgres_problems(),
            *deployment_problems(joining=joining),
            *clock_problems(),
        ]


def startup_problems() -> list[CheckMessage]:
    """What must keep a process from starting; the rest is written to the log."""
    refused: list[CheckMessage] = []
    for problem in [*client_problems(), *server_problems(joining=True)]:
        if isinstance(problem, Error) and problem.id not in AWAY and not problem.is_silenced():
            refused.append(problem)
        else:
            logger.warning("%s%s", problem, " (silenced)" if problem.is_silenced() else "")
    return refused
