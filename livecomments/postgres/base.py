"""The backend as Django loads it: its own one for PostgreSQL, and a pool for those who share. Sync.

Threads that answer HTTP requests share a few connections; every other thread – commands, the
archive, the socket side – keeps its own, as Django knows it.
"""

from functools import partial
from typing import Any, cast

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg import IsolationLevel

from .patience import connect
from .pool import Connection, Pool

# One for each database: the tests make theirs beside the one that the address names.
_pools: dict[str, Pool] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """What a thread knows as its connection: from the pool as long as it is open."""

    shares_connection = False  # with the other threads that answer requests
    _pool: Pool | None = None  # where the open one belongs

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """Return a connection: of the pool where this thread shares."""
        self.isolation_level = IsolationLevel.READ_COMMITTED  # as Postgres has it by itself
        self._pool = self._shared() if self.shares_connection else None
        if self._pool is None:
            return connect(conn_params)
        return self._pool.take(partial(connect, conn_params))

    def _close(self) -> None:
        if self.connection is None or self._pool is None:
            super()._close()  # type: ignore[misc]  # the stubs leave it out
        else:
            self._pool.put(self.connection)

    def close_pool(self) -> None:
        """Close what is idle: a database in use cannot be dropped."""
        pool = self._shared()
        if pool is not None:
            pool.close()

    def _shared(self) -> Pool | None:
        if self.alias == NO_DB_ALIAS:
            return None
        name = self.settings_dict["NAME"]
        return _pools.get(name) or _pools.setdefault(name, Pool())


def give_back() -> None:
    """Let others use this thread's connection, unless it is in a transaction.

    A request that goes on to wait for something else would keep it until its end.
    """
    if not connection.in_atomic_block:
        connection.close()


def share() -> None:
    """Let this thread take its connections from the pool, one at a time."""
    cast(DatabaseWrapper, connections[DEFAULT_DB_ALIAS]).shares_connection = True
