"""Where the page's time goes, while it has a rush: functions, and kinds of work. Async.

Names are those of the built files; `npx vite build --minify false` in `frontend/` gives them back.
"""

import json
from collections import Counter
from typing import Any

from .rig import Bench
from .viewer import Viewer

SAMPLE_US = 200
LISTED = 25
LEAST_PERCENT = 0.5
CATEGORIES = ["devtools.timeline", "blink.user_timing", "toplevel"]


async def profiled(bench: Bench, viewer: Viewer, seconds: float, doing: str) -> list[str]:
    """Return the costs, the greatest first; both recordings are left in the folder asked for.

    One after the other, because each costs time itself: functions first, then kinds of work.
    """
    folder = bench.profile
    assert folder is not None
    folder.mkdir(parents=True, exist_ok=True)
    cdp = viewer.cdp
    await cdp.send("Profiler.enable")
    await cdp.send("Profiler.setSamplingInterval", {"interval": SAMPLE_US})
    await cdp.send("Profiler.start")
    await bench.rig.watch(bench.progress, seconds / 2, f"{doing}, functions noted")
    profile = (await cdp.send("Profiler.stop"))["profile"]
    await cdp.send("Profiler.disable")
    (folder / "rush.cpuprofile").write_text(json.dumps(profile))
    browser = bench.browser
    await browser.start_tracing(page=viewer.page, categories=CATEGORIES)
    await bench.rig.watch(bench.progress, seconds / 2, f"{doing}, kinds of work noted")
    trace = await browser.stop_tracing()
    (folder / "rush.trace.json").write_bytes(trace)
    return [*_functions(profile), *_kinds(json.loads(trace)["traceEvents"])]


def _functions(profile: dict[str, Any]) -> list[str]:
    """Return the functions that most time was spent in, themselves."""
    names = {}
    for node in profile["nodes"]:
        frame = node["callFrame"]
        place = f"{frame['url'].rpartition('/')[2]}:{frame['lineNumber'] + 1}"
        name = frame["functionName"] or "(anonymous)"
        names[node["id"]] = name if name.startswith("(") and not frame["url"] else f"{name} {place}"
    spent: Counter[str] = Counter()
    for sample, delta in zip(profile["samples"], profile["timeDeltas"], strict=True):
        spent[names[sample]] += max(0, delta)
    whole = sum(spent.values())
    return _shares(spent, whole, "of the time in")


def _kinds(events: list[dict[str, Any]]) -> list[str]:
    """Return the kinds of work of the page's main thread, each without what it called."""
    thread = _main_thread(events)
    timed = [
        event for event in events if event["ph"] == "X" and (event["pid"], event["tid"]) == thread
    ]
    timed.sort(key=lambda event: (event["ts"], -event.get("dur", 0)))
    spent: Counter[str] = Counter()
    open_events: list[tuple[int, str]] = []  # when each ends, and its name
    for event in timed:
        while open_events and open_events[-1][0] <= event["ts"]:
            open_events.pop()
        spent[event["name"]] += event.get("dur", 0)
        if open_events:
            spent[open_events[-1][1]] -= event.get("dur", 0)
        open_events.append((event["ts"] + event.get("dur", 0), event["name"]))
    if not timed:
        return []
    passed = timed[-1]["ts"] - timed[0]["ts"]
    return _shares(spent, passed, "of the time at")


def _shares(spent: Counter[str], whole: int, of: str) -> list[str]:
    shares = [(100 * micros / whole, name) for name, micros in spent.most_common(LISTED)]
    return [f"{share:.1f} % {of} {name}" for share, name in shares if share >= LEAST_PERCENT]


def _main_thread(events: list[dict[str, Any]]) -> tuple[int, int]:
    """Return the thread that laid out most: the page's own."""
    threads = Counter((event["pid"], event["tid"]) for event in events if event["name"] == "Layout")
    return threads.most_common(1)[0][0] if threads else (0, 0)
