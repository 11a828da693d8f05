"""The moderators' desk: its feed, what waits, keys, modes, the panic switch, and who gets in."""

import asyncio
import re

from playwright.async_api import expect

from comments import actions
from comments.models import Report
from livecomments.protocol import (
    BanUser,
    ReportComment,
    ReportReason,
    SetModes,
    TimeOutUser,
)
from tests.browser.desk import Desk
from tests.browser.fullroom import boss
from tests.live import Stage, orm


async def test_desk_is_for_the_staff_of_its_stream_alone(windows, people, stage, moderator):
    other = await Stage().open()
    visitor, viewer = await windows.open(), await windows.open("Bo")
    staff = await windows.open(moderator)
    await visitor.go(f"/admin/desk/{stage.slug}/")
    await visitor.page.wait_for_url(re.compile("/admin/login/"))
    response = await viewer.go(f"/admin/desk/{stage.slug}/")
    assert response.status == 403
    viewer.forgive("403 (Forbidden)")
    response = await staff.go(f"/admin/desk/{stage.slug}/")
    assert response.status == 200
    response = await staff.go(f"/admin/desk/{other.slug}/")
    assert response.status == 403
    staff.forgive("403 (Forbidden)")


async def test_what_waits_is_decided_by_keys(windows, stage, desk):
    await boss(stage, SetModes(review=True))
    viewer = await windows.open("Bo")
    await viewer.watch(stage)
    for text in ("First thing", "Second thing", "Third thing"):
        await viewer.say(text)
    waiting = desk.part("Waiting")
    await expect(waiting.get_by_role("listitem")).to_have_count(3)
    await desk.press("a")  # nobody looks at a row yet: it only goes to the first
    await expect(desk.row("Waiting", "First thing")).to_be_focused()
    await desk.press("a")
    await expect(viewer.row("First thing").get_by_role("time")).to_be_visible()
    await expect(desk.row("Waiting", "Second thing")).to_be_focused()
    await desk.press("j", "x")
    await expect(desk.row("Waiting", "Third thing")).to_have_count(0)
    await expect(viewer.log.get_by_text("A moderator did not approve it")).to_be_visible()
    await expect(desk.row("Waiting", "Second thing")).to_be_visible()
    await desk.press("u")
    await expect(desk.row("Waiting", "Third thing")).to_be_visible()


async def test_an_announcement_is_seen_dismissed_and_taken_away(windows, stage, desk):
    viewer = await windows.open("Bo")
    await viewer.watch(stage)
    seen = viewer.page.get_by_role("status", name="Announcement")
    await expect(seen).to_have_text("")
    panel = desk.part("Announcement")
    words = panel.get_by_role("textbox", name="What everybody should know")
    announce = panel.get_by_role("button", name="Announce")
    await expect(announce).to_be_disabled()

    await words.fill("We begin in ten minutes")
    await panel.get_by_role("combobox", name="How long it stays").select_option("5 min")
    await announce.click()

    await expect(seen).to_contain_text("We begin in ten minutes")
    await expect(seen).to_contain_text("Ada")
    await expect(words).to_have_value("")
    await expect(panel).to_contain_text("Shown to everybody, by Ada, until")
    await seen.get_by_role("button", name="Dismiss the announcement").click()
    await expect(seen).to_have_text("")
    await viewer.page.reload()
    await viewer.joined()
    await asyncio.sleep(1)
    await expect(seen).to_have_text("")

    late = await windows.open()
    await late.watch(stage)
    seen_late = late.page.get_by_role("status", name="Announcement")
    await expect(seen_late).to_contain_text("We begin in ten minutes")
    await words.fill("We have begun")
    await panel.get_by_role("button", name="Replace").click()
    for there in (seen, seen_late):
        await expect(there).to_contain_text("We have begun")

    await panel.get_by_role("button", name="Take away").click()
    for there in (seen, seen_late):
        await expect(there).to_have_text("")
    await expect(panel.get_by_role("button", name="Take away")).to_have_count(0)
    await desk.page.get_by_role("button", name="Everybody’s").click()
    log = desk.page.get_by_role("list", name="Everybody’s actions")
    await expect(log).to_contain_text("You took the announcement away")


