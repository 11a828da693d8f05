"""Peers: other servers under the fan-out's load, on this machine, in this run. Sync around async.

The product is measured again beside them, with as many viewers. A peer that was measured at two
rates is compared by the one that cost it less.
"""

from collections.abc import Sequence

import uvloop

from ..peers import PeerResult, run_peers
from ..report import Bar, PartResult
from ..show import Bench, refused_note
from .fanout import FRAME_COMMENTS, Case, measure_case

VIEWERS, LONG_VIEWERS = (2_000,), (2_000, 5_000)
FRAME_BYTES, RATE = 600, 10
# Of ours to theirs, by the beginning of their name; nchan is what there is to reach.
BARS = {"socket.io": Bar(0.85), "channels tutorial": Bar(1 / 25), "nchan": None, "ws": None}


def run(bench: Bench) -> PartResult:
    """Measure the product and every peer that is installed, and name the others."""
    result = PartResult("peers")
    bench.rig.pin_apart()
    for size in LONG_VIEWERS if bench.long else VIEWERS:
        viewers = bench.viewers(size)
        seconds = bench.seconds(8, 20)
        case = measure_case(bench, viewers=viewers, rate=FRAME_COMMENTS, seconds=seconds)
        bench.rig.stop_web()
        _add_ours(result, case)
        work = run_peers(
            viewers=viewers,
            seconds=seconds,
            frame_bytes=FRAME_BYTES,
            rate=RATE,
            redis_url=bench.rig.valkey.url,
            on_progress=lambda share, text: bench.progress.show(share, f"peers: {text}"),
        )
        peers = uvloop.run(work)
        for peer in peers:
            _add(result, peer)
        _compare(result, case, peers)
    return result


def _add_ours(result: PartResult, case: Case) -> None:
    name = f"{case.viewers:,} viewers: this product at {case.frames_per_second:.1f}/s"
    result.add(f"{name}: CPU per delivery", case.cpu_us, "µs")
    result.add(f"{name}: p50", case.shown.percentile(50), "ms")
    result.add(f"{name}: p99", case.shown.percentile(99), "ms")
    result.notes.append(
        f"{name}: {case.delivered.bytes_each:.0f} bytes per delivery; its times, unlike those of "
        f"the peers, begin before admission and include the wait for the tick; "
        f"{refused_note(case.refused)}"
    )
    result.faults += [f"{name}: {fault}" for fault in case.faults]


def _add(result: PartResult, peer: PeerResult) -> None:
    name = f"{peer.viewers:,} viewers: {peer.name} at {peer.rate:.2g}/s"
    if peer.cpu_us_per_delivery is None:
        result.add(f"{name}: CPU per delivery", None, note="not measured")
        result.notes.append(f"{name}: {peer.note}")
        return
    result.add(f"{name}: CPU per delivery", peer.cpu_us_per_delivery, "µs")
    result.add(f"{name}: delivered", 100 * (peer.delivered_share or 0), "%")
    result.add(f"{name}: p50", peer.p50_ms, "ms")
    result.add(f"{name}: p99", peer.p99_ms, "ms")
    result.notes.append(f"{name}: {peer.version}; {peer.note}")


def _compare(result: PartResult, case: Case, peers: Sequence[PeerResult]) -> None:
    costs: dict[str, float] = {}
    for peer in peers:
        if peer.cpu_us_per_delivery is not None:
            known = costs.get(peer.name, peer.cpu_us_per_delivery)
            costs[peer.name] = min(known, peer.cpu_us_per_delivery)
    for name, cost in costs.items():
        bar = next((bar for start, bar in BARS.items() if name.startswith(start)), None)
        result.add(
            f"{case.viewers:,} viewers: CPU per delivery against {name}",
            case.cpu_us / cost,
            "×",
            bar=bar,
        )
