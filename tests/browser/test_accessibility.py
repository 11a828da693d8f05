"""axe-core on every page and in every state of a room, in both themes: it finds nothing wrong.

What it cannot see is in test_keyboard.py, test_speech.py and test_sight.py; docs/ACCESSIBILITY.md
says what all of them hold to.
"""

import re

from django.template.loader import render_to_string
from playwright.async_api import expect

from livecomments.protocol import (
    BanUser,
    CloseCode,
    LiftSanction,
    Role,
    SetModes,
    StreamStatus,
    TimeOutUser,
    WarnUser,
)
from streams import domain
from tests.browser import fullroom
from tests.browser.axe import SIDEWAYS, SIZES
from tests.browser.fullroom import boss, open_menu, question
from tests.browser.test_screens import FORMS, LISTS
from tests.live import Stage

WIDE = {"wide": SIZES["wide"]}


async def refused_form(window, path, button, **fields):
    """Send a form that is not right."""
    await window.go(path)
    for label, value in fields.items():
        await window.page.get_by_label(label.replace("_", " "), exact=True).fill(value)
    await window.page.get_by_role("button", name=button, exact=True).click()
    await expect(window.page.locator(".errorlist, [role=alert]").first).to_be_visible()


async def test_pages_of_the_site(windows, stage, inspect):
    window = await windows.open()
    inspection = inspect(window)
    for path in ["/", *LISTS, *FORMS]:
        await window.go(path)
        await inspection.look(f"page {path}")
    await refused_form(window, "/accounts/sign-in/", "Sign in", Name="Nobody", Password="wrong")
    await inspection.look("sign-in refused")
    new = {"Name": "x", "E-mail_address": "x@example.org"}
    passwords = {"Password": "123", "Password_confirmation": "321"}
    await refused_form(window, "/accounts/sign-up/", "Sign up", **new, **passwords)
    await inspection.look("sign-up refused")
    await window.go("/no-such-page/")
    await inspection.look("404")
    window.forgive("404 (Not Found)")


async def test_home_without_streams(windows, inspect):
    window = await windows.open()
    html = render_to_string("streams/home.html")
    await window.page.route(f"{window.url}/", lambda route: route.fulfill(body=html))
    await window.go("/")
    await expect(window.page.get_by_role("heading", name="No streams yet")).to_be_visible()
    await inspect(window).look("empty home")


async def test_pages_of_an_account(windows, stage, inspect):
    window = await windows.open("Renske")
    inspection = inspect(window)
    await window.watch(stage)
    await window.say("To be found in my account")
    await window.sent("To be found in my account")
    for path in (
        "/accounts/",
        "/accounts/comments/",
        "/appeals/",
        "/accounts/password/",
    ):
        answer = await window.go(path)
        assert answer.status == 200, path
        await inspection.look(f"page {path}")
    await window.go(f"/admin/desk/{stage.slug}/")
    await inspection.look("403")
    window.forgive("403 (Forbidden)")


async def test_room_of_a_visitor(windows, stage, inspect):
    window = await windows.open()
    inspection = inspect(window)
    await window.watch(stage)
    await expect(window.page.get_by_text("No comments yet")).to_be_visible()
    await inspection.look("empty room")
    await fullroom.fill(stage, window)
    await fullroom.announce(stage)
    await expect(window.page.get_by_role("complementary", name="Pinned comment")).to_contain_text(
        fullroom.PINNED
    )
    await expect(window.page.get_by_text(fullroom.ANNOUNCED)).to_be_visible()
    await inspection.look("room of a visitor", SIZES | SIDEWAYS)
    for page in ("chat/", "embed/"):
        await window.go(f"/s/{stage.slug}/{page}")
        await window.joined()
        await expect(window.row(fullroom.LINK)).to_be_attached()
        await inspection.look(f"page {page}")
    await domain.set_status(
        stage.room, actor=stage.person(Role.BROADCASTER), status=StreamStatus.ENDED
    )
    await window.watch(stage)
    await expect(window.gate("This stream has ended.")).to_be_visible()
    await inspection.look("ended")
    soon = await Stage(status=StreamStatus.SCHEDULED.value, started_at=None).open()
    await window.watch(soon)
    await inspection.look("scheduled")


