"""Starts services in order, restarts whatever dies, stops everything in reverse order. Sync.

The table of services is data: a service is a program, how to make ready for it, and how to tell
that it serves. A service that lives but does not serve is left alone; only the dead are replaced.
"""

import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from types import FrameType

from livecomments.local.console import Console
from livecomments.local.problems import LocalProblem, StopRequested
from livecomments.local.processes import (
    Program,
    describe_end,
    kill_session,
    last_line,
    spawn,
    stop_together,
)

# Waits before the next try, for one that keeps dying. The first comes at once: a database is away
# for as short as can be.
BACK_OFF_SECONDS = (0.0, 0.2, 0.5, 1.0, 2.0)
# Who lived this long died of something new.
STEADY_SECONDS = 10.0
# How often readiness is looked at during a start. Deaths wake us by themselves.
POLL_SECONDS = 0.05

# `make` and `timeout` pass a signal on that has reached us as well: those two are one wish.
ONE_WISH_SECONDS = 1.0

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)


@dataclass(frozen=True, kw_only=True)
class Service:
    """A program that shall always run."""

    program: Program
    title: str
    # Services of one group are stopped at the same time.
    group: str
    is_ready: Callable[[], bool] = lambda: True
    ready_seconds: float = 60.0
    # Runs before each start, the first as well.
    prepare: Callable[[], None] = lambda: None


class Running:
    """A service, its process, and how often it died lately."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.deaths = 0
        self.last_end = ""
        self.start()

    def start(self) -> None:
        """Starts the process, the first or the next."""
        self.service.prepare()
        self.process = spawn(self.service.program)
        self.started = time.monotonic()
        self.due: float | None = None

    def note_end(self) -> None:
        """Remembers how the process ended, and ends what it started itself."""
        kill_session(self.process.pid)
        self.last_end = describe_end(self.process.returncode)

    def schedule(self) -> float:
        """Sets the time of the next start and returns the seconds until then."""
        if time.monotonic() - self.started > STEADY_SECONDS:
            self.deaths = 0
        wait = BACK_OFF_SECONDS[min(self.deaths, len(BACK_OFF_SECONDS) - 1)]
        self.deaths += 1
        self.due = time.monotonic() + wait
        return wait


class Supervisor:
    """Keeps services running until a signal asks for the end.

    Use as a context: entering takes over the signals, leaving stops every service.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._running: list[Running] = []
        self._stop_asked_at: float | None = None
        self._hurry = False

    def __enter__(self) -> "Supervisor":
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        # nohup has the hang-up ignored already; that stays so.
        wanted = [each for each in SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
        self._handlers = {number: signal.signal(number, self._on_signal) for number in wanted}
        # Signals end the wait in `_tick`; the handlers themselves do next to nothing.
        self._wakeup = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            self.stop()
        finally:
            signal.set_wakeup_fd(self._wakeup)
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
            self._reader.close()
            self._writer.close()

    def start(self, services: Sequence[Service]) -> None:
        """Starts the services together and returns once all of them serve."""
        self.launch(services)
        self.await_ready(services)

    def launch(self, services: Sequence[Service]) -> None:
        """Starts the services together and returns at once."""
        for service in services:
            self._tick(0)
            self._running.append(Running(service))

    def await_ready(self, services: Sequence[Service]) -> None:
        """Returns once all the services serve; raises LocalProblem when one does not come up."""
        for service in services:
            self._await_ready(service)

    def run_step(self, program: Program, *, doing: str) -> str:
        """Runs a program to its end and returns what it wrote.

        Raises LocalProblem when it fails.
        """
        program.log.parent.mkdir(parents=True, exist_ok=True)
        offset = program.log.stat().st_size if program.log.exists() else 0
        process = spawn(program)
        try:
            while process.poll() is None:
                self._tick(POLL_SECONDS)
        finally:
            stop_together([(program, process)])
        if process.returncode:
            reason = last_line(program.log) or describe_end(process.returncode)
            raise LocalProblem(f"{doing} failed: {reason} (see {program.log}).")
        with program.log.open("rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")

    def watch(self) -> None:
        """Restarts what dies, until a signal asks for the end."""
        with suppress(StopRequested):
            while True:
                self._tick(1.0)

    def stop(self) -> None:
        """Stops every service, those started last first; a second signal makes it sudden."""
        for _, members in groupby(reversed(self._running), lambda each: each.service.group):
            group = list(members)
            living = [each for each in group if each.process.poll() is None]
            if living:
                titles = " and ".join(each.service.title for each in reversed(living))
                self._console.step(f"Stopping {titles} …")
            stop_together(
                [(each.service.program, each.process) for each in group],
                hurried=lambda: self._hurry,
            )
        self._running.clear()

    def _await_ready(self, service: Service) -> None:
        """Returns once the service serves; raises LocalProblem when it dies or takes too long."""
        running = next(each for each in self._running if each.service is service)
        began = time.monotonic()
        while not service.is_ready():
            self._tick(POLL_SECONDS)
            log = service.program.log
            if running.deaths:
                reason = last_line(log)
                raise LocalProblem(
                    f"{service.title} {running.last_end} while it started"
                    f"{': ' + reason if reason else ''} (see {log})."
                )
            if time.monotonic() - began > service.ready_seconds:
                raise LocalProblem(
                    f"{service.title} did not answer within {service.ready_seconds:.0f} s "
                    f"(see {log})."
                )

    def _tick(self, seconds: float) -> None:
        """Waits for a signal, at most so long; raises StopRequested; replaces the dead."""
        due = [each.due for each in self._running if each.due is not None]
        if due:
            seconds = min(seconds, max(0.0, min(due) - time.monotonic()))
        select.select([self._reader], [], [], seconds)
        with suppress(BlockingIOError):
            while self._reader.recv(4_096):
                pass
        if self._stop_asked_at is not None:
            raise StopRequested
        for running in self._running:
            self._revive(running)

    def _revive(self, running: Running) -> None:
        """Notices that the process died, and starts the next when its time has come."""
        title = running.service.title
        if running.due is None:
            if running.process.poll() is None:
                return
            running.note_end()
            wait = running.schedule()
            again = f"in {wait:.1f} s" if wait else "at once"
            self._console.step(f"{title} {running.last_end}; it is started again {again}.")
        if running.due is not None and time.monotonic() >= running.due:
            try:
                running.start()
            except (LocalProblem, OSError, subprocess.SubprocessError) as error:
                self._console.step(f"{title} could not be started: {error}")
                running.schedule()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGCHLD:
            return
        now = time.monotonic()
        if self._stop_asked_at is None:
            self._stop_asked_at = now
        elif now - self._stop_asked_at > ONE_WISH_SECONDS:
            self._hurry = True
