"""What becomes of one's own comment, as its author sees it."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.async_api import expect

from livecomments.accounts import suspension
from livecomments.protocol import COMMENT_MAX_GRAPHEMES, Role
from tests.live import orm
from tests.rooms import set_modes

NOTE_MARKS = """() => {
  window.marks = [];
  const watching = new MutationObserver(() => {
    const row = document.querySelector("[role=log] li");
    const mark = row?.textContent.includes("Sending…") ? "sending" : "own";
    if (row && window.marks.at(-1) !== mark) window.marks.push(mark);
  });
  watching.observe(document.querySelector("[role=log]"), {
    subtree: true, childList: true, attributes: true,
  });
}"""


async def test_own_comment_is_sending_then_sent_and_shown_once(windows, stage):
    author = await windows.open("Bo")
    await author.watch(stage)
    await author.page.evaluate(NOTE_MARKS)
    await author.say("Good evening")
    await expect(author.composer).to_have_value("")
    await author.sent("Good evening")
    assert await author.page.evaluate("() => window.marks") == ["sending", "own"]
    await author.say("A second line")
    await author.sent("A second line")
    await author.page.reload()
    await author.joined()
    await expect(author.rows).to_have_count(2)
    await expect(author.rows).to_contain_text(["Good evening", "A second line"])


async def test_refused_comment_keeps_its_text_to_edit_and_send_again(windows, stage):
    author = await windows.open("Bo")
    await author.watch(stage)
    await author.say("Twice the same")
    await author.sent("Twice the same")
    await author.say("Twice the same")
    refused = author.rows.filter(has_text="Not sent.")
    await expect(refused).to_contain_text("Twice the same")
    await expect(refused).to_contain_text("You just said the same.")
    await expect(refused.get_by_role("button", name="Retry")).to_be_visible()
    await refused.get_by_role("button", name="Edit").click()
    await expect(refused).to_have_count(0)
    await expect(author.composer).to_have_value("Twice the same")
    await expect(author.composer).to_be_focused()
    await author.say("Twice, but not the same")
    await author.sent("Twice, but not the same")
    await expect(author.rows).to_have_count(2)


async def test_comment_that_is_too_long_stays_in_the_composer(windows, stage):
    author = await windows.open("Bo")
    await author.watch(stage)
    await author.say("x" * (COMMENT_MAX_GRAPHEMES + 3))
    await expect(author.composer).to_have_value("x" * (COMMENT_MAX_GRAPHEMES + 3))
    await expect(author.composer).to_have_attribute("aria-invalid", "true")
    await expect(author.page.get_by_text("Characters left: -3")).to_be_visible()
    await expect(author.page.get_by_role("button", name="Send")).to_be_disabled()
    await author.composer.press("Backspace")
    await author.composer.press("Backspace")
    await author.composer.press("Backspace")
    await author.composer.press("Enter")
    await author.sent("x" * COMMENT_MAX_GRAPHEMES)


async def test_draft_survives_a_reload(windows, stage):
    author = await windows.open("Bo")
    await author.watch(stage)
    await author.composer.fill("Half a thought")
    await author.page.reload()
    await expect(author.composer).to_have_value("Half a thought")


async def test_reply_quotes_what_it_answers(windows, stage):
    author = await windows.open("Bo")
    await stage.say(stage.person(display_name="Cleo"), "Who is there?")
    await author.watch(stage)
    await author.row("Who is there?").hover()
    await author.page.get_by_role("button", name="Reply to Cleo").click()
    await author.say("I am")
    await expect(author.row("I am")).to_contain_text("In reply to Cleo")
    await expect(author.row("I am")).to_contain_text("Who is there?")


async def test_somebody_kept_out_everywhere_is_told_at_the_first_try_and_after_a_reload(
    windows, people, stage
):
    author = await windows.open("Sue")
    await author.watch(stage)
    user, reason = people.user("Sue"), "The same link in ten streams"
    orm(suspension.suspend, user, by=None, seconds=86_400, reason=reason)
    await author.say("Hello again")
    told = author.gate("You are kept out of all streams for 24 h.")
    await expect(told).to_be_visible()
    await expect(author.composer).to_have_count(0)
    await expect(author.page.get_by_role("link", name="Appeal")).to_be_visible()
    await expect(author.reaction("Like")).to_be_disabled()
    await author.page.reload()
    await author.joined()
    await expect(told).to_be_visible()
    await expect(told).to_contain_text(reason)
    orm(suspension.lift, user, by=None)
    await author.page.reload()
    await author.joined()
    await expect(author.composer).to_be_visible()


async def test_account_that_is_too_new_is_told_and_for_how_long(windows, people, stage):
    fresh = people.user("Fresh")
    fresh.date_joined = timezone.now() - timedelta(minutes=16)
    orm(fresh.save)
    author = await windows.open("Fresh")
    await author.watch(stage)
    await expect(author.composer).to_be_visible()
    boss = stage.person(Role.BROADCASTER)
    await set_modes(stage.room, actor=boss, min_account_age_minutes=60)
    gate = author.page.get_by_role("status").filter(has_text="Your account is too new")
    await expect(gate).to_contain_text(re.compile(r"It may comment in 4\d:\d\d\."))
    await expect(author.composer).to_have_count(0)
    await set_modes(stage.room, actor=boss, min_account_age_minutes=0)
    await expect(author.composer).to_be_visible()
