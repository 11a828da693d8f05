"""A clock that somebody sets wrong while a program runs. Sync.

libfaketime stands between the program and its clock and reads the offset from a file, anew every
second: at every look would make a slow program of a quick one. The monotonic clock is left alone:
no machine sets that one.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

WRAPPER = ("-m", "tests.faults.wrong_clock")
FILE = "FAULTS_CLOCK"
NAME = "libfaketimeMT.so.1"  # the one for programs with threads
ROOTS = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt")
HOUR_SECONDS = 3_600
NOTICED_SECONDS = 1


class WrongClock:
    """The clock of the programs that were started with `environment`.

    Python programs are run by `WRAPPER` besides: libfaketime interferes with waiting threads.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / f"{name}.clock"
        self.set(0)

    @property
    def python_environment(self) -> dict[str, str]:
        """What a Python program under `WRAPPER` must be started with."""
        return {FILE: str(self._file)}

    @property
    def environment(self) -> dict[str, str]:
        """What a program must be started with. Raises `LookupError` without the library."""
        library = find_library()
        if library is None:
            raise LookupError(WHY_NOT)
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": str(NOTICED_SECONDS),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, seconds: float) -> None:
        """Sets the clock so far ahead; behind where it is negative."""
        draft = self._file.with_suffix(".new")
        draft.write_text(f"{seconds:+.0f}\n")
        draft.replace(self._file)  # a program that looks in between finds one or the other


WHY_NOT = "libfaketime is not installed (Debian: faketime)"


def find_library() -> Path | None:
    """Returns libfaketime where the system has it."""
    return next(_candidates(), None)


def _candidates() -> Iterator[Path]:
    command = shutil.which("faketime")
    roots = [Path(root) for root in ROOTS]
    if command is not None:
        roots.insert(0, Path(command).resolve().parent.parent / "lib")
    for root in roots:
        for pattern in (f"faketime/{NAME}", f"*/faketime/{NAME}"):
            yield from sorted(root.glob(pattern))
