"""Saying something: names completed, emoji, drafts, and what was refused or has to wait."""

import re

from playwright.async_api import expect

from livecomments.protocol import Role
from tests.rooms import set_modes


def option(window, name):
    """A person offered to be mentioned."""
    return window.page.get_by_role("listbox", name="People to mention").get_by_role(
        "option", name=name
    )


async def emoji_picker(window):
    """Open the picker by key from the composer; returns it."""
    button = window.page.get_by_role("button", name="Emoji", exact=True)
    await button.focus()
    await button.press("Enter")
    picker = window.page.get_by_role("dialog", name="Choose an emoji")
    await expect(picker.get_by_role("searchbox")).to_be_focused()
    return picker


async def test_mention_is_completed_and_lit_for_whom_it_names(windows, stage):
    author, other = await windows.open("Bo"), await windows.open("Zoë Maria")
    await other.watch(stage)
    await author.watch(stage)
    await other.say("Is anybody here?")
    await author.sent("Is anybody here?")
    await author.composer.press_sequentially("hello @mar")
    await expect(option(author, "Zoë Maria")).to_have_attribute("aria-selected", "true")
    await author.composer.press("Enter")
    await expect(author.composer).to_have_value("hello @Zoë Maria ")
    await expect(author.composer).to_be_focused()
    await author.composer.press_sequentially("yes")
    await author.composer.press("Enter")
    await author.sent("hello @Zoë Maria yes")
    lit = other.rows.filter(has_text="hello").locator("mark")
    await expect(lit).to_have_text("@Zoë Maria")
    await expect(author.rows.filter(has_text="hello").locator("mark")).to_have_count(0)


async def test_escape_closes_the_names_and_leaves_the_reply(windows, stage):
    author = await windows.open("Bo")
    await stage.say(stage.person(display_name="Cleo"), "Who is there?")
    await author.watch(stage)
    await author.row("Who is there?").hover()
    await author.page.get_by_role("button", name="Reply to Cleo").click()
    await author.composer.press_sequentially("@c")
    await expect(option(author, "Cleo")).to_be_visible()
    await author.composer.press("Escape")
    await expect(option(author, "Cleo")).to_have_count(0)
    await expect(author.page.get_by_role("button", name="Do not reply")).to_be_visible()
    await author.composer.press("Escape")
    await expect(author.page.get_by_role("button", name="Do not reply")).to_have_count(0)
    await expect(author.composer).to_have_value("@c")


async def test_reply_reaches_the_other_with_its_quote_after_a_reload(windows, stage):
    author, other = await windows.open("Bo"), await windows.open("Dora")
    await other.watch(stage)
    await author.watch(stage)
    await other.say("Which camera is this?")
    await author.sent("Which camera is this?")
    await author.row("Which camera is this?").hover()
    await author.page.get_by_role("button", name="Reply to Dora").click()
    await author.composer.fill("The old one")
    await author.page.reload()
    await author.joined()
    await expect(author.composer).to_have_value("The old one")
    await expect(author.page.get_by_role("button", name="Do not reply")).to_be_visible()
    await author.composer.press("Enter")
    await author.sent("The old one")
    answer = other.row("The old one")
    await expect(answer).to_contain_text("In reply to Dora")
    await expect(answer).to_contain_text("Which camera is this?")
    await author.page.reload()
    await author.joined()
    await expect(author.composer).to_have_value("")


async def test_drafts_of_two_windows_are_their_own(windows, stage):
    first = await windows.open("Bo")
    await first.watch(stage)
    await first.composer.fill("In the first")
    second = await first.page.context.new_page()
    await second.goto(first.page.url)
    composer = second.get_by_role("textbox", name="Your comment")
    await composer.fill("In the second")
    await first.composer.press("Enter")
    await first.sent("In the first")
    await second.reload()
    await expect(composer).to_have_value("In the second")


