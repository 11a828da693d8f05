"""F7 and F8: servers that have no room left. Async."""

import asyncio
import itertools
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psycopg

from comments.domain import post_comment
from livecomments import tickets
from livecomments.errors import DomainError
from livecomments.postgres.patience import PatientConnection
from livecomments.protocol import ErrorCode

from ..disk import SmallDisk, size_of
from ..scene import Scene, Show

NEVER_STOPS_SECONDS = 1.0
HEALED_SECONDS = 10.0
AGAIN_SECONDS = 3.0
ANSWER_SECONDS = 10.0
ROOM_BYTES = 64 * 1024 * 1024  # beside the data that is there already
SEGMENTS = 12  # of the write-ahead log: as many may lie ready beforehand
EVERYTHING = "1gb"  # as the server was started
_nonces = itertools.count(1)


# --- F7 -------------------------------------------------------------------------------------------


async def full_disk(scene: Scene) -> None:
    """F7: PostgreSQL has nowhere to write; the log waits for it, and the chat does not."""
    scene.finding.not_run = SmallDisk.why_not()
    if scene.finding.not_run:
        return
    async with _postgres_on_a_small_disk(scene) as disk, scene.under_load() as show:
        times = scene.times(1, 3)
        for number in range(times):
            scene.say(number / times, f"{number + 1} of {times}")
            await scene.moment()
            await _fill_and_heal(scene, show, disk)


async def _fill_and_heal(scene: Scene, show: Show, disk: SmallDisk) -> None:
    finding = scene.finding
    began = time.monotonic()
    await asyncio.to_thread(disk.fill)
    finding.kills += 1
    await asyncio.sleep(scene.pick(2.0, 5.0))  # tables cannot grow
    became = await asyncio.to_thread(_use_up_the_log, scene.stage.postgres.url)
    await asyncio.sleep(scene.pick(2.0, 5.0))
    ended = time.monotonic()
    paused = show.unavailable(began, ended)
    finding.unavailable.append(paused)
    finding.figure("longest without an answer", paused, at_most=NEVER_STOPS_SECONDS)
    finding.notes.append(f"PostgreSQL {became}")
    await asyncio.to_thread(disk.make_room)
    healed = time.monotonic()
    # Down by itself or not, it must be there again without anybody's help.
    await asyncio.to_thread(_await_order, scene)
    finding.figure("PostgreSQL in order after", time.monotonic() - healed, at_most=HEALED_SECONDS)


def _await_order(scene: Scene) -> None:
    scene.stage.await_serving("postgres")
    # It may have died a moment ago, and nobody has buried it yet.
    scene.stage.await_answer("postgres")


def _use_up_the_log(url: str) -> str:
    """Return what became of PostgreSQL, which cannot go on without its write-ahead log."""
    began = time.monotonic()
    try:
        with PatientConnection.connect(url, autocommit=True, connect_timeout=3) as connection:
            connection.patience = ANSWER_SECONDS
            for _ in range(SEGMENTS):
                connection.execute("SELECT pg_logical_emit_message(true, 'faults', 'x')")
                connection.execute("SELECT pg_switch_wal()")
    except psycopg.OperationalError:
        waited = time.monotonic() - began >= ANSWER_SECONDS
        return "stood still for want of room" if waited else "went down for want of room"
    return "stayed up without room"


@asynccontextmanager
async def _postgres_on_a_small_disk(scene: Scene) -> AsyncIterator[SmallDisk]:
    """Move PostgreSQL's data to a small file system for the time of the block."""
    stage, home = scene.stage, scene.stage.postgres
    folder = stage.folder / "small"
    with SmallDisk(folder, size=size_of(home.data) + ROOM_BYTES) as disk:
        try:
            await asyncio.to_thread(_move, scene, folder / "postgres")
            yield disk
        finally:
            disk.make_room()
            await asyncio.to_thread(_move, scene, home.data)


def _move(scene: Scene, data: Path) -> None:
    """Stop PostgreSQL, copy its data to another folder, and start it on that."""
    stage, before = scene.stage, scene.stage.postgres.data
    if before == data:
        return
    stage.hold("postgres")
    stage.terminate("postgres")
    stage.await_death("postgres")
    subprocess.run(["rm", "-rf", str(data)], check=True)
    subprocess.run(["cp", "-a", str(before), str(data)], check=True)
    stage.postgres = replace(stage.postgres, data=data)
    stage.release("postgres")
    stage.await_serving("postgres")


# --- F8 -------------------------------------------------------------------------------------------


async def full_memory(scene: Scene) -> None:
    """F8: a full Valkey says `busy` and forgets nothing; with room again, the chat goes on."""
    times = scene.times(1, 3)
    other = await scene.open_venue()  # what is said there is no part of the load's history
    person = await scene.person(other)
    async with scene.under_load() as show:
        for number in range(times):
            # Nearly full: admission's own guard. Quite full: Valkey refuses to write.
            for name, share in (("nearly full", 1.1), ("quite full", 0.9)):
                scene.say(number / times, f"{name}, {number + 1} of {times}")
                await scene.moment()
                await _fill(scene, show, (other.room, person), name, share)
    scene.finding.notes.append("unavailable counts from the moment in which there is room again")


async def _fill(
    scene: Scene, show: Show, who: tuple[tickets.Room, tickets.Identity], name: str, share: float
) -> None:
    finding = scene.finding
    finding.kills += 1
    try:
        await asyncio.to_thread(_limit_memory, scene, share)
        await asyncio.sleep(1.0)
        answer = await _try_post(*who)
        busy = isinstance(answer, DomainError) and answer.code is ErrorCode.BUSY
        finding.expect(busy, f"{name}: a post was answered {answer!r}, not busy")
        if isinstance(answer, DomainError):
            finding.expect(bool(answer.retry_after_ms), f"{name}: busy without a time to wait")
        await asyncio.sleep(scene.pick(0.5, 3.0))
    finally:
        await asyncio.to_thread(_limit_memory, scene, None)
    at = time.monotonic()
    # Whoever was told `busy` waits for a while that grows up to eight seconds.
    await asyncio.sleep(scene.pick(3.0, 10.0))
    away = show.unavailable(at, time.monotonic())
    finding.unavailable.append(away)
    finding.figure(f"{name}: answers again after", away, at_most=AGAIN_SECONDS)


def _limit_memory(scene: Scene, share: float | None) -> None:
    """Set the limit to a share of what is used; None: to what it was at the start."""
    with scene.stage.redis() as client:
        limit = EVERYTHING
        if share is not None:
            limit = str(int(client.info("memory")["used_memory"] * share))
        client.config_set("maxmemory", limit)


async def _try_post(room: tickets.Room, person: tickets.Identity) -> object:
    """Return the acknowledgement, or the refusal."""
    number = next(_nonces)
    try:
        return await post_comment(
            room,
            author=person,
            address="192.0.2.8",
            nonce=f"full-{number}",
            text=f"full-{number} is there room?",
        )
    except DomainError as error:
        return error
