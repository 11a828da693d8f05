"""The product as it runs in production, small: two web processes, two batchers, both servers. Sync.

PostgreSQL and Valkey are those of `make run` with its settings (fsync on, `appendfsync always`), in
a temporary folder. The web processes share one port, so whoever loses one finds the other; a fault
that needs a web process of its own adds one. Limits are off in the web processes: the load is ours.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from redis.backoff import NoBackoff
from redis.retry import Retry

from livecomments.local.ports import HOST, free_port
from livecomments.local.postgres import EmbeddedPostgres
from livecomments.local.processes import Program
from livecomments.local.product import DIRECT
from livecomments.local.state import PROJECT
from livecomments.local.valkey import EmbeddedValkey
from tests.load.rig import settle_in

from .disk import unmount_below
from .keeper import Keeper, Part, StageProblem

WEB = ("web-1", "web-2")
BATCHERS = ("batcher-1", "batcher-2")
DATABASES = ("postgres", "valkey")
ASK_SECONDS = 0.5


class Stage(Keeper):
    """Use as a context: entering starts the databases, leaving ends everything."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="livecomments-faults-"))
        self.port = free_port()
        self.own_ports: dict[str, int] = {}  # of web processes beside the shared port
        self.overrides: dict[str, dict[str, str]] = {}  # environment, by part
        self.wrappers: dict[str, tuple[str, ...]] = {}  # of Python programs: what runs them
        self.postgres = EmbeddedPostgres(
            data=self.folder / "postgres", port=free_port(), log=self.folder / "postgres.log"
        )
        self.valkey = EmbeddedValkey(
            data=self.folder / "valkey", port=free_port(), log=self.folder / "valkey.log"
        )
        self.environment = settle_in(
            self.postgres, self.valkey, self.folder, LIVECOMMENTS_NO_LIMITS="1"
        )

    def __enter__(self) -> "Stage":
        super().__enter__()
        try:
            self.add(
                Part(
                    "postgres",
                    make=lambda: self._overridden(self.postgres.program()),
                    answers=lambda: self.postgres.is_ready(),
                    prepare=lambda: self.postgres.prepare(),
                )
            )
            self.add(
                Part(
                    "valkey",
                    make=lambda: self._overridden(self.valkey.program()),
                    answers=lambda: self.valkey.is_ready(),
                    prepare=lambda: self.valkey.data.mkdir(parents=True, exist_ok=True),
                )
            )
            self.await_all()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        with suppress(Exception):  # settings may never have been read
            connections.close_all()
        super().__exit__(*exception)
        self.postgres.clear()
        unmount_below(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- the product ---------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """The address that the web processes share."""
        return f"http://{HOST}:{self.port}"

    def start_product(self) -> None:
        """Makes the tables, starts batchers and web processes, and returns once all serve."""
        call_command("migrate", verbosity=0)
        for name in BATCHERS:
            self.add_batcher(name)
        for name in WEB:
            self.add_web(name, port=self.port)
        self.await_all()
        self._await(self._takes_posts, "batcher-1", "make the partitions ready", 30)

    def _takes_posts(self) -> bool:
        from livecomments import redisdb  # noqa: PLC0415 -- reads the settings

        with self.redis() as client:
            ready = [client.exists(redisdb.ready(number)) for number in self.partitions]
            return all(ready)

    @property
    def partitions(self) -> range:
        """The partitions of the log."""
        return range(settings.PARTITIONS)

    def add_batcher(self, name: str) -> None:
        """Starts a batcher."""
        self.add(
            Part(
                name,
                make=lambda: self._python(name, "manage.py", "run_batcher", seconds=8),
                answers=lambda: self._says_it_began(name),
            )
        )

    def add_web(self, name: str, *, port: int, **environment: str) -> str:
        """Starts a web process on a port, which may be shared; returns its address."""
        url = f"http://{HOST}:{port}"
        if environment:
            self.overrides[name] = environment
        arguments = ("-m", "livecomments.gateway", "--port", str(port))
        self.add(
            Part(
                name,
                make=lambda: self._python(name, *arguments, seconds=12),
                answers=lambda: answers(url, name),
            )
        )
        return url

    def restart(self, name: str, environment: Mapping[str, str] | None = None) -> None:
        """Ends a part in order and starts it anew, with or without settings of its own."""
        self.begin_restart(name, environment)
        self.await_serving(name)

    def begin_restart(self, name: str, environment: Mapping[str, str] | None = None) -> None:
        """Like `restart`, but returns at once."""
        self.overrides.pop(name, None)
        if environment:
            self.overrides[name] = dict(environment)
        self.terminate(name)

    def _python(self, name: str, *arguments: str, seconds: float) -> Program:
        return self._overridden(
            Program(
                name=name,
                argv=(sys.executable, *self.wrappers.get(name, ()), *arguments),
                log=self.log(name),
                env={**os.environ, **self.environment, "LIVECOMMENTS_PROCESS": name},
                cwd=PROJECT,
                stop_seconds=seconds,
            )
        )

    def _overridden(self, program: Program) -> Program:
        more = self.overrides.get(program.name)
        return replace(program, env={**program.env, **more}) if more else program

    def log(self, name: str) -> Path:
        """Returns where a program writes what it has to say."""
        return self.folder / f"{name}.log"

    def _says_it_began(self, name: str) -> bool:
        """True once this very batcher has said so; nobody else can tell that it waits its turn."""
        process = self.parts[name].process
        if process is None:
            return False
        with suppress(FileNotFoundError):
            said = self.log(name).read_bytes()[-20_000:]
            return f":{process.pid} wants".encode() in said
        return False

    # --- what is asked of it -------------------------------------------------------------------

    def redis(self, *, seconds: float = 3.0) -> redis.Redis:
        """Returns a client that asks once; use as a context. Raises `RedisError` when used."""
        return redis.Redis.from_url(
            self.valkey.url,
            socket_timeout=seconds,
            socket_connect_timeout=1,
            retry=Retry(NoBackoff(), 0),
        )

    def owner(self, partition: int) -> str:
        """Returns which batcher owns a partition; raises `StageProblem` when none of ours does."""
        from livecomments import redisdb  # noqa: PLC0415 -- reads the settings

        with self.redis() as client:
            holder = (client.hget(redisdb.lease(partition), "owner") or b"").decode()
        pid = holder.rpartition(":")[2]
        for name in BATCHERS:
            process = self.parts[name].process
            if process is not None and pid == str(process.pid):
                return name
        raise StageProblem(f"Partition {partition} has no owner of ours ({holder or 'nobody'}).")

    def web_names(self) -> list[str]:
        """Returns the web processes."""
        return [name for name in self.parts if name.startswith("web-")]


def answers(url: str, name: str) -> bool:
    """True when the process of this name answers; the kernel chooses who does on a shared port."""
    try:
        with DIRECT.open(f"{url}/healthz", timeout=ASK_SECONDS) as answer:
            return answer.headers.get("X-Process") == name
    except OSError as error:
        headers = getattr(error, "headers", None)
        return headers is not None and headers.get("X-Process") == name
