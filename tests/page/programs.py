"""What each of Chromium's processes, and the stub, take of the processor. Sync."""

import os
import time
from collections import Counter
from contextlib import suppress

import psutil

from tests.load import machine

# By Chromium's `--type`: what each kind does where there is no graphics processor.
KINDS = {"renderer": "the page", "gpu-process": "drawing it", "utility": "its network"}
STUB = "tests.page.stub"


def spent() -> tuple[float, Counter[str]]:
    """Return the time, and the processor seconds so far of each kind of program of ours."""
    seconds: Counter[str] = Counter()
    for pid in machine.family(os.getpid()):
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            process = psutil.Process(pid)
            times = process.cpu_times()
            seconds[_kind(process.cmdline())] += times.user + times.system
    return time.monotonic(), seconds


def shares(before: tuple[float, Counter[str]], after: tuple[float, Counter[str]]) -> str:
    """Return how much of a core each took between the two."""
    passed = after[0] - before[0]
    used = after[1] - before[1]
    parts = (f"{kind} {seconds / passed:.0%}" for kind, seconds in used.most_common())
    return "of a core: " + ", ".join(parts)


def _kind(command: list[str]) -> str:
    for argument in command:
        kind = argument.removeprefix("--type=")
        if kind != argument:
            return KINDS.get(kind.split()[0], "Chromium's rest")
    return "the stub" if STUB in command else "the harness"
