"""The spam layers of the rooms of this process: what becomes of each post. Async around sync.

`screen` is asked on the event loop and awaits nothing. The rules and modes of a room are fields of
its state in Redis; a room that is busy has them looked up beside its posts once a second, one that
was quiet is looked up before its next post is judged (`ready`). Where Redis or the rules cannot be
read, the last good ones hold: no post waits or is refused for that.

What other processes post and hold comes in through `overheard`, from the frames that this process
sends on anyway; `comments.spam.copies` says what that is good for. See docs/SPAM.md.
"""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar, cast

from livecomments import protocol, redisdb
from livecomments.accounts.models import Standing
from livecomments.errors import DomainError
from livecomments.perloop import PerLoop
from livecomments.protocol import RAID_SECONDS, STAFF_ROLES, ErrorCode, LinksMode
from livecomments.tickets import Identity, Room, now_ms
from streams.domain import begin_raid

from .rules.hits import Found, HitCounter, read_hits
from .spam.layers import Layers, Said, SpamSettings
from .spam.modelfile import model_file
from .spam.reading import read
from .spam.rules import DEFAULTS, BadRules, Rules, parse, settings_of
from .spam.verdict import Action, Hit, Reason, Verdict, decided

logger = logging.getLogger(__name__)

LOOK_UP_SECONDS = 1.0
GOOD_SECONDS = 1.0  # what was looked up earlier is looked up again before a post is judged
LOOK_UP_PATIENCE_SECONDS = 1.0
FORGOTTEN_AFTER_SECONDS = 600.0
ROOMS_AT_MOST = 1_000
# Of what others post: a raid shows in so many as well, and each costs what a post of ours does.
OVERHEARD_PER_SECOND = 50
OWN_REMEMBERED = 2_000  # comments of this process that no frame has brought back yet
HELD_REMEMBERED = 500
RAID_TOLD_AGAIN_MS = 60_000  # that later signs must lengthen raid mode by
RAID_TRIED_AGAIN_SECONDS = 5.0
_FIELDS = ("rules_version", "links", "standing_only", "raid_until")
_SPAM_REASONS = {reason.value: reason for reason in Reason if reason is not Reason.STANDING}
_LINKS_MODES = {mode.value.encode(): mode for mode in LinksMode}
_STANDINGS = tuple(Standing)
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(slots=True, eq=False)
class _RoomLayers:
    """One room as this process knows it. Moments are monotonic seconds."""

    room: Room
    layers: Layers
    rules: Rules = DEFAULTS
    version: bytes | None = None  # of the rules; None: never set
    links: LinksMode = LinksMode.HOLD
    standing_only: bool = False
    raid_until: int = 0  # Unix ms, as the room's state has it
    raid_told: float = float("-inf")
    looked_up: float = float("-inf")
    asked: float = float("-inf")
    used: float = 0.0
    looking: "asyncio.Task[None] | None" = None
    own: dict[tuple[int, str], None] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)  # the texts of holds, by their number
    second: int = 0
    overheard: int = 0  # within that second

    def may_overhear(self, now: float) -> bool:
        """True while this second has room for another comment of somebody else's."""
        if self.second != int(now):
            self.second, self.overheard = int(now), 0
        self.overheard += 1
        return self.overheard <= OVERHEARD_PER_SECOND


