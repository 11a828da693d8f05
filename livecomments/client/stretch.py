"""What comes from the archive in parts is told whole, or not at all. Sync, pure."""

from livecomments.protocol import Backfill, Personal, ServerMessage


class Stretch:
    """Holds the parts of a missed stretch until the last of them.

    Whoever is cut off between two parts asks for all of them again: what was told already would be
    told twice, and what was not is still missing.
    """

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: list[ServerMessage] = []

    def drop(self) -> None:
        """The connection that they came over is gone."""
        self._parts = []

    def take(self, message: ServerMessage) -> list[ServerMessage]:
        """Return what may be told now that this has come."""
        if isinstance(message, Backfill):
            self._parts.append(message)
            if message.more:
                return []
            whole, self._parts = self._parts, []
            return whole
        elif self._parts and isinstance(message, Personal):
            self._parts.append(message)
            return []
        return [message]
