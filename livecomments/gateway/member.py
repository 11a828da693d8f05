"""One socket in the hub: who it speaks for, where it sits, how to reach it. Sync."""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from livecomments.protocol import Audience, ServerMessage
from livecomments.tickets import Claims

from .connection import Connection
from .feed import Seat
from .frames import Prepared

if TYPE_CHECKING:
    from .roomhub import RoomHub
    from .snapshot import Sanction

_encode = msgspec.json.Encoder().encode
_process = secrets.token_hex(4)  # so that no two anonymous sockets of two processes are one
_serial = itertools.count(1)


@dataclass(eq=False, slots=True)
class Member:
    """A socket that has said hello, or is about to."""

    connection: Connection
    address: str
    revoke: Callable[[], None]
    claims: Claims | None = None
    frames: bool = True
    room: "RoomHub | None" = None
    sanction: "Sanction | None" = None
    seats: dict[Audience, Seat] = field(default_factory=dict)
    serial: int = field(default_factory=lambda: next(_serial))

    @property
    def viewer_key(self) -> str:
        """The key this viewer is counted under: one per person, one per anonymous socket."""
        if self.claims is not None:
            return f"u{self.claims.identity.user_id}"
        return f"s{_process}.{self.serial}"

    @property
    def is_staff(self) -> bool:
        return self.claims is not None and self.claims.identity.is_staff

    def tell(self, message: ServerMessage) -> None:
        """Send one message to this socket alone."""
        self.connection.send(Prepared(_encode(message)))
