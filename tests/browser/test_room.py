"""What moderators do to a room and to a person, on pages that are open, and after a reload."""

import re

from playwright.async_api import expect

from comments import moderation
from comments.domain import post_comment
from livecomments.protocol import Role, SanctionKind, StreamStatus
from streams import domain
from tests.factories import PASSWORD
from tests.live import Stage
from tests.rooms import set_modes


async def test_visitor_reads_and_finds_the_way_to_sign_in(windows, people, stage):
    people.user("Dora")
    await stage.say(stage.person(), "Anyone may read this")
    visitor = await windows.open()
    await visitor.watch(stage)
    await expect(visitor.row("Anyone may read this")).to_be_visible()
    await expect(visitor.composer).to_have_count(0)
    await expect(visitor.reaction("Like")).to_be_disabled()
    await visitor.page.get_by_role("link", name="Sign in to comment").click()
    await visitor.page.get_by_label("Name", exact=True).fill("Dora")
    await visitor.page.get_by_label("Password", exact=True).fill(PASSWORD)
    await visitor.page.get_by_role("button", name="Sign in", exact=True).click()
    await visitor.page.wait_for_url(f"**/s/{stage.slug}/")
    await visitor.say("And now I may speak")
    await visitor.sent("And now I may speak")


async def test_slow_mode_counts_down_until_the_next_comment(windows, stage):
    author = await windows.open("Bo")
    await author.watch(stage)
    await set_modes(stage.room, actor=stage.person(Role.BROADCASTER), slow_seconds=120)
    await expect(author.page.get_by_text("Slow mode: one comment every 2 min")).to_be_visible()
    await author.say("Only one for now")
    await author.sent("Only one for now")
    waiting = author.page.get_by_role("button", name="You can send in")
    await expect(waiting).to_be_disabled()
    await expect(waiting).to_have_accessible_name(re.compile(r"You can send in (1:5\d|2:00)$"))
    before = await waiting.inner_text()
    assert re.fullmatch(r"1:5\d|2:00", before)
    await expect(waiting).not_to_have_text(before)
    await set_modes(stage.room, actor=stage.person(Role.BROADCASTER), slow_seconds=0)
    await expect(waiting).to_have_count(0)
    await author.say("Free again")
    await author.sent("Free again")


async def test_busy_room_says_what_share_it_shows(windows):
    stage = await Stage(pace=5).open()
    viewer, author = await windows.open(), await windows.open("Bo")
    await viewer.watch(stage)
    await author.watch(stage)
    answers = await stage.rush(20)
    await stage.show_no_more()
    await author.say("Is anybody reading this?")
    await author.sent("Is anybody reading this?")
    notice = viewer.page.get_by_text("Busy room: showing about 1 in 4 comments")
    await expect(notice).to_be_visible()
    await expect(author.rows.last).to_contain_text("Busy room: not shown to everyone")
    shown = [answer.comment.text for answer in answers if not answer.left_out]
    await expect(viewer.rows).to_have_count(len(shown))
    for text in shown:
        await expect(viewer.row(text)).to_be_visible()
    await expect(notice).to_have_count(0)  # ten seconds later


async def test_closed_room_takes_nothing_until_it_opens(windows, people, stage):
    people.make_moderator("Ada", stage)
    moderator, viewer = await windows.open("Ada"), await windows.open("Bo")
    await moderator.watch(stage)
    await viewer.watch(stage)
    await viewer.composer.fill("What I was about to say")
    boss = stage.person(Role.BROADCASTER)
    await set_modes(stage.room, actor=boss, closed=True)
    await expect(viewer.gate("Comments are closed for now.")).to_be_visible()
    await expect(viewer.composer).to_have_count(0)
    await moderator.say("Staff may still speak")
    await expect(viewer.row("Staff may still speak")).to_be_visible()
    await set_modes(stage.room, actor=boss, closed=False)
    await expect(viewer.composer).to_have_value("What I was about to say")


