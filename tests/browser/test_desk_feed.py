"""The feed of the desk: when it stands still, and when it goes on."""

from playwright.async_api import expect

from livecomments.protocol import SetModes
from tests.browser.desk import Desk
from tests.browser.fullroom import boss
from tests.live import Stage


async def test_feed_stands_still_under_the_pointer(stage, desk):
    await boss(stage, SetModes(pace=0))
    said = await stage.rush(40, text="Line")
    feed = desk.part("Feed")
    last = desk.row("Feed", said[-1].comment.text)
    await expect(last).to_be_visible()
    before = await last.bounding_box()
    await last.hover()
    still = feed.get_by_role("button", name="Jump to latest")
    await expect(still).to_be_visible()
    said = await stage.rush(20, text="Later line")
    await expect(still).to_have_text("20 new · Jump to latest")
    assert await last.bounding_box() == before
    await desk.part("Modes").hover()
    await expect(feed.get_by_text("live", exact=True)).to_be_visible()
    await expect(desk.row("Feed", said[-1].comment.text)).to_be_in_viewport()


async def test_feed_that_just_began_stands_still_under_the_pointer(stage, desk):
    await boss(stage, SetModes(pace=0))
    said = await stage.rush(3, text="Early")
    first = desk.row("Feed", said[0].comment.text)
    await first.hover()
    await stage.rush(3, text="A few more")
    await expect(desk.row("Feed", "A few more")).to_have_count(3)
    said = await stage.rush(40, text="Later line")
    feed = desk.part("Feed")
    await expect(feed.get_by_role("button", name="43 new · Jump to latest")).to_be_visible()
    await expect(first).to_be_in_viewport()
    await desk.part("Modes").hover()
    await expect(desk.row("Feed", said[-1].comment.text)).to_be_in_viewport()


async def test_feed_that_was_put_away_is_where_it_was_left(windows, people):
    stage = await Stage(pace=0).open()
    people.make_moderator("Ada", stage)
    await stage.rush(60, text="Early")
    window = await windows.open("Ada", viewport={"width": 390, "height": 844})
    desk = await Desk(window).open(stage)
    early = desk.row("Feed", "Early 20")
    await early.scroll_into_view_if_needed()
    await expect(desk.page.get_by_role("button", name="Jump to latest")).to_be_visible()
    parts = desk.page.get_by_role("navigation", name="Parts of the desk")
    await parts.get_by_role("button", name="Waiting").click()
    await expect(desk.part("Feed")).to_be_hidden()
    await stage.rush(5, text="Later line")
    await parts.get_by_role("button", name="Feed").click()
    await expect(desk.page.get_by_role("button", name="5 new")).to_be_visible()
    await expect(early).to_be_in_viewport()


async def scrolled_back(desk, stage):
    """The feed after a turn of the wheel upward; returns a row that is read there."""
    await boss(stage, SetModes(pace=0))
    said = await stage.rush(60, text="Line")
    last = desk.row("Feed", said[-1].comment.text)
    await expect(last).to_be_in_viewport()
    await last.hover()
    await desk.page.mouse.wheel(0, -500)
    await expect(last).not_to_be_in_viewport()
    read = desk.row("Feed", said[-25].comment.text)
    await expect(read).to_be_in_viewport()
    return read


async def test_feed_that_was_scrolled_back_is_left_there_by_mouse_and_keys(stage, desk):
    read = await scrolled_back(desk, stage)
    still = desk.part("Feed").get_by_role("button", name="Jump to latest")
    await desk.part("Modes").hover()
    await read.focus()
    slow = desk.part("Modes").get_by_label("Slow mode")
    await slow.focus()
    await slow.blur()
    await stage.rush(5, text="Later line")
    await expect(still).to_have_text("5 new · Jump to latest")
    await expect(read).to_be_in_viewport()


async def test_feed_stands_still_under_the_pointer_after_a_menu(stage, desk):
    await boss(stage, SetModes(pace=0))
    said = await stage.rush(40, text="Line")
    last = desk.row("Feed", said[-1].comment.text)
    await last.hover()
    await last.get_by_role("button", name="More about").click()
    menu = desk.page.get_by_role("menu")
    await expect(menu).to_be_visible()
    box = await last.bounding_box()
    await desk.page.mouse.move(box["x"] + 5, box["y"] + 5)  # what is under it now hears of it
    said = await stage.rush(30, text="Later line")
    still = desk.part("Feed").get_by_role("button", name="Jump to latest")
    await expect(still).to_have_text("30 new · Jump to latest")
    before = await last.bounding_box()
    await desk.press("Escape")
    await expect(menu).to_have_count(0)
    await desk.page.wait_for_timeout(500)
    await expect(still).to_have_text("30 new · Jump to latest")
    assert await last.bounding_box() == before
    # Away from it while the menu is open: it goes on once that is closed.
    await last.get_by_role("button", name="More about").click()
    box = await desk.part("Modes").bounding_box()
    await desk.page.mouse.move(box["x"] + 5, box["y"] + 5)
    await expect(menu).to_be_visible()
    await desk.press("Escape")
    await desk.part("Modes").get_by_label("Slow mode").focus()
    await expect(desk.row("Feed", said[-1].comment.text)).to_be_in_viewport()


async def test_feed_scrolled_to_its_end_stands_still_until_the_pointer_leaves(stage, desk):
    await scrolled_back(desk, stage)
    said = await stage.rush(3, text="Meanwhile")
    still = desk.part("Feed").get_by_role("button", name="Jump to latest")
    await expect(still).to_have_text("3 new · Jump to latest")
    await desk.page.mouse.wheel(0, 3_000)
    end = desk.row("Feed", said[-1].comment.text)
    await expect(end).to_be_in_viewport()
    await desk.page.wait_for_timeout(500)
    before = await end.bounding_box()
    said = await stage.rush(20, text="Later line")
    await expect(still).to_have_text("23 new · Jump to latest")
    assert await end.bounding_box() == before
    await desk.part("Modes").hover()
    await expect(desk.row("Feed", said[-1].comment.text)).to_be_in_viewport()


async def test_taps_leave_a_feed_that_was_scrolled_back_where_it_is(windows, people):
    stage = await Stage(pace=0).open()
    people.make_moderator("Ada", stage)
    await stage.rush(60, text="Early")
    window = await windows.open("Ada", viewport={"width": 390, "height": 844}, has_touch=True)
    desk = await Desk(window).open(stage)
    early = desk.row("Feed", "Early 20")
    await early.scroll_into_view_if_needed()
    await expect(desk.page.get_by_role("button", name="Jump to latest")).to_be_visible()
    await early.get_by_text("Early 20").tap()
    await expect(early).to_be_focused()
    other = desk.row("Feed", "Early 21")
    await other.get_by_text("Early 21").tap()
    await expect(other).to_be_focused()
    await stage.rush(5, text="Later line")
    await expect(desk.page.get_by_role("button", name="5 new")).to_be_visible()
    await expect(early).to_be_in_viewport()
