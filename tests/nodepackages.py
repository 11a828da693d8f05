"""Packages for Node beside the project: each folder has its lock and is filled when wanted. Async.

A folder holds `package.json`, `package-lock.json` and the `.npmrc` that keeps addresses of download
servers out of the lock.
"""

import asyncio
import fcntl
import hashlib
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

WITH_NODE = Path(__file__).parents[1] / "tools" / "with-node.sh"
INSTALL_SECONDS = 300.0


class InstallFailed(Exception):
    """The packages could not be had; the text says why."""


@dataclass(frozen=True, slots=True)
class NodePackages:
    """The packages of one folder."""

    folder: Path

    @property
    def lock(self) -> Path:
        return self.folder / "package-lock.json"

    def is_installed(self) -> bool:
        """True when node_modules is what the lock says."""
        return self._stamp().is_file()

    async def install(self) -> None:
        """Fill node_modules as the lock says; nothing if that is done. Raises InstallFailed."""
        with self.lock.open() as file:  # one at a time: tests run in several processes
            await asyncio.to_thread(fcntl.flock, file, fcntl.LOCK_EX)
            if not self.is_installed():
                await self._install()

    def version(self, package: str) -> str:
        """Return what is installed: the package as locked, and Node."""
        locked = json.loads(self.lock.read_text())["packages"][f"node_modules/{package}"]["version"]
        told = subprocess.run(
            [str(WITH_NODE), "node", "--version"], capture_output=True, text=True, check=True
        )
        return f"{package} {locked}, Node {told.stdout.strip().removeprefix('v')}"

    async def _install(self) -> None:
        process = await asyncio.create_subprocess_exec(
            str(WITH_NODE),
            *("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"),
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(INSTALL_SECONDS):
                _, said = await process.communicate()
        except TimeoutError:
            raise InstallFailed(f"`npm ci` took longer than {INSTALL_SECONDS:.0f} s") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise InstallFailed(f"`npm ci` failed: {_first_error(said.decode(errors='replace'))}")
        self._stamp().touch()

    def _stamp(self) -> Path:
        digest = hashlib.sha256(self.lock.read_bytes()).hexdigest()[:16]
        return self.folder / "node_modules" / f".installed-{digest}"


def _first_error(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return next((line for line in lines if "npm error" in line), "no reason was given")
