"""How many sockets an address and a person have, over all web processes. Async.

Each process counts its own and reports those who have several every two seconds; it reads what the
others reported. So a newcomer is judged without a question to Redis, and reconnects come in as fast
as ever. Between two reports somebody who comes to all processes at once may be let in too often:
with the next report each process sends its share of the surplus away again, the newest first.
Without Redis each process holds the limit by itself.
"""

import asyncio
import logging
import math
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import msgspec

from livecomments import limits, redisdb
from livecomments.cancellation import stop_if_cancelled
from livecomments.perloop import PerLoop
from livecomments.protocol import CloseCode

from .lifecycle import lifecycle

logger = logging.getLogger(__name__)

REPORT_SECONDS = 2.0
REPORT_GOOD_FOR_SECONDS = 7.0  # three reports may be late before a process is believed gone
# What one process has may be this share of a limit before the others hear of it: their number
# times this is what a patient person could have beyond the limit.
REPORTED_FROM_SHARE = 0.05
KEPT_SECONDS = 60

_pack = msgspec.msgpack.Encoder().encode


class Report(msgspec.Struct, array_like=True):
    """What one process says: `beat` counts its reports, `counts` is by holder."""

    beat: int
    counts: dict[str, int]


_unpack = msgspec.msgpack.Decoder(Report).decode


def address_holder(address: str) -> str:
    """The name under which an address is counted."""
    return f"a{address}"


def person_holder(user_id: int) -> str:
    """The name under which a person is counted."""
    return f"u{user_id}"


def limit_of(holder: str) -> int:
    """Return how many sockets a holder may have."""
    return limits.SOCKETS_PER_ADDRESS if holder[0] == "a" else limits.SOCKETS_PER_PERSON


@dataclass(slots=True)
class _Heard:
    """A process's last report and when it was new, by our monotonic clock."""

    report: Report
    at: float


@dataclass(slots=True)
class Crowding:
    """The sockets of this process by holder, and what is known of the others'."""

    here: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)
    _heard: dict[str, _Heard] = field(default_factory=dict)
    _beat: int = 0
    _watch: asyncio.Task[None] | None = None

    def start(self, process: str) -> None:
        """Watch the other processes from now on."""
        if self._watch is None:
            self._watch = asyncio.get_running_loop().create_task(watch(process))

    def stop(self) -> None:
        """End that."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def enter(self, holder: str) -> None:
        """Count a socket in."""
        self.here[holder] += 1

    def leave(self, holder: str) -> None:
        """Count a socket out."""
        self.here[holder] -= 1
        if self.here[holder] <= 0:
            del self.here[holder]

    def is_full(self, holder: str) -> bool:
        """True when a holder has as many sockets as it may."""
        return self.here[holder] + self.elsewhere[holder] >= limit_of(holder)

    def surplus(self) -> dict[str, int]:
        """Return how many of its sockets here each holder must lose: our share of what is too many.

        Every process rounds up by itself, so that the sum is never too small.
        """
        found = {}
        for holder, here in self.here.items():
            total, limit = here + self.elsewhere[holder], limit_of(holder)
            if total > limit:
                found[holder] = math.ceil((total - limit) * here / total)
        return found

    async def learn(self, process: str) -> None:
        """Read what the other processes have. Raises `RedisError`."""
        found = await redisdb.client().hgetall(redisdb.sockets())
        others = {
            cast(bytes, name).decode(): _unpack(cast(bytes, data)) for name, data in found.items()
        }
        others.pop(process, None)
        gone = self.hear(others, now=time.monotonic())
        if gone:
            await redisdb.client().hdel(redisdb.sockets(), *gone)

    async def report(self, process: str) -> None:
        """Say what this process has. Raises `RedisError`."""
        self._beat += 1
        counts = {
            holder: count
            for holder, count in self.here.items()
            if count >= limit_of(holder) * REPORTED_FROM_SHARE
        }
        async with redisdb.client().pipeline(transaction=False) as pipe:
            pipe.hset(redisdb.sockets(), process, _pack(Report(self._beat, counts)))
            pipe.expire(redisdb.sockets(), KEPT_SECONDS)
            await pipe.execute()

    def hear(self, others: Mapping[str, Report], *, now: float) -> list[str]:
        """Take over what the others say; returns those that have been silent for a minute."""
        for name in self._heard.keys() - others.keys():
            del self._heard[name]
        for name, report in others.items():
            heard = self._heard.get(name)
            if heard is None or heard.report.beat != report.beat:
                self._heard[name] = _Heard(report, now)
        self.elsewhere = Counter()
        for heard in self._heard.values():
            if now - heard.at <= REPORT_GOOD_FOR_SECONDS:
                self.elsewhere.update(heard.report.counts)
        return [name for name, heard in self._heard.items() if now - heard.at > KEPT_SECONDS]


async def watch(process: str) -> None:
    """Learn, send away who is too many, and report, until cancelled."""
    while True:
        stop_if_cancelled()
        try:
            await crowding().learn(process)
            send_surplus_away()
            # Last, so that what the others hear is what is left: nobody is sent away twice.
            await crowding().report(process)
        except (redisdb.RedisError, OSError, msgspec.MsgspecError) as error:
            logger.warning("the sockets of the other processes are not known: %r", error)
            crowding().elsewhere = Counter()
        await asyncio.sleep(REPORT_SECONDS)


def send_surplus_away() -> None:
    """Close the newest sockets of each holder that has too many."""
    for holder, count in crowding().surplus().items():
        held = [socket for socket in lifecycle().sockets if holder in socket.holders]
        held.sort(key=lambda socket: socket.member.serial)
        logger.info("%d of %d sockets of %s are too many", count, len(held), holder)
        for socket in held[-count:]:
            socket.close(CloseCode.TOO_MANY_SOCKETS)


crowding = PerLoop(Crowding)
