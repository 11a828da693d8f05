"""The servers that the tests run against: real PostgreSQL and Valkey in a temporary folder. Sync.

The first process of a run starts one PostgreSQL for all (each worker has a database of its own on
it) and a Valkey for itself; each further worker starts a Valkey of its own. DATABASE_URL and
REDIS_URL replace them; with several workers, each then takes the Redis database of its number, but
channel messages cross such databases: let a shared Redis be tested with `-n 0`.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from livecomments.local.ports import free_port
from livecomments.local.postgres import EmbeddedPostgres
from livecomments.local.processes import Program, kill_session, last_line, spawn, stop_together
from livecomments.local.valkey import EmbeddedValkey

# Tells a worker that the run's first process started this server: it must not share it.
OWN_VALKEY = "LIVECOMMENTS_TEST_OWN_VALKEY"


class TestServer:
    """One embedded server under the hand of a test: it may be killed and started again."""

    __test__ = False  # a name that pytest would collect otherwise

    def __init__(self, server: EmbeddedPostgres | EmbeddedValkey) -> None:
        self.server = server
        self.url = server.url
        self.program: Program = server.program()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, seconds: float = 30) -> None:
        """Starts the server on its port and data, and returns once it answers."""
        self.server.prepare()
        self.process = spawn(self.program)
        give_up = time.monotonic() + seconds
        while not self.server.is_ready():
            if self.process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"the test server did not start: {last_line(self.program.log)}")
            time.sleep(0.02)

    def kill(self) -> None:
        """Ends the server without a warning, as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        kill_session(self.process.pid)

    def stop(self) -> None:
        """Stops the server in order; harmless when it does not run."""
        if self.process is not None:
            stop_together([(self.program, self.process)])
        self.server.clear()


def own_postgres(folder: Path) -> TestServer:
    """Returns a started PostgreSQL for one module of tests; whoever asks stops it."""
    server = TestServer(
        EmbeddedPostgres(
            data=folder / "data", port=free_port(), log=folder / "postgres.log", volatile=True
        )
    )
    server.start()
    return server


def own_valkey(folder: Path) -> TestServer:
    """Returns a started Valkey of a test's own; whoever asks stops it."""
    server = TestServer(
        EmbeddedValkey(data=folder / "data", port=free_port(), log=folder / "valkey.log")
    )
    server.start()
    return server


class TestServers:
    """What one pytest process started, and takes down again."""

    __test__ = False

    def __init__(self) -> None:
        self.postgres: TestServer | None = None
        self.valkey: TestServer | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="livecomments-tests-"))
        atexit.register(self.stop)

    def start(self) -> None:
        """Starts what is missing and names it in the environment, for the settings to read."""
        os.environ.setdefault("SECRET_KEY", "a key that signs nothing but tests, long enough")
        if not os.environ.get("DATABASE_URL"):
            self.postgres = TestServer(
                EmbeddedPostgres(
                    data=self._folder / "postgres",
                    port=free_port(),
                    log=self._folder / "postgres.log",
                    volatile=True,
                )
            )
            self.postgres.start()
            os.environ["DATABASE_URL"] = self.postgres.url
        if not os.environ.get("REDIS_URL") or os.environ.get(OWN_VALKEY):
            self.valkey = TestServer(
                EmbeddedValkey(
                    data=self._folder / "valkey",
                    port=free_port(),
                    log=self._folder / "valkey.log",
                )
            )
            self.valkey.start()
            os.environ["REDIS_URL"] = self.valkey.url
            os.environ[OWN_VALKEY] = "1"
        elif worker := os.environ.get("PYTEST_XDIST_WORKER", ""):
            address = os.environ["REDIS_URL"].rsplit("/", 1)[0]
            os.environ["REDIS_URL"] = f"{address}/{int(worker.removeprefix('gw')) + 1}"

    def stop(self) -> None:
        """Stops the servers and removes their folder; harmless the second time."""
        for server in (self.valkey, self.postgres):
            if server is not None:
                server.stop()
        self.valkey = self.postgres = None
        shutil.rmtree(self._folder, ignore_errors=True)
