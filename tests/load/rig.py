"""The product for a benchmark: databases, batcher and web processes on two cores. Sync.

The servers are those of `make run` with the same settings (`appendfsync always`, fsync on), in a
temporary folder and on free ports. Whatever was started here ends with the rig, and with this
process, however it ends.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from livecomments.local.ports import HOST, free_port
from livecomments.local.postgres import EmbeddedPostgres
from livecomments.local.processes import Program, last_line, spawn, stop_together
from livecomments.local.product import DIRECT
from livecomments.local.valkey import EmbeddedValkey

from .machine import PROJECT, cpu_seconds, family, pin, two_cores
from .stats import Times

START_SECONDS = 60.0
DELAYS_SECONDS = 5.0
POLL_SECONDS = 0.05

# What a shell may hold would otherwise decide what is measured.
FOREIGN = ("DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "REDIS_URL")


class RigProblem(Exception):
    """One sentence that says why there is nothing to measure."""


def settle_in(
    postgres: EmbeddedPostgres, valkey: EmbeddedValkey, folder: Path, **more: str
) -> dict[str, str]:
    """Makes this process's environment that of a product on these servers; returns what it set."""
    for name in list(os.environ):
        if name in FOREIGN or name.startswith("LIVECOMMENTS_"):
            del os.environ[name]
    wanted = {
        "DATABASE_URL": postgres.url,
        "REDIS_URL": valkey.url,
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DJANGO_SETTINGS_MODULE": "livecomments.settings",
        "LIVECOMMENTS_VAR": str(folder),
        "PYTHONUNBUFFERED": "1",
        **more,
    }
    os.environ.update(wanted)
    return wanted


@dataclass(eq=False)
class Running:
    """A program and its process."""

    program: Program
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid


