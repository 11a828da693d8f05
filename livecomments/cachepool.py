"""The connections of Django's cache to Redis. Sync.

A page looks into the cache several times and goes on with Postgres where nothing is found. While
Redis is stopped each look would take its whole time-out, so those after the first are told at once.
"""

from typing import Any

from redis.connection import ConnectionInterface, ConnectionPool
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import TimeoutError as NoAnswer

from .outage import Outage


class CachePool(ConnectionPool):
    """redis-py's pool; it refuses at once while Redis keeps people waiting."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._outage = Outage()
        self._taken: dict[ConnectionInterface, float] = {}
        super().__init__(*args, **options)

    def get_connection(self, *args: Any, **options: Any) -> Any:
        """Return a connection. Raises redis-py's `ConnectionError`."""
        if not self._outage.may_ask():
            raise NoConnection("Redis did not answer a moment ago")
        begun = self._outage.begun()
        try:
            connection = super().get_connection(*args, **options)
        except (NoConnection, NoAnswer):
            self._outage.failed(begun)
            raise
        self._taken[connection] = begun
        return connection

    def release(self, connection: Any) -> None:
        """Take a connection back; one that comes back closed was given up."""
        begun = self._taken.pop(connection, None)
        if begun is not None:
            if connection.is_connected:
                self._outage.answered()
            else:
                self._outage.failed(begun)
        super().release(connection)
