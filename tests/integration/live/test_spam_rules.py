"""What a room's rules refuse, hold and mask, over a real socket: rule P14 of docs/PROTOCOL.md."""

import asyncio

from msgspec.structs import replace

from comments.rules.changing import change_rules
from comments.spam.rules import DEFAULTS, Word
from livecomments.protocol import (
    CommentAccepted,
    CommentHeld,
    CommentPost,
    Error,
    ErrorCode,
    Role,
)
from tests.sockets import stream_socket

HOLD_SECONDS = 10.0  # far more than rules may take until they hold


async def with_words(stage, *words):
    """Lets the room have these words, and nothing else to say about texts."""
    manager = stage.person(Role.MANAGER)
    rules = replace(DEFAULTS, words=[Word(term, action) for term, action in words])
    await change_rules(stage.room, actor=manager, rules=rules)


async def test_p14_a_rule_of_the_room_refuses_and_says_which(server, stage):
    await with_words(stage, ("pineapple", "block"), ("anchovy", "hold"), ("olive", "mask"))
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as author:
        author.send(CommentPost(nonce="a", text="P1neapple on everything"))
        refusal = await author.until(Error)
        assert (refusal.code, refusal.ref) == (ErrorCode.RULE_BROKEN, "a")
        assert refusal.message == "This room does not allow some of these words."
        held = await author.post("an anchovy, please")
        assert isinstance(held, CommentHeld)
        assert (held.reason, held.rule) == (
            "spam_words",
            "This room does not allow some of these words.",
        )
        masked = await author.post("olive oil")
        assert isinstance(masked, CommentAccepted)
        assert masked.comment.text == "••••• oil"


async def test_p14_what_was_answered_before_is_answered_so_again(server, stage):
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as author:
        first = await author.post("I like pineapple", nonce="n")
        assert isinstance(first, CommentAccepted)
        await with_words(stage, ("pineapple", "block"))
        async with asyncio.timeout(HOLD_SECONDS):
            number = 0
            while not isinstance(answer := await author.post(f"pineapple {number}"), Error):
                number += 1
                await asyncio.sleep(0.5)  # rules hold within a second
        assert answer.code is ErrorCode.RULE_BROKEN
        assert await author.post("I like pineapple", nonce="n") == first