async def test_time_out_reaches_the_open_page_and_ends_by_itself(windows, people, stage):
    viewer = await windows.open("Bo")
    await viewer.watch(stage)
    await viewer.say("Something rude")
    await viewer.sent("Something rude")
    await domain.sanction_user(
        stage.room,
        actor=stage.person(Role.BROADCASTER),
        user_id=people.user("Bo").pk,
        kind=SanctionKind.TIMEOUT,
        seconds=10,
        reason="manners",
    )
    notice = viewer.gate(re.compile(r"You are timed out for 0:[01]\d\."))
    await expect(notice).to_be_visible()
    await expect(notice).to_contain_text("Reason: manners")
    await expect(viewer.composer).to_have_count(0)
    await viewer.say("Sorry")  # waits until it may
    await viewer.sent("Sorry")


async def test_ban_holds_over_a_reload_and_is_lifted_live(windows, people, stage):
    viewer = await windows.open("Bo")
    await viewer.watch(stage)
    boss, bo = stage.person(Role.BROADCASTER), people.user("Bo").pk
    await domain.sanction_user(stage.room, actor=boss, user_id=bo, kind=SanctionKind.BAN)
    banned = viewer.gate("You are banned from this room.")
    await expect(banned).to_be_visible()
    await viewer.page.reload()
    await expect(banned).to_be_visible()
    await domain.lift_sanction(stage.room, actor=boss, user_id=bo)
    await expect(viewer.composer).to_be_visible()


async def test_pinned_comment_is_shown_above_the_others(windows, stage):
    viewer = await windows.open()
    await viewer.watch(stage)
    boss = stage.person(Role.BROADCASTER, display_name="The host")
    answer = await post_comment(
        stage.room, author=boss, address="192.0.2.1", nonce="pin", text="The rules of the house"
    )
    await moderation.pin_comment(stage.room, actor=boss, comment=answer.comment)
    await expect(viewer.page.get_by_text("The rules of the house")).to_have_count(2)
    await moderation.unpin_comment(stage.room, actor=boss)
    await expect(viewer.page.get_by_text("The rules of the house")).to_have_count(1)


async def test_ended_stream_keeps_its_comments_and_takes_no_more(windows, stage):
    viewer = await windows.open("Bo")
    await viewer.watch(stage)
    await viewer.say("The last word")
    await viewer.sent("The last word")
    boss = stage.person(Role.BROADCASTER)
    await domain.set_status(stage.room, actor=boss, status=StreamStatus.ENDED)
    ended = viewer.gate("This stream has ended.")
    await expect(ended).to_be_visible()
    await expect(viewer.composer).to_have_count(0)
    await viewer.page.reload()
    await expect(ended).to_be_visible()
    await expect(viewer.row("The last word")).to_be_visible()
    await expect(viewer.reaction("Like")).to_be_disabled()


async def test_stream_time_is_shown_as_soon_as_the_stream_is_live(windows):
    stage = await Stage(status=StreamStatus.SCHEDULED.value, started_at=None).open()
    viewer = await windows.open("Bo")
    await viewer.watch(stage)
    elapsed = viewer.page.get_by_title("Live since")
    await expect(elapsed).to_have_count(0)
    boss = stage.person(Role.BROADCASTER)

    await domain.set_status(stage.room, actor=boss, status=StreamStatus.LIVE)

    await expect(elapsed).to_have_text(re.compile(r"0:\d\d"))
    await viewer.say("First")
    await viewer.sent("First")
    said_at = viewer.row("First").get_by_role("time")
    await expect(said_at).to_have_text(re.compile(r"0:\d\d"))


async def test_viewers_are_counted(windows, stage):
    first = await windows.open()
    await first.watch(stage)
    await expect(first.page.get_by_text("1 viewer watching")).to_be_attached()
    second = await windows.open("Bo")
    await second.watch(stage, not_on=first.process)
    for window in (first, second):
        await expect(window.page.get_by_text("2 viewers watching")).to_be_attached()


async def test_sign_out_ends_what_another_page_may_do(windows, people, stage):
    people.user("Dora")
    here = await windows.open("Dora")
    await here.watch(stage)
    await expect(here.composer).to_be_visible()
    elsewhere = await here.page.context.new_page()
    await elsewhere.goto(here.url)
    await elsewhere.get_by_role("button", name="Sign out").click()
    await expect(elsewhere.get_by_role("link", name="Sign in")).to_be_visible()
    people.cookies.pop("Dora")
    await expect(here.page.get_by_role("link", name="Sign in again to comment")).to_be_visible()
    await expect(here.composer).to_have_count(0)
    here.forgive("401 (Unauthorized)")  # it asked for a new ticket
