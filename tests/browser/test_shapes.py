"""The page in each of its shapes, and as each reader has chosen to see it."""

import json
import re

import pytest
from playwright.async_api import expect

from livecomments.protocol import Role
from tests.browser.test_screens import BRIGHTNESS, fits

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
SIDEWAYS = {"width": 844, "height": 390}
TYPING = {"width": 390, "height": 300}  # what a keyboard leaves of a phone

# What is drawn of the element lies wholly within the window.
WITHIN = """(element) => {
  const { top, bottom, left, right, width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 && top >= 0 && left >= 0
    && bottom <= innerHeight + 0.5 && right <= innerWidth + 0.5;
}"""
STAGE_HEIGHT = "() => document.querySelector('[class*=stage]').getBoundingClientRect().height"
# However the colour is written.
BLACK, WHITE = re.compile(r"^(rgb|oklch)\(0[ ,]"), re.compile(r"^(rgb\(255,|oklch\(1 0)")
TEXT_SIZE = "(row) => parseFloat(getComputedStyle(row).fontSize)"


async def is_within(locator) -> bool:
    """True when all of the element can be seen without scrolling."""
    return await locator.evaluate(WITHIN)


def stage_of(window):
    """The video's place."""
    return window.page.get_by_role("img", name="Test card")


def tool(window, name: str):
    """A button over the video or in the chat's head."""
    return window.page.get_by_role("button", name=name, exact=True)


async def choose(window, setting: str, option: str) -> None:
    """Open the settings, choose, and close them."""
    await tool(window, "Settings").click()
    panel = window.page.get_by_role("dialog", name="Settings")
    await (
        panel.get_by_role("group", name=setting)
        .get_by_role("radio", name=option, exact=True)
        .click()
    )
    await window.page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)


@pytest.mark.parametrize("size", [WIDE, PHONE, SIDEWAYS, TYPING], ids=str)
async def test_every_size_shows_the_video_and_the_composer(windows, stage, size):
    await stage.say(stage.person(), "A word " * 25)
    window = await windows.open("Bo", viewport=size)
    await window.watch(stage)
    await expect(window.rows).to_have_count(1)
    await window.composer.fill("Typed while the video plays")
    assert await fits(window)
    assert await is_within(stage_of(window))
    assert await is_within(window.composer)


async def test_theatre_is_left_as_it_was_entered_and_is_remembered(windows, stage):
    window = await windows.open("Bo", viewport=WIDE)
    await window.watch(stage)
    bar = window.page.get_by_role("banner").first
    title = window.page.get_by_role("region", name="About this stream")
    await window.composer.press("t")
    await expect(window.composer).to_have_value("t")
    await expect(title).to_be_visible()
    await window.composer.fill("")
    await window.log.focus()
    await window.page.keyboard.press("t")
    await expect(title).to_have_count(0)
    await expect(bar).to_be_hidden()
    assert await window.page.evaluate(STAGE_HEIGHT) == WIDE["height"]
    await expect(window.reaction("Like")).to_be_visible()
    await window.watch(stage)
    await expect(title).to_have_count(0)
    await window.page.keyboard.press("Escape")
    await expect(title).to_be_visible()
    await expect(bar).to_be_visible()


async def test_escape_goes_to_the_live_end_before_it_leaves_the_theatre(windows, stage):
    speaker = stage.person(Role.MODERATOR)
    for number in range(8):
        await stage.say(speaker, f"line {number} " + "and more " * 20)
    window = await windows.open("Bo", viewport={"width": 1280, "height": 560})
    await window.watch(stage)
    await expect(window.rows).to_have_count(8)
    await window.log.focus()
    await window.page.keyboard.press("t")
    await window.page.keyboard.press("PageUp")
    await expect(window.page.get_by_text("Paused")).to_be_visible()
    title = window.page.get_by_role("region", name="About this stream")
    await window.page.keyboard.press("Escape")
    await expect(window.page.get_by_text("Paused")).to_have_count(0)
    await expect(title).to_have_count(0)
    await window.page.keyboard.press("Escape")
    await expect(title).to_be_visible()


