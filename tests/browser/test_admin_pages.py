"""Every page of the admin under our security policy: nothing refused, and what moves does move."""

import pytest
from django.urls import reverse
from playwright.async_api import expect

from tests.factories import CommentFactory
from tests.live import orm

LISTS = (
    "streams/stream",
    "comments/comment",
    "comments/hold",
    "streams/sanction",
    "streams/auditentry",
    "accounts/user",
    "accounts/suspension",
    "accounts/usernote",
    "accounts/apitoken",
    "streams/setasideevent",
    "streams/archivecursor",
    "reactions/reactiontotal",
)
SIZES = {"wide": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 780}}


def made_admin(people):
    """Somebody who may open every page."""
    user = people.user("Head of the house")
    if not user.is_superuser:
        user.is_staff = user.is_superuser = True
        orm(user.save)
    return user


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_admin_pages_are_clean(windows, stage, people, scheme, size):
    admin = made_admin(people)
    comment = orm(CommentFactory, stream=stage.row, author=people.user("Bo"))
    window = await windows.open(admin.display_name, color_scheme=scheme, viewport=SIZES[size])

    await window.go("/admin/")
    await expect(window.page.get_by_role("heading", name="Moderation").last).to_be_visible()
    for path in LISTS:
        answer = await window.go(f"/admin/{path}/")
        assert answer.status == 200, path
        await expect(window.page.locator("#changelist")).to_be_visible()
    for path in (
        reverse("admin:streams_stream_change", args=[stage.row.pk]),
        reverse("admin:streams_sanction_add"),
        reverse("admin:accounts_user_change", args=[comment.author_id]),
        reverse("admin:person", args=[comment.author_id]),
    ):
        answer = await window.go(path)
        assert answer.status == 200, path
        await expect(window.page.locator("#content")).to_be_visible()
    is_dark = await window.page.evaluate("document.documentElement.classList.contains('dark')")
    assert is_dark is (scheme == "dark")


async def test_what_moves_in_the_admin_moves_without_compiled_expressions(windows, stage, people):
    admin = made_admin(people)
    orm(CommentFactory, stream=stage.row, text="tick me")
    window = await windows.open(admin.display_name, color_scheme="light", viewport=SIZES["wide"])
    page = window.page

    await window.go("/admin/comments/comment/")
    filters = page.locator("#changelist-filter")
    await expect(filters).to_be_hidden()
    await page.locator("a", has_text="Filters").first.click()
    await expect(filters).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(filters).to_be_hidden()

    run = page.get_by_role("button", name="Run")
    await expect(run).to_be_hidden()
    await page.locator("input.action-select").first.check()
    await page.locator("select[name=action]").select_option("hide")
    await expect(run).to_be_visible()

    sidebar = page.locator("#nav-sidebar")
    await expect(sidebar).to_be_visible()
    await page.get_by_text("dock_to_right").first.click()
    await expect(sidebar).to_be_hidden()
    await page.reload()
    await expect(sidebar).to_be_hidden()
    await page.get_by_text("dock_to_right").first.click()
    await expect(sidebar).to_be_visible()
