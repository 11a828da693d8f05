"""The parts in their order, one rig under all of them, the results told at the end. Sync."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django_redis import get_redis_connection

from livecomments import redisdb

from . import machine
from .parts import deflate, fanout, floor, mixed, peers, storm, write
from .report import PartResult, Run
from .show import Bench, NotReady

PARTS: dict[str, Callable[[Bench], PartResult]] = {
    "floor": floor.run,
    "fanout": fanout.run,
    "write": write.run,
    "storm": storm.run,
    "mixed": mixed.run,
    "deflate": deflate.run,
    "peers": peers.run,
}


def run_parts(bench: Bench, names: Sequence[str], command: str) -> tuple[list[PartResult], Run]:
    """Return what the parts found, and what is to be known of the run."""
    began = time.monotonic()
    bench.say("Bringing the tables up to date …")
    call_command("migrate", verbosity=0)
    bench.rig.start_batcher(_takes_posts)
    results = []
    for number, name in enumerate(names, 1):
        bench.say(f"Part {number} of {len(names)}: {name}")
        results.append(_run_one(bench, name))
    connections.close_all()
    return results, Run(
        machine=machine.describe(),
        commit=machine.commit(),
        command=command,
        at=datetime.now(UTC),
        seconds=time.monotonic() - began,
    )


def _takes_posts() -> bool:
    """True once every partition has an owner that has made it ready."""
    redis = get_redis_connection("default")
    return all(redis.exists(redisdb.ready(number)) for number in range(settings.PARTITIONS))


def _run_one(bench: Bench, name: str) -> PartResult:
    began = time.monotonic()
    try:
        result = PARTS[name](bench)
    except NotReady as problem:
        result = PartResult(name, faults=[str(problem)])
    finally:
        bench.progress.end()
    result.seconds = time.monotonic() - began
    bench.say(f"  {len(result.figures)} figures in {result.seconds:.0f} s")
    return result
