"""`python -m tests.faults [FAULT …]`: real faults under load, judged. Sync. See README.md."""

import argparse
import random
import resource
import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import django

from livecomments.local.problems import LocalProblem
from livecomments.replay.progress import Progress
from tests.load import machine

from .finding import Finding
from .keeper import StageProblem
from .stage import Stage
from .table import Run, as_json, as_markdown, as_text, bound, record, write_json

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "RELIABILITY.md"


def main(arguments: Sequence[str]) -> int:
    """Returns 0; 1 when a promise was not kept; 2 when nothing ran."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    _allow_many_sockets()
    began = time.monotonic()
    try:
        with Stage() as stage:
            try:
                django.setup()
                findings = _stage_faults(stage, options)
            finally:
                _end_in_order()
    except (LocalProblem, StageProblem) as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped; everything that was started has ended.", file=sys.stderr)
        return 2
    run = Run(
        machine=machine.describe(),
        commit=machine.commit(),
        command=command_of(options),
        at=datetime.now(UTC),
        seconds=time.monotonic() - began,
        seed=options.seed,
        long=options.long,
    )
    _tell(findings, run, options)
    return 1 if any(finding.failed for finding in findings) else 0


def _stage_faults(stage: Stage, options: argparse.Namespace) -> list[Finding]:
    # They read the settings, which name servers that have only just been started.
    from .scenarios import SCENARIOS, SCENARIOS_AND_SOAK, SOAK  # noqa: PLC0415 -- reads the settings
    from .suite import Suite, run_suite  # noqa: PLC0415 -- reads the settings

    unknown = set(options.faults) - set(SCENARIOS_AND_SOAK)
    if unknown:
        raise StageProblem(f"There is no fault {', '.join(sorted(unknown))}.")
    names = options.faults or [
        name for name, each in SCENARIOS.items() if options.long or not each.long_only
    ]
    if options.soak and SOAK not in names:
        names = [SOAK] if not options.faults else [*names, SOAK]
    say = partial(print, flush=True)
    say(f"Starting the product; seed {options.seed} …")
    stage.start_product()
    suite = Suite(
        names=names,
        long=options.long,
        minutes=options.soak or 2.0,
        seed=options.seed,
        scale=options.scale,
        progress=Progress(sys.stdout),
        say=say,
        told=lambda findings: _save(findings, None, options),
        keep=options.logs,
    )
    return run_suite(stage, suite)


def _save(findings: list[Finding], run: Run | None, options: argparse.Namespace) -> None:
    if options.json:
        write_json(options.json, as_json(findings, run))


def _tell(findings: list[Finding], run: Run, options: argparse.Namespace) -> None:
    print(f"\n{as_text(findings)}\n\n{bound(sum(each.acknowledged for each in findings))}")
    print(f"{run.machine}, commit {run.commit}, {run.seconds / 60:.1f} min, seed {run.seed}")
    _save(findings, run, options)
    if options.record:
        record(DOCUMENT, as_markdown(findings, run))


def command_of(options: argparse.Namespace) -> str:
    """The command that does the same again."""
    flags = [
        *options.faults,
        "--long" if options.long else "",
        f"--soak {options.soak:g}" if options.soak else "",
        f"--scale {options.scale:g}" if options.scale != 1.0 else "",
        f"--seed {options.seed}",
    ]
    return " ".join(["python -m tests.faults", *filter(None, flags)])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description="Stage faults under load and judge; tests/faults/README.md explains each.",
    )
    parser.add_argument("faults", nargs="*", metavar="FAULT", help="F1 to F15, C1, C2; all but F13")
    parser.add_argument("--long", action="store_true", help="50 kills of each, bars as written")
    parser.add_argument("--soak", type=float, default=0, metavar="MINUTES", help="F13, so long")
    parser.add_argument("--scale", type=float, default=1.0, help="of how often, for a quick look")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000), help="of the moments")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write everything there, as it comes"
    )
    parser.add_argument("--logs", type=Path, metavar="FOLDER", help="keep the logs of what failed")
    parser.add_argument(
        "--record", action="store_true", help="put the table into docs/RELIABILITY.md"
    )
    return parser


def _allow_many_sockets() -> None:
    """Raises the limit of open files as far as it may; what is started inherits it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _end_in_order() -> None:
    """Hears no signals from now on: one more would leave something behind."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.exit(code)