async def test_an_announcement_that_is_refused_stays_in_the_form(stage, desk):
    panel = desk.part("Announcement")
    words = panel.get_by_role("textbox", name="What everybody should know")
    await words.fill("Back \u202enoos")
    await panel.get_by_role("button", name="Announce").click()
    mine = desk.page.get_by_role("list", name="Your actions")
    await expect(mine).to_contain_text("It holds characters that cannot be shown.")
    await expect(words).to_have_value("Back \u202enoos")


async def test_row_of_the_feed_is_hidden_and_its_author_timed_out_by_keys(windows, stage, desk):
    viewer = await windows.open("Bo")
    await viewer.watch(stage)
    await viewer.say("Something rude")
    await expect(desk.row("Feed", "Something rude")).to_be_visible()
    await desk.press("1")
    await expect(desk.row("Feed", "Something rude")).to_be_focused()
    await desk.press("t", "3")
    await expect(viewer.gate("You are timed out for")).to_be_visible()
    sanction = desk.row("Sanctions", "Bo")
    await expect(sanction).to_contain_text(re.compile(r"[45]:\d\d"))
    await expect(desk.row("Feed", "Something rude")).to_be_focused()
    await desk.press("h")
    await expect(viewer.rows.filter(has_text="Comment removed")).to_have_count(1)
    await sanction.get_by_role("button", name="Lift the sanction of Bo").click()
    await expect(viewer.composer).to_be_visible()
    await expect(sanction).to_have_count(0)
    mine = desk.part("Actions").get_by_role("listitem")
    await expect(mine).to_have_text(
        [re.compile("Lifted the"), re.compile("Hid a"), re.compile("Timed Bo out for 5 min")]
    )


async def test_standing_sanctions_are_there_from_the_start(windows, stage, moderator):
    one, two = stage.person(display_name="Kim Loud"), stage.person(display_name="Lee Worse")
    await boss(stage, TimeOutUser(user=str(one.user_id), seconds=600, reason="noise"))
    await boss(stage, BanUser(user=str(two.user_id)))
    window = await windows.open(moderator, viewport={"width": 1280, "height": 800})
    desk = await Desk(window).open(stage)
    await expect(desk.row("Sanctions", "Lee Worse")).to_contain_text("banned")
    await expect(desk.row("Sanctions", "Kim Loud")).to_contain_text("noise")


async def test_reported_comment_is_left_or_hidden(stage, desk):
    for text in ("Rude", "Harmless"):
        number = await stage.say(stage.person(), text)
        await expect(desk.row("Feed", text)).to_be_visible()
        for reason in (ReportReason.SPAM, ReportReason.HATE):
            await actions.act(
                stage.room,
                actor=stage.person(),
                action=ReportComment(id=str(number), reason=reason),
            )
    rude, harmless = desk.row("Reported", "Rude"), desk.row("Reported", "Harmless")
    await expect(rude).to_contain_text("2 reports: spam or advertising, hate")
    await harmless.get_by_role("button", name=re.compile("^Let the comment")).click()
    await expect(harmless).to_have_count(0)
    await rude.get_by_role("button", name="Hide the comment").click()
    await expect(rude).to_have_count(0)
    await expect(desk.part("Actions")).to_contain_text("Let a comment")
    await expect(desk.row("Feed", "Harmless")).to_be_visible()
    await expect(desk.row("Feed", "Rude")).to_have_count(0)


async def test_reports_from_before_are_there_and_a_colleague_s_decision_counts(
    windows, people, stage, moderator
):
    people.make_moderator("Moe", stage)
    ada, moe = await windows.open(moderator), await windows.open("Moe")
    first = await Desk(ada).open(stage)
    number = await stage.say(stage.person(), "Look at this")
    await expect(first.row("Feed", "Look at this")).to_be_visible()
    report = ReportComment(id=str(number), reason=ReportReason.SPAM)
    await actions.act(stage.room, actor=stage.person(), action=report)
    await expect(first.row("Reported", "Look at this")).to_be_visible()
    async with asyncio.timeout(20):  # the archive is a moment behind
        while not await asyncio.to_thread(orm, Report.objects.exists):
            await asyncio.sleep(0.1)
    second = await Desk(moe).open(stage)
    await expect(second.row("Reported", "Look at this")).to_contain_text("1 report")
    await second.press("3", "a")  # it stands
    await expect(first.row("Reported", "Look at this")).to_have_count(0)


