"""A room with a row of every kind in it, for a reader of a certain name. Async."""

import asyncio

from playwright.async_api import expect

from comments import actions
from livecomments.errors import DomainError
from livecomments.protocol import (
    Announce,
    ClearUser,
    ErrorCode,
    HideComment,
    PinComment,
    Role,
    SetModes,
)

LINK = "The programme: https://example.org/programme"
QUESTION = "Which camera is this?"
PINNED = "Be kind to each other"
ANNOUNCED = "We begin in ten minutes"


async def boss(stage, action):
    """What the broadcaster does past all web processes."""
    return await actions.act(stage.room, actor=stage.person(Role.BROADCASTER), action=action)


async def once_shown(what):
    """What comes of something done to a comment that was said a moment ago."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await what()
            except DomainError as refusal:
                if refusal.code is not ErrorCode.UNKNOWN_COMMENT:
                    raise
                await asyncio.sleep(0.05)


async def fill(stage, window):
    """Say something of every kind to who watches: badges, a mention, a reply, a link, removals.

    The page may be in any language: what is waited for are texts of people.
    """
    rows = window.page.get_by_role("listitem")
    question = await stage.say(stage.person(display_name="Cleo"), QUESTION)
    await once_shown(lambda: stage.rush(1, text="The old one", reply_to=str(question)))
    await stage.say(stage.person(days=0, display_name="Newt"), "First time here")
    await stage.say(stage.person(), f"@{window.name} can you see it?")
    await stage.say(stage.person(Role.MODERATOR, display_name="Mona"), LINK)
    rude = await stage.say(stage.person(), "Something rude")
    flood = stage.person(display_name="Flo Od")
    await stage.say(flood, "Noise of many")
    rules = await stage.say(stage.person(Role.BROADCASTER, display_name="Hester"), PINNED)
    await expect(rows.filter(has_text=PINNED)).to_be_attached()
    await once_shown(lambda: boss(stage, HideComment(id=str(rude))))
    await boss(stage, ClearUser(user=str(flood.user_id)))
    await once_shown(lambda: boss(stage, PinComment(id=str(rules))))
    await expect(rows.filter(has_text="Noise of many")).to_have_count(0)
    await expect(rows.filter(has_text="Flo Od")).to_be_attached()


async def announce(stage):
    """Put a line over the room."""
    await boss(stage, Announce(text=ANNOUNCED))


async def set_review(stage, *, on):
    """Let what viewers say wait for a moderator, or no longer."""
    await boss(stage, SetModes(review=on))


def question(window):
    """The row that another one quotes."""
    return window.rows.filter(has_text=QUESTION).first


async def open_menu(window):
    """Open the menu of the question by key; returns it."""
    await question(window).focus()
    await window.page.keyboard.press("Enter")
    return window.page.get_by_role("menu")
