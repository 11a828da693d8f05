"""Links in comments: https alone, showing where they lead, and vouched for by nobody."""

import asyncio
import re

from django.utils import timezone
from playwright.async_api import expect

from comments.actions import act
from livecomments.protocol import LinksMode, Role, SetModes
from tests.live import orm

LINKS = {
    "look: https://good.example/a?b=c#d, really": "https://good.example/a?b=c#d",
    "https://аррӏе.com/id": "https://xn--80ak6aa92e.com/id",  # Cyrillic
}
NO_LINKS = [
    "http://plain.example/",
    "javascript://good.example/%0awindow.pwned=1",
    "data:text/html,<script>window.pwned=1</script>",
    "https://bank.example@evil.example/",
    "www.bare.example",
    'https://"onmouseover="window.pwned=1',
]


async def test_links_lead_where_they_say(windows, stage):
    staff = stage.person(Role.MODERATOR)
    window = await windows.open()
    await window.watch(stage)
    for text in [*LINKS, *NO_LINKS]:
        await stage.say(staff, text)
    await expect(window.rows).to_have_count(len(LINKS) + len(NO_LINKS))

    links = window.log.get_by_role("link")
    await expect(links).to_have_count(len(LINKS))
    for link, href in zip(await links.all(), LINKS.values(), strict=True):
        assert await link.text_content() == href  # in Punycode, as it is asked for
        assert await link.get_attribute("href") == href
        assert await link.get_attribute("rel") == "noopener nofollow ugc"
        assert await link.get_attribute("target") == "_blank"
    for text in NO_LINKS:
        await expect(window.row(text)).to_have_count(1)
    assert await window.page.evaluate("() => window.pwned ?? null") is None


async def test_a_page_that_was_opened_knows_nothing_of_the_room(windows, stage):
    window = await windows.open()
    await window.watch(stage)
    context = window.page.context

    async def answer(route):
        await route.fulfill(body="<p>elsewhere</p>", content_type="text/html")

    await context.route("https://elsewhere.example/**", answer)
    await stage.say(stage.person(Role.MODERATOR), "https://elsewhere.example/page")
    async with context.expect_page() as opening:
        await window.log.get_by_role("link").click()
    opened = await opening.value
    await opened.wait_for_load_state()
    assert opened.url == "https://elsewhere.example/page"
    assert await opened.evaluate("() => window.opener") is None
    assert await opened.evaluate("() => document.referrer") == ""
    assert stage.slug in window.page.url  # the room stayed where it was


async def test_a_newcomer_is_told_the_rule_of_links(windows, people, stage):
    newcomer = people.user("Newcomer")
    newcomer.date_joined = timezone.now()
    orm(newcomer.save)
    window, viewer = await windows.open("Newcomer"), await windows.open()
    await window.watch(stage)
    await viewer.watch(stage)
    await window.say("https://good.example/held")
    held = window.rows.filter(has_text="good.example/held")
    await expect(held).to_contain_text("Waiting for a moderator.")
    await expect(held).to_contain_text("Links from people who are new here")
    boss = stage.person(Role.BROADCASTER)
    await act(stage.room, actor=boss, action=SetModes(links=LinksMode.BLOCK))
    await expect(window.page.get_by_text("No links from newcomers")).to_be_visible()
    refused = window.rows.filter(has_text="Not sent.")
    for number in range(4):  # a process looks the modes up once a second
        await window.say(f"https://good.example/{number}")
        await expect(window.page.get_by_text("Sending…")).to_have_count(0)
        if await refused.count():
            break
        await asyncio.sleep(1.1)
    await expect(refused).to_contain_text(re.compile("[Ll]inks"))
    await expect(viewer.rows).to_have_count(0)
