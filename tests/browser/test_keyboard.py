"""The room without a mouse: every step of docs/ACCESSIBILITY.md, and the focus is never lost."""

import re

from playwright.async_api import expect

from comments import actions
from livecomments.protocol import (
    Announce,
    ClearUser,
    ReportComment,
    ReportReason,
    Role,
    SetModes,
    StreamStatus,
    WarnUser,
)
from streams import domain
from tests.browser import fullroom
from tests.browser.desk import Desk
from tests.browser.fullroom import boss
from tests.browser.test_reading import settled
from tests.live import Stage

# What has the focus, as it is called.
FOCUSED = """() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  return at.getAttribute("aria-label") ?? at.labels?.[0]?.firstChild.textContent.trim()
    ?? at.textContent.trim();
}"""
IS_LOST = "() => document.activeElement === document.body"
TABS = 40  # more than there are stops


async def tab_to(window, name, *, key="Tab"):
    """Press Tab until something of this name has the focus; returns what was passed, and it."""
    passed = []
    for _ in range(TABS):
        await window.page.keyboard.press(key)
        passed.append(await window.page.evaluate(FOCUSED))
        if re.fullmatch(name, passed[-1] or ""):
            return passed
    raise AssertionError(f"no way by {key} to {name}: {passed}")


async def walk_to_a_row(window, stage):
    """Go up two rows; the list stands still meanwhile. Returns what the row says."""
    page, press = window.page, window.page.keyboard.press
    await tab_to(window, "Comments", key="Shift+Tab")
    await press("ArrowUp")
    last = window.rows.last
    await expect(last).to_be_focused()
    jump = page.get_by_role("button", name="Jump to latest")
    await expect(jump).to_be_visible()
    await press("ArrowUp")
    row = window.rows.nth(await window.rows.count() - 2)
    await expect(row).to_be_focused()
    text = await row.locator("p [dir=auto]").inner_text()
    await stage.rush(2, text="Meanwhile")
    await expect(jump).to_contain_text("2 new")
    await expect(window.row(text)).to_be_focused()
    return text


async def open_and_close_its_menu(window, text):
    """By either key; the row has the focus again."""
    page, press = window.page, window.page.keyboard.press
    for key in ("Enter", "m"):
        await press(key)
        await expect(page.get_by_role("menuitem", name="Reply")).to_be_focused()
        await press("ArrowDown")
        await expect(page.get_by_role("menuitem", name="Copy text")).to_be_focused()
        await press("Escape")
        await expect(page.get_by_role("menu")).to_have_count(0)
        await expect(window.row(text)).to_be_focused()


async def test_evening_without_a_mouse(windows, people):
    stage = await Stage(pace=0, description="Boats.").open()
    await stage.rush(40, text="Line")
    window = await windows.open("Kay")
    page, press = window.page, window.page.keyboard.press
    await window.watch(stage)
    await expect(window.rows.last).to_be_in_viewport()

    assert await tab_to(window, "Skip to content") == ["Skip to content"]
    await press("Enter")
    await expect(page.locator("#main")).to_be_focused()
    stops = await tab_to(window, "Your comment")
    assert stops == [
        "Hide chat",
        "Theatre (t)",
        "Full screen (f)",
        *(f"{name}, 0" for name in ("Like", "Love", "Haha", "Wow", "Sad", "Angry")),
        "Chat in a window of its own",
        "Settings",
        "Hide chat",
        "Announce",
        "Comments",
        "Your comment",
    ], stops

    await open_and_close_its_menu(window, await walk_to_a_row(window, stage))

    await press("r")
    await expect(window.composer).to_be_focused()
    await expect(page.get_by_role("button", name="Do not reply")).to_be_visible()
    await page.keyboard.type("Said by key")
    await press("Enter")
    await window.sent("Said by key")
    await expect(window.composer).to_be_focused()
    await expect(page.get_by_role("button", name="Jump to latest")).to_have_count(0)

    await tab_to(window, "Like, 0", key="Shift+Tab")
    await press("Enter")
    await expect(window.reaction("Like")).to_have_accessible_name("Like, 1")
    await press("/")
    await expect(window.composer).to_be_focused()
    await tab_to(window, "Sign out", key="Shift+Tab")
    await press("Enter")
    await expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    people.cookies.pop("Kay")
    window.forgive("401 (Unauthorized)")  # the room may ask for a ticket before it is left


