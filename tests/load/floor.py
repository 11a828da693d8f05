"""The kernel's own price of sending: bare send() of the same bytes to many sockets. Sync.

Two processes: the sender has the first core to itself, as a web process has in the other parts,
and the sink reads on the second, as the viewers do. What a server spends beyond this figure is its
own. `python -m tests.load.floor` measures by itself.
"""

import argparse
import json
import os
import resource
import selectors
import socket
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from livecomments.local.processes import describe_end, launch_command

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
SERVER_CORE, VIEWER_CORE = 0, 1
WARM_UP_SECONDS = 0.5  # the first sweeps pay for cold caches and new buffers
READ_BYTES = 256 * 1024
WAIT_SECONDS = 30.0  # for connecting, and for the last bytes to arrive
MOST_CORES = 1024


class FloorFailed(Exception):
    """Not every socket got every byte: there is no figure."""


@dataclass(frozen=True, kw_only=True)
class Floor:
    """What sending cost, and how much was sent."""

    sockets: int
    frame_bytes: int
    rate: int
    seconds: float  # that the measured sweeps took, pauses included
    sends: int
    cpu_us_per_send: float  # user and system time of the sender
    user_us_per_send: float
    sweep_ms_p50: float  # wall time of one send() to every socket
    sweep_ms_max: float
    sweeps_late: int  # sweeps that began after they were due: the core was full


def measure_floor(sockets: int, frame_bytes: int, rate: int, seconds: float) -> Floor:
    """Return the price of `rate` sweeps a second of `frame_bytes` to each socket.

    Raises FloorFailed when a socket did not get everything.
    """
    with _child("sender", sockets, frame_bytes, rate, seconds) as sender:
        port = _line(sender)["port"]
        with _child("sink", port, sockets) as sink:
            floor = Floor(**_line(sender))
            received = _line(sink)
    expected = (floor.sends // sockets + round(WARM_UP_SECONDS * rate)) * frame_bytes
    if received != {"least": expected, "most": expected}:
        raise FloorFailed(f"{expected} bytes were sent to each socket, received: {received}")
    return floor


def take_core(core: int) -> int:
    """Keep this process on the first or second core that the kernel allows; return the first."""
    # A parent may be pinned itself: ask for everything there could be.
    os.sched_setaffinity(0, range(MOST_CORES))
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {allowed[min(core, len(allowed) - 1)]})
    return allowed[SERVER_CORE]


