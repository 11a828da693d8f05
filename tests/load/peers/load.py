"""What is asked of a peer, and what its viewers saw. Sync, pure."""

from dataclasses import dataclass

from tests.load.listeners import Tally

# How long after the last message a delivery still counts. Who has not delivered by then is behind.
GRACE_SECONDS = 3.0
WARM_UP_SECONDS = 0.5  # of messages: work for a compiler that works while the program runs


@dataclass(frozen=True, kw_only=True)
class Load:
    """What is asked of a server."""

    viewers: int
    frame_bytes: int
    rate: float
    seconds: float

    @property
    def frames(self) -> int:
        """How many messages are published while it is measured."""
        return max(1, round(self.rate * self.seconds))

    @property
    def warm_up_frames(self) -> int:
        """How many messages are published before that: half a second's."""
        return max(1, round(self.rate * WARM_UP_SECONDS))


@dataclass(frozen=True, kw_only=True)
class Target:
    """The server that runs."""

    peer: str
    port: int
    pid: int


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What came of it."""

    tally: Tally
    cpu_seconds: float  # of the server and its children
    wall_seconds: float  # over which that was counted