async def test_chat_is_put_away_and_the_focus_goes_to_the_way_back(windows, stage):
    window = await windows.open("Bo", viewport=WIDE)
    await window.watch(stage)
    chat = window.page.get_by_role("region", name="Live comments")
    await chat.get_by_role("button", name="Hide chat").click()
    await expect(chat).to_have_count(0)
    await expect(tool(window, "Show chat")).to_be_focused()
    await window.page.reload()
    await expect(tool(window, "Show chat")).to_be_visible()
    await expect(chat).to_have_count(0)
    await tool(window, "Show chat").click()
    await expect(chat).to_be_visible()
    await window.joined()


async def test_full_screen_keeps_the_chat_beside_the_video(windows, stage):
    window = await windows.open("Bo", viewport=WIDE)
    await window.watch(stage)
    await window.log.focus()
    await window.page.keyboard.press("f")
    await expect(tool(window, "Leave full screen (f)")).to_be_attached()
    assert await window.page.evaluate("() => document.fullscreenElement !== null")
    await window.say("From the whole screen")
    await window.sent("From the whole screen")
    await window.log.focus()
    await window.page.keyboard.press("f")
    await expect(window.page.get_by_role("heading", level=1)).to_be_visible()


async def test_chat_in_a_window_of_its_own_talks(windows, stage):
    other = await windows.open("Cy", viewport=WIDE)
    await other.watch(stage)
    window = await windows.open("Bo", viewport=WIDE)
    await window.watch(stage)
    async with window.page.expect_popup() as opened:
        await tool(window, "Chat in a window of its own").click()
    popout = type(window)(await opened.value, window.url, "Bo")
    await popout.page.set_viewport_size({"width": 260, "height": 520})
    await popout.joined()
    await expect(window.log).to_have_count(0)
    assert await fits(popout)
    await expect(popout.page.get_by_role("heading", level=1)).to_have_text(stage.row.title)
    assert await is_within(popout.composer)
    await popout.say("From a small window")
    await other.sent("From a small window")
    await other.say("Heard")
    await expect(popout.row("Heard")).to_be_visible()
    await popout.page.close()
    await window.joined()
    await expect(window.row("Heard")).to_be_visible()
    assert popout.complaints == []


async def test_settings_last_and_reach_other_tabs(windows, stage):
    await stage.say(stage.person(), "How large is this?")
    window = await windows.open("Bo", viewport=WIDE, color_scheme="light")
    await window.watch(stage)
    row = window.row("How large is this?")
    second = type(window)(await window.page.context.new_page(), window.url, "Bo")
    await second.follow_sockets()
    await second.watch(stage)
    before = await row.evaluate(TEXT_SIZE)
    await choose(window, "Text size", "Large")
    await choose(window, "Theme", "Dark")
    await choose(window, "Times beside comments", "Hidden")
    await expect(tool(window, "Settings")).to_be_focused()
    for page in (window, second):
        there = page.row("How large is this?")
        await expect(page.page.locator("html")).to_have_attribute("data-theme", "dark")
        assert await there.evaluate(TEXT_SIZE) > before
        assert await page.page.evaluate(BRIGHTNESS) < 128
        await expect(there.locator("time")).to_be_hidden()
    await window.go("/")
    assert await window.page.evaluate(BRIGHTNESS) < 128
    await window.watch(stage)
    assert await row.evaluate(TEXT_SIZE) > before
    assert second.complaints == []


