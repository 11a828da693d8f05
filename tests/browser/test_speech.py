"""What a screen reader is told: the tree of what is there; what is spoken, when and how much."""

import asyncio
import re
from itertools import pairwise

from playwright.async_api import expect

from livecomments.protocol import PinComment
from tests.browser import fullroom
from tests.browser.fullroom import boss, once_shown
from tests.live import Stage

MODES = ("all", "mentions", "off")
EVERY_S, AT_ONCE = 4, 3
LISTEN_S = 10.0
# Writes down what the live region says, and when.
LISTEN = """() => {
  window.spoken = [];
  const region = document.querySelector("[aria-live=polite]");
  new MutationObserver(() => {
    if (region.textContent) window.spoken.push([performance.now(), region.textContent]);
  }).observe(region, { childList: true, characterData: true, subtree: true });
}"""


async def listener(windows, stage, mode):
    """A window of Axel's that speaks in this mode, and is written down."""
    window = await windows.open("Axel")
    await window.watch(stage)
    await window.page.get_by_role("combobox", name="Announce").select_option(mode)
    await window.page.evaluate(LISTEN)
    return window


async def test_each_mode_speaks_what_it_promises_and_no_faster(windows):
    stage = await Stage(pace=0).open()
    heard = [await listener(windows, stage, mode) for mode in MODES]
    await asyncio.sleep(EVERY_S)  # what was there at the first look is not news
    await stage.rush(12, text="Line")
    cleo = stage.person(display_name="Cleo")
    await stage.say(cleo, "Look here @Axel")
    rules = await stage.say(stage.person(display_name="Hester"), "Be kind")
    await once_shown(lambda: boss(stage, PinComment(id=str(rules))))
    for _ in range(int(LISTEN_S)):
        await stage.rush(3, text="On and on")
        await asyncio.sleep(1)
    everything, mentions, nothing = [
        await window.page.evaluate("() => window.spoken") for window in heard
    ]

    assert nothing == []
    said = " ".join(text for _, text in mentions)
    assert sorted(re.split(r" (?=Cleo:|Pinned:)", said)) == [
        "Cleo: Look here @Axel",
        "Pinned: Hester: Be kind",
    ]
    assert len(everything) >= 2
    for (before, _), (after, _) in pairwise(everything):
        assert after - before >= EVERY_S * 1_000 - 500
    for _, text in everything:
        comments = re.findall(r"(?:Person \d+|Cleo|Hester): ", text.replace("Pinned: Hester: ", ""))
        assert len(comments) <= AT_ONCE
    assert any(re.match(r"(Pinned: Hester: Be kind )?\d+ more\. ", text) for _, text in everything)


async def test_comments_have_one_live_region_and_the_mode_is_kept(windows, stage):
    window = await windows.open()
    await window.watch(stage)
    page = window.page
    await expect(page.locator("[aria-live]:not([aria-live=off])")).to_have_count(1)
    await expect(window.log).to_have_attribute("aria-live", "off")
    assert await page.get_by_role("alert").count() == 1
    await page.get_by_role("combobox", name="Announce").select_option("mentions")
    await page.reload()
    await window.joined()
    await expect(page.get_by_role("combobox", name="Announce")).to_have_value("mentions")


async def test_tree_of_a_row_the_composer_and_the_reactions(windows, stage):
    window = await windows.open("Axel")
    await window.watch(stage)
    await fullroom.fill(stage, window)
    page = window.page
    reply = window.rows.filter(has_text="The old one 0")
    await reply.focus()
    await expect(reply).to_match_aria_snapshot(
        r"""
        - listitem:
          - button "In reply to Cleo Which camera is this?"
          - paragraph: /Person \d+ The old one 0/
          - time: /\d:\d\d/
          - button /Reply to Person \d+/
          - button /More about this comment by Person \d+/
        """
    )
    await expect(window.rows.filter(has_text="The programme")).to_match_aria_snapshot(
        """
        - listitem:
          - paragraph:
            - text: "Mona Mod The programme:"
            - link "https://example.org/programme"
          - time
        """
    )
    await expect(page.locator("form").filter(has=window.composer)).to_match_aria_snapshot(
        """
        - textbox "Your comment"
        - button "Emoji"
        - button "Send" [disabled]
        """
    )
    await expect(page.get_by_role("group", name="Reactions")).to_match_aria_snapshot(
        """
        - group "Reactions":
          - button "Like, 0": "0"
          - button "Love, 0": "0"
          - button "Haha, 0": "0"
          - button "Wow, 0": "0"
          - button "Sad, 0": "0"
          - button "Angry, 0": "0"
        """
    )