class Screening:
    """The rooms of one event loop."""

    def __init__(self) -> None:
        self._rooms: dict[int, _RoomLayers] = {}
        self._hits = HitCounter()
        self._telling: set[asyncio.Task[None]] = set()
        self._swept = 0.0

    def __len__(self) -> int:
        return len(self._rooms)

    # --- posts -----------------------------------------------------------------------------------

    def is_ready(self, room: Room) -> bool:
        """True when a post in this room may be judged at once; otherwise wait for `ready`."""
        found = self._rooms.get(room.id)
        return found is not None and time.monotonic() - found.looked_up < GOOD_SECONDS

    async def ready(self, room: Room) -> None:
        """Wait until the rules of a room were looked up; a second at most, if they cannot be."""
        if not self.is_ready(room):
            looking = self._look_up(self._room(room))
            await asyncio.wait([looking], timeout=LOOK_UP_PATIENCE_SECONDS)

    def screen(self, room: Room, author: Identity, text: str, now: float | None = None) -> Verdict:
        """Return what becomes of a clean text. `now` in monotonic seconds."""
        now = time.monotonic() if now is None else now
        found = self._rooms.get(room.id) or self._room(room)
        found.used = now
        if now - found.asked >= LOOK_UP_SECONDS:
            self._look_up(found)
        standing = _STANDINGS[author.standing]
        age = timedelta(milliseconds=now_ms() - author.joined_ms)
        staff = author.role in STAFF_ROLES
        verdict = found.layers.judge(Said(author.user_id, text, standing, age, staff), now)
        if staff:
            _remember(found.own, (author.user_id, text), None, OWN_REMEMBERED)
            return verdict
        if found.layers.raid.is_on(now):
            self._tell_of_raid(found, now)
        if found.standing_only and standing is Standing.NEW and verdict.action < Action.HOLD:
            hit = Hit(Reason.STANDING, Action.HOLD, "")
            verdict = decided(verdict.text, [*verdict.hits, hit])
        if verdict.action != Action.BLOCK:
            _remember(found.own, (author.user_id, verdict.text), None, OWN_REMEMBERED)
        return verdict

    def links_mode(self, room: Room) -> LinksMode:
        """Return the links mode of a room as it was last looked up."""
        found = self._rooms.get(room.id)
        return found.links if found else LinksMode.HOLD

    def count(self, room: Room, verdict: Verdict) -> None:
        """Counts what was found in a post that was taken, or refused for it."""
        self._hits.count(room, verdict.hits)

    async def drain(self) -> None:
        """Write what was counted, before the process ends."""
        await self._hits.flush()

    # --- what others posted ----------------------------------------------------------------------

    def overheard(self, room: Room, item: protocol.Item, now: float | None = None) -> None:
        """Takes in an item of a frame, of either audience; own comments are passed over.

        A room in which this process has judged nothing lately is left alone.
        """
        found = self._rooms.get(room.id)
        if found is None:
            return
        now = time.monotonic() if now is None else now
        match item:
            case protocol.CommentPosted(comment=comment):
                self._learn(found, comment.user, comment.text, now)
            case protocol.RoomChanged():
                found.looked_up = float("-inf")  # the next post is judged by what holds now
            case protocol.HoldOpened(held=held):
                _remember(found.held, held.hold, held.text, HELD_REMEMBERED)
                reason = _SPAM_REASONS.get(held.reason)
                self._learn(found, held.user, held.text, now, held_for=reason)
            case protocol.HoldClosed(hold=hold, outcome=outcome):
                text = found.held.pop(hold, None)
                if text is not None and outcome == "approved":
                    # The crowd has its chants: a moderator said that this is one.
                    found.layers.copies.pardon(read(text))
            case _:
                pass

    def _learn(
        self,
        found: _RoomLayers,
        user: protocol.Person,
        text: str,
        now: float,
        *,
        held_for: Reason | None = None,
    ) -> None:
        author, staff = int(user.id), user.role in STAFF_ROLES
        if (author, text) in found.own:
            del found.own[author, text]
        elif staff or found.may_overhear(now):
            # Frames do not tell anybody's standing, but who is caught hardly ever has one.
            standing = Standing.NEW if held_for or user.new else None
            found.layers.learn(Said(author, text, standing, staff=staff), now, held_for=held_for)

    # --- raids -----------------------------------------------------------------------------------

    def _tell_of_raid(self, found: _RoomLayers, now: float) -> None:
        """Has the log say that raid mode holds, unless it does, or rules leave raids alone."""
        known = found.raid_until - now_ms()
        if (
            found.layers.raid.seconds_left(now) * 1000 < max(0, known) + RAID_TOLD_AGAIN_MS
            or now - found.raid_told < RAID_TRIED_AGAIN_SECONDS
            or found.layers.settings.raid is Action.ALLOW
        ):
            return
        found.raid_told = now
        task = asyncio.create_task(_told_of_raid(found))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    # --- rooms -----------------------------------------------------------------------------------

    def _room(self, room: Room) -> _RoomLayers:
        found = self._rooms.get(room.id)
        if found is None:
            now = time.monotonic()
            self._forget(now)
            layers = Layers(SpamSettings(), model_file().model)
            found = self._rooms[room.id] = _RoomLayers(room, layers, used=now)
        return found

    def _forget(self, now: float) -> None:
        """Drops the rooms that were quiet for long, and the quietest where there are too many."""
        self._swept = now
        quiet = [
            key for key, one in self._rooms.items() if now - one.used > FORGOTTEN_AFTER_SECONDS
        ]
        for key in quiet:
            del self._rooms[key]
        while len(self._rooms) >= ROOMS_AT_MOST:
            del self._rooms[min(self._rooms, key=lambda key: self._rooms[key].used)]

    def _look_up(self, found: _RoomLayers) -> "asyncio.Task[None]":
        """Return the task that looks up a room's rules and modes; there is one at a time."""
        if found.looking is None:
            found.asked = time.monotonic()
            if found.asked - self._swept > FORGOTTEN_AFTER_SECONDS / 10:
                self._forget(found.asked)
            found.looking = asyncio.create_task(_looked_up(found))
        return found.looking


