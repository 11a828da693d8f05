"""The batcher process: tries to own every partition, leaves in good order. Async."""

import asyncio
import contextlib
import logging
import os
import signal
import socket

from django.conf import settings

from livecomments import dbthreads, garbage, redisdb
from livecomments.errors import DomainError
from streams.queries import partitions_in_use

from .owner import PartitionOwner

logger = logging.getLogger(__name__)


async def run_batcher() -> None:
    """Own partitions until SIGTERM or SIGINT, then hand them over at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    name = f"{socket.gethostname()}:{os.getpid()}"
    owners = [PartitionOwner(partition, name) for partition in sorted(await _wanted())]
    tasks = [asyncio.create_task(owner.run()) for owner in owners]
    logger.info("batcher %s wants %d partitions", name, len(owners))
    while not await _stopped(stop, garbage.FULL_COLLECTION_SECONDS):
        garbage.collect()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await redisdb.close()


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    """True when it is time to go, False when that much time has passed."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
    return stop.is_set()


async def _wanted() -> set[int]:
    """Return the partitions that need an owner: a stream keeps its own when PARTITIONS shrinks."""
    wanted = set(range(settings.PARTITIONS))
    try:
        wanted |= await redisdb.ready_partitions(redisdb.client())
    except (redisdb.RedisError, OSError) as error:
        logger.warning("Redis cannot say which partitions are in use: %r", error)
    try:
        wanted |= await dbthreads.run(partitions_in_use)
    except DomainError as error:
        logger.warning("Postgres cannot say which partitions are in use: %s", error)
    return wanted
