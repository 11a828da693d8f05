"""`python -m tests.hostile [PART …]`: hostile clients at length, with figures. Sync.

Starts the databases, a batcher and a web process of its own and ends them. Parts: see NAMES.
"""

import argparse
import resource
import signal
import sys
import time

import django

from livecomments.local.problems import LocalProblem
from livecomments.replay.progress import Progress
from tests.load.rig import RigProblem

from .rig import HostileRig

NAMES = ("conformance", "sizes", "readers", "slow", "fuzz", "flood", "comings", "drain")


def main(arguments):
    """Returns 0; 1 when a bar is missed; 2 when nothing ran."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(NAMES))
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(NAMES):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        with HostileRig() as rig:
            django.setup()
            return _run(rig, options.parts or NAMES)
    except (LocalProblem, RigProblem) as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped; everything that was started has ended.", file=sys.stderr)
        return 2


def _run(rig, names):
    # They read the settings, which name servers that have only just been started.
    from django.core.management import call_command  # noqa: PLC0415 -- reads the settings
    from django.db import connections  # noqa: PLC0415 -- reads the settings

    from tests.live import close_connections  # noqa: PLC0415 -- reads the settings
    from tests.load.show import Bench  # noqa: PLC0415 -- reads the settings
    from tests.load.suite import _takes_posts  # noqa: PLC0415 -- reads the settings

    from .parts import PARTS  # noqa: PLC0415 -- reads the settings

    bench = Bench(rig=rig, progress=Progress(sys.stdout), say=lambda said: print(said, flush=True))
    call_command("migrate", verbosity=0)
    rig.start_batcher(_takes_posts)
    rig.start_web(1)
    rig.pin_apart()  # a core for the web process, the other for everybody else
    table, began = [], time.monotonic()
    for number, name in enumerate(names, 1):
        bench.say(f"Part {number} of {len(names)}: {name}")
        started = time.monotonic()
        figures = PARTS[name](bench)
        bench.progress.end()
        for figure in figures:
            bench.say(f"  {figure.what}: {figure.value}")
        table += [(name, figure) for figure in figures]
        bench.say(f"  {time.monotonic() - started:.0f} s")
    connections.close_all()
    close_connections()
    print(f"\n{_as_text(table)}\n\n{(time.monotonic() - began) / 60:.1f} min")
    return 0 if all(figure.is_met for _, figure in table) else 1


def _as_text(table):
    lines = [
        (name, figure.what, figure.value, figure.bar, "" if figure.is_met else "MISSED")
        for name, figure in table
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
