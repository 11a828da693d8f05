"""Posts on their way through the layers on spam, in rooms without rows. Async."""

import pytest

from comments import domain, screening
from comments.spam.rules import Rules, Word, dump
from livecomments import redisdb
from livecomments.errors import DomainError
from tests.rooms import ROOM, person

MESSAGE = "come and see the garden gnomes next door"
LINK = "see a.example.com/x"
WORDS = Rules(words=(Word("gnome", "block"), Word("pond", "hold"), Word("weed", "mask")))


async def set_rules(redis, rules, room=ROOM, version=1, **modes):
    raw = rules if isinstance(rules, str) else dump(rules)
    fields = {"rules": raw, "rules_version": version}
    await redis.hset(redisdb.state(room), mapping=fields | modes)


async def look_again():
    """What was looked up is too old from now on."""
    for found in screening.screening()._rooms.values():
        found.looked_up = found.asked = float("-inf")


async def say(text, author=None, nonce=None, room=ROOM):
    author = author or person()
    return await domain.post_comment(
        room, author=author, address="192.0.2.1", nonce=nonce or text[:60], text=text
    )


async def refusal_of(text, *args, **kwargs):
    with pytest.raises(DomainError) as refused:
        await say(text, *args, **kwargs)
    return refused.value.code, refused.value.message


async def raid(count, start=100, text=MESSAGE):
    return [await say(text, person(start + n), f"raid {n}") for n in range(count)]
