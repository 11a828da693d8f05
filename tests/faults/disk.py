"""Trouble with disks: one that is busy, and one that is full. Sync.

The load is a child that writes and syncs one bounded file over and over, beside the data; with it a
sync of anybody else takes milliseconds to seconds instead of next to nothing. The full disk is a
small file system in memory that a filler takes up but for some bytes.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

CHUNK = 4 * 1024 * 1024
FILE_BYTES = 256 * 1024 * 1024
MOUNT_SECONDS = 20

WRITER = f"""
import os, sys
descriptor = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
chunk, written = os.urandom({CHUNK}), 0
while os.getppid() == int(sys.argv[2]):
    written += os.write(descriptor, chunk)
    if written % {4 * CHUNK} == 0:
        os.fsync(descriptor)
    if written >= {FILE_BYTES}:
        os.lseek(descriptor, 0, os.SEEK_SET)
        written = 0
"""


@contextmanager
def disk_load(folder: Path, *, writers: int = 2) -> Iterator[None]:
    """Keeps the disk of a folder busy; what was written goes away with it."""
    files = [folder / f"load-{number}" for number in range(writers)]
    command = [sys.executable, "-I", "-S", "-c", WRITER]
    children = [subprocess.Popen([*command, str(file), str(os.getpid())]) for file in files]
    try:
        yield
    finally:
        for child in children:
            child.kill()
        for child, file in zip(children, files, strict=True):
            child.wait()
            file.unlink(missing_ok=True)


class SmallDisk:
    """A file system of its own at a folder. Use as a context; `why_not` says if it cannot be."""

    def __init__(self, folder: Path, *, size: int) -> None:
        self.folder = folder
        self._size = size
        self._filler = folder / "filler"

    @staticmethod
    def why_not() -> str:
        """Returns why no file system can be mounted here; empty where it can."""
        if os.geteuid() != 0:
            return "mounting a small file system needs root"
        if shutil.which("mount") is None or shutil.which("umount") is None:
            return "there is no mount command"
        return ""

    def __enter__(self) -> "SmallDisk":
        self.folder.mkdir(parents=True, exist_ok=True)
        where = ["mount", "-t", "tmpfs", "-o", f"size={self._size},mode=0755", "tmpfs"]
        subprocess.run([*where, str(self.folder)], check=True, timeout=MOUNT_SECONDS)
        return self

    def __exit__(self, *exception: object) -> None:
        _unmount(self.folder)
        with suppress(OSError):
            self.folder.rmdir()

    @property
    def free(self) -> int:
        """The bytes that are left."""
        left = os.statvfs(self.folder)
        return left.f_bavail * left.f_frsize

    def fill(self, *, leave: int = 0) -> None:
        """Takes up everything but so many bytes."""
        # Unbuffered: others write, too, and what did not fit must not be tried again at the end.
        with self._filler.open("ab", buffering=0) as file, suppress(OSError):
            while (more := min(CHUNK, self.free - leave)) > 0:
                file.write(b"\0" * more)

    def make_room(self) -> None:
        """Gives back what `fill` took."""
        self._filler.unlink(missing_ok=True)


def unmount_below(folder: Path) -> None:
    """Takes away the small disks in a folder that a run which was stopped twice has left."""
    if Path("/proc/mounts").exists():
        for line in Path("/proc/mounts").read_text().splitlines():
            mounted = Path(line.split()[1])
            if folder in mounted.parents:
                _unmount(mounted)


def _unmount(folder: Path) -> None:
    # Lazy: a process that still stands in it must not keep the mount for ever.
    subprocess.run(["umount", "-l", str(folder)], check=True, timeout=MOUNT_SECONDS)


def size_of(folder: Path) -> int:
    """Returns the bytes of everything in a folder."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            if path.is_file():
                total += path.stat().st_size
    return total


SYNC_CALLS = frozenset({"74", "75", "162", "277"})  # fsync, fdatasync, sync, sync_file_range (x86)


def is_syncing(pid: int) -> bool:
    """True while a thread of this process waits for the disk: the moment to pull the plug."""
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError):
                told = Path(f"/proc/{pid}/task/{thread}/syscall").read_text()
                if told.partition(" ")[0] in SYNC_CALLS:
                    return True
    return False
