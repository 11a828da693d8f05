"""Every page, light and dark, wide and on a phone: no complaint, nothing wider than the screen."""

import pytest
from playwright.async_api import expect

from tests.browser.axe import SIZES

FORMS = {
    "/accounts/sign-up/": "Join the conversation",
    "/accounts/sign-in/": "Sign in",
    "/accounts/password-reset/": "Set a new password",
}
LISTS = {
    "/streams/live/": "Live now",
    "/streams/scheduled/": "Coming up",
    "/streams/past/": "Past streams",
}


# Colours come in any notation; a canvas turns each into red, green and blue.
BRIGHTNESS = """() => {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
  canvas.fillRect(0, 0, 1, 1);
  return Math.max(...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3));
}"""


async def fits(window) -> bool:
    """True when nothing has to be scrolled sideways."""
    return await window.page.evaluate(
        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_are_clean(windows, stage, scheme, size):
    await stage.say(stage.person(), "A word " * 25)
    window = await windows.open(color_scheme=scheme, viewport=SIZES[size])
    await window.go("/")
    await expect(window.page.get_by_role("heading", name="Watch together")).to_be_visible()
    assert await fits(window)
    for path, heading in FORMS.items():
        await window.go(path)
        await expect(window.page.get_by_role("heading", name=heading)).to_be_visible()
        assert await fits(window)
    for path, heading in LISTS.items():
        await window.go(path)
        await expect(window.page.get_by_role("heading", name=heading)).to_be_visible()
        assert await fits(window)
    await window.watch(stage)
    await expect(window.rows).to_have_count(1)
    assert await fits(window)
    brightness = await window.page.evaluate(BRIGHTNESS)
    assert (brightness < 128) is (scheme == "dark")


async def test_page_that_is_not_there_says_so(windows):
    window = await windows.open()
    response = await window.go("/s/no-such-stream/")
    assert response.status == 404
    await expect(window.page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    window.forgive("404 (Not Found)")
    await window.page.get_by_role("link", name="All streams").click()
    await expect(window.page.get_by_role("heading", name="Watch together")).to_be_visible()


async def test_new_person_signs_up_and_speaks(windows, stage):
    window = await windows.open()
    await window.go(f"/accounts/sign-up/?next=/s/{stage.slug}/")
    await window.page.get_by_label("Name", exact=True).fill("Eve Newcomer")
    await window.page.get_by_label("E-mail address").fill("eve@example.org")
    await window.page.get_by_label("Password", exact=True).fill("a brand new secret")
    await window.page.get_by_label("Password confirmation").fill("a brand new secret")
    await window.page.get_by_role("button", name="Sign up").click()
    await window.page.wait_for_url(f"**/s/{stage.slug}/")
    await window.say("My first words here")
    await window.sent("My first words here")
    await expect(window.row("My first words here")).to_contain_text("New")


async def test_password_reset_says_to_look_at_the_mail(windows, people):
    address = people.user("Bo").email
    window = await windows.open()
    await window.go("/accounts/password-reset/")
    await window.page.get_by_label("E-mail address").fill(address)
    await window.page.get_by_role("button", name="Send the link").click()
    await expect(window.page.get_by_role("heading", name="Look at your mail")).to_be_visible()
