"""What the machine says of itself and of our processes: cores, processor time, memory. Sync.

Everything is read from /proc, from outside: nothing in the processes that are measured knows of it.
"""

import os
import platform
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

TICKS = os.sysconf("SC_CLK_TCK")
PROJECT = Path(__file__).resolve().parents[2]
NOT_MEASURED = (":!tests/load", ":!tests/page")  # what measures


def two_cores() -> tuple[int, int]:
    """The cores that the suite works on: the first for what is measured, the second for the rest.

    On a machine with one core both are the same, and nothing is measured apart.
    """
    cores = sorted(os.sched_getaffinity(0))
    return cores[0], cores[min(1, len(cores) - 1)]


def pin(pids: Iterable[int], cores: Iterable[int]) -> None:
    """Binds every thread of these processes to the cores; what they start later inherits it."""
    wanted = set(cores)
    for pid in pids:
        with suppress(FileNotFoundError):
            for thread in os.listdir(f"/proc/{pid}/task"):
                with suppress(ProcessLookupError):
                    os.sched_setaffinity(int(thread), wanted)


def family(pid: int) -> list[int]:
    """The process and all that it has started."""
    try:
        process = psutil.Process(pid)
        return [pid, *(child.pid for child in process.children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def cpu_seconds(pid: int) -> float:
    """The processor time, user and system, of a process and of its children, also dead ones."""
    ticks = 0
    for member in family(pid):
        with suppress(FileNotFoundError, ProcessLookupError):
            after_name = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            # Fields 14 to 17 of proc(5): utime, stime, cutime, cstime; the state is field 3.
            ticks += sum(map(int, after_name[11:15]))
    return ticks / TICKS


def memory_bytes(pid: int) -> dict[str, int]:
    """What a process holds: `Rss`, `Pss` and `Private`, in bytes."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {
        name.rstrip(":"): int(number)
        for name, number in (line.split()[:2] for line in rollup)
        if number.isdigit()
    }
    private = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    found = {"Rss": kilobytes["Rss"], "Pss": kilobytes["Pss"], "Private": private}
    return {name: value * 1024 for name, value in found.items()}


def refused_connections() -> int:
    """How often a listener on this machine had no room for another connection, so far."""
    with suppress(OSError):
        lines = Path("/proc/net/netstat").read_text().splitlines()
        for names, values in zip(lines[::2], lines[1::2], strict=True):
            told = dict(zip(names.split(), values.split(), strict=True))
            if "ListenOverflows" in told:
                return int(told["ListenOverflows"])
    return 0


def describe() -> str:
    """One line about the machine."""
    model = "unknown processor"
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} "
        f"{platform.release().partition('-')[0]}, Python {platform.python_version()}"
    )


def commit() -> str:
    """The commit that is checked out, with `+` when files differ from it; `unknown` without git."""
    try:
        name = _git("rev-parse", "--short=10", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", *NOT_MEASURED)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{name}{'+' if changed else ''}"


def _git(*arguments: str) -> str:
    told = subprocess.run(
        ["git", *arguments], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    return told.stdout.strip()
