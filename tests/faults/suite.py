"""The scenarios in their order, one stage under all of them, one row for each. Sync over async."""

import asyncio
import faulthandler
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import uvloop
from channels.layers import get_channel_layer

from livecomments import redisdb
from livecomments.postgres import patience
from livecomments.replay.progress import Progress

from .finding import Finding
from .scenarios import SCENARIOS_AND_SOAK, SOAK
from .scene import Scene
from .stage import Stage

HEAL_SECONDS = 60.0
# A scenario that is not over by then never will be: it is broken off, and the others run.
SHORT_SECONDS = 100.0
LONG_SECONDS = 3_600.0
BLOCKED_SECONDS = 20.0  # more, and not even that was possible: then the whole run ends
ANSWER_SECONDS = 60.0  # as long as this process waits for PostgreSQL
LOG_LINES = 40


@dataclass
class Suite:
    """What was asked for."""

    names: Sequence[str]
    long: bool
    minutes: float
    seed: int
    scale: float
    progress: Progress
    say: Callable[[str], None]
    told: Callable[[list[Finding]], None]  # after each scenario
    keep: Path | None = None  # where the logs of a failed scenario go


def run_suite(stage: Stage, suite: Suite) -> list[Finding]:
    """Returns a finding for each scenario."""
    patience.wait_at_most(ANSWER_SECONDS)
    findings: list[Finding] = []
    for number, name in enumerate(suite.names, 1):
        title = SCENARIOS_AND_SOAK[name].title
        suite.say(f"{number} of {len(suite.names)}: {name} {title}")
        finding = Finding(name, title, long=suite.long)
        findings.append(finding)
        _run_one(stage, suite, finding)
        suite.say(f"  {finding.verdict} after {finding.seconds:.0f} s")
        suite.told(findings)
        if finding.failed and suite.keep is not None:
            _keep_logs(stage, suite.keep / name)
    return findings


def _run_one(stage: Stage, suite: Suite, finding: Finding) -> None:
    began = time.monotonic()
    scene = Scene(
        stage,
        finding,
        seed=suite.seed,
        progress=suite.progress,
        minutes=suite.minutes,
        scale=suite.scale,
    )
    seconds = LONG_SECONDS if suite.long else SHORT_SECONDS
    if finding.fault == SOAK:
        seconds += suite.minutes * 60
    faulthandler.dump_traceback_later(HEAL_SECONDS + seconds + BLOCKED_SECONDS, exit=True)
    try:
        stage.await_all(seconds=HEAL_SECONDS)
        uvloop.run(_on_this_loop(scene, finding.fault, seconds))
    except Exception as error:  # noqa: BLE001 -- it is this scenario's result; the others must run
        finding.violations.append(f"broken off: {type(error).__name__}: {error}")
        finding.notes.append("\n".join(traceback.format_exception(error)))
        finding.notes += _last_words(stage)
        _heal(stage)
    finally:
        faulthandler.cancel_dump_traceback_later()
        suite.progress.end()
    finding.violations += stage.problems
    stage.problems.clear()
    finding.seconds = time.monotonic() - began


async def _on_this_loop(scene: Scene, name: str, seconds: float) -> None:
    """Run a scenario; nothing of its loop may be left to the next one's."""
    stands = asyncio.get_running_loop().call_later(seconds, _tell_what_stands, scene.finding)
    try:
        async with asyncio.timeout(seconds + 1.0):
            await SCENARIOS_AND_SOAK[name].run(scene)
    finally:
        stands.cancel()
        with suppress(redisdb.RedisError, OSError):
            await redisdb.close()
        with suppress(redisdb.RedisError, OSError):
            await get_channel_layer().flush()
        await asyncio.sleep(0)


def _tell_what_stands(finding: Finding) -> None:
    """Note where every thread and every task is: afterwards nobody can tell what it waited for."""
    finding.notes += [
        "".join(traceback.format_stack(frame)) for frame in sys._current_frames().values()
    ]
    finding.notes += [_where(task) for task in asyncio.all_tasks()]


def _where(task: asyncio.Task[object]) -> str:
    """Return what a task waits in: a task's own stack has the outermost coroutine alone."""
    lines, waiting = [task.get_name()], task.get_coro()
    while (frame := getattr(waiting, "cr_frame", None)) is not None:
        code = frame.f_code
        lines.append(f"  {code.co_filename}:{frame.f_lineno} in {code.co_qualname}")
        waiting = getattr(waiting, "cr_await", None)
    return "\n".join(lines)


def _last_words(stage: Stage) -> list[str]:
    """Return the ends of all logs, each with its name."""
    return [
        "\n".join([log.name, *log.read_text(errors="replace").splitlines()[-LOG_LINES:]])
        for log in sorted(stage.folder.glob("*.log"))
    ]


def _heal(stage: Stage) -> None:
    """Puts everything back that a broken scenario may have left as it was."""
    for name in list(stage.parts):
        stage.resume(name)
        if stage.parts[name].held:
            stage.release(name)
    with suppress(Exception):  # it may be away; then it comes back with its own settings
        with stage.redis() as client:
            client.config_set("maxmemory", "1gb")


def _keep_logs(stage: Stage, folder: Path) -> None:
    """Copies what the processes wrote, for whoever looks into a failure."""
    folder.mkdir(parents=True, exist_ok=True)
    for log in stage.folder.glob("*.log"):
        (folder / log.name).write_bytes(log.read_bytes()[-2_000_000:])
        os.truncate(log, 0)
