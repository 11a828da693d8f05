"""`python -m tests.faults.wrong_clock SCRIPT …`: a Python program whose wall clock is wrong. Sync.

For programs with threads, with whose waiting libfaketime interferes: it is Python's own idea of the
time that is replaced here, by as many seconds as the file says that FAULTS_CLOCK names. The
monotonic clock, which timers and leases go by, is left alone.
"""

import os
import runpy
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from .clocks import FILE

_time, _time_ns, _now = time.time, time.time_ns, timezone.now


def offset() -> int:
    """Returns by how many seconds the clock is ahead."""
    return int(Path(os.environ[FILE]).read_text())


def wrong_time() -> float:
    """Stands for `time.time`."""
    return _time() + offset()


def wrong_time_ns() -> int:
    """Stands for `time.time_ns`."""
    return _time_ns() + offset() * 1_000_000_000


def wrong_now() -> datetime:
    """Stands for `django.utils.timezone.now`."""
    return _now() + timedelta(seconds=offset())


if __name__ == "__main__":
    time.time, time.time_ns, timezone.now = wrong_time, wrong_time_ns, wrong_now
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
