"""What eyes and fingers need: a focus that is seen, large targets, stillness, contrast, zoom."""

import re
from itertools import pairwise

import pytest
from playwright.async_api import expect

from livecomments.protocol import StreamStatus
from tests.browser import fullroom
from tests.browser.axe import SIZES
from tests.browser.fullroom import question
from tests.browser.test_keyboard import tab_to
from tests.browser.test_screens import FORMS, LISTS, fits
from tests.live import Stage

PATHS = ("/", *LISTS, *FORMS)
# Everything a key can reach has an outline while it has the focus: those that have none, by name.
UNSEEN_FOCUS = """() => {
  const stops = "a[href], button:enabled, input:enabled:not([type=hidden]), select, textarea, " +
    "summary, [tabindex]";
  return [...document.querySelectorAll(stops)].filter((one) => {
    if (!one.checkVisibility({ visibilityProperty: true })) return false;
    one.focus({ focusVisible: true, preventScroll: true });
    if (document.activeElement !== one || one.id === "main") return false;
    const boxes = [one, one.parentElement, one.closest("[data-over]")];
    const pseudo = getComputedStyle(one, "::after");
    return ![...boxes.filter(Boolean).map((box) => getComputedStyle(box)), pseudo].some(
      (style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
        || style.boxShadow !== "none");
  }).map((one) => one.outerHTML.slice(0, 100));
}"""
# Controls that are smaller than so many px; links within a sentence are as high as its line.
SMALL_TARGETS = """(least) => {
  const controls = "button, input:not([type=hidden]), select, textarea, summary, a[href]";
  return [...document.querySelectorAll(controls)].filter((one) => {
    if (!one.checkVisibility({ visibilityProperty: true })) return false;
    if (one.closest("[class*=visually-hidden], label:has(select)") || one.matches(".skip")) {
      return false;
    }
    const isInText = one.matches("a") && getComputedStyle(one).display === "inline";
    const { x, y, width, height } = (one.closest("label") ?? one).getBoundingClientRect();
    // What is drawn lower than that may be reached a little above and below.
    const reaches = (py) => one.contains(document.elementFromPoint(x + width / 2, py));
    const middle = y + height / 2;
    if (!reaches(middle)) return false; // a menu lies over it
    const isHigh = height >= least ||
      [-1, 1].every((side) => reaches(middle + side * (least / 2 - 1)));
    return !isInText && (width < least || !isHigh);
  }).map((one) => {
    const { width, height } = one.getBoundingClientRect();
    return `${Math.round(width)}x${Math.round(height)} ${one.outerHTML.slice(0, 90)}`;
  });
}"""
# Icons that have the colour of what is behind them.
UNSEEN_ICONS = """() => [...document.querySelectorAll("svg")].filter((svg) => {
  if (!svg.checkVisibility() || svg.role === "img") return false;
  let box = svg;
  const isClear = () => /rgba\\(.*, 0\\)|transparent/.test(getComputedStyle(box).backgroundColor);
  while (box && isClear()) box = box.parentElement;
  const { stroke, color, fill } = getComputedStyle(svg);
  const ground = box ? getComputedStyle(box).backgroundColor : "rgb(255, 255, 255)";
  const paint = stroke !== "none" ? stroke : fill === "none" ? color : fill;
  return paint === ground;
}).map((svg) => svg.parentElement.outerHTML.slice(0, 100))"""
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
# Words of buttons and headings that are cut off.
CUT = """() => [...document.querySelectorAll("button, h1, h2, label, [role=status]")].filter(
  (one) => {
    if (!one.checkVisibility() || one.closest(".visually-hidden, label:has(select)")) return false;
    if (getComputedStyle(one).clipPath !== "none") return false;
    const { overflowX, overflowY } = getComputedStyle(one);
    const isCut = (overflow) => overflow === "hidden" || overflow === "clip";
    return (isCut(overflowX) && one.scrollWidth > one.clientWidth + 1 &&
        getComputedStyle(one).textOverflow !== "ellipsis")
      || (isCut(overflowY) && one.scrollHeight > one.clientHeight + 1);
  }).map((one) => one.outerHTML.slice(0, 100))"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(
  (one) => one.checkVisibility()).map((one) => Number(one.tagName[1]))"""


async def small_targets(window, least=24):
    """The controls that are smaller than so many px, a line each."""
    return "\n".join(await window.page.evaluate(SMALL_TARGETS, least))