async def hits(room: Room) -> list[Found]:
    """Return what the layers found in a room so far. Raises `RedisError`."""
    return await read_hits(room)


async def _looked_up(found: _RoomLayers) -> None:
    try:
        await model_file().renew()
        found.layers.model = model_file().model
        await _read_state(found)
    except (redisdb.RedisError, OSError) as error:
        logger.debug("rules of room %d were not looked up: %r", found.room.id, error)
    finally:
        found.looked_up = time.monotonic()
        found.looking = None


async def _read_state(found: _RoomLayers) -> None:
    key = redisdb.state(found.room)
    fields = cast(list[bytes | None], await redisdb.client().hmget(key, _FIELDS))
    version, links, standing_only, raid_until = fields
    found.standing_only = standing_only == b"1"
    _follow_raid(found, int(raid_until or 0))
    mode = _LINKS_MODES.get(links or b"", LinksMode.HOLD)
    if version == found.version and mode is found.links:
        return
    if version != found.version:
        raw = cast(bytes | None, await redisdb.client().hget(key, "rules"))
        found.rules = await asyncio.to_thread(_parsed, found, raw)
        found.version = version
    found.links = mode
    found.layers.settings = await asyncio.to_thread(settings_of, found.rules, links=mode)


async def _told_of_raid(found: _RoomLayers) -> None:
    known, until = found.raid_until, now_ms() + RAID_SECONDS * 1000
    try:
        await begin_raid(found.room, until=until, known=known)
    except DomainError as error:
        if error.code is not ErrorCode.CONFLICT:  # another process, or a moderator, was first
            logger.warning("room %d: raid mode could not be told: %s", found.room.id, error)
        return
    logger.info("room %d: raid mode began by itself", found.room.id)
    if found.raid_until == known:
        found.raid_until = until  # so that whoever switches it off is seen to change it


def _follow_raid(found: _RoomLayers, until: int) -> None:
    """Switches raid mode as the room has it: a moderator or another process has changed it."""
    if until == found.raid_until:
        return
    now, left = time.monotonic(), (until - now_ms()) / 1000
    if left > 0:
        found.layers.raid.switch(True, now, left)
    elif until == 0:
        found.layers.raid.switch(False, now)
    found.raid_until = until


def _parsed(found: _RoomLayers, raw: bytes | None) -> Rules:
    """The rules of a room; the last good ones if these are broken, which is said once."""
    if raw is None:
        return DEFAULTS
    try:
        return parse(raw)
    except BadRules as problem:
        logger.error("the rules of room %d are not followed: %s", found.room.id, problem)
        return found.rules


def _remember(kept: dict[_Key, _Value], key: _Key, value: _Value, most: int) -> None:
    kept[key] = value
    if len(kept) > most:
        del kept[next(iter(kept))]


screening = PerLoop(Screening)