async def test_slow_mode_is_told_before_and_an_early_enter_keeps_the_text(windows, stage):
    author, other = await windows.open("Bo"), await windows.open("Dora")
    await author.watch(stage)
    await other.watch(stage)
    await set_modes(stage.room, actor=stage.person(Role.BROADCASTER), slow_seconds=4)
    await expect(author.composer).to_have_attribute("placeholder", "Slow mode: one every 4 s")
    await author.say("The first")
    await author.sent("The first")
    await author.say("The second")
    kept = author.page.get_by_text(re.compile(r"Kept here\. You can send it in \d s\."))
    await expect(kept.first).to_be_visible()
    await expect(author.composer).to_have_value("The second")
    await expect(author.rows).to_have_count(1)
    await expect(author.page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    await author.composer.press("Enter")
    await author.sent("The second")
    await expect(other.rows).to_have_count(2)


async def test_refused_in_another_window_is_sent_by_retry_in_its_place(windows, stage):
    author, other = await windows.open("Bo"), await windows.open("Dora")
    await author.watch(stage)
    await other.watch(stage)
    elsewhere = await author.page.context.new_page()
    await elsewhere.goto(author.page.url)
    await set_modes(stage.room, actor=stage.person(Role.BROADCASTER), slow_seconds=3)
    composer = elsewhere.get_by_role("textbox", name="Your comment")
    await expect(composer).to_have_attribute("placeholder", "Slow mode: one every 3 s")
    await author.say("The first")
    await author.sent("The first")
    await composer.fill("The second, too soon")
    await composer.press("Enter")
    rows = elsewhere.get_by_role("log", name="Comments").get_by_role("listitem")
    refused = rows.filter(has_text="Not sent.")
    await expect(refused).to_contain_text(re.compile(r"Slow mode is on\. Try again in [123] s\."))
    told = elsewhere.get_by_role("status").filter(has_text="Not sent: “The second, too soon”")
    await expect(told).to_be_attached()
    retry = refused.get_by_role("button", name="Retry")
    await expect(retry).to_be_enabled()
    await retry.click()
    await expect(refused).to_have_count(0)
    await expect(other.row("The second, too soon")).to_be_visible()
    await expect(rows).to_have_count(2)


async def test_too_fast_is_refused_kept_and_sent_when_the_wait_is_over(windows, stage):
    author, other = await windows.open("Fay"), await windows.open("Dora")
    await author.watch(stage)
    await other.watch(stage)
    await author.composer.focus()
    await author.page.keyboard.type("one\ntwo\nthree\nfour\n")  # three may come within a second
    refused = author.rows.filter(has_text="That was a little fast.")
    await expect(refused).to_have_count(1)
    await expect(author.page.get_by_role("button", name="Send", exact=True)).to_be_visible()
    await author.rows.get_by_role("button", name="Retry").click()
    await expect(other.rows).to_have_count(4)


async def test_edit_puts_the_text_before_what_was_typed_since(windows, stage):
    author = await windows.open("Gil")
    await author.watch(stage)
    await author.say("Twice the same")
    await author.sent("Twice the same")
    await author.say("Twice the same")
    refused = author.rows.filter(has_text="You just said the same.")
    await author.composer.fill("but not now")
    await refused.get_by_role("button", name="Copy").click()
    await expect(refused.get_by_role("button", name=re.compile("Copied|Could not"))).to_be_visible()
    await refused.get_by_role("button", name="Edit").click()
    await expect(author.composer).to_have_value("Twice the same but not now")
    await author.composer.press("Enter")
    await author.sent("Twice the same but not now")


async def test_emoji_are_found_and_put_in_by_keyboard(windows, stage):
    author, other = await windows.open("Hanna"), await windows.open("Dora")
    await author.watch(stage)
    await other.watch(stage)
    await author.composer.fill("so good")
    await author.composer.press("Home")
    picker = await emoji_picker(author)
    await picker.get_by_role("searchbox").press_sequentially("party pop")
    await picker.get_by_role("searchbox").press("Enter")
    await expect(author.composer).to_have_value("🎉so good")
    await picker.get_by_role("combobox", name="Skin tone").select_option("🏽")
    await picker.get_by_role("searchbox").fill("waving hand")
    await picker.get_by_role("searchbox").press("ArrowDown")
    await expect(picker.get_by_role("gridcell", name="waving hand")).to_be_focused()
    await author.page.keyboard.press("Enter")
    await author.page.keyboard.press("Escape")
    await expect(picker).to_have_count(0)
    await expect(author.composer).to_be_focused()
    await expect(author.composer).to_have_value("🎉👋🏽so good")
    await author.composer.press("Enter")
    await expect(other.row("🎉👋🏽so good")).to_be_visible()
    picker = await emoji_picker(author)
    await expect(picker.get_by_role("tab", name="Recently used")).to_have_attribute(
        "aria-selected", "true"
    )
    cells = picker.get_by_role("gridcell")
    await expect(cells).to_have_text(["👋🏽", "🎉"])
    await picker.get_by_role("tab", name="Recently used").focus()
    await author.page.keyboard.press("ArrowRight")
    await expect(picker.get_by_role("tab", name="Smileys and emotion")).to_be_focused()
    await expect(cells.first).to_have_accessible_name("grinning face")
    await cells.first.focus()
    await author.page.keyboard.press("ArrowDown")
    await author.page.keyboard.press("ArrowRight")
    await expect(cells.nth(9)).to_be_focused()


async def test_emoji_lie_under_the_composer_on_a_phone(windows, stage):
    author = await windows.open(
        "Ida", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    await author.watch(stage)
    await author.page.get_by_role("button", name="Emoji", exact=True).tap()
    picker = author.page.get_by_role("dialog", name="Choose an emoji")
    await picker.get_by_role("gridcell", name="grinning face", exact=True).tap()
    await expect(author.composer).to_have_value("😀")
    field, sheet = await author.composer.bounding_box(), await picker.bounding_box()
    assert field["y"] + field["height"] <= sheet["y"]
    assert sheet["y"] + sheet["height"] <= 844
    await author.page.get_by_role("button", name="Send", exact=True).tap()
    await author.sent("😀")
    await expect(author.composer).to_be_focused()


async def test_what_was_said_offline_waits_and_survives_a_reload(windows, stage):
    author, other = await windows.open("Jo"), await windows.open("Dora")
    await other.watch(stage)
    is_away = True

    def through_the_tunnel(socket):
        if not is_away:
            socket.connect_to_server()

    await author.page.route_web_socket(re.compile("/ws/"), through_the_tunnel)
    await author.go(f"/s/{stage.slug}/")
    await author.say("From the tunnel")
    await expect(author.row("From the tunnel")).to_contain_text("Sending when you are back")
    await expect(author.composer).to_have_value("")
    is_away = False
    await author.page.reload()
    await author.sent("From the tunnel")
    await expect(other.row("From the tunnel")).to_have_count(1)