async def full(windows, stage, **options):
    """A window of a reader in a room with a row of every kind."""
    window = await windows.open("Axel", **options)
    await window.watch(stage)
    await fullroom.fill(stage, window)
    await fullroom.announce(stage)
    await expect(window.page.get_by_role("button", name="Dismiss the ann")).to_be_visible()
    return window


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_focus_is_seen_wherever_it_is(windows, stage, scheme):
    window = await full(windows, stage, color_scheme=scheme)
    await question(window).focus()
    assert await window.page.evaluate(UNSEEN_FOCUS) == []
    visitor = await windows.open(color_scheme=scheme)
    for path in PATHS:
        await visitor.go(path)
        assert await visitor.page.evaluate(UNSEEN_FOCUS) == [], path


async def test_targets_are_large_enough(windows, stage):
    window = await full(windows, stage)
    await question(window).focus()
    assert await small_targets(window) == ""
    await fullroom.open_menu(window)
    assert await small_targets(window) == ""
    await window.go("/")
    assert await small_targets(window) == ""


async def test_targets_are_large_enough_for_a_finger(windows, stage):
    phone = {"viewport": SIZES["phone"], "has_touch": True, "is_mobile": True}
    window = await full(windows, stage, **phone)
    composer = window.page.locator("form").filter(has=window.composer)
    for button in [
        *await composer.get_by_role("button").all(),
        *await window.page.get_by_role("group", name="Reactions").get_by_role("button").all(),
    ]:
        box = await button.bounding_box()
        assert min(box["width"], box["height"]) >= 40, await button.get_attribute("aria-label")
    assert await small_targets(window) == ""


async def test_nothing_moves_where_motion_is_unwanted(windows, stage):
    window = await full(windows, stage, reduced_motion="reduce")
    other = await windows.open("Kay")
    await other.watch(stage)
    await other.reaction("Like").click()
    await expect(window.reaction("Like")).to_have_accessible_name("Like, 1")
    assert await window.page.locator("canvas").count() == 0
    running = "() => document.getAnimations().filter((one) => one.playState === 'running').length"
    assert await window.page.evaluate(running) == 0
    await expect(other.page.locator("canvas[aria-hidden=true]")).to_have_count(1)


async def test_forced_colours_leave_every_icon(windows, stage):
    window = await full(windows, stage, forced_colors="active")
    await question(window).hover()
    for scheme in ("light", "dark"):
        await window.page.emulate_media(color_scheme=scheme, forced_colors="active")
        assert await window.page.evaluate(UNSEEN_ICONS) == []


async def test_twice_as_large_loses_nothing(windows, stage):
    window = await full(windows, stage, viewport={"width": 640, "height": 400})
    page = window.page
    assert await fits(window)
    for control in (window.composer, page.get_by_role("button", name="Send", exact=True)):
        await control.scroll_into_view_if_needed()
        await expect(control).to_be_in_viewport(ratio=1)
    await expect(window.rows.last).to_be_attached()
    assert (await window.log.bounding_box())["height"] >= 40
    for path in PATHS:
        await window.go(path)
        assert await fits(window), path


async def test_wider_spacing_of_text_loses_nothing(windows, stage):
    window = await full(windows, stage)
    for size in SIZES.values():
        await window.page.set_viewport_size(size)
        await window.page.evaluate(SPACING)
        assert await fits(window)
        assert await window.page.evaluate(CUT) == []
        await expect(window.composer).to_be_in_viewport(ratio=1)
    for path in PATHS:
        await window.go(path)
        await window.page.evaluate(SPACING)
        assert await fits(window), path
        assert await window.page.evaluate(CUT) == [], path


async def test_pages_say_their_language_their_title_and_their_parts(windows, stage):
    window = await windows.open()
    titles = []
    for path in (*PATHS, f"/s/{stage.slug}/", f"/s/{stage.slug}/chat/"):
        await window.go(path)
        await expect(window.page.locator("html")).to_have_attribute("lang", re.compile("^en"))
        await expect(window.page.locator("main")).to_have_count(1)
        await expect(window.page.locator("h1, h2").first).to_be_attached()
        levels = await window.page.evaluate(HEADINGS)
        steps = [after - before for before, after in pairwise(levels)]
        assert max(steps, default=0) <= 1, (path, levels)
        titles.append(await window.page.title())
    assert all(title.endswith(" – Live comments") for title in titles), titles
    assert len(set(titles)) >= len(titles) - 1, titles  # home and what is live say the same


async def test_video_can_be_reached_by_key(windows):
    stage = await Stage(
        status=StreamStatus.LIVE.value, playback_url="https://video.example/none.mp4"
    ).open()
    window = await windows.open()
    window.forgive("video.example", "ERR_", "Content Security Policy", "Failed to load")
    await window.watch(stage)
    video = window.page.locator("video")
    await expect(video).to_have_attribute("controls", "")
    await expect(video).to_have_attribute("aria-label", re.compile(stage.row.title))
    await tab_to(window, re.escape(await video.get_attribute("aria-label")))
