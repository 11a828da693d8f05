"""`python -m tests.load.admin_pages`: how long the admin takes over 5 million comments.

Sync. It starts servers of its own, fills a database, and asks for each page as an administrator
would, through Django's test client: no network, but all that the product does. Each page is asked
for three times; the median and the worst are printed, and the command fails where the median of
one is above the limit. See README.md.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import django

from tests.embedded import TestServers

LIMIT_MS = 300
TRIES = 3
SHOWN = 25


@dataclass(frozen=True, slots=True)
class Timing:
    """One page: where it is, how long its answers took, and what of that was the database's and
    what this process's own work; the rest was waiting for a processor."""

    name: str
    url: str
    status: int
    times_ms: tuple[float, ...]
    database_ms: float
    work_ms: float

    @property
    def median(self) -> float:
        return statistics.median(self.times_ms)


def main(arguments: Sequence[str]) -> int:
    """Returns 0; 1 when a page was too slow or did not come."""
    options = _parser().parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livecomments.settings")
    servers = TestServers()
    servers.start()
    try:
        django.setup()
        return _measure(options)
    finally:
        servers.stop()


def _measure(options: argparse.Namespace) -> int:
    from django.core.management import call_command  # noqa: PLC0415 -- needs the settings
    from django.urls import resolve  # noqa: PLC0415 -- needs the settings

    from .admin_rows import FULL, seed  # noqa: PLC0415 -- reads the settings

    resolve("/admin/")  # what is wrong with an address is better known before the rows are made
    call_command("migrate", verbosity=0)
    began = time.monotonic()
    seed(replace(FULL, comments=options.comments))
    print(f"{options.comments:,} comments seeded in {time.monotonic() - began:.0f} s", flush=True)
    timings = ask_for_all(options.only)
    report(timings)
    return int(any(timing.median > LIMIT_MS or timing.status != 200 for timing in timings))


def ask_for_all(only: str = "") -> list[Timing]:
    """Each page's times, as a superuser has them: what others see is less."""
    from django.contrib.auth import get_user_model  # noqa: PLC0415 -- needs the settings
    from django.test import Client  # noqa: PLC0415 -- needs the settings

    from .admin_urls import pages  # noqa: PLC0415 -- reads the settings

    user = get_user_model().objects.create_superuser("head of the house", display_name="Head")
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return [_timed(client, name, url) for name, url in pages(user) if name.startswith(only)]


def _timed(client, name: str, url: str) -> Timing:
    from django.db import connection  # noqa: PLC0415 -- needs the settings

    times, works, asked = [], [], [0.0] * TRIES
    for number in range(TRIES):

        def clocked(execute, *given, number: int = number):
            at = time.perf_counter()
            try:
                return execute(*given)
            finally:
                asked[number] += time.perf_counter() - at

        began, worked = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(clocked):
            answer = client.get(url)
        times.append((time.perf_counter() - began) * 1000)
        works.append((time.process_time() - worked) * 1000)
    database, work = statistics.median(asked) * 1000, statistics.median(works)
    return Timing(name, url, answer.status_code, tuple(times), database, work)


def report(timings: Sequence[Timing]) -> None:
    """Prints the slowest pages, and what became of all."""
    slowest = sorted(timings, key=lambda timing: -timing.median)
    print(f"{'median':>8} {'worst':>8} {'database':>8} {'own work':>8}  page (ms)")
    for timing in slowest[:SHOWN]:
        wrong = "" if timing.status == 200 else f"  status {timing.status}"
        times = (timing.median, max(timing.times_ms), timing.database_ms, timing.work_ms)
        print(" ".join(f"{ms:8.0f}" for ms in times) + f"  {timing.name}{wrong}")
    medians = [timing.median for timing in timings]
    worst = max(max(timing.times_ms) for timing in timings)
    print(
        f"{len(timings)} pages: median {statistics.median(medians):.0f} ms, slowest "
        f"{max(medians):.0f} ms, worst single answer {worst:.0f} ms; limit {LIMIT_MS} ms; most of "
        f"the database's {max(timing.database_ms for timing in timings):.0f} ms"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.load.admin_pages", description=__doc__)
    parser.add_argument("--comments", type=int, default=5_000_000, help="rows in the table")
    parser.add_argument("--only", default="", help="pages whose name begins so")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