async def test_keys_of_the_list(windows):
    stage = await Stage(pace=0).open()
    await stage.rush(48, text="Line")
    window = await windows.open()
    page, press = window.page, window.page.keyboard.press
    await window.watch(stage)
    jump = page.get_by_role("button", name="Jump to latest")
    newest = window.rows.last
    await expect(newest).to_be_in_viewport()
    await window.log.focus()
    for key, back in (("PageUp", "End"), ("Home", "Escape"), ("ArrowUp", "Escape")):
        await press(key)
        await expect(jump).to_be_visible()
        await settled(window)
        await press(back)
        await expect(jump).to_have_count(0)
        await expect(newest).to_be_in_viewport()
    await window.log.focus()
    await press("PageUp")
    await tab_to(window, "Paused.*")
    await press("Enter")
    await expect(jump).to_have_count(0)
    await expect(window.log).to_be_focused()


async def test_focus_is_never_lost(windows, people, stage):
    people.make_moderator("Mara", stage)
    window = await windows.open("Mara")
    page, press = window.page, window.page.keyboard.press
    await window.watch(stage)
    await fullroom.fill(stage, window)
    author = stage.person(display_name="Ines")
    await stage.say(author, "Take this away")
    await expect(window.row("Take this away")).to_be_visible()

    async def pressed(button, gone=None):
        """Press a button by key and wait until it is gone; the focus is somewhere."""
        await button.focus()
        await press("Enter")
        await expect(gone or button).to_have_count(0)
        assert not await page.evaluate(IS_LOST), str(button)

    await boss(stage, Announce(text="Soon"))
    await pressed(page.get_by_role("button", name="Dismiss the announcement"))
    await pressed(page.get_by_role("button", name="Fold the pinned comment away"))
    mara = str(people.user("Mara").pk)
    await actions.act(
        stage.room, actor=stage.person(Role.ADMIN), action=WarnUser(user=mara, reason="Manners")
    )
    await pressed(page.get_by_role("alert").get_by_role("button", name="Dismiss"))

    row = window.row("Take this away")
    await row.focus()
    await press("h")
    await expect(row).to_have_count(0)
    await expect(page.locator("[data-row]:focus")).to_contain_text("Comment removed")
    await pressed(page.get_by_role("button", name="Undo", exact=True))
    await expect(row).to_be_visible()
    await row.focus()
    await boss(stage, ClearUser(user=str(author.user_id)))
    await expect(row).to_have_count(0)
    assert not await page.evaluate(IS_LOST)

    emoji = page.get_by_role("button", name="Emoji", exact=True)
    await emoji.focus()
    await press("Enter")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await press("Escape")
    await expect(window.composer).to_be_focused()
    await window.say("And on")
    await window.sent("And on")
    await expect(window.composer).to_be_focused()


async def test_focus_is_not_lost_with_the_composer(windows, stage):
    window = await windows.open("Kay")
    await window.watch(stage)
    await window.composer.focus()
    await boss(stage, SetModes(closed=True))
    await expect(window.composer).to_have_count(0)
    await expect(window.log).to_be_focused()


async def test_what_is_typed_as_the_composer_goes_is_no_command(windows, people, stage):
    for name in ("Mara", "Ada"):
        people.make_moderator(name, stage)
    room, away = await windows.open("Mara"), await windows.open("Ada")
    desk = await Desk(away).open(stage)
    await room.watch(stage)
    number = await stage.say(stage.person(), "Look here")
    await expect(room.row("Look here")).to_be_visible()
    report = ReportComment(id=str(number), reason=ReportReason.SPAM)
    await actions.act(stage.room, actor=stage.person(), action=report)
    reported = desk.row("Reported", "Look here")
    await expect(reported).to_be_visible()
    for window in (room, away):
        await window.composer.press_sequentially("I think ")
    await domain.set_status(
        stage.room, actor=stage.person(Role.BROADCASTER), status=StreamStatus.ENDED
    )
    for window in (room, away):
        await expect(window.composer).to_have_count(0)
        await window.page.keyboard.type("khat 3 ")
        await expect(window.page.locator("[data-row]:focus")).to_have_count(0)
        await expect(window.page.get_by_role("form")).to_have_count(0)
    await room.page.wait_for_timeout(1_600)
    await room.page.keyboard.press("k")  # then they are keys again
    await expect(room.page.locator("[data-row]:focus")).to_have_count(1)
    await desk.press("3")
    await expect(reported).to_be_focused()