def allow_many_sockets() -> None:
    """Raise this process's limit of open files as far as it may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


# --- the sender ---------------------------------------------------------------------------------


def send_sweeps(sockets: int, frame_bytes: int, rate: int, seconds: float) -> None:
    """Print a port, accept that many connections, send to all of them and print the figures."""
    take_core(SERVER_CORE)
    allow_many_sockets()
    with socket.create_server((HOST, 0), backlog=4096) as server:
        server.settimeout(WAIT_SECONDS)
        _say({"port": server.getsockname()[1]})
        accepted = [server.accept()[0] for _ in range(sockets)]
    for connection in accepted:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sends = [connection.send for connection in accepted]
    data = b"x" * frame_bytes
    _sweep(sends, data, round(WARM_UP_SECONDS * rate), rate)
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    times, late = _sweep(sends, data, round(seconds * rate), rate)
    after, ended = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    sent = len(sends) * len(times)
    user = after.ru_utime - before.ru_utime
    system = after.ru_stime - before.ru_stime
    floor = Floor(
        sockets=sockets,
        frame_bytes=frame_bytes,
        rate=rate,
        seconds=ended - started,
        sends=sent,
        cpu_us_per_send=(user + system) / sent * 1e6,
        user_us_per_send=user / sent * 1e6,
        sweep_ms_p50=statistics.median(times) * 1000,
        sweep_ms_max=max(times) * 1000,
        sweeps_late=late,
    )
    _close(accepted)
    _say(asdict(floor))


def _sweep(
    sends: Sequence[Callable[[bytes], int]], data: bytes, sweeps: int, rate: int
) -> tuple[list[float], int]:
    """Return the wall time of each sweep, and how many began late."""
    length, times, late = len(data), [], 0
    due = time.perf_counter()
    for _ in range(sweeps):
        pause = due - time.perf_counter()
        if pause > 0:
            time.sleep(pause)
        started = time.perf_counter()
        late += started - due > 1 / rate
        for send in sends:
            if send(data) != length:
                raise FloorFailed("the sink did not keep up: a send was cut short")
        times.append(time.perf_counter() - started)
        due += 1 / rate
    return times, late


def _close(connections: Sequence[socket.socket]) -> None:
    """End the sending; the sink closes first, so that no port is left waiting on its side."""
    for connection in connections:
        connection.shutdown(socket.SHUT_WR)
    for connection in connections:
        connection.settimeout(WAIT_SECONDS)
        with suppress(OSError):  # the sink cuts once it has everything
            connection.recv(1)
        connection.close()


# --- the sink -----------------------------------------------------------------------------------


def read_everything(port: int, sockets: int) -> None:
    """Connect that often, read until the sender ends, and print the least and most bytes read."""
    take_core(VIEWER_CORE)
    allow_many_sockets()
    selector = selectors.DefaultSelector()
    received: dict[int, int] = {}
    for _ in range(sockets):
        connection = socket.create_connection((HOST, port), timeout=WAIT_SECONDS)
        connection.setblocking(False)
        # Nothing waits in TIME_WAIT afterwards: the next part needs the ports.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        selector.register(connection, selectors.EVENT_READ)
        received[connection.fileno()] = 0
    buffer = bytearray(READ_BYTES)
    open_sockets = sockets
    while open_sockets:
        ready = selector.select(WAIT_SECONDS)
        if not ready:
            raise FloorFailed("nothing was sent for a long time")
        for key, _ in ready:
            count = key.fileobj.recv_into(buffer)
            if count:
                received[key.fd] += count
            else:
                selector.unregister(key.fileobj)
                key.fileobj.close()
                open_sockets -= 1
    _say({"least": min(received.values()), "most": max(received.values())})


# --- between the processes ----------------------------------------------------------------------


@contextmanager
def _child(role: str, *arguments: float) -> Iterator[subprocess.Popen]:
    """Yields one of the two processes; it ends with the block, Ctrl-C included."""
    with subprocess.Popen(
        [
            *launch_command(None),
            *(sys.executable, "-m", "tests.load.floor", role, *map(str, arguments)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C in a terminal is for this process alone
    ) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


def _line(process: subprocess.Popen) -> dict:
    """Return what the child says next."""
    line = process.stdout.readline()
    if not line:
        raise FloorFailed(f"a process {describe_end(process.wait())}")
    return json.loads(line)


def _say(message: dict) -> None:
    print(json.dumps(message), flush=True)


def main() -> None:
    """Measure once and print the figures; or be one of the two processes."""
    if sys.argv[1:2] == ["sender"]:
        sockets, frame_bytes, rate = map(int, sys.argv[2:5])
        return send_sweeps(sockets, frame_bytes, rate, float(sys.argv[5]))
    if sys.argv[1:2] == ["sink"]:
        return read_everything(*map(int, sys.argv[2:4]))
    parser = argparse.ArgumentParser(prog="python -m tests.load.floor", description=__doc__)
    parser.add_argument("--sockets", type=int, default=5_000)
    parser.add_argument("--frame-bytes", type=int, default=600)
    parser.add_argument("--rate", type=int, default=10, help="sweeps a second")
    parser.add_argument("--seconds", type=float, default=5)
    wish = parser.parse_args()
    floor = measure_floor(wish.sockets, wish.frame_bytes, wish.rate, wish.seconds)
    print(json.dumps(asdict(floor), indent=2))


if __name__ == "__main__":
    main()
