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
