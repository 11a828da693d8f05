"""How fast a moderator's hide reaches everybody: `python -m tests.load.hide`. Sync around async.

A moderator hides comments, one after the other, on a socket of their own; every viewer's socket
notes when it was told. Printed are the times from the moderator's message to each of the sockets,
and what was left of each comment afterwards: in a resume, in the recent list and in the API. The
bar is one second for the slowest socket.
"""

import argparse
import asyncio
import json
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field

import django
import msgspec

from livecomments.client.wire import home_address, open_wire, socket_url
from livecomments.local.problems import LocalProblem
from livecomments.local.product import DIRECT
from livecomments.protocol import (
    PROTOCOL_VERSION,
    CaughtUp,
    CommentHidden,
    CommentPosted,
    Done,
    Hello,
    HideComment,
    Resume,
)
from tests.sockets import StreamSocket, stream_socket

from .rig import Rig, RigProblem
from .stats import Times

BAR_MS = 1_000.0
PAUSE_SECONDS = 0.3
TOLD_SECONDS = 15.0
SNAPSHOT_SECONDS = 1.1  # a newcomer may be given a snapshot that is a second old
ARCHIVE_SECONDS = 1.0  # until the API must be without it
_HIDDEN = b'"type":"comment.hidden"'


@dataclass
class Found:
    """What was measured."""

    sockets: int
    times: Times = field(default_factory=Times)  # of every socket and hide
    slowest: list[float] = field(default_factory=list)  # of each hide, milliseconds
    answered: Times = field(default_factory=Times)  # until the moderator had the answer
    faults: list[str] = field(default_factory=list)

    @property
    def worst(self) -> float:
        """The slowest socket of all hides, in milliseconds."""
        return max(self.slowest, default=0.0)


class Watch:
    """Notes when each socket is told of the hide of one comment."""

    def __init__(self) -> None:
        self.wanted = b""
        self.told: dict[int, float] = {}
        self.all_told = asyncio.Event()
        self.sockets = 0

    def expect(self, comment_id: str) -> None:
        """Wait for this comment from now on."""
        self.wanted = b'"comment.hidden","id":"%s"' % comment_id.encode()
        self.told, self.all_told = {}, asyncio.Event()

    def take(self, number: int, raw: bytes) -> None:
        """Look at what one socket was sent."""
        if self.wanted and _HIDDEN in raw and self.wanted in raw:
            self.told.setdefault(number, time.perf_counter())
            if len(self.told) == self.sockets:
                self.all_told.set()


async def measure(
    url: str, slug: str, *, moderator: str, author: str, sockets: int, hides: int
) -> Found:
    """Return what so many sockets saw of so many hides. `moderator`, `author`: their tickets."""
    found, watch = Found(sockets), Watch()
    watch.sockets = sockets
    hello = msgspec.json.encode(Hello(version=PROTOCOL_VERSION, stream=slug))
    welcomed = asyncio.Semaphore(0)
    wires = []

    def taker(number: int):
        def take(raw: bytes) -> None:
            if raw.startswith(b'{"type":"welcome"'):
                welcomed.release()
            watch.take(number, raw)

        return take

    try:
        for number in range(sockets):
            # As many addresses as people have: an address has so many sockets at most.
            address = home_address(socket_url(url), number)
            wire = await open_wire(socket_url(url), taker(number), local_address=address)
            wires.append(wire)
            wire.send(hello)
        async with asyncio.timeout(120):
            for _ in range(sockets):
                await welcomed.acquire()
        async with (
            stream_socket(url, slug, ticket=moderator) as staff,
            stream_socket(url, slug, ticket=author) as speaker,
            stream_socket(url, slug) as away,
        ):
            before = away.resume
            hidden = []
            for number in range(hides):
                said = await speaker.post(f"hidden in a moment {number}", timeout=20)
                await staff.shows(said.comment.id, timeout=20)
                await asyncio.sleep(PAUSE_SECONDS)
                await _hide_one(found, watch, staff, said.comment.id)
                hidden.append(said.comment.id)
            await _look_for(found, url, slug, hidden, before)
    finally:
        for wire in wires:
            wire.abort()
    return found


