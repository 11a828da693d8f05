"""One peer under load, seen from the viewers' core: `python -m tests.load.peers.measure`. Async.

A process of its own, so that whatever else the suite's process holds costs the viewers nothing. It
says how far it is, and in the end what it saw, in lines of JSON.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict

import uvloop

from livecomments.local.ports import HOST
from tests.load import machine
from tests.load.floor import VIEWER_CORE, allow_many_sockets, take_core
from tests.load.listeners import Crowd, published
from tests.load.peers.load import GRACE_SECONDS, Load, Seen, Target
from tests.load.peers.servers import PEERS, Peer

WARMED_UP_SECONDS = 15.0  # that the messages of the warm-up may take to arrive
REST_SECONDS = 0.5  # between joining and the first message: the server tidies up

Say = Callable[[bytes], Awaitable[None]]


async def measure(load: Load, target: Target) -> Seen:
    """Return how the server carried the load. Everything that was opened is closed."""
    peer = PEERS[target.peer]
    crowd = Crowd(peer.talk_at(target.port))
    try:
        await crowd.connect(
            load.viewers,
            at_once=peer.at_once,
            on_progress=lambda joined: _say_progress(joined, load.viewers),
        )
        # Objects that stay are not looked at again: a collection would stop every viewer.
        gc.collect()
        gc.freeze()
        gc.disable()
        say, stop = await _publisher(peer, crowd, target.port)
        try:
            return await _window(load, target.pid, crowd, say)
        finally:
            await stop()
    finally:
        crowd.leave()


async def _window(load: Load, pid: int, crowd: Crowd, say: Say) -> Seen:
    await asyncio.sleep(REST_SECONDS)
    first = load.warm_up_frames
    await _publish(load, crowd, say, first=0, frames=first)
    await crowd.wait_for(first * load.viewers, seconds=WARMED_UP_SECONDS)
    crowd.begin(first)
    _print({"begun": load.frames})
    cpu, started = machine.cpu_seconds(pid), time.monotonic()
    await _publish(load, crowd, say, first=first, frames=load.frames)
    await crowd.wait_for(load.frames * load.viewers, seconds=GRACE_SECONDS)
    return Seen(
        cpu_seconds=machine.cpu_seconds(pid) - cpu,
        wall_seconds=time.monotonic() - started,
        tally=crowd.tally(load.frames),
    )


async def _publish(load: Load, crowd: Crowd, say: Say, *, first: int, frames: int) -> None:
    """Publish at the load's rate; a message that is late is sent at once and says when."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    for seq in range(first, first + frames):
        await asyncio.sleep(max(0.0, due - loop.time()))
        message = published(seq, load.frame_bytes)
        crowd.expect(seq, message)
        await say(message)
        due += 1 / load.rate


# --- publishing -----------------------------------------------------------------------------------


async def _publisher(
    peer: Peer, crowd: Crowd, port: int
) -> tuple[Say, Callable[[], Awaitable[None]]]:
    """Return how a message is published, and how that ends."""
    if peer.post_to:
        return await _by_http(peer, port)
    speaker = crowd.listeners[0]

    async def say(message: bytes) -> None:
        speaker.say(peer.before + message + peer.after)

    async def stop() -> None:
        return None

    return say, stop


async def _by_http(peer: Peer, port: int) -> tuple[Say, Callable[[], Awaitable[None]]]:
    reader, writer = await asyncio.open_connection(HOST, port)

    async def read_answers() -> None:
        while await reader.read(65_536):
            pass

    answers = asyncio.create_task(read_answers())

    async def say(message: bytes) -> None:
        head = (
            f"POST {peer.post_to} HTTP/1.1\r\nHost: {HOST}:{port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(message)}\r\n\r\n"
        )
        writer.write(head.encode() + message)
        await writer.drain()

    async def stop() -> None:
        answers.cancel()
        writer.close()

    return say, stop


# --- the process ----------------------------------------------------------------------------------


def _say_progress(joined: int, viewers: int) -> None:
    if joined % 100 == 0 or joined == viewers:
        _print({"joined": joined})


def _print(message: dict) -> None:
    print(json.dumps(message), flush=True)


def main() -> None:
    """Measure what the first argument asks for: a load and a target, as JSON."""
    asked = json.loads(sys.argv[1])
    load, target = Load(**asked["load"]), Target(**asked["target"])
    server_core = take_core(VIEWER_CORE)
    machine.pin(machine.family(target.pid), [server_core])
    allow_many_sockets()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            _print({"seen": asdict(runner.run(measure(load, target)))})
        except (OSError, ExceptionGroup) as error:
            _print({"failed": _reason(error)})


def _reason(error: BaseException) -> str:
    """Return the first of the errors in words."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}".rstrip(": ")


if __name__ == "__main__":
    main()
