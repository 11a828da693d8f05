"""Measure the peers by themselves: `python -m tests.load.peers --help`. Sync at the edge."""

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from livecomments.local.ports import free_port
from livecomments.local.valkey import EmbeddedValkey
from livecomments.replay.progress import Progress
from tests.embedded import TestServer
from tests.load import machine
from tests.load.peers import USUAL, PeerResult, run_peers
from tests.load.peers.servers import PEERS


def main() -> None:
    """Print a table, or JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.peers", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="PEER", help=f"of: {', '.join(PEERS)}")
    parser.add_argument("--viewers", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--frame-bytes", type=int, default=600)
    parser.add_argument("--rate", type=float, default=10, help="messages a second")
    parser.add_argument("--json", action="store_true")
    wish = parser.parse_args()
    for name in wish.names:
        if name not in PEERS:
            parser.error(f"there is no peer {name!r}; there are: {', '.join(PEERS)}")
    results = _run(wish)
    if wish.json:
        print(json.dumps([asdict(result) for result in results], indent=2))
    else:
        print("\n".join(map(_line, results)))


def _run(wish: argparse.Namespace) -> list[PeerResult]:
    progress = Progress(sys.stderr)
    with tempfile.TemporaryDirectory(prefix="livecomments-peers-") as folder:
        data = Path(folder)
        server = TestServer(
            EmbeddedValkey(data=data / "valkey", port=free_port(), log=data / "valkey.log")
        )
        server.start()
        try:
            machine.pin([server.process.pid], [machine.two_cores()[1]])
            return asyncio.run(
                run_peers(
                    viewers=wish.viewers,
                    seconds=wish.seconds,
                    frame_bytes=wish.frame_bytes,
                    rate=wish.rate,
                    redis_url=server.url,
                    only=wish.names or USUAL,
                    on_progress=progress.show,
                )
            )
        finally:
            progress.end()
            server.stop()


def _line(result: PeerResult) -> str:
    if result.cpu_us_per_delivery is None:
        return f"{result.name:<30} {result.note}"
    return (
        f"{result.name:<30} {result.rate:5.2f}/s {result.cpu_us_per_delivery:7.1f} µs a delivery, "
        f"{result.delivered_share:.1%} delivered, p50 {result.p50_ms:,.0f} ms, "
        f"p99 {result.p99_ms:,.0f} ms ({result.note}; {result.version})"
    )


if __name__ == "__main__":
    main()