async def _hide_one(found: Found, watch: Watch, staff: StreamSocket, comment_id: str) -> None:

    watch.expect(comment_id)
    began = time.perf_counter()
    answer = await staff.act(HideComment(id=comment_id), timeout=20)
    found.answered.add(time.perf_counter() - began)
    if not isinstance(answer, Done):
        found.faults.append(f"a hide was refused: {answer}")
        return
    try:
        async with asyncio.timeout(TOLD_SECONDS):
            await watch.all_told.wait()
    except TimeoutError:
        missing = watch.sockets - len(watch.told)
        found.faults.append(f"{missing} sockets were not told within {TOLD_SECONDS:.0f} s")
    for moment in watch.told.values():
        found.times.add(moment - began)
    if watch.told:
        found.slowest.append((max(watch.told.values()) - began) * 1000)


async def _look_for(
    found: Found, url: str, slug: str, hidden: Sequence[str], before: Resume
) -> None:
    """Note where a hidden comment is still to be seen."""

    await asyncio.sleep(max(SNAPSHOT_SECONDS, ARCHIVE_SECONDS))
    left = set(hidden) & set(await asyncio.to_thread(_listed, url, slug))
    if left:
        found.faults.append(f"{len(left)} are still in the API")
    async with stream_socket(url, slug) as newcomer:
        left = set(hidden) & {comment.id for comment in newcomer.welcome.recent}
    if left:
        found.faults.append(f"{len(left)} are still in the recent list")
    async with stream_socket(url, slug, resume=before) as back:
        await back.until(CaughtUp, timeout=20)
        shown: set[str] = set()
        for item in back.items:
            if isinstance(item, CommentPosted):
                shown.add(item.comment.id)
            elif isinstance(item, CommentHidden):
                shown.discard(item.id)
    if shown & set(hidden):
        found.faults.append(f"{len(shown & set(hidden))} are still there after a resume")


def _listed(url: str, slug: str) -> list[str]:
    request = urllib.request.Request(f"{url}/api/v1/streams/{slug}/comments/?limit=200")
    with DIRECT.open(request, timeout=20) as answer:
        return [comment["id"] for comment in json.loads(answer.read())["results"]]


def report(found: Found) -> str:
    """Return what was found, in lines."""
    times, answered = found.times, found.answered
    lines = [
        f"{len(found.slowest)} hides to {found.sockets:,} sockets, milliseconds:",
        f"  each socket    p50 {times.percentile(50):.0f}  p99 {times.percentile(99):.0f}"
        f"  worst {found.worst:.0f}",
        f"  the moderator  p50 {answered.percentile(50):.0f}  p99 {answered.percentile(99):.0f}",
        f"  bar {BAR_MS:.0f}: {'met' if found.worst <= BAR_MS and not found.faults else 'MISSED'}",
    ]
    if not found.faults:
        lines.append("  gone from the API, the recent list and a resume")
    return "\n".join(lines + [f"  {fault}" for fault in found.faults])


def main(arguments: Sequence[str]) -> int:
    """Returns 0 when the bar was met, 1 when not, 2 when nothing ran."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.hide")
    parser.add_argument("--sockets", type=int, default=1_000)
    parser.add_argument("--hides", type=int, default=20)
    parser.add_argument("--processes", type=int, default=1, help="web processes")
    options = parser.parse_args(arguments)
    try:
        with Rig() as rig:
            django.setup()
            found = _run(rig, options)
    except (LocalProblem, RigProblem) as problem:
        print(problem, file=sys.stderr)
        return 2
    print(report(found))
    return 0 if found.worst <= BAR_MS and not found.faults else 1


def _run(rig: Rig, options: argparse.Namespace) -> Found:
    # They read the settings, which name servers that have only just been started.
    from django.core.management import call_command  # noqa: PLC0415 -- settings come first
    from django.db import connections  # noqa: PLC0415 -- settings come first

    from livecomments import tickets  # noqa: PLC0415 -- settings come first

    from . import rows  # noqa: PLC0415 -- settings come first
    from .__main__ import _allow_many_sockets  # noqa: PLC0415 -- settings come first
    from .suite import _takes_posts  # noqa: PLC0415 -- settings come first

    _allow_many_sockets()
    call_command("migrate", verbosity=0)
    rig.start_batcher(_takes_posts)
    url = rig.start_web(options.processes)
    venue = rows.make_venue()
    moderator, author = rows.make_people(venue, 2)  # a viewer may not say so much in a minute
    connections.close_all()
    return asyncio.run(
        measure(
            url,
            venue.stream.slug,
            moderator=tickets.mint(moderator, venue.room)[0],
            author=tickets.mint(author, venue.room)[0],
            sockets=options.sockets,
            hides=options.hides,
        )
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
