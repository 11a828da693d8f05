"""Text that looks like code is shown as the text it is, wherever somebody may write one."""

import asyncio

from playwright.async_api import expect

from livecomments.protocol import Role
from tests.live import Stage

PWN = "window.pwned=1"
PAYLOADS = [
    f"<script>{PWN}</script>",
    f"</script><script>{PWN}</script>",
    f"<img src=x onerror={PWN}>",
    f"<svg/onload={PWN}>",
    f'"><a href="javascript:{PWN}">press me</a>',
    f"javascript:{PWN}",
    f"[press me](javascript:{PWN})",
    f"<iframe srcdoc='<script>parent.{PWN}</script>'>",
    f"{{{{constructor.constructor('{PWN}')()}}}}",
    f"${{{PWN}}} #{{{PWN}}} <%= {PWN} %> {{% debug %}}",
    f"<!--><style>@import'javascript:{PWN}'</style>",
    f"&lt;script&gt;{PWN}&lt;/script&gt; &#x3C;b&#x3E;",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={PWN}>",
]


# Ends whatever a name or a title is put into.
HOSTILE = f"</script><img src=x onerror={PWN}>"
HOSTILE_NAME = HOSTILE[:40]

INJECT = """(code) => {
  const script = document.createElement("script");
  script.textContent = code;
  document.body.append(script);
}"""


async def pwned(window):
    """What a payload that ran has left; None when none did."""
    return await window.page.evaluate("() => window.pwned ?? null")


async def test_comments_are_text_and_nothing_else(windows, people, stage):
    people.make_moderator("Ada", stage)
    author, viewer = await windows.open("Ada"), await windows.open()
    await viewer.watch(stage)
    await author.watch(stage)
    for payload in PAYLOADS:
        await author.say(payload)
        await author.sent(payload)
        await asyncio.sleep(0.15)  # moderators may say ten things a second
    for window in (author, viewer):
        await expect(window.rows).to_have_count(len(PAYLOADS))
    await viewer.page.reload()
    await viewer.joined()
    for window in (author, viewer):
        for payload in PAYLOADS:
            await expect(window.row(payload)).to_have_count(1)
        assert await window.log.locator("a, img, iframe, script, style, form").count() == 0
        assert await pwned(window) is None


async def test_names_titles_and_quotes_are_text(live, windows):
    stage = await Stage(title=HOSTILE, description=HOSTILE).open()
    await stage.say(stage.person(Role.BROADCASTER, display_name=HOSTILE_NAME), HOSTILE)
    window = await windows.open("Bo")
    for path in ("/", f"/s/{stage.slug}/"):
        await window.go(path)
        await expect(window.page.get_by_text(HOSTILE, exact=True).first).to_be_visible()
        assert await pwned(window) is None
    await window.joined()
    await window.row(HOSTILE).hover()
    await window.page.get_by_role("button", name=f"Reply to {HOSTILE_NAME}").click()
    await window.say("So what?")
    await expect(window.row("So what?")).to_contain_text(HOSTILE)
    assert await pwned(window) is None
    assert await window.page.locator("img[src=x]").count() == 0


async def test_script_that_got_into_a_page_would_not_run(windows, stage):
    window = await windows.open()
    await window.watch(stage)
    await window.page.evaluate(INJECT, PWN)
    assert await pwned(window) is None
    async with asyncio.timeout(10):
        while not any("Content Security Policy" in said for said in window.heard):
            await asyncio.sleep(0.05)
    window.forgive("Content Security Policy")
