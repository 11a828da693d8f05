"""The product as a table of services for the supervisor, built from the environment. Sync."""

import json
import os
import sys
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from livecomments.local.ports import HOST
from livecomments.local.postgres import EmbeddedPostgres
from livecomments.local.processes import MARK, Program, end_all, marked
from livecomments.local.state import PROJECT, State
from livecomments.local.supervisor import Service
from livecomments.local.valkey import EmbeddedValkey
from livecomments.local.wishes import Wishes

# A web process may take this long to say good-bye to its sockets before it is cut off.
WEB_STOP_SECONDS = 12

# No proxy stands between us and ourselves, whatever the environment says.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class WebProbe:
    """Which web processes have said that they are ready.

    They share one port, and the kernel chooses who answers; the answer names the process.
    """

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url}/readyz"
        self._ready: set[str] = set()

    def sees(self, name: str) -> bool:
        """True once the process of this name has answered 200."""
        if name not in self._ready:
            with suppress(OSError), DIRECT.open(self._url, timeout=3) as answer:
                self._ready.add(answer.headers.get("X-Process", ""))
        return name in self._ready


class Product:
    """Every program of one running product."""

    def __init__(self, *, wishes: Wishes, state: State, environ: Mapping[str, str]) -> None:
        self.wishes = wishes
        self.state = state
        self._environ = environ
        self.postgres: EmbeddedPostgres | None = None
        self.valkey: EmbeddedValkey | None = None
        if not wishes.database_url:
            self.postgres = EmbeddedPostgres(
                data=state.folder / "postgres",
                port=state.port("postgres"),
                log=state.logs / "postgres.log",
            )
        if not wishes.redis_url:
            self.valkey = EmbeddedValkey(
                data=state.folder / "valkey",
                port=state.port("valkey"),
                log=state.logs / "valkey.log",
            )

    @property
    def database_url(self) -> str:
        """Where PostgreSQL is."""
        return self.postgres.url if self.postgres else self.wishes.database_url

    @property
    def redis_url(self) -> str:
        """Where Valkey (or Redis) is."""
        return self.valkey.url if self.valkey else self.wishes.redis_url

    def addresses(self) -> dict[str, str | int]:
        """What local.json tells other terminals."""
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": self._environ.get("SECRET_KEY") or self.state.secret_key(),
            "base_url": self.wishes.base_url,
            "pid": os.getpid(),
        }

    def databases(self) -> list[Service]:
        """The embedded servers, PostgreSQL first; none where others are named."""
        services = []
        if self.postgres:
            services.append(
                Service(
                    program=self.postgres.program(),
                    title="PostgreSQL",
                    group="postgres",
                    is_ready=self.postgres.is_ready,
                    prepare=self.postgres.prepare,
                )
            )
        if self.valkey:
            services.append(
                Service(
                    program=self.valkey.program(),
                    title="Valkey",
                    group="valkey",
                    is_ready=self.valkey.is_ready,
                    prepare=self.valkey.prepare,
                )
            )
        return services

    def clear(self) -> None:
        """Ends whatever outlived the supervisor's stop."""
        end_all(marked(self.state.folder), seconds=1)
        for server in (self.valkey, self.postgres):
            if server is not None:
                server.clear()

    def batcher(self) -> Service:
        """The process that flushes, paces and archives."""
        return Service(
            program=self.manage("batcher", "run_batcher", stop_seconds=8),
            title="batcher",
            group="batcher",
        )

    def web(self) -> list[Service]:
        """The web processes, all on one port."""
        probe = WebProbe(self.wishes.base_url)
        return [self._web(f"web-{i}", probe) for i in range(1, self.wishes.web_processes + 1)]

    def crowd(self) -> Service:
        """The made-up people in the demo's live room."""
        return Service(
            program=self.manage("crowd", "run_crowd", stop_seconds=4), title="crowd", group="crowd"
        )

    def manage(self, name: str, *arguments: str, stop_seconds: float = 5) -> Program:
        """A manage.py command as a program."""
        return self._python(name, str(PROJECT / "manage.py"), *arguments, stop_seconds=stop_seconds)

    def live_room(self) -> str:
        """The address of the first live stream's page, or of the list when none is live."""
        url = f"{self.wishes.base_url}/api/v1/streams/?status=live"
        with (
            suppress(OSError, ValueError, LookupError, TypeError),
            DIRECT.open(url, timeout=5) as answer,
        ):
            return f"{self.wishes.base_url}/s/{json.load(answer)['results'][0]['slug']}/"
        return f"{self.wishes.base_url}/"

    def _web(self, name: str, probe: WebProbe) -> Service:
        where = ("--host", HOST, "--port", str(self.wishes.port))
        return Service(
            program=self._python(
                name, "-m", "livecomments.gateway", *where, stop_seconds=WEB_STOP_SECONDS
            ),
            title=name,
            group="web",
            is_ready=lambda: probe.sees(name),
        )

    def _python(self, name: str, *arguments: str, stop_seconds: float) -> Program:
        addresses = self.addresses()
        ours = {key: str(addresses[key]) for key in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")}
        return Program(
            name=name,
            argv=(sys.executable, *arguments),
            log=self.state.logs / f"{name}.log",
            env={
                **self._environ,
                **ours,
                "DJANGO_SETTINGS_MODULE": "livecomments.settings",
                "LIVECOMMENTS_PROCESS": name,
                "LIVECOMMENTS_VAR": str(self.state.folder),
                # Each line is in its log the moment it is written.
                "PYTHONUNBUFFERED": "1",
                MARK: str(self.state.folder),
            },
            cwd=Path(PROJECT),
            stop_seconds=stop_seconds,
        )
