"""Positive controls: servers with weaker settings do lose, under the same kills. Sync in threads.

Without them a "lost 0" might only mean that the kills came at harmless moments. Servers of their
own, and rows or log entries written straight to them: the product cannot be the control, for it
refuses to start on such a Valkey, and its archive cannot lose a row without losing, in the same
transaction, the cursor that tells where to go on.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from livecomments.local.ports import HOST, free_port
from livecomments.local.postgres import EmbeddedPostgres
from livecomments.local.processes import Program
from livecomments.local.valkey import EmbeddedValkey

from ..disk import disk_load, is_syncing
from ..keeper import Keeper, Part
from ..scene import Scene

TRIES = 12
WRITERS = 8
BATCH = 50
SYNC_SECONDS = 3.0
IN_THE_SYNC_SECONDS = 0.03  # long enough for others to be answered meanwhile
WRITE_SECONDS = 1.0


async def valkey_everysec(scene: Scene) -> None:
    """C1: `appendfsync everysec` loses acknowledged entries; `always`, killed alike, does not."""
    for setting in ("everysec", "always"):
        lost, written, tries = await asyncio.to_thread(_try_valkey, scene, setting)
        _tell(scene, f"appendfsync {setting}", lost, written, tries, loses=setting == "everysec")


async def postgres_async_commit(scene: Scene) -> None:
    """C2: `synchronous_commit=off` loses acknowledged rows; `on`, killed alike, does not."""
    for setting in ("off", "on"):
        lost, written, tries = await asyncio.to_thread(_try_postgres, scene, setting)
        _tell(scene, f"synchronous_commit {setting}", lost, written, tries, loses=setting == "off")


def _tell(scene: Scene, name: str, lost: int, written: int, tries: int, *, loses: bool) -> None:
    finding = scene.finding
    finding.kills += tries
    finding.notes.append(f"{name}: {lost:,} of {written:,} acknowledged lost in {tries} kills")
    if loses:
        finding.expect(lost > 0, f"{name} was not seen to lose anything: the kills prove little")
    else:
        finding.counts["lost"] += lost


# --- Valkey ---------------------------------------------------------------------------------------


def _try_valkey(scene: Scene, setting: str) -> tuple[int, int, int]:
    """Return what was lost, what was acknowledged, and the number of kills."""
    folder = scene.stage.folder / f"control-{setting}"
    server = EmbeddedValkey(data=folder / "data", port=free_port(), log=folder / "valkey.log")

    def make() -> Program:
        program = server.program()
        argv = [setting if word == "always" else word for word in program.argv]
        return replace(program, argv=tuple(argv))

    part = Part(
        "valkey",
        make=make,
        answers=server.is_ready,
        prepare=lambda: server.data.mkdir(parents=True, exist_ok=True),
    )
    lost = written = tries = 0
    with Keeper() as keeper, disk_load(scene.stage.folder, writers=3):
        keeper.add(part)
        while tries < TRIES and not (setting == "everysec" and lost):
            scene.say(tries / TRIES, f"appendfsync {setting}, {tries + 1} of {TRIES}")
            keeper.await_serving("valkey")
            tries += 1
            gone, said = _one_valkey(keeper, server, f"log-{tries}")
            lost, written = lost + gone, written + said
    return lost, written, tries


def _one_valkey(keeper: Keeper, server: EmbeddedValkey, key: str) -> tuple[int, int]:
    """Return how many entries of one kill were lost, and how many acknowledged."""
    acknowledged: list[list[str]] = [[] for _ in range(WRITERS)]

    def write(mine: list[str]) -> None:
        with suppress(redis.RedisError, OSError), _client(server.port) as client:
            while True:
                pipeline = client.pipeline(transaction=False)
                for _ in range(BATCH):
                    pipeline.xadd(key, {"text": "x" * 200})
                mine += [entry.decode() for entry in pipeline.execute()]

    with Writing([lambda mine=mine: write(mine) for mine in acknowledged]):
        time.sleep(WRITE_SECONDS)
        _await_sync(keeper.parts["valkey"].pid)
        keeper.kill("valkey")
    keeper.await_serving("valkey")
    with _client(server.port) as client:
        kept = {entry.decode() for entry, _ in client.xrange(key)}
    said = {entry for mine in acknowledged for entry in mine}
    return len(said - kept), len(said)


def _await_sync(pid: int) -> None:
    """Return in the middle of a sync, or after a while without one."""
    give_up = time.monotonic() + SYNC_SECONDS
    since = 0.0
    while (now := time.monotonic()) < give_up:
        if not is_syncing(pid):
            since = 0.0
        elif not since:
            since = now
        elif now - since > IN_THE_SYNC_SECONDS:
            return


def _client(port: int) -> redis.Redis:
    return redis.Redis(host=HOST, port=port, socket_timeout=10, retry=Retry(NoBackoff(), 0))


# --- PostgreSQL -----------------------------------------------------------------------------------


def _try_postgres(scene: Scene, setting: str) -> tuple[int, int, int]:
    """Return what was lost, what was acknowledged, and the number of kills."""
    folder = scene.stage.folder / f"control-commit-{setting}"
    server = EmbeddedPostgres(data=folder / "data", port=free_port(), log=folder / "postgres.log")
    part = Part(
        "postgres",
        make=server.program,
        answers=server.is_ready,
        prepare=server.prepare,
    )
    lost = written = tries = 0
    with Keeper() as keeper:
        keeper.add(part)
        while tries < TRIES and not (setting == "off" and lost):
            scene.say(tries / TRIES, f"synchronous_commit {setting}, {tries + 1} of {TRIES}")
            keeper.await_serving("postgres")
            tries += 1
            gone, said = _one_postgres(keeper, server, f"kill_{tries}", setting)
            lost, written = lost + gone, written + said
    server.clear()
    return lost, written, tries


def _one_postgres(
    keeper: Keeper, server: EmbeddedPostgres, table: str, setting: str
) -> tuple[int, int]:
    with _connect(server.url, "on") as connection:
        connection.execute(f"CREATE TABLE {table} (writer int, number int)")
    acknowledged: list[list[int]] = [[] for _ in range(WRITERS)]

    def write(writer: int) -> None:
        with suppress(psycopg.Error), _connect(server.url, setting) as connection:
            number = 0
            while True:
                connection.execute(f"INSERT INTO {table} VALUES (%s, %s)", (writer, number))
                acknowledged[writer].append(number)
                number += 1

    with Writing([lambda writer=writer: write(writer) for writer in range(WRITERS)]):
        time.sleep(WRITE_SECONDS)
        keeper.kill("postgres")
    keeper.await_serving("postgres")
    with _connect(server.url, "on") as connection:
        kept = set(connection.execute(f"SELECT writer, number FROM {table}"))
    said = {(writer, number) for writer, mine in enumerate(acknowledged) for number in mine}
    return len(said - kept), len(said)


def _connect(url: str, setting: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True, options=f"-c synchronous_commit={setting}")


class Writing:
    """Run writers in threads for the time of a block; they end when their server does."""

    def __init__(self, writers: Iterable[Callable[[], None]]) -> None:
        self._threads = [threading.Thread(target=writer, daemon=True) for writer in writers]

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *exception: object) -> None:
        for thread in self._threads:
            thread.join()
