"""Raid mode as people meet it: it comes by itself, the desk shows it, one switch ends it."""

import pytest
from playwright.async_api import expect

from comments import actions
from livecomments.protocol import RAID_SECONDS, RAID_SLOW_SECONDS, Role, SetModes
from livecomments.tickets import now_ms
from streams.domain import begin_raid


@pytest.mark.parametrize("by_hand", [False, True])
async def test_raid_mode_on_desk_and_page(windows, people, stage, by_hand):
    people.make_moderator("Ada", stage)
    desk = await windows.open("Ada", viewport={"width": 1280, "height": 800})
    viewer = await windows.open("Bo")
    await desk.go(f"/admin/desk/{stage.slug}/")
    await desk.joined()
    await viewer.go(f"/s/{stage.slug}/")
    await viewer.joined()
    modes = desk.page.get_by_role("region", name="Modes")
    switch = modes.get_by_role("switch", name="Raid mode")
    notice = viewer.page.get_by_text("Many newcomers at once")
    await expect(switch).not_to_be_checked()
    await expect(notice).to_have_count(0)

    if by_hand:
        await switch.click()  # it shows what the room says, a moment later
    else:
        await begin_raid(stage.room, until=now_ms() + RAID_SECONDS * 1000, known=0)

    await expect(modes.get_by_role("switch", name="Raid mode until")).to_be_checked()
    await expect(notice).to_be_visible()
    slow = viewer.page.get_by_text(f"one comment every {RAID_SLOW_SECONDS} s")
    await expect(slow).to_be_visible()
    if not by_hand:
        await desk.page.get_by_role("button", name="Everybody’s").click()
        log = desk.page.get_by_role("list", name="Everybody’s actions")
        await expect(log).to_contain_text("began raid mode")

    await switch.click()

    await expect(notice).to_have_count(0)
    await expect(slow).to_have_count(0)
    await expect(modes.get_by_role("switch", name="Raid mode", exact=True)).not_to_be_checked()


async def test_raid_mode_ends_by_itself(windows, stage):
    viewer = await windows.open("Bo")
    await viewer.go(f"/s/{stage.slug}/")
    await viewer.joined()

    boss = stage.person(Role.BROADCASTER)
    await actions.act(stage.room, actor=boss, action=SetModes(raid_seconds=4))

    notice = viewer.page.get_by_text("Many newcomers at once")
    await expect(notice).to_be_visible()
    await expect(notice).to_have_count(0, timeout=15_000)
