"""F11: a whole crowd is cut off and comes back in the same moment. Async.

Into a web process of its own, whose statements PostgreSQL logs: a crowd that comes back may not
cost a query each. Every frame is compared with what the others got (tests/load/viewer.py).
"""

import asyncio
import re
import time

import psutil

from livecomments.dbthreads import THREADS
from livecomments.local.ports import free_port
from livecomments.local.product import DIRECT
from livecomments.postgres.pool import SIZE
from tests.load.audience import Audience

from ..scene import Scene

NAME = "web-crowd"
VIEWERS = 1_000
VIEWERS_SHORT = 200
CAUGHT_UP_SECONDS = 10.0
LOG_STATEMENTS = "?options=-c%20log_statement%3Dall"
STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]*): ")
# Frames are told once; of what came from the archive or anew, the load's own viewers say enough.
NO_FAULT = {"told from the archive"}


async def reconnect(scene: Scene) -> None:
    """F11: all are caught up, and PostgreSQL notices nothing."""
    stage = scene.stage
    database = stage.postgres.url + LOG_STATEMENTS
    url = await asyncio.to_thread(stage.add_web, NAME, port=free_port(), DATABASE_URL=database)
    try:
        await scene.serving(NAME)
        async with scene.under_load(rate=scene.pick(50, 100), viewers=8) as show:
            crowd = Audience(url, show.room.slug, first_number=1_000)
            try:
                scene.say(0.1, "the crowd comes in")
                came = await crowd.come(scene.times(VIEWERS_SHORT, VIEWERS))
                scene.finding.expect(came, "not everybody was let in")
                for number in range(scene.times(1, 3)):
                    scene.say(0.3 + number / 5, "the crowd comes back")
                    await asyncio.sleep(1.0)
                    await _cut_and_return(scene, crowd, url)
                await asyncio.sleep(1.0)
            finally:
                await crowd.leave()
        for fault, count in crowd.book.faults.items():
            scene.finding.expect(fault in NO_FAULT or not count, f"{count} {fault}")
    finally:
        await asyncio.to_thread(stage.remove, NAME)


async def _cut_and_return(scene: Scene, crowd: Audience, url: str) -> None:
    finding = scene.finding
    await asyncio.to_thread(_ask_for_something, url)
    before = _statements(scene)
    finding.expect(before > 0, "the statements of the web process are not logged")
    await crowd.cut_all()
    await asyncio.sleep(0.5)
    at = time.monotonic()
    finding.kills += 1
    back = await crowd.come_back()
    took = time.monotonic() - at
    finding.expect(back, f"only {len(crowd.entered)} came back")
    finding.caught_up += [moment - at for moment in crowd.entered]
    name = f"{len(crowd.everybody):,} viewers caught up after"
    finding.figure(name, took, at_most=CAUGHT_UP_SECONDS)
    queries = _statements(scene) - before
    finding.figure("queries of their web process", queries, "", at_most=0, timed=False)
    connections = _connections(scene)
    pool = SIZE + THREADS
    finding.figure("its connections to PostgreSQL", connections, "", at_most=pool, timed=False)


def _ask_for_something(url: str) -> None:
    """Let the web process ask PostgreSQL, so that none is known to be counted, not overlooked."""
    with DIRECT.open(f"{url}/readyz", timeout=5):
        pass


def _statements(scene: Scene) -> int:
    """Return how many statements of this web process the server has logged, so far."""
    log = scene.stage.log("postgres")
    return len(STATEMENT.findall(log.read_text(errors="replace")))


def _connections(scene: Scene) -> int:
    """Return how many connections to PostgreSQL the web process has open."""
    process = psutil.Process(scene.stage.parts[NAME].pid)
    port = scene.stage.postgres.port
    return sum(one.raddr.port == port for one in process.net_connections(kind="tcp") if one.raddr)
