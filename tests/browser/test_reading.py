"""Reading back in a room that goes on: nothing moves, nothing is cut above, nothing is lost."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.windows import DRAWN
from tests.live import Stage

# Where the first row that is wholly on the screen stands, and what it says.
FIRST_SEEN = """() => {
  const list = document.querySelector("[role=log]");
  const top = list.getBoundingClientRect().top;
  const row = [...list.querySelectorAll("[data-row]")].find(
    (one) => one.getBoundingClientRect().top >= top);
  return [row.querySelector("[dir=auto]").textContent,
          Math.round(row.getBoundingClientRect().top - top)];
}"""
# The numbers of the drawn rows, in their order.
NUMBERS = """() => [...document.querySelectorAll("[data-row] p [dir=auto]")].map(
  (one) => Number(one.textContent.split(" ").at(-1)))"""
NODES = "() => document.querySelector('[role=log] ol').querySelectorAll('*').length"
TO_TOP = "() => { document.querySelector('[role=log]').scrollTop = 0; }"
# So many steps of 50 px upward, each followed by two frames; `moved`: those after which the row in
# the middle of the screen had not moved by just that.
STEP_UP = """async (most) => {
  const list = document.querySelector("[role=log]");
  const first = () => document.querySelector("[data-row] [dir=auto]").textContent;
  const frame = () => new Promise(requestAnimationFrame);
  const moved = [];
  for (let step = 0; step < most; step += 1) {
    const box = list.getBoundingClientRect();
    const middle = document.elementFromPoint(box.x + 40, box.y + box.height / 2);
    const row = middle.closest("[data-row]") ?? list.querySelector("[data-row]");
    const before = row.getBoundingClientRect().top;
    const wanted = Math.min(50, list.scrollTop);
    if (wanted === 0 && first() === "Line 1") break;
    list.scrollTop -= wanted;
    await frame();
    await frame();
    const after = row.getBoundingClientRect().top;
    if (Math.abs(after - before - wanted) > 1.5) moved.push([step, before, after, wanted]);
  }
  return { moved, first: first() };
}"""
GLIDES = """() => {
  const { scrollHeight, clientHeight, scrollTop } = document.querySelector("[role=log]");
  return scrollHeight - clientHeight - scrollTop > 40;
}"""


UPRIGHT = {"width": 360, "height": 740}
SIDEWAYS = {"width": 740, "height": 360}
WIDE = {"width": 1280, "height": 800}

LIVE = 60  # comments that were said just now; those before them stand in the archive


@pytest.fixture
def jump():
    """The way back to the newest."""

    def find(window):
        return window.page.get_by_role("button", name="Jump to latest")

    return find


async def filled(windows, crowd, count, more="", **options):
    """A window on a stream in which so much was said; `more` in every third of the old ones."""
    stage = await Stage(pace=0).open()
    old = max(0, count - LIVE)
    crowd.archive(stage, old, more)
    await crowd.talk(stage, old + 1, count - old)
    window = await windows.open(**options)
    await window.watch(stage)
    await expect(window.row(f"Line {count}")).to_be_in_viewport()
    return stage, window


async def settled(window):
    """Wait until a scroll that is under way has ended."""
    before = None
    while before != (before := await window.page.evaluate(FIRST_SEEN)):
        await asyncio.sleep(0.3)


async def wheel(window, delta):
    """Turn the wheel over the middle of the list."""
    box = await window.log.bounding_box()
    await window.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await window.page.mouse.wheel(0, delta)


async def press_page_up(window):
    await window.log.focus()
    await window.page.keyboard.press("PageUp")


async def walk_rows(window):
    await window.log.focus()
    await window.page.keyboard.press("ArrowUp")


async def drag_finger(window, by=200):
    """Move the list with a finger: down to see what is above."""
    box = await window.log.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 4
    session = await window.page.context.new_cdp_session(window.page)
    touch = "Input.dispatchTouchEvent"
    await session.send(touch, {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(10):
        point = {"x": x, "y": y + by * step / 10}
        await session.send(touch, {"type": "touchMove", "touchPoints": [point]})
    await session.send(touch, {"type": "touchEnd", "touchPoints": []})


async def select_words(window):
    row = window.rows.last.get_by_text("Line", exact=False).last
    await row.dblclick()


async def open_menu(window):
    await window.rows.last.hover()
    await window.rows.last.get_by_role("button", name="More about").click()


async def drag_scrollbar(window):
    await window.page.evaluate("() => { document.querySelector('[role=log]').scrollTop -= 200; }")


@pytest.mark.parametrize(
    "sign",
    [press_page_up, walk_rows, drag_finger, select_words, open_menu, drag_scrollbar],
    ids=lambda sign: sign.__name__,
)
async def test_every_sign_of_reading_stops_the_list(windows, crowd, sign):
    stage, window = await filled(windows, crowd, 60, has_touch=sign is drag_finger)
    await sign(window)
    await settled(window)
    before = await window.page.evaluate(FIRST_SEEN)
    await crowd.talk(stage, 61, 15)
    await asyncio.sleep(0.5)
    assert await window.page.evaluate(FIRST_SEEN) == before
    await expect(window.row("Line 75")).not_to_be_in_viewport()


async def test_wheel_pauses_counts_what_is_new_and_jumps_to_it(windows, crowd, jump):
    stage, window = await filled(windows, crowd, 60)
    await wheel(window, -300)
    await expect(jump(window)).to_be_visible()
    await window.page.evaluate(DRAWN)
    before = await window.page.evaluate(FIRST_SEEN)
    await crowd.talk(stage, 61, 37)
    await expect(jump(window)).to_have_text("Paused · 37 new·Jump to latest")
    assert await window.page.evaluate(FIRST_SEEN) == before
    await jump(window).click()
    await expect(window.row("Line 97")).to_be_in_viewport()
    await expect(jump(window)).to_have_count(0)
    await crowd.talk(stage, 98, 3)
    await expect(window.row("Line 100")).to_be_in_viewport()


async def test_end_of_the_list_and_escape_lead_back_to_following(windows, crowd, jump):
    stage, window = await filled(windows, crowd, 60)
    await wheel(window, -300)
    await expect(jump(window)).to_be_visible()
    await wheel(window, 2_000)
    await expect(jump(window)).to_have_count(0)
    await walk_rows(window)
    await crowd.talk(stage, 61, 2)
    await expect(jump(window)).to_contain_text("2 new")
    await window.page.keyboard.press("Escape")
    await expect(window.row("Line 62")).to_be_in_viewport()
    await expect(jump(window)).to_have_count(0)


@pytest.mark.parametrize("key", ["PageUp", "Home"])
async def test_escape_holds_while_the_list_still_glides_upward(windows, crowd, jump, key):
    _, window = await filled(windows, crowd, 60)
    await window.log.focus()
    await window.page.keyboard.press(key)
    await window.page.wait_for_function(GLIDES)
    await window.page.keyboard.press("Escape")
    await settled(window)
    await expect(window.row("Line 60")).to_be_in_viewport()
    await expect(jump(window)).to_have_count(0)


async def test_focus_that_leaves_the_rows_lets_the_list_go_on(windows, crowd, jump):
    stage, window = await filled(windows, crowd, 60, name="Bo")
    await window.log.focus()
    await window.page.keyboard.press("j")
    await crowd.talk(stage, 61, 2)
    await expect(jump(window)).to_contain_text("2 new")
    await window.composer.focus()
    await expect(window.row("Line 62")).to_be_in_viewport()


async def test_list_stands_still_while_the_focus_walks_down_to_its_newest_row(windows, crowd, jump):
    stage, window = await filled(windows, crowd, 60, name="Bo")
    press = window.page.keyboard.press
    await window.log.focus()
    for _ in range(25):
        await press("ArrowUp")
    await crowd.talk(stage, 61, 2)
    await expect(jump(window)).to_contain_text("2 new")
    for _ in range(26):
        await press("ArrowDown")
    await expect(window.row("Line 62")).to_be_focused()
    await settled(window)
    before = await window.page.evaluate(FIRST_SEEN)
    await crowd.talk(stage, 63, 15)
    await expect(jump(window)).to_contain_text("17 new")
    assert await window.page.evaluate(FIRST_SEEN) == before
    await window.composer.focus()
    await expect(window.row("Line 77")).to_be_in_viewport()
    await expect(jump(window)).to_have_count(0)


async def test_finger_that_scrolls_to_the_end_leaves_the_row_it_tapped(windows, crowd, jump):
    stage, window = await filled(windows, crowd, 60, has_touch=True)
    await drag_finger(window)
    await settled(window)
    await expect(jump(window)).to_be_visible()
    await window.row("Line 55").tap()
    await crowd.talk(stage, 61, 2)
    await expect(jump(window)).to_contain_text("2 new")
    for _ in range(5):
        await drag_finger(window, by=-180)
    await expect(jump(window)).to_have_count(0)
    await crowd.talk(stage, 63, 1)
    await expect(window.row("Line 63")).to_be_in_viewport()


async def test_history_is_read_back_to_the_first_word_and_on_to_the_newest(windows, crowd, jump):
    stage, window = await filled(windows, crowd, 2_300)
    await wheel(window, -500)
    seen = set()
    # Reading back: each look joins on to the one before, nothing is drawn twice or out of order.
    async with asyncio.timeout(90):
        while 1 not in seen:
            await window.page.evaluate(TO_TOP)
            await window.page.evaluate(DRAWN)
            numbers = await window.page.evaluate(NUMBERS)
            assert numbers == list(range(numbers[0], numbers[-1] + 1))
            assert await window.page.evaluate(NODES) <= 2_000
            seen.update(numbers)
    await expect(window.row("Line 1")).to_be_in_viewport()
    before = await window.page.evaluate(FIRST_SEEN)
    await crowd.talk(stage, 2_301, 20)
    await expect(jump(window)).to_contain_text("20 new")
    assert await window.page.evaluate(FIRST_SEEN) == before
    # And on again, below, until the list follows.
    async with asyncio.timeout(90):
        while await jump(window).count() > 0:
            await wheel(window, 4_000)
            await window.page.evaluate(DRAWN)
            numbers = await window.page.evaluate(NUMBERS)
            assert numbers == list(range(numbers[0], numbers[-1] + 1))
    await expect(window.row("Line 2320")).to_be_in_viewport()


async def test_turning_the_phone_does_not_pause_the_list(windows, crowd, jump):
    # So few that they all fit in one shape and not in another.
    stage, window = await filled(windows, crowd, 14, viewport=WIDE)
    await window.log.focus()
    await window.page.keyboard.press("t")
    for count, shape in enumerate([UPRIGHT, SIDEWAYS, WIDE, SIDEWAYS, UPRIGHT, SIDEWAYS], 15):
        await window.page.set_viewport_size(shape)
        await settled(window)
        await crowd.talk(stage, count, 1)
        await expect(window.row(f"Line {count}")).to_be_in_viewport()
        await expect(jump(window)).to_have_count(0)


async def test_list_that_all_fits_is_paused_no_longer(windows, crowd, jump):
    stage, window = await filled(windows, crowd, 14, viewport=SIDEWAYS)
    await press_page_up(window)
    await expect(jump(window)).to_be_visible()
    await window.page.set_viewport_size(WIDE)
    await expect(jump(window)).to_have_count(0)
    await crowd.talk(stage, 15, 30)
    await expect(window.row("Line 44")).to_be_in_viewport()


async def test_turning_the_phone_keeps_the_place_that_is_read(windows, crowd):
    long = "words that go over several lines where there is little room for them " * 2
    _, window = await filled(windows, crowd, 400, long, viewport=UPRIGHT)
    for _ in range(3):
        await wheel(window, -3_000)
        await settled(window)
    said, _ = await window.page.evaluate(FIRST_SEEN)
    place = int(said.split()[-1])
    assert place < 320
    for shape in (SIDEWAYS, WIDE, UPRIGHT, SIDEWAYS, UPRIGHT):
        await window.page.set_viewport_size(shape)
        await settled(window)
        said, _ = await window.page.evaluate(FIRST_SEEN)
        # A row that was half above the edge may be wholly above it where it takes fewer lines.
        assert abs(int(said.split()[-1]) - place) <= 1, (shape, said)


async def test_older_comments_come_without_a_jump(windows, crowd):
    _, window = await filled(windows, crowd, 700)
    await wheel(window, -300)
    await settled(window)
    steps = await window.page.evaluate(STEP_UP, 600)
    assert steps["moved"] == [], "a step of 50 px moved what was read by something else"
    assert steps["first"] == "Line 1"


async def test_quote_leads_to_a_comment_far_back_and_the_way_on_is_there(windows, crowd, jump):
    stage = await Stage(pace=0).open()  # its page shows the last fifty
    first = await stage.say(stage.person(display_name="Cleo"), "Where it began")
    await crowd.talk(stage, 1, 130)
    [answer] = await stage.rush(1, text="I was there", reply_to=str(first))
    window = await windows.open()
    await window.watch(stage)
    row = window.row(answer.comment.text)
    await row.get_by_role("button", name="In reply to Cleo").click()
    await expect(window.row("Where it began")).to_be_in_viewport()
    await expect(jump(window)).to_be_visible()
    await jump(window).click()
    await expect(row).to_be_in_viewport()


async def test_blocked_person_is_gone_from_every_room_until_taken_back(windows, stage):
    person = stage.person(display_name="Loud")
    other = await Stage().open()
    await stage.say(person, "First noise")
    await other.say(other.person(display_name="Calm"), "Peace")
    window = await windows.open()
    await window.watch(stage)
    await window.row("First noise").hover()
    await window.row("First noise").get_by_role("button", name="More about").click()
    await window.page.get_by_role("menuitem", name="Block on this device").click()
    await expect(window.row("First noise")).to_have_count(0)
    await other.say(person, "Second noise")
    await window.watch(other)
    await expect(window.row("Peace")).to_be_visible()
    await expect(window.row("Second noise")).to_have_count(0)
