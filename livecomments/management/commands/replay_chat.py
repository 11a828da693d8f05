"""`manage.py replay_chat`: play a recorded chat through real sockets and check what is shown."""

import argparse
import asyncio
import contextlib
import gc
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvloop
from asgiref.sync import async_to_sync
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from livecomments.client.accounts import ensure_accounts
from livecomments.client.server import NoServer, base_url, has_no_limits
from livecomments.client.wire import socket_url
from livecomments.protocol import (
    PACE_MAX_PER_SECOND,
    PACE_MIN_PER_SECOND,
    Role,
    SetModes,
    StreamStatus,
)
from livecomments.replay.archived import archived_ids, left_out_ids, wait_for_archive
from livecomments.replay.logs import Line, NotAChatLog, cut, read_logs
from livecomments.replay.play import Plan, Played, play
from livecomments.replay.progress import Progress
from livecomments.replay.summary import Archived, in_words, summarize
from streams.domain import set_modes
from streams.models import Stream
from streams.payloads import identity_of, room_of
from streams.queries import stream_by_slug


class Command(BaseCommand):
    help = "Play chat logs against the running server; exit 1 if anything acknowledged went wrong."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--stream", required=True, metavar="SLUG", help="a live stream")
        parser.add_argument("--speed", type=_positive, default=1.0, help="1: as it was (default)")
        parser.add_argument("--viewers", type=_whole, default=20, help="who watch (default 20)")
        parser.add_argument("--from", type=_seconds, default=0.0, dest="start", metavar="S")
        parser.add_argument("--duration", type=_seconds, default=None, metavar="S")
        parser.add_argument("--url", help="the site, where it is not the local one")
        parser.add_argument(
            "--no-limits", action="store_true", help="insist on a server without limits"
        )
        parser.add_argument(
            "--pace",
            type=_pace,
            metavar="N",
            help="comments a second that viewers are shown, for this replay; 0: all of them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = cut(
                read_logs(options["files"]), start=options["start"], duration=options["duration"]
            )
            stream = _live_stream(options["stream"])
            plan = _plan(lines, stream, options)
        except (NotAChatLog, NoServer) as problem:
            raise CommandError(str(problem)) from None
        except DatabaseError as error:
            raise CommandError(f"PostgreSQL cannot be asked: {_first_line(error)}.") from None
        _allow_many_sockets()
        with _paced(stream, options["pace"]):
            played = _run(plan, Progress(self.stdout))  # type: ignore[arg-type]  # writes, flushes, isatty
        if not played.all_came and not played.interrupted:
            self.stdout.write(in_words(summarize(played, Archived(set(), set()))))
            raise CommandError("Not all viewers could join; nothing was played.")
        try:
            archived = self._archived(played)
        except KeyboardInterrupt:
            archived = None
        summary = summarize(played, archived)
        self.stdout.write(in_words(summary))
        if summary.faults:
            raise CommandError("Not as promised: " + "; ".join(summary.faults) + ".")
        if played.interrupted:
            raise CommandError("Interrupted.", returncode=130)

    def _archived(self, played: Played) -> Archived | None:
        room, last = played.plan.room, max(played.cast.acknowledged, default=0)
        if not wait_for_archive(room, last):
            self.stderr.write("The archive has stopped moving; what it has is counted.")
        authors = (person.user_id for person in played.plan.people.values())
        try:
            return Archived(
                archived_ids(room, after=played.viewers.start_through, authors=authors),
                left_out_ids(room, after=played.viewers.first_through),
            )
        except DatabaseError:
            return None


def _plan(lines: list[Line], stream: Stream, options: dict[str, Any]) -> Plan:
    """Return what to play. Raises `NoServer`, or `CommandError` for what cannot be played."""
    if not lines:
        raise CommandError("Nothing was said in that part of the log.")
    url = base_url(options["url"])
    without_limits = has_no_limits(url)
    if options["no_limits"] and not without_limits:
        raise CommandError(
            "--no-limits needs a server that was started with LIVECOMMENTS_NO_LIMITS=1."
        )
    names = {line.author: line.name for line in lines}
    return Plan(
        url=socket_url(url),
        room=room_of(stream),
        lines=lines,
        people=ensure_accounts("replay", names),
        speed=options["speed"],
        viewers=options["viewers"],
    )


def _live_stream(slug: str) -> Stream:
    stream = stream_by_slug(slug)
    if stream is None:
        raise CommandError(f"There is no stream {slug!r}.")
    if stream.status != StreamStatus.LIVE:
        raise CommandError(f"The stream {slug!r} is not live but {stream.status}.")
    return stream


@contextlib.contextmanager
def _paced(stream: Stream, pace: int | None) -> Iterator[None]:
    """Gives the room another pace for a while, in the name of its broadcaster."""
    if pace is None or pace == stream.pace:
        yield
        return
    actor = identity_of(stream.broadcaster, stream, role=Role.BROADCASTER)
    change = async_to_sync(set_modes)
    change(room_of(stream), actor=actor, modes=SetModes(pace=pace))
    try:
        yield
    finally:
        change(room_of(stream), actor=actor, modes=SetModes(pace=stream.pace))


def _run(plan: Plan, progress: Progress) -> Played:
    async def run() -> Played:
        interrupted = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, interrupted.set)
        return await play(plan, progress, interrupted)

    with _rare_collections(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run())


@contextlib.contextmanager
def _rare_collections() -> Iterator[None]:
    """A full collection stops every socket for a fifth of a second, and we would measure that."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 20, 100_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _allow_many_sockets() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".")


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1_000_000:
        raise argparse.ArgumentTypeError("a number above 0 is wanted")
    return value


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value < 1_000_000_000:
        raise argparse.ArgumentTypeError("seconds from 0 on are wanted")
    return value


def _pace(text: str) -> int:
    value = int(text)
    if value != 0 and not PACE_MIN_PER_SECOND <= value <= PACE_MAX_PER_SECOND:
        raise argparse.ArgumentTypeError(
            f"0 or a number from {PACE_MIN_PER_SECOND} to {PACE_MAX_PER_SECOND} is wanted"
        )
    return value


def _whole(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 50_000:
        raise argparse.ArgumentTypeError("a number from 1 to 50000 is wanted")
    return value
