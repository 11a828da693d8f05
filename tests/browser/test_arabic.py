"""The watch page and the forms in Arabic: words, direction, and nothing wider than the screen."""

import re

import pytest
from playwright.async_api import expect

from tests.browser import fullroom
from tests.browser.axe import SIDEWAYS, SIZES
from tests.browser.test_screens import FORMS, LISTS, fits

LATIN = re.compile(r"[A-Za-z]{2,}")

# Where something is, as a share of the screen's width from its left.
MIDDLE = """(element) => {
  const { left, width } = element.getBoundingClientRect();
  return (left + width / 2) / innerWidth;
}"""

# What the page says itself: not names, not what people wrote, not keys.
OWN_WORDS = """() => {
  const said = [];
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest("bdi, script, noscript, kbd, [dir=auto], [data-row], .brand, .foot")) {
      continue;
    }
    const labels = ["aria-label", "title", "placeholder", "alt"];
    said.push(...labels.map((name) => element.getAttribute(name) ?? ""));
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) said.push(node.data);
    }
  }
  return said.join("\\n");
}"""


async def in_arabic(windows, stage, name=None, **options):
    """A window of somebody who reads Arabic."""
    window = await windows.open(name, **options)
    cookie = {"name": "lc_language", "value": "ar", "url": window.url}
    await window.page.context.add_cookies([cookie])
    await window.go(f"/s/{stage.slug}/")
    log = window.page.get_by_role("log", name="التعليقات")
    await expect(log).to_have_attribute("aria-busy", "false")
    return window


async def own_words(window):
    """Latin words among what the page says itself; names of people stand in labels, too."""
    said = await window.page.evaluate(OWN_WORDS)
    return {word for word in LATIN.findall(said) if word not in window.url}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_watch_page_in_arabic(windows, stage, scheme, size):
    await stage.say(stage.person(), "A word " * 25)
    await stage.say(stage.person(), "مساء الخير يا jellyfish!")
    window = await in_arabic(windows, stage, color_scheme=scheme, viewport=SIZES[size])
    page = window.page

    html = page.locator("html")
    await expect(html).to_have_attribute("lang", "ar")
    await expect(html).to_have_attribute("dir", "rtl")
    await expect(page.get_by_role("listitem").filter(has_text="jellyfish")).to_be_visible()
    await expect(page.get_by_role("link", name="تسجيل الدخول للتعليق")).to_be_visible()
    assert await fits(window)
    assert await own_words(window) <= set(stage.row.title.split())
    time = page.get_by_role("log").get_by_role("time").first
    assert await time.evaluate(MIDDLE) < 0.2  # the end of a line


async def test_commenting_in_arabic(windows, stage):
    author = await in_arabic(windows, stage, "Bo", viewport=SIZES["wide"])
    page = author.page
    composer = page.get_by_role("textbox", name="تعليقك")
    for _ in range(2):
        await composer.fill("مساء الخير")
        await composer.press("Enter")
    refused = page.get_by_role("listitem").filter(has_text="لم يُرسل.")
    await expect(refused).to_contain_text("لقد قلت الشيء نفسه قبل قليل.")
    await expect(refused.get_by_role("button", name="إعادة المحاولة")).to_be_visible()
    await refused.get_by_role("button", name="إغلاق").click()
    await expect(page.get_by_role("listitem")).to_have_count(1)

    await page.get_by_role("listitem").hover()
    more = page.get_by_role("button", name=re.compile("^المزيد عن هذا التعليق من"))
    await more.click()
    menu = page.get_by_role("menu")
    await expect(menu.get_by_role("menuitem")).to_have_text(
        ["رد\nR", "نسخ النص", "سحب التعليق"], use_inner_text=True
    )
    assert await menu.evaluate(MIDDLE) < 0.5  # it opens into the page, not out of it
    assert await fits(author)


async def test_language_is_chosen_at_the_foot(windows):
    window = await windows.open(viewport=SIZES["phone"])
    page = window.page
    await window.go("/accounts/sign-in/?next=/s/quay/")
    await page.get_by_role("button", name="العربيّة").click()
    await expect(page.get_by_role("heading", name="تسجيل الدخول")).to_be_visible()
    assert page.url.endswith("/accounts/sign-in/?next=/s/quay/")
    assert await fits(window)
    for path in ("/", "/accounts/sign-up/", "/accounts/password-reset/"):
        await window.go(path)
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        assert await fits(window)
        assert await own_words(window) <= {"UTC"}
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", name="Set a new password")).to_be_visible()


async def test_room_and_account_in_arabic_are_clean(windows, stage, inspect):
    window = await in_arabic(windows, stage, "Bo")
    inspection, page = inspect(window), window.page
    await fullroom.fill(stage, window)
    await fullroom.announce(stage)
    await expect(page.get_by_text(fullroom.ANNOUNCED)).to_be_visible()
    await page.get_by_role("textbox", name="تعليقك").fill("مساء الخير")
    await inspection.look("ar room", SIZES | SIDEWAYS)
    panels = (("settings", "الإعدادات", "radio"), ("emoji", "رموز تعبيرية", "gridcell"))
    for name, label, part in panels:
        await page.get_by_role("button", name=label, exact=True).click()
        await expect(page.get_by_role(part).first).to_be_visible()
        await inspection.look(f"ar {name}")
        await page.keyboard.press("Escape")
    await page.get_by_text(fullroom.QUESTION).first.hover()
    await page.get_by_role("button", name=re.compile("^المزيد عن هذا التعليق من")).first.click()
    await inspection.look("ar menu")
    await page.keyboard.press("Escape")
    said = page.get_by_role("textbox", name="تعليقك")
    for text in ("What I say here is long enough to be seen", "مساء الخير"):
        await said.fill(text)
        await said.press("Enter")
        await expect(page.get_by_role("listitem").filter(has_text=text)).to_be_visible()
    await look_at_pages(
        inspection,
        window,
        f"/s/{stage.slug}/chat/",
        "/accounts/",
        "/accounts/comments/",
        "/appeals/",
        "/accounts/password/",
    )


async def test_pages_of_a_visitor_in_arabic_are_clean(windows, stage, inspect):
    window = await in_arabic(windows, stage)
    await fullroom.fill(stage, window)
    await look_at_pages(inspect(window), window, f"/s/{stage.slug}/embed/", "/", *FORMS, *LISTS)


async def look_at_pages(inspection, window, *paths):
    """Look at each of these pages, in Arabic."""
    for path in paths:
        await window.go(path)
        await expect(window.page.locator("html")).to_have_attribute("dir", "rtl")
        await expect(window.page.locator("[aria-busy=true]")).to_have_count(0)
        await inspection.look(f"ar page {path}")
        assert await fits(window)
