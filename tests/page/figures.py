"""The figures that several parts have in common, with their bars. Sync, pure."""

from typing import Any

from tests.load.report import Bar, PartResult

FRAMES = Bar(55, 59, at_most=False)  # a second, of a screen that shows 60
NO_LONG_TASKS = Bar(0)
NODES = Bar(2_000, 1_000)
KEY_MS = Bar(100, 50)
AT_END_PX = 24  # a list that stands closer than this to its end follows


def add_smoothness(result: PartResult, told: dict[str, Any]) -> None:
    """Adds tasks and frames of the time since the probe began."""
    frames = told["frames"]
    result.add("tasks over 50 ms", told["tasks"], bar=NO_LONG_TASKS)
    add_longest(result, "longest task", told["longestTask"])
    if frames:
        result.add("frames a second", sum(frames) / len(frames), bar=FRAMES)
        result.add("frames in the worst second", min(frames))
    result.add("longest wait for a frame", told["longestGap"], "ms")


def add_longest(result: PartResult, name: str, longest_ms: float) -> None:
    """Adds the longest task, of which the browser tells when it took over 50 ms."""
    if longest_ms:
        result.add(name, longest_ms, "ms")
    else:
        result.add(name, None, note="none over 50 ms")


def add_list(result: PartResult, told: dict[str, Any]) -> None:
    """Adds how much is in the list at most."""
    result.add("nodes in the list", told["nodes"], bar=NODES)
    result.add("elements among them", told["elements"])
    result.add("rows among them", told["drawn"])


def add_work(result: PartResult, shares: dict[str, float]) -> None:
    """Adds what the main thread was busy with."""
    result.add("main thread busy", shares["task"], "%")
    for name in ("script", "style", "layout"):
        result.add(f"main thread: {name}", shares[name], "%")


def add_keys(result: PartResult, told: dict[str, Any]) -> None:
    """Adds how long a key took until its letter was painted."""
    if told["keys"]:
        # The browser tells of those that took 16 ms or more, in steps of 8.
        result.add("key to paint, the slowest", max(16, told["slowestKey"]), "ms", bar=KEY_MS)
        result.notes.append(
            f"{told['keys']} keys were typed, {told['slowKeys']} took 16 ms or more"
        )


def add_rows(result: PartResult, told: dict[str, Any], sent: int) -> None:
    """Adds that every comment was rendered; faults where that is not so."""
    result.add("comments sent", sent)
    share = 100 * told["rows"] / sent if sent else 0.0
    result.add("rendered, once and in order", share, "%", bar=Bar(100, at_most=False))
    if told["rows"] != sent:
        result.faults.append(f"{sent - told['rows']:,} comments of {sent:,} never rendered")
    if told["again"]:
        result.faults.append(f"{told['again']:,} rows rendered again or late")


def add_order(result: PartResult, told: dict[str, Any], place: dict[str, Any], last: str) -> None:
    """Adds faults where the list is out of order, or does not end with the last comment."""
    if told["disorders"]:
        result.faults.append(f"{told['disorders']:,} rows out of order")
    if place["last"] != last:
        result.faults.append("the last row is not the last comment")
    if place["fromEnd"] > AT_END_PX:
        result.faults.append(f"the list stands {place['fromEnd']:.0f} px above its end")
