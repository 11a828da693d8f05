"""Protocol conformance: what `kosoku` says of our servers, beside what is waived. Sync.

The suite is the Autobahn one. Each server has a list of its own in docs/CONFORMANCE.md; a case that
fails and is not waived, and a waiver for a case that passes, are both faults.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from livecomments.local.ports import free_port

ROOT = Path(__file__).parents[2]
WAIVERS = ROOT / "docs" / "CONFORMANCE.md"
PASSED = {"OK", "NON-STRICT", "INFORMATIONAL"}
CLOSED = {"OK", "INFORMATIONAL"}
START_SECONDS = 30.0
LIFTED_BYTES = 64 * 1024 * 1024  # more than the suite's largest message

FRAMING = ("1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*")
# Compression by size: the larger half of it only measures how fast the machine deflates.
COMPRESSED = tuple(f"12.{kind}.{size}" for kind in range(1, 6) for size in range(3, 9))


@dataclass(frozen=True)
class Server:
    """One server to judge: its heading in the list, how it starts, which cases it is put to."""

    heading: str
    command: tuple[str, ...]
    short: tuple[str, ...]
    whole: tuple[str, ...] | None  # None: every case there is


SERVERS = {
    "uvicorn": Server(
        "uvicorn, as it is run",
        ("-m", "tests.hostile.echo", "{port}"),
        (*FRAMING, "12.1.*", "13.3.*"),
        None,
    ),
    "lifted": Server(
        "uvicorn, with the limit on a message lifted",
        ("-m", "tests.hostile.echo", "{port}", str(LIFTED_BYTES)),
        ("1.*", "9.1.*", "9.3.1"),
        (*FRAMING, "9.*", *COMPRESSED),
    ),
    "daphne": Server(
        "Daphne",
        ("-m", "daphne", "-v", "0", "-p", "{port}", "tests.hostile.echo:application"),
        FRAMING,
        None,
    ),
}


@contextmanager
def serving(server):
    """Yields the address of an echo behind this server."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, *(part.format(port=port) for part in server.command)],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        asyncio.run(_answers(port, process))
        yield f"ws://127.0.0.1:{port}/"
    finally:
        process.kill()
        process.wait()


async def _answers(port, process):
    async with asyncio.timeout(START_SECONDS):
        while True:
            assert process.poll() is None, "the echo ended at its start"
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


def judge(address, cases, *, at_once=4):
    """Returns the verdict on each case: `(behaviour, behaviour at the close, what was said)`."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.hostile.judge", address, str(at_once), *(cases or ())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, f"{answer.returncode}: {answer.stderr[-2_000:]}"
    return {case: tuple(verdict) for case, verdict in json.loads(answer.stdout).items()}


def failures(verdicts):
    """Returns the cases that did not pass, with the verdict."""
    return {
        case: verdict
        for case, verdict in verdicts.items()
        if verdict[0] not in PASSED or verdict[1] not in CLOSED
    }


def waivers(heading):
    """Returns the patterns of the cases waived for a server, with their reasons."""
    section = re.split(r"^## ", WAIVERS.read_text(), flags=re.MULTILINE)
    text = next(part for part in section if part.startswith(f"{heading}\n"))
    found = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 2 and cells[0].startswith("`"):
            for pattern in re.findall(r"`([^`]+)`", cells[0]):
                found[pattern] = cells[1]
    return found


def covers(pattern, case):
    """True when a pattern stands for a case: an id, `9.1.*`, or a range as `9.1.2-6`."""
    if "-" not in pattern:
        return fnmatch(case, pattern)
    group, _, span = pattern.rpartition(".")
    first, last = (int(number) for number in span.split("-"))
    case_group, _, number = case.rpartition(".")
    return case_group == group and number.isdigit() and first <= int(number) <= last


def disagreements(server, verdicts):
    """Returns what the list and the verdicts do not say alike, in words."""
    waived = waivers(server.heading)
    failed = failures(verdicts)
    said = []
    for case, verdict in verdicts.items():
        patterns = [pattern for pattern in waived if covers(pattern, case)]
        if case in failed and not patterns:
            said.append(f"{case} fails and is not waived: {verdict}")
        elif case not in failed and patterns:
            said.append(f"{case} passes and is waived as {patterns[0]}: {verdict}")
    return said
