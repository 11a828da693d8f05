"""Run ORM work from async code, in two threads of its own. The one bridge from the socket side.

Channels' `database_sync_to_async` shares one thread per process, where a slow query would delay
every other user of it. Nothing on the broadcast path comes here; what does is bounded to two
connections per process, beside those that requests share: one that waits for us may hold any.
"""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, InternalError, OperationalError, connection

from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

THREADS = 2
IDLE_SECONDS = 2.0
PATIENCE_SECONDS = 0.5  # where an action can do without an answer
# Not there, or not able to write (a full disk, a standby). A wrong query is a fault of ours.
AWAY = (OperationalError, InterfaceError, InternalError)

_thread = threading.local()
_executor = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="orm")


async def run(
    function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    """Return what a sync function of the ORM returns. Raises `unavailable` if Postgres is away."""
    loop = asyncio.get_running_loop()
    try:
        return await loop.run_in_executor(_executor, partial(_call, function, *args, **kwargs))
    except AWAY as error:
        raise DomainError(ErrorCode.UNAVAILABLE, retry_after_ms=5000) from error


async def unless_away(asked: Awaitable[Result], *, otherwise: Result) -> Result:
    """Return what is asked of Postgres; `otherwise` where it is away, or slow to answer."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await asked
    except TimeoutError:
        return otherwise
    except DomainError as error:
        if error.code is not ErrorCode.UNAVAILABLE:
            raise
        return otherwise


def _call(
    function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    # The connection is kept: these two threads live as long as the process.
    if time.monotonic() - getattr(_thread, "used", 0.0) > IDLE_SECONDS:
        _drop_dead_connection()
    try:
        return function(*args, **kwargs)
    except AWAY:
        connection.close()
        raise
    finally:
        _thread.used = time.monotonic()


def _drop_dead_connection() -> None:
    """After a pause, Postgres may have restarted: one look is cheaper than one failed answer."""
    if connection.connection is not None and not connection.is_usable():
        connection.close()
