"""Who watches: each web process reports its viewers, the owner counts distinct ones. Async.

A report is a set of viewer keys that expires unless repeated, so a process that dies takes its
viewers with it. Between reports only the changes are sent; after a Redis restart, everything.
With it goes how long a frame lately took to reach all viewers of that process.
"""

from dataclasses import dataclass, field

from redis.asyncio import Redis

from livecomments import redisdb
from livecomments.tickets import Room

REPORT_SECONDS = 2.0
REPORT_GOOD_FOR_MS = 7_000  # three reports may be late before a viewer is believed gone
CHUNK = 2_000  # members per call: a script must not hold Redis for long


@dataclass(slots=True)
class Reporter:
    """What one process has reported of one stream. Viewer keys are `u<id>` or `s<socket>`."""

    room: Room
    process: str
    reported: set[str] = field(default_factory=set)
    lag_ms: int = 0

    async def report(self, viewers: set[str], *, lag_ms: int = 0) -> None:
        """Bring the report up to date. Raises `RedisError`."""
        self.lag_ms = lag_ms
        came, went = list(viewers - self.reported), list(self.reported - viewers)
        if not await self._send(came[:CHUNK], went[:CHUNK], full=not self.reported):
            came, went = list(viewers), []
            await self._send(came[:CHUNK], [], full=True)
        for start in range(CHUNK, max(len(came), len(went)), CHUNK):
            end = start + CHUNK
            await self._send(came[start:end], went[start:end], full=False)
        self.reported = set(viewers)

    async def _send(self, came: list[str], went: list[str], *, full: bool) -> bool:
        keys = [
            redisdb.viewer_processes(self.room),
            redisdb.process_viewers(self.room, self.process),
            redisdb.watched(self.room.partition),
        ]
        arguments: list[bytes | str | int] = [
            self.process,
            self.room.id,
            REPORT_GOOD_FOR_MS,
            int(full),
            self.lag_ms,
            len(came),
            *came,
            *went,
        ]
        return bool(await redisdb.script("presence")(redisdb.client(), keys, arguments))


@dataclass(frozen=True, slots=True)
class Watching:
    """How many distinct people watch a stream, and the lag of the slowest web process."""

    viewers: int
    lag_ms: int


async def watching(redis: "Redis", room: Room) -> Watching:
    """Return who watches, over all web processes."""
    keys = [redisdb.viewer_processes(room), redisdb.watched(room.partition)]
    prefix = redisdb.process_viewers(room, "")
    viewers, lag_ms = await redisdb.script("viewers")(redis, keys, [room.id, prefix])
    return Watching(int(viewers), int(lag_ms))
