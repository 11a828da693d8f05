"""Checks of how we speak to Redis: options in REDIS_URL win over what our code asks for. Sync.

The connections are made as the product makes them, and looked at before they are opened. A client
that repeats a command by itself counts a post twice; one that stops listening too early breaks the
reads that wait for the next event; one that never does hangs with its server.
"""

from collections.abc import Iterator
from typing import Any, cast

from channels_redis.utils import create_pool, decode_hosts
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django_redis import get_redis_connection

from livecomments import redisdb

# A blocking read waits a quarter of a second for events, and its answer may be large.
SHORTEST_SECONDS = 1.0


def client_problems() -> list[CheckMessage]:
    """An error for each client that would break what waits, or repeat what must not be."""
    try:
        clients = list(_clients())
    except (AttributeError, TypeError, ValueError) as error:
        return [
            Error(
                f"REDIS_URL has options that no client understands: {error}",
                hint="Give host, port, user, password and database only.",
                id="livecomments.E011",
            )
        ]
    found: list[CheckMessage] = []
    for name, connection, endless in clients:
        retries = connection.retry.get_retries()
        if retries:
            found.append(_repeats(name, retries))
        found += _time_outs(name, connection.socket_timeout, endless=endless)
        if connection.encoder.decode_responses:
            found.append(_decodes(name))
    return found


def _clients() -> Iterator[tuple[str, Any, bool]]:
    """Our clients by name, each with an unopened connection and whether it listens for ever."""
    yield "commands", _unopened(redisdb.make_client().connection_pool), False
    yield "cache", _unopened(get_redis_connection("default").connection_pool), False
    layer = cast(Any, settings.CHANNEL_LAYERS)["default"]
    for host in decode_hosts(layer.get("CONFIG", {}).get("hosts")):
        yield "channel layer", _unopened(create_pool(host)), True


def _unopened(pool: Any) -> Any:
    return pool.connection_class(**pool.connection_kwargs)


def _repeats(name: str, retries: int) -> CheckMessage:
    return Error(
        f"The client for Redis ({name}) repeats by itself what was not answered ({retries} times).",
        hint="What was counted once would be counted twice. Take the option out of REDIS_URL.",
        id="livecomments.E009",
    )


def _time_outs(name: str, seconds: float | None, *, endless: bool) -> list[CheckMessage]:
    """An error for a time-out that is too short, for an end where there must be none, or none."""
    if endless == (seconds is None) and (seconds is None or seconds >= SHORTEST_SECONDS):
        return []
    wanted = "no time-out" if endless else f"one of at least {SHORTEST_SECONDS:g} s"
    return [
        Error(
            f"The client for Redis ({name}) has a time-out of {seconds} s where it needs {wanted}.",
            hint="Take socket_timeout out of REDIS_URL.",
            id="livecomments.E010",
        )
    ]


def _decodes(name: str) -> CheckMessage:
    return Error(
        f"The client for Redis ({name}) decodes answers, which are bytes to us.",
        hint="Take decode_responses out of REDIS_URL.",
        id="livecomments.E011",
    )
