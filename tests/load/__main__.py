"""`python -m tests.load [PART …]`: measures the product on this machine. Sync. See README.md."""

import argparse
import resource
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import django

from livecomments.local.problems import LocalProblem
from livecomments.replay.progress import Progress

from .report import as_json, as_markdown, as_text, record
from .rig import Rig, RigProblem

NAMES = ("floor", "fanout", "write", "storm", "mixed", "deflate", "peers")
RESULTS = Path(__file__).with_name("RESULTS.md")


def main(arguments: Sequence[str]) -> int:
    """Returns 0; 1 when something was shown, stored or counted wrongly; 2 when nothing ran."""
    options = _parser().parse_args(arguments)
    unknown = set(options.parts) - set(NAMES)
    if unknown:
        print(f"There is no part {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _stop)
    _allow_many_sockets()
    try:
        with Rig() as rig:
            django.setup()
            return _measure(rig, options)
    except (LocalProblem, RigProblem) as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped; everything that was started has ended.", file=sys.stderr)
        return 2


def _measure(rig: Rig, options: argparse.Namespace) -> int:
    # They read the settings, which name servers that have only just been started.
    from .show import Bench  # noqa: PLC0415 -- reads the settings
    from .suite import run_parts  # noqa: PLC0415 -- reads the settings

    bench = Bench(
        rig=rig,
        progress=Progress(sys.stdout),
        long=options.long,
        log=options.log,
        scale=options.scale,
        window=options.seconds,
        cases=frozenset(options.cases.split(",")) if options.cases else frozenset(),
        say=lambda text: print(text, flush=True),
    )
    results, run = run_parts(bench, options.parts or NAMES, command_of(options))
    print(f"\n{as_text(results)}\n\n{run.machine}, commit {run.commit}, {run.seconds / 60:.1f} min")
    if options.json:
        options.json.write_text(as_json(results, run))
    if options.record:
        record(RESULTS, as_markdown(results, run), run.command)
    return 1 if any(result.faults for result in results) else 0


def command_of(options: argparse.Namespace) -> str:
    """The command that measures the same again, without what only decides how it is told."""
    log = f"--log {Path(options.log).name}" if options.log else ""
    flags = [
        "--long" if options.long else "",
        log,
        f"--cases {options.cases}" if options.cases else "",
        f"--scale {options.scale:g}" if options.scale != 1.0 else "",
        f"--seconds {options.seconds:g}" if options.seconds else "",
    ]
    flags = [flag for flag in flags if flag]
    command = "make bench"
    if options.parts:
        command += f' PARTS="{" ".join(options.parts)}"'
    return command + (f' BENCH_FLAGS="{" ".join(flags)}"' if flags else "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.load",
        description="Measure the product on this machine; tests/load/README.md explains each part.",
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--long", action="store_true", help="longer windows and more steps")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there")
    parser.add_argument("--record", action="store_true", help="put the table into RESULTS.md")
    parser.add_argument("--log", metavar="FILE", help="a chat log for the part deflate")
    parser.add_argument("--cases", metavar="A,B", help="only these cases of the parts")
    parser.add_argument("--scale", type=float, default=1.0, help="of the numbers of viewers")
    parser.add_argument("--seconds", type=float, help="the length of every window")
    return parser


def _allow_many_sockets() -> None:
    """Raises the limit of open files as far as it may; what is started inherits it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.exit(code)
