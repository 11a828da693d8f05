"""The review queue in the admin, by keyboard and with two moderators at once."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.async_api import expect

from comments.models import Hold
from livecomments import eventlog, events
from streams.models import Moderator, Sanction
from tests.browser.windows import eventually
from tests.live import orm

SIZES = {"wide": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}


async def hold(stage, *texts):
    """Lets these comments wait for a moderator, until the queue has them."""
    for text in texts:
        person = stage.person()
        said = events.CommentSaid(
            author=person.user_id,
            name=person.name,
            text=text,
            reason="spam_words",
            detail="casino",
        )
        await eventlog.append(
            stage.room,
            said,
            kind=events.COMMENT_HELD,
            operations=[eventlog.Operation("wait", "-")],
        )
    await eventually(lambda: outcome(stage, texts[-1]) == "open", what="the row")


async def picture(window, name):
    """Keeps a picture for whoever asked for pictures."""
    folder = os.environ.get("LIVECOMMENTS_TEST_PICTURES")
    if folder:
        await window.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def outcome(stage, text):
    """What became of the last hold of a text."""
    rows = Hold.objects.filter(stream=stage.row, text=text).order_by("-number")
    return orm(lambda: rows.values_list("status", flat=True).first())


async def test_a_moderator_works_through_the_queue_by_keyboard(windows, people, stage):
    people.make_moderator("Rita", stage)
    await hold(stage, "visit my casino", "a casino story", "casino casino")
    window = await windows.open("Rita")
    page = window.page
    await window.go(f"/admin/review/?stream={stage.slug}")

    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("visit my casino")).to_be_visible()
    await page.keyboard.press("x")

    await expect(page.locator("blockquote")).to_have_text("a casino story")
    await expect(page.get_by_text("Refused: “visit my casino”").first).to_be_visible()
    await page.get_by_label("Reason, told to the sender").fill("a x h")  # keys are text here
    await page.keyboard.press("Escape")
    await page.keyboard.press("a")
    await expect(page.locator("blockquote")).to_have_text("casino casino")
    await eventually(lambda: outcome(stage, "visit my casino") == "refused")
    await eventually(lambda: outcome(stage, "a casino story") == "approved")

    await page.keyboard.press("u")  # the approval: the comment is hidden again
    await expect(page.get_by_text("Taken back: Approved: “a casino story”")).to_be_visible()
    await page.keyboard.press("u")  # the refusal: it waits again
    await expect(page.get_by_text("Taken back: Refused: “visit my casino”")).to_be_visible()
    await eventually(lambda: outcome(stage, "visit my casino") == "open")
    await page.reload()
    await expect(page.locator("[data-item]")).to_have_count(2)


async def test_a_second_moderator_sees_whose_item_it_is(windows, people, stage):
    people.make_moderator("Rita", stage)
    people.make_moderator("Rolf", stage)
    await hold(stage, "who is first")
    rita, rolf = await windows.open("Rita"), await windows.open("Rolf")
    await rita.go(f"/admin/review/?stream={stage.slug}")
    await rita.page.locator("[data-item]").click()
    await expect(rita.page.get_by_role("button", name="Approve")).to_be_visible()

    await rolf.go(f"/admin/review/?stream={stage.slug}")
    await expect(rolf.page.get_by_text("Rita is looking at it")).to_be_visible()
    await rolf.page.locator("[data-item]").click()
    await expect(rolf.page.get_by_text("Rita is looking at this.")).to_be_visible()
    await expect(rolf.page.get_by_role("button", name="Approve")).to_have_count(0)

    await rita.page.get_by_role("button", name="Skip").click()
    await rolf.page.reload()
    await expect(rolf.page.get_by_role("button", name="Approve")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_of_review_and_rules_fit(windows, people, stage, scheme, size):
    people.make_moderator("Rita", stage)
    orm(Moderator.objects.filter(stream=stage.row).update, managing=True)
    await hold(stage, "W" * 200, "visit my casino")
    orm(
        Sanction.objects.create,
        stream=stage.row,
        user=people.user("Rita"),
        kind="timeout",
        reason="W" * 200,
        placed_at=timezone.now(),
        until=timezone.now() + timedelta(hours=1),
        log_id=stage.row.pk,
    )
    rows = Hold.objects.filter(stream=stage.row).order_by("number")
    first = orm(lambda: rows.values_list("pk", flat=True).first())
    window = await windows.open("Rita", color_scheme=scheme, viewport=SIZES[size])
    for name, path in {
        "queue": f"/admin/review/?stream={stage.slug}",
        "item": f"/admin/review/held/{first}/",
        "streams": "/admin/rules/",
        "rules": f"/admin/rules/{stage.slug}/",
        "versions": f"/admin/rules/{stage.slug}/versions/",
        "appeals": "/appeals/",
    }.items():
        assert (await window.go(path)).status == 200
        await picture(window, f"review-{name}-{size}-{scheme}")
        assert await window.page.evaluate(
            "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
