"""Child processes in sessions of their own, and the search for those left behind. Sync.

A session of its own keeps Ctrl-C in the terminal away from a child: only the supervisor hears it
and stops its children in an order that makes sense.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LAUNCHER = Path(__file__).with_name("launcher.py")

# Every child, and what it starts in turn, carries this variable with the folder of its supervisor.
MARK = "LIVECOMMENTS_SUPERVISED_IN"


@dataclass(frozen=True)
class Account:
    """The system account that a child runs as."""

    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run: command, surroundings, and the signal that asks it to end."""

    name: str
    argv: tuple[str, ...]
    log: Path
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    cwd: Path = Path("/")
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 5.0


def launch_command(
    account: Account | None, death_signal: signal.Signals = signal.SIGKILL
) -> list[str]:
    """The start of a command line: the rest runs as the account and ends with this process."""
    rights = f"{account.uid}:{account.gid}" if account else "-"
    python = [sys.executable, "-I", "-S", str(LAUNCHER)]
    return [*python, str(os.getpid()), str(int(death_signal)), rights]


def spawn(program: Program) -> subprocess.Popen[bytes]:
    """Starts the program in a session of its own, its output appended to its log."""
    program.log.parent.mkdir(parents=True, exist_ok=True)
    with program.log.open("ab") as log:
        return subprocess.Popen(
            [*launch_command(program.account, program.stop_signal), *program.argv],
            env=dict(program.env),
            cwd=program.cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def kill_session(pid: int) -> None:
    """Kills what is left of the process group that the child led."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def stop_together(
    children: Iterable[tuple[Program, subprocess.Popen[bytes]]],
    *,
    hurried: Callable[[], bool] = lambda: False,
) -> None:
    """Asks all the children to end at once, and kills those that outstay their time."""
    running = [(program, child) for program, child in children if child.poll() is None]
    for program, child in running:
        child.send_signal(program.stop_signal)
    started = time.monotonic()
    for program, child in running:
        while child.poll() is None and not hurried():
            left = started + program.stop_seconds - time.monotonic()
            if left <= 0:
                break
            # Short waits, so that a second Ctrl-C is noticed.
            with suppress(subprocess.TimeoutExpired):
                child.wait(min(left, 0.1))
        kill_session(child.pid)
        child.wait()


def describe_end(returncode: int) -> str:
    """How a child ended, in words that complete "web-1 …"."""
    if returncode >= 0:
        return f"ended with status {returncode}"
    try:
        return f"was ended by {signal.Signals(-returncode).name}"
    except ValueError:
        return f"was ended by signal {-returncode}"


def last_line(log: Path) -> str:
    """The last line of a log that says something, without its end stop; else an empty text."""
    try:
        with log.open("rb") as file:
            # The end is enough: a log may be large.
            file.seek(max(0, log.stat().st_size - 4_096))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    said = [line.strip() for line in lines if line.strip()]
    return said[-1].rstrip(".") if said else ""


def working_in(folder: Path, name: str) -> list[psutil.Process]:
    """The processes of this name whose working folder it is: servers go into their data."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.name() == name and process.cwd() == str(folder.resolve()):
                found.append(process)
    return found


def marked(folder: Path) -> list[psutil.Process]:
    """The processes that an earlier supervisor of this folder started and that still run."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == str(folder):
                found.append(process)
    return found


def end_all(processes: list[psutil.Process], *, seconds: float) -> None:
    """Ends the processes: asks first, kills what is still there after so many seconds."""
    for process in processes:
        with suppress(psutil.Error):
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, timeout=2)
