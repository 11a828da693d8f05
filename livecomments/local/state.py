"""The folder that keeps local state between runs: `var/`, or where LIVECOMMENTS_VAR says. Sync.

postgres/ valkey/   the servers' data
log/                one file per process; the run before keeps its own as <name>.log.1
local.json          addresses of the running servers, for manage.py in another terminal
ports.json          which ports the servers had, to have them again
secret_key          made once
supervisor.lock     held while `make run` runs here
"""

import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from livecomments.local.ports import free_port, is_free
from livecomments.local.problems import LocalProblem

PROJECT = Path(__file__).resolve().parents[2]


def var_folder() -> Path:
    """The folder for local state, absolute."""
    return Path(os.environ.get("LIVECOMMENTS_VAR") or PROJECT / "var").resolve()


class State:
    """What one folder holds; everything in it belongs to the supervisor that has its lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "log"
        self._addresses = folder / "local.json"
        self._lock: IO[str] | None = None

    def acquire(self) -> None:
        """Takes the folder for this process; raises while another supervisor has it.

        The kernel lets go of the lock when its holder dies, however that comes about: a file left
        by a killed supervisor never stands in the way.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "supervisor.lock").open("a+")
        except OSError as error:
            raise LocalProblem(
                f"{self.folder} cannot be written ({error.strerror}): name another folder in "
                "LIVECOMMENTS_VAR."
            ) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise LocalProblem(
                f"The product already runs from {self.folder} (process {holder}): stop that one "
                "first, or name another folder in LIVECOMMENTS_VAR."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock
        self._addresses.unlink(missing_ok=True)

    def release(self) -> None:
        """Gives the folder back and takes the addresses away."""
        if self._lock is None:
            return
        self._addresses.unlink(missing_ok=True)
        self._lock.close()
        self._lock = None

    def port(self, name: str) -> int:
        """The port that this server had last time, or a new one where that is taken."""
        ports = self._ports()
        port = ports.get(name)
        if port is None or not is_free(port):
            ports[name] = port = free_port()
            write_private(self.folder / "ports.json", json.dumps(ports) + "\n")
        return port

    def secret_key(self) -> str:
        """The key that signs sessions and tickets here; made once, so that they stay valid."""
        path = self.folder / "secret_key"
        with suppress(FileNotFoundError):
            if key := path.read_text().strip():
                return key
        key = secrets.token_urlsafe(48)
        write_private(path, key + "\n")
        return key

    def announce(self, addresses: Mapping[str, str | int]) -> None:
        """Writes local.json, from which the settings read in other terminals."""
        write_private(self._addresses, json.dumps(dict(addresses), indent=2) + "\n")

    def turn_logs(self) -> None:
        """Gives the logs of the run before another name."""
        self.logs.mkdir(parents=True, exist_ok=True)
        for log in self.logs.glob("*.log"):
            log.replace(log.with_suffix(".log.1"))

    def _ports(self) -> dict[str, int]:
        """The ports by server; empty when the file is missing or not one of ours."""
        try:
            ports = json.loads((self.folder / "ports.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}
        if not isinstance(ports, dict):
            return {}
        return {name: port for name, port in ports.items() if isinstance(port, int)}


def write_private(path: Path, content: str) -> None:
    """Replaces the file in one step; only its owner may read it."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
    draft.replace(path)
