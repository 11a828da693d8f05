"""Other servers under the same load: what they cost for each message delivered. Async.

One at a time: the server on the first core, its viewers on the second. `python -m tests.load.peers`
measures by itself, with a Valkey of its own.
"""

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from livecomments.local.ports import HOST, free_port
from livecomments.local.processes import (
    Program,
    describe_end,
    last_line,
    launch_command,
    spawn,
    stop_together,
)
from tests.load.listeners import Tally
from tests.load.peers import node
from tests.load.peers.load import GRACE_SECONDS, Load, Target
from tests.load.peers.servers import PEERS, PROJECT, NotHere, Peer, Place
from tests.nodepackages import InstallFailed

START_SECONDS = 20.0
ENOUGH = 0.99  # of the messages; who delivers less is measured again at a rate it can carry
CALM = 0.5  # of what it managed while it was overrun
USUAL = ("nchan", "ws", "socket.io", "channels tutorial")

OnProgress = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True)
class PeerResult:
    """How one peer carried the load; the figures are None where it could not be measured."""

    name: str
    version: str
    viewers: int
    rate: float  # messages a second
    frames: int  # messages
    delivered_share: float | None = None
    cpu_us_per_delivery: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    note: str = ""


async def run_peers(
    *,
    viewers: int,
    seconds: float,
    frame_bytes: int,
    rate: float,
    redis_url: str,
    only: Sequence[str] | None = None,
    on_progress: OnProgress = lambda share, text: None,
) -> list[PeerResult]:
    """Return a result for each peer, also for those that could not be measured.

    A server that is overrun spends its time on queues. One that delivered too little gets a second
    result, at a rate it can carry: its cost for a delivery without them.
    """
    load = Load(viewers=viewers, frame_bytes=frame_bytes, rate=rate, seconds=seconds)
    names = list(only or USUAL)
    results = []
    for number, name in enumerate(names):

        def tell(share: float, text: str, done: int = number, name: str = name) -> None:
            on_progress((done + share) / len(names), f"{name}: {text}")

        results.append(await _result(PEERS[name], load, redis_url, tell))
        calmer = _calmer(results[-1], load)
        if calmer is not None:
            results.append(await _result(PEERS[name], calmer, redis_url, tell))
    return results


def _calmer(result: PeerResult, load: Load) -> Load | None:
    """Return a load that the peer can carry, when it could not carry this one, nor nothing."""
    if not result.delivered_share or result.delivered_share >= ENOUGH:
        return None
    managed = result.delivered_share * load.frames / (load.seconds + GRACE_SECONDS)
    # At least two messages: the first second of anything may be an accident.
    rate = max(managed * CALM, 2 / load.seconds)
    return replace(load, rate=rate) if rate < load.rate else None


async def _result(peer: Peer, load: Load, redis_url: str, tell: OnProgress) -> PeerResult:
    asked = {
        "name": peer.name,
        "viewers": load.viewers,
        "rate": load.rate,
        "frames": load.frames,
    }
    try:
        if peer.needs_node and not node.PACKAGES.is_installed():
            tell(0.0, "installing its packages (once)")
            await node.PACKAGES.install()
        seen = await _measure(peer, load, redis_url, tell)
    except (NotHere, InstallFailed, PeerFailed) as error:
        return PeerResult(**asked, version="", note=f"not measured: {error}")
    tally = Tally(**seen["tally"])
    return PeerResult(
        **asked,
        version=peer.version(),
        delivered_share=tally.share,
        cpu_us_per_delivery=seen["cpu_seconds"] / max(1, tally.delivered) * 1e6,
        p50_ms=tally.p50_ms,
        p99_ms=tally.p99_ms,
        note=_note(tally, seen["cpu_seconds"] / seen["wall_seconds"]),
    )


def _note(tally: Tally, core_share: float) -> str:
    """Return how busy the server's core was, and what went wrong."""
    wrongs = {
        "missing": tally.listeners * tally.published - tally.delivered,
        "again or late": tally.disordered,
        "different": tally.different_bytes,
        "wrong": tally.wrong,
        "connections lost": tally.cut,
    }
    said = [f"{number:,} {what}" for what, number in wrongs.items() if number]
    return ", ".join([f"{core_share:.0%} of its core", *said])


# --- one peer -------------------------------------------------------------------------------------


class PeerFailed(Exception):
    """It was started, and could not be measured; the text says why."""


async def _measure(peer: Peer, load: Load, redis_url: str, tell: OnProgress) -> dict[str, Any]:
    """Return a `Seen` as its fields."""
    tell(0.0, "starting")
    with tempfile.TemporaryDirectory(prefix="livecomments-peer-") as folder:
        place = Place(folder=Path(folder), port=free_port(), redis_url=redis_url)
        async with _running(peer.program(place), place.port) as pid:
            target = Target(peer=peer.name, port=place.port, pid=pid)
            async with _viewers(load, target) as viewers:
                return await _heard(viewers, load, tell)


@asynccontextmanager
async def _running(program: Program, port: int) -> AsyncIterator[int]:
    """Yields the process id of a server that answers."""
    process = spawn(program)
    try:
        give_up = time.monotonic() + START_SECONDS
        while not _answers(port):
            if process.poll() is not None:
                said = last_line(program.log) or "it said nothing"
                raise PeerFailed(f"it {describe_end(process.returncode)}: {said}")
            if time.monotonic() > give_up:
                raise PeerFailed(f"it did not answer within {START_SECONDS:.0f} s")
            await asyncio.sleep(0.05)
        yield process.pid
    finally:
        stop_together([(program, process)])


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
        return True
    return False


@asynccontextmanager
async def _viewers(load: Load, target: Target) -> AsyncIterator[asyncio.subprocess.Process]:
    """Yields the process of the viewers; it ends with the block."""
    process = await asyncio.create_subprocess_exec(
        *launch_command(None),
        *(sys.executable, "-m", "tests.load.peers.measure"),
        json.dumps({"load": asdict(load), "target": asdict(target)}),
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in a terminal is for this process alone
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _heard(
    viewers: asyncio.subprocess.Process, load: Load, tell: OnProgress
) -> dict[str, Any]:
    assert viewers.stdout is not None
    async for line in viewers.stdout:
        match json.loads(line):
            case {"joined": joined}:
                tell(0.5 * joined / load.viewers, f"{joined:,} of {load.viewers:,} viewers")
            case {"begun": frames}:
                tell(0.6, f"{frames:,} messages at {load.rate:g} a second")
            case {"seen": seen}:
                tell(1.0, "done")
                return seen
            case {"failed": reason}:
                raise PeerFailed(reason)
    raise PeerFailed("its viewers ended early")
