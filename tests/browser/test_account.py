"""One's own account in a real window: a new name reaches the open room, a comment is taken back."""

import pytest
from playwright.async_api import expect

from tests.browser.axe import SIZES
from tests.browser.test_screens import fits

ARCHIVE_TRIES = 50  # the list is read from rows, which follow a moment later


async def test_another_name_reaches_the_room_that_is_open(windows, stage):
    room = await windows.open("Ottilie")
    await room.watch(stage)
    await room.say("as I was")
    await room.sent("as I was")
    account = await room.page.context.new_page()
    await account.goto(f"{room.url}/accounts/")
    await account.get_by_role("textbox", name="Name").fill("Ottilie Brandt")
    await account.get_by_role("button", name="Change").click()
    await expect(account.get_by_role("heading", name="Ottilie Brandt")).to_be_visible()

    await room.say("as I am")
    await room.sent("as I am")

    reader = await windows.open()
    await reader.watch(stage)
    await expect(reader.rows).to_have_count(2)
    await expect(reader.rows.nth(0)).to_contain_text("Ottilie")
    await expect(reader.rows.nth(0)).not_to_contain_text("Brandt")
    await expect(reader.rows.nth(1)).to_contain_text("Ottilie Brandt")


async def test_a_comment_is_taken_back_from_the_account(windows, stage):
    reader, author = await windows.open(), await windows.open("Wim")
    await reader.watch(stage)
    await author.watch(stage)
    await author.say("said too soon")
    await expect(reader.rows.filter(has_text="said too soon")).to_have_count(1)

    row = author.page.get_by_role("listitem").filter(has_text="said too soon")
    for _ in range(ARCHIVE_TRIES):
        await author.go("/accounts/comments/")
        if await row.count():
            break
    await row.get_by_text("Withdraw", exact=True).click()
    await row.get_by_role("button", name="Withdraw it").click()

    await expect(author.page.get_by_role("status")).to_contain_text("Your comment is withdrawn")
    await expect(row).to_contain_text("Withdrawn by you")
    await expect(reader.rows.filter(has_text="said too soon")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_account_pages_fit(windows, stage, scheme, size):
    window = await windows.open("Renske", color_scheme=scheme, viewport=SIZES[size])
    for path in ("/accounts/", "/accounts/comments/", "/appeals/"):
        await window.go(path)
        await expect(window.page.get_by_role("heading", name="Renske")).to_be_visible()
        assert await fits(window)
