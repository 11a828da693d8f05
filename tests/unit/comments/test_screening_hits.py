"""How often each layer on spam was hit, room by room."""

import asyncio
import time

import pytest

from comments import screening
from comments.rules import hits as rule_hits
from comments.rules.hits import Found, read_hits
from comments.spam.rules import Pattern, Rules, Word
from comments.spam.verdict import Reason
from livecomments import redisdb
from tests.rooms import ROOM, person
from tests.screening import LINK, WORDS, refusal_of, say, set_rules

pytestmark = pytest.mark.usefixtures("no_model")


async def hits_of(redis):
    await screening.screening().drain()
    return await read_hits(ROOM)


async def test_hits_are_counted_by_layer_and_by_entry(room, redis):
    await set_rules(
        redis,
        Rules(words=(*WORDS.words, Word("pot|tery", "hold")), patterns=(Pattern("b+uy", "flag"),)),
    )
    for number, text in enumerate(["a pond", "pond 2", "a weed", "buy", LINK, "pot|tery", "hi"]):
        await say(text, person(number))
    await refusal_of("gnome", person(8))

    assert await hits_of(redis) == [
        Found(Reason.WORDS, "pond", 2),
        Found(Reason.LINKS, "", 1),
        Found(Reason.PATTERNS, "b+uy", 1),
        Found(Reason.WORDS, "gnome", 1),
        Found(Reason.WORDS, "pot|tery", 1),
        Found(Reason.WORDS, "weed", 1),
    ]


async def test_answer_that_is_given_again_and_a_refused_post_are_no_hits(room, redis):
    await set_rules(redis, WORDS)
    for _ in range(3):
        await say("my pond", nonce="n")
    await refusal_of("my pond", nonce="other")  # identical text

    assert await hits_of(redis) == [Found(Reason.WORDS, "pond", 1)]


async def test_hits_are_written_by_themselves(room, redis, monkeypatch):
    monkeypatch.setattr(rule_hits, "FLUSH_SECONDS", 0.01)
    await say(LINK)

    end = time.monotonic() + 10
    while time.monotonic() < end and not await redis.exists(redisdb.rule_hits(ROOM)):
        await asyncio.sleep(0.01)

    assert await screening.hits(ROOM) == [Found(Reason.LINKS, "", 1)]


async def test_hits_of_one_room_are_bounded(room, redis, monkeypatch):
    monkeypatch.setattr(rule_hits, "FIELDS_AT_MOST", 10)
    await redis.hset(redisdb.rule_hits(ROOM), mapping={f"spam_words|{n}": 1 for n in range(11)})
    await say(LINK)

    assert await hits_of(redis) == [Found(Reason.LINKS, "", 1)]
