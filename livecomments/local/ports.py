"""Which TCP ports are free on the loopback interface. Sync."""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

from livecomments.local.problems import LocalProblem

HOST = "127.0.0.1"

# Below the range from which the kernel takes ports for outgoing connections (32768 on Linux, 49152
# on macOS). Inside it, a client that keeps trying a dead server's port may be given that very port
# for its own end, connects to itself, and the server can never come back.
FIRST_PORT, LAST_PORT = 20_000, 29_999

_claims: list[int] = []  # descriptors of the locks that this process holds


def _claim(port: int) -> bool:
    """True when no other run of this account has the port; the lock ends with the process."""
    path = Path(tempfile.gettempdir()) / f"livecomments-{os.getuid()}-{port}.lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:  # nothing can be kept there: whoever listens already is still noticed
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    _claims.append(descriptor)
    return True


def is_free(port: int) -> bool:
    """True when a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Without it, connections that ended a moment ago would count as somebody listening.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on; another program may still take it in the next moment."""
    for _ in range(200):
        port = random.randint(FIRST_PORT, LAST_PORT)
        if is_free(port):
            return port
    raise LocalProblem(f"No free port was found between {FIRST_PORT} and {LAST_PORT}.")


def require_free(port: int) -> None:
    """Keeps the port that people shall open in their browser for this process, until it ends.

    Raises when it belongs to somebody else. Web processes share a port with all others of the same
    account, so of two runs that begin at once each would find it free and both would serve it.
    """
    if not (_claim(port) and is_free(port)):
        raise LocalProblem(
            f"Port {port} is taken by another program: stop that one, or choose another port, "
            f"as in `PORT={port + 1 if port < 65_535 else 8_000} make run`."
        )
