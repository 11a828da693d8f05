"""Read and change what a room does about spam. Async, free of the ORM.

A change is an event of the room's log with the whole rules: they hold from that instant on, also
while Postgres is away, and every version is kept by the archive. Two who change the rules at once
cannot overwrite each other: the event carries the version that it was made from.
"""

import asyncio

import msgspec

from comments.spam.rules import DEFAULTS, BadRules, Rules, check, parse
from livecomments import eventlog, events, redisdb
from livecomments.errors import DomainError
from livecomments.eventlog import expect_field
from livecomments.protocol import REASON_MAX_LENGTH, ErrorCode
from livecomments.tickets import Identity, Room
from streams.rights import MANAGERS
from streams.roomstate import effects

_CHANGED_SINCE = "Somebody else has changed the rules meanwhile. Look at them and try again."


async def read_rules(room: Room) -> tuple[int, Rules]:
    """Return the version and the rules of a room; version 0 and the defaults where none were set.

    Raises `busy`. Rules that cannot be read, of another release, are shown as the defaults.
    """
    try:
        found = await redisdb.read_hash(
            redisdb.client(), redisdb.state(room), ["rules", "rules_version"]
        )
    except redisdb.RedisError as error:
        raise DomainError(ErrorCode.BUSY, retry_after_ms=1000) from error
    version = int(found.get("rules_version", b"0"))
    if "rules" not in found:
        return version, DEFAULTS
    try:
        return version, await asyncio.to_thread(parse, found["rules"])
    except BadRules:
        return version, DEFAULTS


async def change_rules(
    room: Room, *, actor: Identity, rules: Rules, note: str = "", base: int | None = None
) -> int:
    """Return the new version. `base`: the version that these rules were made from.

    Raises `forbidden` for whoever does not manage the room, `conflict` where the rules have changed
    since `base`, `bad_message` for rules that no room can work with, `busy`.
    """
    if actor.role not in MANAGERS:
        raise DomainError(ErrorCode.FORBIDDEN)
    try:
        await asyncio.to_thread(check, rules)
    except BadRules as problem:
        raise DomainError(ErrorCode.BAD_MESSAGE, str(problem)) from None
    if base is None:
        base, _ = await read_rules(room)
    body = events.RulesChanged(
        version=base + 1,
        rules=msgspec.json.encode(rules).decode(),
        by=actor.user_id,
        note=note[:REASON_MAX_LENGTH],
    )
    condition = expect_field("rules_version", base)
    try:
        await eventlog.append(room, body, operations=[condition, *effects(body)])
    except DomainError as error:
        if error.code is ErrorCode.CONFLICT:
            raise DomainError(ErrorCode.CONFLICT, _CHANGED_SINCE) from None
        raise
    return base + 1
