"""F14: Valkey is emptied, or comes back with what it knew a while ago. Async.

The one that owns the partition counts its renewals, and so sees that some were forgotten. In the
last of the three ways it sleeps meanwhile, and another batcher takes over that knows nothing of it.

What Valkey had acknowledged and the archive did not yet have – normally the last fifth of a second
– goes with it; the checker is told of that stretch and forgives nothing else. Beside the load's
room there is one with a ban and a mode, which must stand whatever happens.
"""

import asyncio
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from comments.domain import post_comment
from livecomments import dbthreads, redisdb, tickets
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode, Role, SanctionKind, SetModes
from livecomments.tickets import Room
from streams.domain import sanction_user, set_modes
from streams.queries import archived_through
from tests.sockets import stream_socket

from ..history import History, Loss
from ..scene import Scene, Show

SLOW_SECONDS = 9
# The archive is this far behind at most; more would be lost comments, and be told as such. Beside
# other tests, in the short form, it may have to wait for the processor.
BEHIND_SECONDS = 1.0
BEHIND_SHORT_SECONDS = 2.0
RESTORED_SECONDS = 30.0
TAKEN_OVER_SECONDS = 10.0
BACK_SECONDS = 10.0


@dataclass
class Order:
    """A room with a ban and a mode."""

    room: tickets.Room
    banned: tickets.Identity
    tries: int = 0


async def emptied(scene: Scene) -> None:
    """F14: nothing that PostgreSQL has is lost; bans and modes stand; viewers reload."""
    losses: list[Loss] = []

    def forgive(history: History) -> None:
        history.losses += losses

    order = await _make_order(scene)
    async with scene.under_load(edit=forgive, rate=scene.pick(150, 300)) as show:
        times = scene.times(1, 4)
        for number in range(times):
            for name, lose in WAYS:
                scene.say(number / times, f"{name}, {number + 1} of {times}")
                await scene.moment(1.0, 2.0)
                losses.append(await _lose(scene, show, name, lose))
                await _check_order(scene, order, name)
    assert show.history is not None
    stayed = [view for view in show.history.views if view.stayed]
    scene.finding.expect(all(view.reloads for view in stayed), "a viewer was not told to reload")
    scene.finding.notes.append(
        f"{scene.finding.forgiven:,} acknowledged in the last moment before were lost with Valkey"
    )


async def _lose(scene: Scene, show: Show, name: str, lose: Callable[[Scene, Room], float]) -> Loss:
    """Let Valkey forget; return the stretch for which that is forgiven."""
    at = await asyncio.to_thread(lose, scene, show.room)
    scene.finding.kills += 1
    await asyncio.sleep(1.5)  # a roll-back is noticed within a second
    restored = await asyncio.to_thread(_await_restored, scene)
    await asyncio.sleep(scene.pick(2.5, 5.0))
    away = show.unavailable(at, time.monotonic())
    scene.finding.unavailable.append(away)
    scene.finding.figure(f"{name}: no answer", away, at_most=BACK_SECONDS)
    return Loss(at - scene.pick(BEHIND_SHORT_SECONDS, BEHIND_SECONDS), restored)


def _empty(scene: Scene, room: Room) -> float:
    at = time.monotonic()
    with scene.stage.redis() as client:
        client.flushall()
    return at


def _roll_back(scene: Scene, room: Room) -> float:
    """Start Valkey on a copy of its data that is a few seconds old; return when it was killed."""
    _copy_data(scene)
    time.sleep(scene.pick(2.0, 4.0))
    return _back_to_copy(scene)


def _roll_back_unseen(scene: Scene, room: Room) -> float:
    """Like `_roll_back`, while the owner sleeps and loses the partition to another batcher."""
    stage = scene.stage
    _copy_data(scene)
    time.sleep(scene.pick(2.0, 4.0))
    owner = stage.owner(room.partition)
    stage.pause(owner)
    try:
        at = _back_to_copy(scene)
        give_up = time.monotonic() + TAKEN_OVER_SECONDS
        while stage.owner(room.partition) == owner and time.monotonic() < give_up:
            time.sleep(0.05)
        scene.finding.expect(stage.owner(room.partition) != owner, "nobody took over")
    finally:
        stage.resume(owner)
    return at


def _copy_data(scene: Scene) -> None:
    data = scene.stage.valkey.data
    subprocess.run(["cp", "-a", str(data), str(_copy_of(data))], check=True)


def _copy_of(data: Path) -> Path:
    return data.with_name("valkey-old")


def _back_to_copy(scene: Scene) -> float:
    stage = scene.stage
    data = stage.valkey.data
    stage.hold("valkey")
    at = stage.kill("valkey")
    stage.await_death("valkey")
    subprocess.run(["rm", "-rf", str(data)], check=True)
    _copy_of(data).rename(data)
    stage.release("valkey")
    stage.await_serving("valkey")
    return at


WAYS = (
    ("emptied", _empty),
    ("rolled back", _roll_back),
    ("rolled back unseen", _roll_back_unseen),
)


def _await_restored(scene: Scene) -> float:
    """Return when every partition takes posts again."""
    give_up = time.monotonic() + RESTORED_SECONDS
    while time.monotonic() < give_up:
        with scene.stage.redis() as client:
            if all(client.exists(redisdb.ready(number)) for number in scene.stage.partitions):
                return time.monotonic()
        time.sleep(0.05)
    scene.finding.violations.append(f"not restored within {RESTORED_SECONDS:.0f} s")
    return time.monotonic()


async def _make_order(scene: Scene) -> Order:
    venue = await scene.open_venue()
    boss = await scene.person(venue, Role.MODERATOR)
    banned = await scene.person(venue)
    await set_modes(venue.room, actor=boss, modes=SetModes(slow_seconds=SLOW_SECONDS))
    last = await sanction_user(
        venue.room, actor=boss, user_id=banned.user_id, kind=SanctionKind.BAN, reason="spam"
    )
    async with asyncio.timeout(RESTORED_SECONDS):
        while await dbthreads.run(archived_through, venue.room.partition) < last:
            await asyncio.sleep(0.05)
    return Order(venue.room, banned)


async def _check_order(scene: Scene, order: Order, name: str) -> None:
    """A ban and a mode must stand."""
    order.tries += 1
    answer = await _code(order)
    expect = scene.finding.expect
    expect(answer is ErrorCode.BANNED, f"{name}: somebody banned was answered {answer}")
    async with stream_socket(scene.stage.url, order.room.slug) as viewer:
        assert viewer.welcome is not None
        slow = viewer.welcome.room.slow_seconds
    expect(slow == SLOW_SECONDS, f"{name}: slow mode is {slow} s")


async def _code(order: Order) -> ErrorCode | None:
    """Return with what a post is refused; None when it is taken."""
    nonce = f"order-{order.tries}"
    try:
        await post_comment(
            order.room,
            author=order.banned,
            address="192.0.2.14",
            nonce=nonce,
            text=f"{nonce} may I?",
        )
    except DomainError as error:
        return error.code
    return None
