"""`manage.py run_crowd`: made-up people talk in a live room until they are told to stop."""

import argparse
import asyncio
import contextlib
import logging
import random
import signal
from typing import Any

import uvloop
from django.core.management.base import BaseCommand, CommandError

from livecomments import dbthreads
from livecomments.client.accounts import ensure_accounts
from livecomments.client.server import NoServer, base_url
from livecomments.client.wire import socket_url
from livecomments.crowd.crowd import Crowd
from livecomments.crowd.phrases import names
from livecomments.errors import DomainError
from livecomments.protocol import StreamStatus
from livecomments.tickets import Identity, Room
from streams.queries import listed_streams, room_by_slug

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0


class Command(BaseCommand):
    help = "Let made-up people talk and react in a live stream; stops on SIGTERM."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--stream", metavar="SLUG", help="default: the first that is live")
        parser.add_argument("--people", type=_whole, default=24, help="who talk (default 24)")
        parser.add_argument("--url", help="the site, where it is not the local one")
        parser.add_argument("--seed", help="make the same choices again")

    def handle(self, *args: Any, **options: Any) -> str:
        """The summary line."""
        try:
            url = socket_url(base_url(options["url"]))
        except NoServer as problem:
            raise CommandError(str(problem)) from None
        logging.basicConfig(
            level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s"
        )
        chosen = random.Random(options["seed"])
        running = _run(url, options["stream"], options["people"], chosen)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            crowd = runner.run(running)
        if crowd is None:
            return "The crowd found no live stream."
        return f"The crowd said {crowd.said:,} things and pressed {crowd.pressed:,} reactions."


async def _run(url: str, slug: str | None, people: int, chosen: random.Random) -> Crowd | None:
    """Return the crowd after it was told to stop; None if it never had a room."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    found = await _until(stop, slug, people)
    if found is None:
        return None
    room, identities = found
    crowd = Crowd(url, room, identities, chosen)
    logger.info("%d people in %s", people, room.slug)
    living = asyncio.create_task(crowd.live())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({living, stopped}, return_when=asyncio.FIRST_COMPLETED)
    for task in (living, stopped):
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await living
    return crowd


async def _until(
    stop: asyncio.Event, slug: str | None, people: int
) -> tuple[Room, list[Identity]] | None:
    """Return the room and its people once there are any; None when told to stop before that."""
    while not stop.is_set():
        try:
            room = await dbthreads.run(_find_room, slug)
            if room is not None:
                return room, await dbthreads.run(_identities, people)
        except DomainError as error:
            logger.warning("the crowd waits: %s", error)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await stop.wait()
    return None


def _find_room(slug: str | None) -> Room | None:
    if slug is not None:
        room = room_by_slug(slug)
        if room is None:
            raise CommandError(f"There is no stream {slug!r}.")
        return room
    live = listed_streams(StreamStatus.LIVE)
    return live[0].room if live else None


def _identities(people: int) -> list[Identity]:
    chosen = names(people)
    found = ensure_accounts("crowd", {name: name for name in chosen})
    return [found[name] for name in chosen]


def _whole(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 1_000:
        raise argparse.ArgumentTypeError("a number from 1 to 1000 is wanted")
    return value
