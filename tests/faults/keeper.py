"""Keeps the parts of the product running, and lets a fault have its way with them. Sync, a thread.

Whoever dies is started again at once, on the same port and data, as a service manager would do it.
One thread starts everything: the kernel ends a child together with the thread that started it, so
nothing outlives this process.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

from livecomments.local.problems import LocalProblem
from livecomments.local.processes import Program, kill_session, last_line, spawn, stop_together

LOOK_SECONDS = 0.01
PROBE_SECONDS = 0.02
# One that dies again so soon would keep the machine busy with starting it.
STEADY_SECONDS = 2.0
AGAIN_SECONDS = 0.5


class StageProblem(Exception):
    """One sentence that says why a fault could not be staged."""


@dataclass(eq=False)
class Part:
    """A program that shall always run. `died` and `back` are moments of the monotonic clock."""

    name: str
    make: Callable[[], Program]  # asked before each start: a fault may have moved something
    answers: Callable[[], bool]
    prepare: Callable[[], None] = lambda: None
    process: subprocess.Popen[bytes] | None = None
    held: bool = False
    starts: int = 0
    died: float = 0.0
    back: float = 0.0
    due: float = 0.0
    started: float = 0.0
    serving: threading.Event = field(default_factory=threading.Event)

    @property
    def pid(self) -> int:
        """The process that was started, not what it starts in turn."""
        if self.process is None:
            raise StageProblem(f"{self.name} does not run.")
        return self.process.pid

    @property
    def away_seconds(self) -> float:
        """How long it was away the last time, from its death until it answered again."""
        return self.back - self.died


class Keeper:
    """Starts parts, restarts the dead, ends everything. Use as a context."""

    def __init__(self) -> None:
        self.parts: dict[str, Part] = {}
        self.problems: list[str] = []
        self._lock = threading.RLock()
        self._looking = True
        self._alive = True
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def __enter__(self) -> "Keeper":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._looking = False
        with self._lock:
            parts = list(self.parts.values())
        for part in parts:
            self.resume(part.name)
        # Databases last: whoever ends in order has something left to say to them.
        for group in (parts[2:], parts[:2]):
            stop_together((part.make(), part.process) for part in group if part.process is not None)
        self._alive = False
        self._thread.join()

    # --- starting ------------------------------------------------------------------------------

    def add(self, part: Part) -> None:
        """Starts a part soon; databases are to be added first."""
        with self._lock:
            self.parts[part.name] = part

    def remove(self, name: str) -> None:
        """Ends a part for good."""
        part = self.parts[name]
        self.hold(name)
        self.resume(name)
        self.terminate(name)
        self.await_death(name)
        with self._lock:
            del self.parts[part.name]

    def _run(self) -> None:
        while self._alive:
            if self._looking:
                with self._lock:
                    for part in list(self.parts.values()):
                        self._look_after(part)
            time.sleep(LOOK_SECONDS)

    def _look_after(self, part: Part) -> None:
        now = time.monotonic()
        if part.process is not None and part.process.poll() is not None:
            self._bury(part, now)
        if part.process is None and not part.held and now >= part.due:
            try:
                self._start(part)
            except (LocalProblem, OSError, subprocess.SubprocessError) as error:
                self.problems.append(f"{part.name} could not be started: {error}")
                part.due = now + AGAIN_SECONDS

    def _bury(self, part: Part, now: float) -> None:
        assert part.process is not None
        kill_session(part.process.pid)
        part.process = None
        part.serving.clear()
        if part.died < part.started:  # it was not we who killed it
            part.died = now
        part.due = now if now - part.started > STEADY_SECONDS else now + AGAIN_SECONDS

    def _start(self, part: Part) -> None:
        part.prepare()
        part.process = spawn(part.make())
        part.started = time.monotonic()
        part.starts += 1
        threading.Thread(target=self._probe, args=(part, part.starts), daemon=True).start()

    def _probe(self, part: Part, start: int) -> None:
        """Notes the moment from which a part serves again."""
        while self._looking and part.starts == start and part.process is not None:
            if part.answers() and part.starts == start and part.died < part.started:
                part.back = time.monotonic()
                part.serving.set()
                return
            time.sleep(PROBE_SECONDS)

    # --- faults --------------------------------------------------------------------------------

    def kill(self, name: str) -> float:
        """Ends a part and all that it has started without a warning; returns the moment."""
        part = self.parts[name]
        with self._lock:
            # Who was asked before the kill: its children are nobody's afterwards.
            family = self.family(name)
            part.serving.clear()
            part.died = time.monotonic()
            for process in family:
                with suppress(psutil.Error):
                    process.kill()
        return part.died

    def terminate(self, name: str) -> float:
        """Asks a part to end in its own time; returns the moment."""
        part = self.parts[name]
        with self._lock:
            part.serving.clear()
            part.died = time.monotonic()
            with suppress(ProcessLookupError):
                os.kill(part.pid, part.make().stop_signal)
        return part.died

    def pause(self, name: str) -> float:
        """Stops a part and its children where they are (SIGSTOP); returns the moment."""
        self._signal(name, signal.SIGSTOP)
        return time.monotonic()

    def resume(self, name: str) -> float:
        """Lets a paused part go on (SIGCONT); returns the moment."""
        with suppress(StageProblem):
            self._signal(name, signal.SIGCONT)
        return time.monotonic()

    def _signal(self, name: str, number: signal.Signals) -> None:
        for process in self.family(name):
            with suppress(psutil.Error):
                process.send_signal(number)

    def family(self, name: str) -> list[psutil.Process]:
        """Returns a part's process and all that it has started."""
        with suppress(psutil.NoSuchProcess):
            first = psutil.Process(self.parts[name].pid)
            return [first, *first.children(recursive=True)]
        return []

    # --- waiting -------------------------------------------------------------------------------

    def hold(self, name: str) -> None:
        """Lets a part stay dead when it dies."""
        self.parts[name].held = True

    def release(self, name: str) -> None:
        """Starts a part again that was held."""
        part = self.parts[name]
        with self._lock:
            part.due = time.monotonic()
            part.held = False

    def await_death(self, name: str, *, seconds: float = 30.0) -> None:
        """Returns once a part that is held has ended."""
        part = self.parts[name]
        self._await(lambda: part.process is None, name, "end", seconds)

    def await_serving(self, name: str, *, seconds: float = 60.0) -> float:
        """Returns how long a part was away, once it serves again."""
        part = self.parts[name]
        self._await(part.serving.is_set, name, "answer", seconds)
        return part.away_seconds

    def await_answer(self, name: str, *, seconds: float = 60.0) -> None:
        """Returns once a part answers a question that is asked now."""
        self._await(self.parts[name].answers, name, "answer", seconds)

    def await_all(self, *, seconds: float = 60.0) -> None:
        """Returns once everything serves."""
        for name in list(self.parts):
            self.await_serving(name, seconds=seconds)

    def _await(self, holds: Callable[[], bool], name: str, what: str, seconds: float) -> None:
        give_up = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > give_up:
                part = self.parts[name]
                why = last_line(part.make().log) or "its log is empty"
                raise StageProblem(f"{name} did not {what} within {seconds:.0f} s: {why}.")
            time.sleep(PROBE_SECONDS)


def pids(processes: Iterable[psutil.Process]) -> list[int]:
    """Returns the numbers of these processes."""
    return [process.pid for process in processes]