async def test_modes_change_at_once_and_the_rest_is_for_managers(windows, stage, desk):
    viewer = await windows.open("Bo")
    await viewer.watch(stage)
    modes = desk.part("Modes")
    await modes.get_by_label("Slow mode").select_option("30")
    await expect(viewer.page.get_by_text("Slow mode: one comment every 30 s")).to_be_visible()
    await modes.get_by_role("switch", name="Room closed").click()
    await expect(viewer.gate("Comments are closed for now.")).to_be_visible()
    await desk.press("u")
    await expect(viewer.composer).to_be_visible()
    for name in ("Links", "Delay for viewers", "Account age"):
        await expect(modes.get_by_label(name)).to_be_disabled()
    await expect(modes.get_by_role("switch", name="Everything waits")).to_be_disabled()


async def test_panic_switch_asks_first_and_ends_as_one(windows, stage, desk):
    viewer = await windows.open("Bo")
    await viewer.watch(stage)
    strict = viewer.page.get_by_text("Strict mode")
    panic = desk.part("Panic switch")
    await panic.get_by_role("button", name="Panic switch…").click()
    await panic.get_by_role("button", name="Cancel").click()
    await expect(strict).to_have_count(0)
    await panic.get_by_role("button", name="Panic switch…").click()
    await panic.get_by_role("button", name="Turn it on").click()
    await expect(strict).to_be_visible()
    await expect(desk.part("Modes").get_by_label("Slow mode")).to_have_value("30")
    await panic.get_by_role("button", name="End it").click()
    await expect(strict).to_have_count(0)
    await expect(desk.part("Modes").get_by_label("Slow mode")).to_have_value("0")


async def test_help_names_the_keys(desk):
    await desk.press("?")
    dialog = desk.page.get_by_role("dialog", name="Keys")
    await expect(dialog).to_contain_text("undo your last action")
    await desk.press("Escape")
    await expect(dialog).to_have_count(0)


async def test_keys_do_nothing_to_the_desk_under_the_help(stage, desk):
    slow = desk.part("Modes").get_by_label("Slow mode")
    await slow.select_option("30")
    mine = desk.page.get_by_role("list", name="Your actions").get_by_role("listitem")
    await expect(mine).to_have_count(1)
    await slow.blur()
    await desk.press("f")
    still = desk.part("Feed").get_by_role("button", name="Jump to latest")
    await expect(still).to_be_visible()
    dialog = desk.page.get_by_role("dialog", name="Keys")
    await desk.press("?", "u")
    await dialog.get_by_role("heading").click()  # takes the focus from its button
    await desk.press("u", "Escape")
    await expect(dialog).to_have_count(0)
    await desk.page.wait_for_timeout(500)
    await expect(mine).to_have_count(1)
    await expect(slow).to_have_value("30")
    await expect(still).to_be_visible()


async def test_keys_lead_to_a_row_that_is_seen_each_time(stage, desk):
    await boss(stage, SetModes(pace=0))
    for turn in range(3):
        said = await stage.rush(40, text=f"In turn {turn} line")
        last = desk.row("Feed", said[-1].comment.text)
        await expect(last).to_be_in_viewport()
        await desk.press("1")
        await expect(last).to_be_focused()
        await expect(last).to_be_in_viewport()
        await desk.press("t")
        form = desk.page.get_by_role("form", name="Time out")
        await expect(form).to_be_in_viewport(ratio=1)
        await desk.press("Escape", "Escape")
        await expect(desk.part("Feed").get_by_text("live", exact=True)).to_be_visible()


async def test_key_does_nothing_to_a_row_that_is_off_the_screen(stage, desk):
    await boss(stage, SetModes(pace=0))
    said = await stage.rush(60, text="Line")
    last = desk.row("Feed", said[-1].comment.text)
    await expect(last).to_be_visible()
    await desk.press("1")
    await expect(last).to_be_focused()
    await desk.page.get_by_role("log", name="Comments").evaluate("list => { list.scrollTop = 0; }")
    await expect(last).not_to_be_in_viewport()
    await desk.press("h")  # it only brings the row back
    await expect(last).to_be_in_viewport()
    await expect(last).to_be_focused()
    await desk.press("h")
    await expect(last).to_have_count(0)
    await expect(desk.part("Actions").get_by_role("listitem")).to_have_count(1)


