"""Accept connections a few at a time, so that a stampede does not stop the event loop. Async.

A server that accepts all who wait, in one turn of its loop, then parses all their requests in the
next, shows nobody a frame meanwhile. Here a few come in at a time, and fewer while the loop is busy
with those before; the rest wait in the kernel's queues, of which there are several because each is
short (`net.core.somaxconn`).
"""

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from functools import partial

logger = logging.getLogger(__name__)

LISTENERS = 4
BACKLOG = 4_096
# Of each listener: from handshake to welcome takes most of a millisecond.
ACCEPTS_AT_ONCE = 3
PAUSE_SECONDS = 0.005
FULL_PAUSE_SECONDS = 1.0  # no more open files: whoever leaves makes room


class Door:
    """What uvicorn calls a server: it lets connections in until it is closed."""

    def __init__(
        self, listeners: Sequence[socket.socket], make_protocol: Callable[[], asyncio.Protocol]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._listeners = listeners
        self._make_protocol = make_protocol
        self._entering: set[asyncio.Task[object]] = set()
        for listener in listeners:
            listener.setblocking(False)
            self._open(listener)

    def close(self) -> None:
        """Let nobody in any more: new connections go to the other processes on this port."""
        for listener in self._listeners:
            if listener.fileno() >= 0:
                self._loop.remove_reader(listener)
                listener.close()

    async def wait_closed(self) -> None:
        """Wait for those who are between door and protocol."""
        if self._entering:
            await asyncio.wait(self._entering)

    def _open(self, listener: socket.socket) -> None:
        if listener.fileno() >= 0:
            self._loop.add_reader(listener, self._let_in, listener)

    def _let_in(self, listener: socket.socket) -> None:
        for _ in range(ACCEPTS_AT_ONCE):
            try:
                connection, _ = listener.accept()
            except (BlockingIOError, ConnectionAbortedError, InterruptedError):
                return
            except OSError as error:
                logger.warning("nobody can be let in for a moment: %s", error)
                self._pause(listener, FULL_PAUSE_SECONDS)
                return
            connection.setblocking(False)
            task = self._loop.create_task(
                self._loop.connect_accepted_socket(self._make_protocol, connection)
            )
            self._entering.add(task)
            task.add_done_callback(partial(self._entered, connection))
        self._pause(listener, PAUSE_SECONDS)

    def _entered(self, connection: socket.socket, task: "asyncio.Task[object]") -> None:
        self._entering.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            connection.close()
        if isinstance(error, OSError):
            logger.debug("a connection ended before it began: %r", error)
        elif error is not None:  # a fault of ours: nobody at all may be let in
            logger.error("a connection could not be served", exc_info=error)

    def _pause(self, listener: socket.socket, seconds: float) -> None:
        """A timer, not the next event: that would be asked for again within the same turn."""
        self._loop.remove_reader(listener)
        self._loop.call_later(seconds, self._open, listener)


def bind(host: str, port: int) -> list[socket.socket]:
    """Return listening sockets that several processes may share. Raises `OSError`."""
    listeners: list[socket.socket] = []
    try:
        for _ in range(LISTENERS):
            listeners.append(_bind_one(host, port))
            port = listeners[0].getsockname()[1]
    except OSError:
        for listener in listeners:
            listener.close()
        raise
    return listeners


def _bind_one(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
