"""The product on servers of its own, which a test may stop, kill and start again. Sync.

Unlike tests/live.py, nobody else works on these servers: PostgreSQL may die here.
"""

import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil
import psycopg

from livecomments.local.ports import free_port
from livecomments.local.postgres import EmbeddedPostgres
from livecomments.local.processes import working_in
from livecomments.local.valkey import EmbeddedValkey
from tests.embedded import TestServer
from tests.live import end_all, wait_until

ROOT = Path(__file__).parents[1]
_texts = itertools.count(1)

# Rows are made by a process of their own: this one's Django knows another database.
MAKE_ROWS = """
import json, django; django.setup()
from livecomments.accounts.tokens import create_token
from tests.factories import PASSWORD, StreamFactory, UserFactory
stream = StreamFactory(slug="here", broadcaster=UserFactory(username="boss", is_superuser=True,
    is_staff=True, password=PASSWORD))
StreamFactory(slug="cold")
user = UserFactory(username="bo", password=PASSWORD)
scopes = ["read", "post", "react"]
_, token = create_token(user, name="bot", scopes=scopes)
probes = [create_token(UserFactory(), name="probe", scopes=scopes)[1] for _ in range(10)]
print(json.dumps({"token": token, "probes": probes, "stream": stream.pk,
    "partition": stream.partition, "boss": stream.broadcaster_id, "user": user.pk}))
"""


class Answer(NamedTuple):
    """What a request got, and after how long."""

    status: int
    headers: dict[str, str]
    body: str
    seconds: float

    def problem(self) -> dict:
        """The problem details of a refusal."""
        assert self.headers["content-type"] == "application/problem+json"
        return json.loads(self.body)


class Site:
    """PostgreSQL, Valkey, a batcher and one web process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = TestServer(
            EmbeddedPostgres(
                data=folder / "postgres",
                port=free_port(),
                log=folder / "postgres.log",
                volatile=True,
            )
        )
        self.valkey = TestServer(
            EmbeddedValkey(data=folder / "valkey", port=free_port(), log=folder / "valkey.log")
        )
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen] = {}
        self.rows: dict = {}
        self._probes: Iterator[str] = iter(())

    # --- life -------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start everything, with a stream, people and a token."""
        self.postgres.start()
        self.valkey.start()
        self.run("manage.py", "migrate", "--verbosity=0")
        self.rows = json.loads(self.run("-c", MAKE_ROWS))
        self._probes = itertools.cycle(self.rows["probes"])
        self.launch("batcher", "manage.py", "run_batcher")
        self.launch("web", "-m", "livecomments.gateway", "--port", str(self.port))
        self.wait_ready()

    def launch(self, name: str, *arguments: str) -> None:
        """Start one process; its log is `name`.log."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment(name),
                stdout=log,
                stderr=log,
            )

    def wait_ready(self) -> None:
        """Wait until the web process is ready, its Postgres answers and posts are taken."""

        def ready() -> bool:
            with suppress(OSError, http.client.HTTPException):
                answer = self.get("/readyz")
                return answer.status == 200 and json.loads(answer.body)["postgres"]
            return False

        wait_until(ready, what="the web process's readiness", seconds=30)

        def taken() -> bool:
            # Not always the same: a person may say only so much.
            probe = {"Authorization": f"Bearer {next(self._probes)}"}
            return self.comment(f"is it ready? {time.time_ns()}", **probe).status == 201

        wait_until(taken, what="a post", seconds=30)

    def stop(self) -> None:
        """End everything."""
        for server in (self.postgres, self.valkey):
            self.let_go(server)
        end_all(self.processes.values())
        self.valkey.stop()
        self.postgres.stop()

    def environment(self, name: str) -> dict[str, str]:
        """What a process of this site finds around it."""
        return os.environ | {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "LIVECOMMENTS_PROCESS": name,
        }

    def run(self, *arguments: str) -> str:
        """What a Python program says; it must succeed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment("command"),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rows_of(self, query: str, *parameters: object) -> list[tuple]:
        """What PostgreSQL answers to a query."""
        with psycopg.connect(self.postgres.url) as connection:
            return connection.execute(query, parameters).fetchall()

    def log(self, name: str) -> str:
        """What a process has said."""
        return (self.folder / f"{name}.log").read_text()

    # --- faults -----------------------------------------------------------------------------------

    @contextmanager
    def away(self, server: TestServer, how: str):
        """Takes a server away: `killed`, or `stopped` so that it accepts and never answers."""
        if how == "killed":
            server.kill()
        else:
            self.hold(server)
        try:
            yield
        finally:
            if how == "killed":
                server.start()
            else:
                self.let_go(server)
            self.wait_ready()

    def hold(self, server: TestServer) -> None:
        """Stop every process of a server; its sockets stay."""
        signal_all(server, signal.SIGSTOP)

    def let_go(self, server: TestServer) -> None:
        """Let them go on."""
        signal_all(server, signal.SIGCONT)

    # --- requests ---------------------------------------------------------------------------------

    def get(self, path: str, **headers: str) -> Answer:
        """GET a path."""
        return self.ask("GET", path, **headers)

    def comment(self, text: str, *, key: str = "", **headers: str) -> Answer:
        """Post a comment with the token."""
        if key:
            headers["Idempotency-Key"] = key
        return self.api("POST", "streams/here/comments/", {"text": text}, **headers)

    def api(self, method: str, path: str, body: dict | None = None, **headers: str) -> Answer:
        """Ask the API with the token."""
        return self.ask(
            method,
            f"/api/v1/{path}",
            json.dumps(body) if body is not None else None,
            **{"Authorization": f"Bearer {self.rows['token']}", "Content-Type": "application/json"}
            | headers,
        )

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> Answer:
        """One request on a connection of its own; patient, since a test looks at the time."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, text, time.monotonic() - began)


def words() -> str:
    """A text that nobody said before."""
    return f"said {next(_texts)} at {time.monotonic()}"


def family(server: TestServer) -> list[psutil.Process]:
    """Every process of a server."""
    return working_in(server.server.data, Path(server.program.argv[0]).name)


def signal_all(server: TestServer, which: signal.Signals) -> None:
    """Send a signal to every process of a server; those that end meanwhile need none."""
    for process in family(server):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(which)