async def test_theme_is_there_before_the_first_paint(windows, stage):
    window = await windows.open("Bo", viewport=WIDE, color_scheme="light")
    kept = json.dumps(json.dumps({"theme": "dark"}))
    await window.page.add_init_script(f"localStorage.setItem('settings', {kept})")
    # Without the page's own script there is what the first paint has.
    await window.page.route("**/dist/assets/*.js", lambda route: route.abort())
    await window.go(f"/s/{stage.slug}/")
    assert await window.page.evaluate(BRIGHTNESS) < 128
    window.forgive("ERR_FAILED")


@pytest.mark.parametrize("asked_by", ["system", "reader"])
async def test_more_contrast_draws_strong_lines(windows, stage, asked_by):
    window = await windows.open(
        "Bo",
        viewport=WIDE,
        color_scheme="light",
        contrast="more" if asked_by == "system" else "no-preference",
    )
    await window.watch(stage)
    if asked_by == "reader":
        await choose(window, "Contrast", "More")
    await expect(window.page.locator("html")).to_have_css("color", BLACK)
    await expect(window.page.locator("html")).to_have_css("background-color", WHITE)


async def test_reader_may_ask_for_less_motion(windows, stage):
    window = await windows.open("Bo", viewport=WIDE)
    await window.watch(stage)
    await choose(window, "Motion", "Less")
    await window.reaction("Love").click()
    await expect(window.reaction("Love")).to_have_accessible_name("Love, 1")
    await expect(window.page.locator("canvas")).to_have_count(0)


async def test_forced_colours_leave_everything_to_be_seen(windows, stage, people):
    bo = people.user("Bo")
    await stage.say(stage.person(), f"@{bo.display_name} look")
    window = await windows.open("Bo", viewport=WIDE, forced_colors="active")
    await window.watch(stage)
    marked = window.rows.filter(has_text="look")
    width = "(row) => getComputedStyle(row).borderInlineStartWidth"
    assert await marked.evaluate(width) == "3px"
    await tool(window, "Settings").click()
    panel = window.page.get_by_role("dialog", name="Settings")
    chosen = panel.get_by_role("group", name="Theme").get_by_text("System", exact=True)
    other = panel.get_by_role("group", name="Theme").get_by_text("Dark", exact=True)
    ground = "(label) => getComputedStyle(label).backgroundColor"
    assert await chosen.evaluate(ground) != await other.evaluate(ground)


async def test_settings_are_a_sheet_on_a_phone_that_the_keyboard_walks(windows, stage):
    window = await windows.open("Bo", viewport=PHONE)
    await window.watch(stage)
    await tool(window, "Settings").click()
    panel = window.page.get_by_role("dialog", name="Settings")
    await expect(panel).to_be_visible()
    box = await panel.bounding_box()
    assert box["width"] == PHONE["width"]
    assert await fits(window)
    await panel.get_by_role("radio", name="Medium").focus()
    await window.page.keyboard.press("ArrowRight")
    await expect(window.page.locator("html")).to_have_attribute("data-text", "large")
    await window.page.keyboard.press("Escape")
    await expect(panel).to_have_count(0)
    await expect(tool(window, "Settings")).to_be_focused()


async def test_page_says_that_it_is_offline_and_comes_back(windows, stage):
    speaker = stage.person()
    await stage.say(speaker, "before")
    window, other = await windows.open("Bo", viewport=WIDE), await windows.open()
    await window.watch(stage)
    await other.watch(stage)
    await expect(window.row("before")).to_be_visible()
    # The network says that it is away, and the connection ends.
    await window.page.context.set_offline(True)
    await expect(window.page.get_by_text("You are offline.")).to_be_visible(timeout=60_000)
    await expect(window.row("before")).to_be_visible()
    await stage.say(speaker, "meanwhile")
    await expect(other.row("meanwhile")).to_be_visible()
    await window.page.context.set_offline(False)
    await expect(window.page.get_by_text("Caught up: 1 comment")).to_be_visible()
    await expect(window.row("meanwhile")).to_be_visible()
    window.forgive("WebSocket", "ERR_INTERNET_DISCONNECTED")
