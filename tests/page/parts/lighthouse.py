"""Lighthouse on the watch page as a visitor first meets it, on a phone and on a desk. Async."""

import asyncio
import json
import os
import statistics
import time
from pathlib import Path

from tests import chromium
from tests.load.report import Bar, PartResult
from tests.nodepackages import WITH_NODE, InstallFailed, NodePackages

from ..rig import Bench

PACKAGES = NodePackages(Path(__file__).parents[1] / "lighthouse")
BARS = {
    "performance": Bar(95, 100, at_most=False),
    "accessibility": Bar(100, at_most=False),
    "best-practices": Bar(95, 100, at_most=False),
}
FORMS = {"phone": (), "desk": ("--preset=desktop",)}
TIMES = {  # of the performance, told beside its score
    "first-contentful-paint": "first paint",
    "largest-contentful-paint": "largest paint",
    "total-blocking-time": "blocked",
    "cumulative-layout-shift": "layout shift",
    "speed-index": "speed index",
}
RUNS, LONG_RUNS = 1, 3  # the median is told
RUN_SECONDS = 120.0
USUAL_SECONDS = 25.0
PER_MINUTE = 60  # the room talks meanwhile, as rooms do


async def run(bench: Bench) -> PartResult:
    """Return the scores, and what keeps them from being whole."""
    result = PartResult("lighthouse")
    try:
        if not PACKAGES.is_installed():
            bench.say("  installing Lighthouse (once) …")
        await PACKAGES.install()
    except InstallFailed as problem:
        result.faults.append(f"not measured: {problem}")
        return result
    runs = LONG_RUNS if bench.long else RUNS
    await bench.rig.play(PER_MINUTE, RUN_SECONDS * runs * len(FORMS))
    for form, flags in FORMS.items():
        reports = []
        for number in range(1, runs + 1):
            report = await _measure(bench, flags, f"{form}, run {number} of {runs}")
            if isinstance(report, str):
                result.faults.append(f"{form}: {report}")
                break
            reports.append(report)
        if reports:
            _add(result, form, reports)
    await bench.rig.play(0, 0.1)
    result.notes.append(await asyncio.to_thread(PACKAGES.version, "lighthouse"))
    return result


async def _measure(bench: Bench, flags: tuple[str, ...], doing: str) -> dict | str:
    """Return Lighthouse's report, or what was wrong."""
    path = bench.rig.folder / "lighthouse.json"
    process = await asyncio.create_subprocess_exec(
        *(str(WITH_NODE), "node", "node_modules/lighthouse/cli/index.js"),
        *(f"{bench.rig.url}/s/visitor/", "--output=json", f"--output-path={path}", "--quiet"),
        *(f"--only-categories={','.join(BARS)}", "--no-enable-error-reporting", *flags),
        f"--chrome-flags=--headless=new {' '.join(chromium.FLAGS)}",
        cwd=PACKAGES.folder,
        env=os.environ | {"CHROME_PATH": chromium.PATH or ""},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    ending = asyncio.create_task(process.communicate())
    began = time.monotonic()
    try:
        while not ending.done():
            gone = time.monotonic() - began
            if gone > RUN_SECONDS:
                return f"took longer than {RUN_SECONDS:.0f} s"
            bench.progress.show(min(0.99, gone / USUAL_SECONDS), doing)
            await asyncio.wait([ending], timeout=0.5)
    finally:
        if process.returncode is None:
            process.kill()
    _, said = await ending
    if process.returncode != 0:
        lines = said.decode(errors="replace").strip().splitlines() or ["no reason was given"]
        return lines[-1]
    report = json.loads(path.read_text())
    return report if "runtimeError" not in report else report["runtimeError"]["message"]


def _add(result: PartResult, form: str, reports: list[dict]) -> None:
    for name, bar in BARS.items():
        scores = [100 * (report["categories"][name]["score"] or 0) for report in reports]
        result.add(f"{form}: {name}", round(statistics.median(scores)), bar=bar)
    last = reports[-1]
    times = [f"{name} {last['audits'][audit]['displayValue']}" for audit, name in TIMES.items()]
    result.notes.append(f"{form}: {', '.join(times).replace(chr(160), ' ')}")
    result.notes += [f"{form}: {lost}" for lost in _lost(last)]


def _lost(report: dict) -> list[str]:
    """Return the audits that cost something, each with its score."""
    lost = []
    for name in BARS:
        for reference in report["categories"][name]["auditRefs"]:
            audit = report["audits"][reference["id"]]
            score = audit["score"]
            if reference["weight"] and score is not None and score < 0.995:
                lost.append(f"{audit['title']} ({reference['id']}): {100 * score:.0f}")
    return lost