async def test_keys_of_a_decision_leave_the_feed_alone(stage, desk):
    await stage.say(stage.person(), "Nothing to decide here")
    await expect(desk.row("Feed", "Nothing to decide here")).to_be_visible()
    await desk.press("2", "x", "a", "X")
    await expect(desk.page.locator("[data-row]:focus")).to_have_count(0)
    await expect(desk.part("Feed").get_by_text("live", exact=True)).to_be_visible()
    await desk.press("1")
    await expect(desk.row("Feed", "Nothing to decide here")).to_be_focused()
    await desk.part("Modes").get_by_label("Slow mode").focus()
    await expect(desk.part("Feed").get_by_text("live", exact=True)).to_be_visible()
    await desk.part("Modes").get_by_label("Slow mode").blur()
    await desk.press("f")  # this is wanted, so it lasts
    await desk.part("Modes").get_by_label("Slow mode").focus()
    await expect(desk.part("Feed").get_by_role("button", name="Jump to latest")).to_be_visible()


async def test_what_was_done_last_covers_nothing_and_is_told_to_the_others(
    windows, people, stage, desk
):
    people.make_moderator("Moe", stage)
    other = await windows.open("Moe", viewport={"width": 1280, "height": 800})
    colleague = await Desk(other).open(stage)
    await colleague.part("Actions").get_by_role("button", name="Everybody").click()
    rude = stage.person(display_name="Rudy Loud")
    await stage.say(rude, "Something rude")
    await expect(desk.row("Feed", "Something rude")).to_be_visible()
    await desk.press("1", "h")
    undo = desk.page.get_by_role("status").get_by_role("button", name="Undo")
    await expect(undo).to_be_visible()
    bar, send = await undo.bounding_box(), await other.composer.bounding_box()
    header = await desk.page.get_by_role("banner").bounding_box()
    assert header["y"] <= bar["y"]
    assert bar["y"] + bar["height"] <= header["y"] + header["height"]
    assert send["y"] > header["y"] + header["height"]
    lines = colleague.part("Actions").get_by_role("listitem")
    await expect(lines).to_have_text([re.compile(r"\d\d:\d\d ?Ada hid a comment: Rudy Loud")])
    await desk.part("Modes").get_by_label("Slow mode").select_option("30")
    await expect(lines.first).to_contain_text("Ada set: Slow mode 30 s")


async def test_desk_fits_a_phone_one_part_at_a_time(windows, people):
    stage = await Stage(title="Harbour lights: the evening boats come in, all of them").open()
    people.make_moderator("Ada", stage)
    await stage.say(stage.person(), "A word " + "and another " * 12)
    window = await windows.open("Ada", viewport={"width": 390, "height": 844})
    desk = await Desk(window).open(stage)
    await expect(desk.row("Feed", "A word")).to_be_visible()
    await expect(desk.part("Modes")).to_be_hidden()
    await fits(desk, desk.page.get_by_role("button", name="Keys"), window.composer)
    parts = desk.page.get_by_role("navigation", name="Parts of the desk")
    await boss(stage, SetModes(review=True))
    viewer = await windows.open("Bo")
    await viewer.watch(stage)
    await viewer.say("May I?")
    await parts.get_by_role("button", name="Waiting").click()
    waits = desk.row("Waiting", "May I?")
    await expect(desk.part("Feed")).to_be_hidden()
    buttons = [waits.get_by_role("button", name=name) for name in ("Approve", "Refuse", "More")]
    await fits(desk, *buttons)
    await parts.get_by_role("button", name="Room").click()
    modes = desk.part("Modes")
    await fits(desk, modes.get_by_label("Slow mode"), modes.get_by_role("switch").first)
    panic = desk.part("Panic switch").get_by_role("button")
    await panic.scroll_into_view_if_needed()
    await fits(desk, panic)


async def fits(desk, *elements):
    """Each of these is wholly on the screen, and nothing is wider than it."""
    for element in elements:
        await expect(element).to_be_in_viewport(ratio=1)
    width = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await desk.page.evaluate(width) == 0
