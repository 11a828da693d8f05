"""The scenarios in their order, one stage under all of them, one row for each. Sync over async."""

import asyncio
import os
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import uvloop
from channels.layers import get_channel_layer

from livecomments import redisdb
from livecomments.replay.progress import Progress

from .finding import Finding
from .scenarios import SCENARIOS_AND_SOAK
from .scene import Scene
from .stage import Stage

HEAL_SECONDS = 60.0


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
    try:
        stage.await_all(seconds=HEAL_SECONDS)
        uvloop.run(_on_this_loop(scene, finding.fault))
    except Exception as error:  # noqa: BLE001 -- it is this scenario's result; the others must run
        finding.violations.append(f"broken off: {type(error).__name__}: {error}")
        finding.notes.append("\n".join(traceback.format_exception(error)))
        _heal(stage)
    finally:
        suite.progress.end()
    finding.violations += stage.problems
    stage.problems.clear()
    finding.seconds = time.monotonic() - began


async def _on_this_loop(scene: Scene, name: str) -> None:
    """Run a scenario; nothing of its loop may be left to the next one's."""
    try:
        await SCENARIOS_AND_SOAK[name].run(scene)
    finally:
        with suppress(redisdb.RedisError, OSError):
            await redisdb.close()
        with suppress(redisdb.RedisError, OSError):
            await get_channel_layer().flush()
        await asyncio.sleep(0)


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
