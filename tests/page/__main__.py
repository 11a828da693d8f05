"""`python -m tests.page [PART …]`: measures the viewer page in Chromium. See README.md."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from livecomments.local.problems import LocalProblem
from livecomments.replay.progress import Progress
from tests.load.report import PartResult, as_json, as_markdown, as_text, record

from .rig import Bench, Chromium, Rig, RigProblem
from .suite import PARTS, run_parts

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = "# Results\n\nWritten by `make page` with `--record`; README.md says how to read it.\n"


def main(arguments: Sequence[str]) -> int:
    """Returns 0; 1 when a bar is missed or something is wrong; 2 when nothing ran."""
    options = _parser().parse_args(arguments)
    if unknown := set(options.parts) - set(PARTS):
        print(f"There is no part {', '.join(sorted(unknown))}.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _stop)
    try:
        with Rig() as rig:
            return asyncio.run(_measure(rig, options))
    except (LocalProblem, RigProblem) as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped; everything that was started has ended.", file=sys.stderr)
        return 2


async def _measure(rig: Rig, options: argparse.Namespace) -> int:
    async with Chromium() as browser:
        bench = Bench(
            rig=rig,
            browser=browser,
            progress=Progress(sys.stdout),
            long=options.long,
            window=options.seconds,
            rate=options.per_minute,
            slower=options.slower,
            profile=options.profile,
            say=lambda text: print(text, flush=True),
        )
        results, run = await run_parts(bench, options.parts or list(PARTS), command_of(options))
    print(f"\n{as_text(results)}\n\n{run.machine}, commit {run.commit}, {run.seconds / 60:.1f} min")
    if options.json:
        options.json.write_text(as_json(results, run))
    if options.record:
        record(RESULTS, as_markdown(results, run), run.command, head=HEAD)
    short, faults = count_wrongs(results)
    print(summary(results, short, faults))
    return 1 if short or faults else 0


def count_wrongs(results: Sequence[PartResult]) -> tuple[int, int]:
    """Return how many bars were missed, and how many things were wrong."""
    figures = [figure for result in results for figure in result.figures]
    return (
        sum(figure.verdict == "short of" for figure in figures),
        sum(len(result.faults) for result in results),
    )


def summary(results: Sequence[PartResult], short: int, faults: int) -> str:
    """Return the last line."""
    figures = sum(len(result.figures) for result in results)
    if not short and not faults:
        return f"page: {figures} figures, every bar met, no faults"
    return f"page: {figures} figures, {short} short of their bar, {faults} faults"


def command_of(options: argparse.Namespace) -> str:
    """The command that measures the same again, without what only decides how it is told."""
    flags = [
        "--long" if options.long else "",
        f"--seconds {options.seconds:g}" if options.seconds else "",
        f"--per-minute {options.per_minute:g}" if options.per_minute else "",
        f"--slower {options.slower:g}" if options.slower != 1.0 else "",
    ]
    flags = [flag for flag in flags if flag]
    command = "make page"
    if options.parts:
        command += f' PARTS="{" ".join(options.parts)}"'
    return command + (f' PAGE_FLAGS="{" ".join(flags)}"' if flags else "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.page",
        description="Measure the viewer page; tests/page/README.md explains each part.",
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--long", action="store_true", help="20 minutes of soak, 3 Lighthouse runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there")
    parser.add_argument("--record", action="store_true", help="put the table into RESULTS.md")
    parser.add_argument("--seconds", type=float, help="the length of every window")
    parser.add_argument("--per-minute", type=float, metavar="N", help="comments in every part")
    parser.add_argument(
        "--slower", type=float, default=1.0, metavar="N", help="slow the page's processor down"
    )
    parser.add_argument(
        "--profile", type=Path, metavar="FOLDER", help="tell and keep where the rush's time goes"
    )
    return parser


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