class Rig:
    """Use as a context: entering starts the databases, leaving ends everything."""

    def __init__(self) -> None:
        self.measured_core, self.other_core = two_cores()
        self._pinned = False
        self._everywhere = os.sched_getaffinity(0)
        self._running: dict[str, Running] = {}
        self._delays: dict[str, Path] = {}

    def __enter__(self) -> "Rig":
        self.folder = Path(tempfile.mkdtemp(prefix="livecomments-bench-"))
        try:
            self._start_databases()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self._end()

    def _start_databases(self) -> None:
        self.postgres = EmbeddedPostgres(
            data=self.folder / "postgres", port=free_port(), log=self.folder / "postgres.log"
        )
        self.valkey = EmbeddedValkey(
            data=self.folder / "valkey", port=free_port(), log=self.folder / "valkey.log"
        )
        for name, server in (("postgres", self.postgres), ("valkey", self.valkey)):
            server.prepare()
            self._spawn(name, server.program())
            self._await(name, server.is_ready)
        self._environment = settle_in(self.postgres, self.valkey, self.folder)

    # --- the product -----------------------------------------------------------------------------

    def start_batcher(self, is_ready: Callable[[], bool]) -> None:
        """Starts the batcher and waits for it; call once the tables are there."""
        self._spawn("batcher", self._python("batcher", "manage.py", "run_batcher", seconds=8))
        self._await("batcher", is_ready)

    def start_web(self, processes: int = 1, **environment: str) -> str:
        """Starts fresh web processes in the place of earlier ones; returns their address."""
        self.stop_web()
        port = free_port()
        self.url = f"http://{HOST}:{port}"
        names = [f"web-{number}" for number in range(1, processes + 1)]
        for name in names:
            self._delays[name] = self.folder / f"delays-{name}-{secrets.token_hex(4)}.json"
            environment["BENCH_DELAYS"] = str(self._delays[name])
            program = self._python(
                name,
                *("-m", "tests.load.webprocess", "--port", str(port)),
                seconds=12,
                environment=environment,
            )
            self._spawn(name, program)
        ready: set[str] = set()
        for name in names:
            self._await(name, lambda name=name: self._answers(name, ready))
        return self.url

    def stop_web(self) -> None:
        """Ends the web processes at once: their sockets were closed by those who opened them."""
        for name in self.web_names:
            running = self._running.pop(name)
            running.process.kill()
            running.process.wait()

    @property
    def web_names(self) -> list[str]:
        """The web processes that run."""
        return [name for name in self._running if name.startswith("web-")]

    def _answers(self, name: str, ready: set[str]) -> bool:
        """True once this process has answered; the kernel chooses which of them does."""
        with suppress(OSError), DIRECT.open(f"{self.url}/readyz", timeout=3) as answer:
            ready.add(answer.headers.get("X-Process", ""))
        return name in ready

    def _python(
        self,
        name: str,
        *arguments: str,
        seconds: float,
        environment: dict[str, str] | None = None,
    ) -> Program:
        return Program(
            name=name,
            argv=(sys.executable, *arguments),
            log=self.folder / f"{name}.log",
            env={
                **os.environ,
                **self._environment,
                "LIVECOMMENTS_PROCESS": name,
                **(environment or {}),
            },
            cwd=PROJECT,
            stop_seconds=seconds,
        )

    # --- cores -----------------------------------------------------------------------------------

    def pin_apart(self) -> None:
        """Gives the web process the first core for itself, and everybody else the second."""
        self._pinned = True
        self._pin_all()

    def unpin(self) -> None:
        """Lets everything run on both cores."""
        self._pinned = False
        self._pin_all()

    def _pin_all(self) -> None:
        pin([os.getpid()], self._cores_of("load"))
        for name, running in self._running.items():
            pin(family(running.pid), self._cores_of(name))

    def _cores_of(self, name: str) -> set[int]:
        if not self._pinned:
            return {self.measured_core, self.other_core}
        return {self.measured_core if name.startswith("web-") else self.other_core}

    # --- what is asked of the processes ----------------------------------------------------------

    def cpu(self) -> dict[str, float]:
        """The processor seconds so far, by program; `load` is this process."""
        used = {"web": 0.0}
        for name, running in self._running.items():
            group = name.partition("-")[0]
            used[group] = used.get(group, 0.0) + cpu_seconds(running.pid)
        used["load"] = time.process_time()
        return used

    def web_pids(self) -> list[int]:
        """The web processes."""
        return [self._running[name].pid for name in self.web_names]

    def take_delays(self) -> Times:
        """Returns how late the web processes' loops were since this was last called."""
        before = {name: self._read_delays(name)[0] for name in self.web_names}
        for pid in self.web_pids():
            os.kill(pid, signal.SIGUSR1)
        delays = Times()
        give_up = time.monotonic() + DELAYS_SECONDS
        for name, number in before.items():
            while (found := self._read_delays(name))[0] == number:
                if time.monotonic() > give_up:
                    raise RigProblem(f"{name} does not tell how late its loop was.")
                time.sleep(0.005)
            delays.merge(found[1])
        return delays

    def _read_delays(self, name: str) -> tuple[int, Times]:
        try:
            told = json.loads(self._delays[name].read_text())
        except FileNotFoundError:
            return 0, Times()
        return told["number"], Times({int(grain): count for grain, count in told["late"].items()})

    def log(self, name: str) -> str:
        """What a program has written."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    # --- processes -------------------------------------------------------------------------------

    def _spawn(self, name: str, program: Program) -> None:
        running = self._running[name] = Running(program, spawn(program))
        pin([running.pid], self._cores_of(name))

    def _await(self, name: str, is_ready: Callable[[], bool]) -> None:
        running = self._running[name]
        give_up = time.monotonic() + START_SECONDS
        while not is_ready():
            if running.process.poll() is not None or time.monotonic() > give_up:
                raise RigProblem(f"{name} did not start: {last_line(running.program.log)}.")
            time.sleep(POLL_SECONDS)

    def _end(self) -> None:
        os.sched_setaffinity(0, self._everywhere)
        self._stop([name for name in self._running if name not in ("postgres", "valkey")])
        self._stop(list(self._running))
        shutil.rmtree(self.folder, ignore_errors=True)

    def _stop(self, names: Iterable[str]) -> None:
        ending = [self._running.pop(name) for name in names]
        stop_together((running.program, running.process) for running in ending)
