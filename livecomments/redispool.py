"""Connections to Redis that cost little per command. Async.

redis-py's asyncio side spends more on taking a connection, packing a command and watching over its
sending than the command itself takes. The common way is short here: an idle connection is taken at
once, a command is packed in C, and written without a task of its own. Whatever is not common – no
idle connection, somebody waiting for one, a full send buffer – goes redis-py's way.
"""

from typing import Any, cast

import hiredis
from redis.asyncio import BlockingConnectionPool, Connection
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError


class QuickConnection(Connection):
    """A connection whose commands are packed in C and written at once."""

    def pack_command(self, *args: Any) -> list[bytes]:
        """Return the command in the Redis protocol; its name may be of two words."""
        words = args[0].encode() if isinstance(args[0], str) else args[0]
        return [hiredis.pack_command((*words.split(), *args[1:]))]

    async def can_read(self) -> bool:
        """True when something is wrong here. redis-py looks for an orderly end, not for a reset."""
        return self._is_cut() or await super().can_read()

    async def send_packed_command(self, command: Any, check_health: bool = True) -> None:
        """Write a command. A time-out is for answers: this only hands bytes to the kernel."""
        if self._is_cut():
            await self.disconnect(nowait=True)
            raise ConnectionError("The connection was cut.")
        writer = self._writer
        if writer is not None and not writer.transport.get_write_buffer_size():
            writer.writelines(command)
        else:
            await super().send_packed_command(command, check_health=check_health)

    def _is_cut(self) -> bool:
        return self._writer is not None and self._writer.transport.is_closing()


class QuickPool(BlockingConnectionPool):
    """A pool that makes a queue only when there is one."""

    async def get_connection(
        self, command_name: Any = None, *keys: Any, **options: Any
    ) -> AbstractConnection:
        """Return a connection, as soon as one is free."""
        if not self._available_connections:
            waited = await super().get_connection()  # type: ignore[no-untyped-call]  # of redis-py
            return cast(AbstractConnection, waited)
        idle = self.get_available_connection()  # type: ignore[no-untyped-call]  # of redis-py
        connection = cast(AbstractConnection, idle)
        try:
            await self.ensure_connection(connection)
        except BaseException:
            await self.release(connection)
            raise
        return connection

    async def release(self, connection: AbstractConnection) -> None:
        """Put a connection back; wake whoever waits for one."""
        stale = connection.should_reconnect()  # type: ignore[no-untyped-call]  # of redis-py
        if stale or self._condition._waiters:
            await super().release(connection)
            return
        self._in_use_connections.remove(connection)
        self._available_connections.append(connection)