async def test_room_of_a_reader(windows, inspect):
    stage = await Stage(pace=0).open()
    window = await windows.open("Axel")
    inspection, page = inspect(window), window.page
    await window.watch(stage)
    await fullroom.fill(stage, window)
    await fullroom.announce(stage)
    await window.say("Twice the same")
    await window.sent("Twice the same")
    await window.say("Twice the same")
    await expect(window.rows.filter(has_text="Not sent.")).to_be_visible()
    await fullroom.set_review(stage, on=True)
    await window.say("May I?")
    await expect(window.rows.filter(has_text="Waiting for a moderator.")).to_be_visible()
    await inspection.look("rows of every kind")
    await fullroom.set_review(stage, on=False)

    await page.get_by_role("button", name="Settings", exact=True).click()
    await inspection.look("settings")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Theatre (t)", exact=True).click()
    await inspection.look("theatre", SIZES | SIDEWAYS)
    await page.keyboard.press("Escape")
    chat = page.get_by_role("region", name="Live comments")
    await chat.get_by_role("button", name="Hide chat").click()
    await inspection.look("chat hidden", SIZES | SIDEWAYS)
    await page.get_by_role("button", name="Show chat", exact=True).click()
    await window.joined()

    await question(window).hover()
    await inspection.look("row pointed at", WIDE)
    await open_menu(window)
    await inspection.look("menu")
    await page.get_by_role("menuitem", name="Report…").click()
    await inspection.look("report form")
    await page.keyboard.press("Escape")
    await page.keyboard.press("r")
    await inspection.look("replying")
    await page.get_by_role("button", name="Emoji", exact=True).click()
    await expect(page.get_by_role("gridcell").first).to_be_visible()
    await inspection.look("emoji")
    await page.get_by_role("searchbox").fill("cat")
    await inspection.look("emoji found")
    await page.keyboard.press("Escape")
    await window.composer.fill("")
    await window.composer.press_sequentially("@c")
    await expect(page.get_by_role("option", name="Cleo")).to_be_visible()
    await inspection.look("mention list")
    await page.keyboard.press("Escape")
    await window.composer.fill("x" * 203)
    await inspection.look("too long")


async def test_room_of_a_reader_who_reads_back(windows, inspect):
    stage = await Stage(pace=0).open()
    window = await windows.open("Axel")
    inspection, page = inspect(window), window.page
    await window.watch(stage)
    await fullroom.announce(stage)
    await stage.rush(40, text="Line")
    await expect(window.row("Line 39")).to_be_in_viewport()
    await window.log.focus()
    await page.keyboard.press("PageUp")
    await expect(page.get_by_role("button", name="Jump to latest")).to_be_visible()
    await stage.rush(5, text="Later on")
    await expect(page.get_by_role("button", name=re.compile("5 new"))).to_be_visible()
    await inspection.look("paused")


async def test_what_is_told_to_a_reader(windows, people, stage, inspect):
    window = await windows.open("Xenia")
    inspection, page = inspect(window), window.page
    await stage.say(stage.person(), "A word")
    await window.watch(stage)
    xenia = str(people.user("Xenia").pk)
    await boss(stage, SetModes(slow_seconds=120))
    await window.say("Only one for now")
    await window.sent("Only one for now")
    await inspection.look("slow mode")
    await window.say("Too early")
    await expect(page.get_by_text("Kept here").first).to_be_visible()
    await inspection.look("kept until the wait is over")
    await boss(stage, SetModes(slow_seconds=0, closed=True))
    await expect(window.gate("Comments are closed for now.")).to_be_visible()
    await inspection.look("closed")
    await boss(stage, SetModes(closed=False, min_account_age_minutes=129_600))
    await expect(window.gate("Your account is too new")).to_be_visible()
    await inspection.look("too new")
    await boss(stage, SetModes(min_account_age_minutes=0))
    await boss(stage, WarnUser(user=xenia, reason="Please stay on topic"))
    await expect(page.get_by_role("alert")).to_contain_text("mind the rules")
    await inspection.look("warned")
    await boss(stage, TimeOutUser(user=xenia, seconds=600, reason="manners"))
    await expect(window.gate("You are timed out for")).to_be_visible()
    await inspection.look("timed out")
    await boss(stage, BanUser(user=xenia))
    await expect(window.gate("You are banned from this room.")).to_be_visible()
    await inspection.look("banned")
    await boss(stage, LiftSanction(user=xenia))


