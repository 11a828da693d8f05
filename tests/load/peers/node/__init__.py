"""The peers that run on Node: their packages are installed here when they are wanted. Async."""

import asyncio
import fcntl
import hashlib
import json
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent
LOCK = FOLDER / "package-lock.json"
WITH_NODE = FOLDER.parents[3] / "tools" / "with-node.sh"
INSTALL_SECONDS = 180.0


class InstallFailed(Exception):
    """The packages could not be had; the text says why."""


def is_installed() -> bool:
    """True when node_modules is what the lock says."""
    return _stamp().is_file()


async def install() -> None:
    """Fill node_modules as the lock says; nothing if that is done. Raises InstallFailed."""
    with LOCK.open() as file:  # one at a time: tests run in several processes
        await asyncio.to_thread(fcntl.flock, file, fcntl.LOCK_EX)
        if not is_installed():
            await _install()


async def _install() -> None:
    process = await asyncio.create_subprocess_exec(
        str(WITH_NODE),
        *("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"),
        cwd=FOLDER,
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
    _stamp().touch()


def versions(package: str) -> str:
    """Return what is measured: the package as locked, and Node."""
    locked = json.loads(LOCK.read_text())["packages"][f"node_modules/{package}"]["version"]
    told = subprocess.run(
        [str(WITH_NODE), "node", "--version"], capture_output=True, text=True, check=True
    )
    return f"{package} {locked}, Node {told.stdout.strip().removeprefix('v')}"


def _stamp() -> Path:
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    return FOLDER / "node_modules" / f".installed-{digest}"


def _first_error(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return next((line for line in lines if "npm error" in line), "no reason was given")