async def test_busy_room(windows, inspect):
    stage = await Stage(pace=5).open()
    window = await windows.open("Bo")
    await window.watch(stage)
    await stage.rush(20)
    await stage.show_no_more()
    await window.say("Is anybody reading this?")
    await window.sent("Is anybody reading this?")
    await expect(window.page.get_by_text("Busy room: showing about 1 in")).to_be_visible()
    await inspect(window).look("busy")


async def test_states_of_the_connection(windows, stage, inspect):
    window = await windows.open("Bo")
    inspection, page = inspect(window), window.page
    sockets, is_away = [], False

    async def through_the_tunnel(socket):
        sockets.append(socket)
        if is_away:
            await socket.close(code=CloseCode.GOING_AWAY)
        else:
            socket.connect_to_server()

    await page.route_web_socket(re.compile("/ws/"), through_the_tunnel)
    await page.add_init_script("Math.random = () => 0.99")  # each wait is as long as it may be
    await window.watch(stage)
    is_away = True
    await sockets[-1].close(code=CloseCode.GOING_AWAY)
    await expect(page.get_by_text("Reconnecting…")).to_be_visible()
    await window.say("From the tunnel")
    await expect(window.row("From the tunnel")).to_contain_text("Sending when you are back")
    await inspection.look("reconnecting")
    await expect(page.get_by_text(re.compile("in [78] s"))).to_be_visible()
    await inspection.look("a long wait")
    await page.context.set_offline(True)
    await expect(page.get_by_text("You are offline")).to_be_visible()
    await inspection.look("offline")
    is_away = False
    await page.context.set_offline(False)
    await window.sent("From the tunnel")
    await inspection.look("back")
    await sockets[-1].close(code=CloseCode.TOO_MANY_SOCKETS)
    await expect(page.get_by_text("Too many open pages on your network.")).to_be_visible()
    await inspection.look("stopped")
    window.forgive("WebSocket", "ERR_INTERNET_DISCONNECTED")


async def test_room_and_desk_of_staff(windows, people, stage, inspect):
    people.make_moderator("Ada", stage)
    window = await windows.open("Ada")
    inspection, page = inspect(window), window.page
    await fullroom.set_review(stage, on=True)
    viewer = await windows.open("Bo")
    await viewer.watch(stage)
    await viewer.say("May I say this?")
    await expect(viewer.rows.filter(has_text="Waiting for a moderator.")).to_be_visible()
    await fullroom.set_review(stage, on=False)
    await window.watch(stage)
    await fullroom.fill(stage, window)
    await page.get_by_role("button", name="Waiting 1").click()
    await expect(page.get_by_role("list", name="Comments that wait")).to_be_visible()
    await inspection.look("something waits")
    await question(window).focus()
    await page.keyboard.press("t")
    await expect(page.get_by_role("form", name="Time out Cleo")).to_be_visible()
    await inspection.look("reason form")
    await page.keyboard.press("Escape")
    await open_menu(window)
    await inspection.look("menu of staff")
    await page.get_by_role("menuitem", name="Hide", exact=True).click()
    await expect(page.get_by_role("button", name="Undo", exact=True)).to_be_visible()
    await page.get_by_role("button", name="My actions").click()
    await inspection.look("an action to undo")

    await window.go(f"/admin/desk/{stage.slug}/")
    await window.joined()
    panic = page.get_by_role("button", name="Panic switch…")
    await expect(panic).to_be_in_viewport(ratio=1)
    await inspection.look("desk")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    await inspection.look("keys of the desk")
