"""Pages whose web process is killed: they say so, come back and miss nothing."""

import pytest
from playwright.async_api import expect

from livecomments.protocol import Role
from tests.browser.windows import eventually
from tests.live import answers

WEB = ("web-1", "web-2")


@pytest.fixture(autouse=True)
def _every_process_runs(live):
    """What a test killed is not left to the next."""
    yield
    for name in WEB:
        if live.processes[name].poll() is not None:
            live.start(name)
    live.wait_ready()


async def test_page_of_a_killed_process_goes_on_over_the_other(live, windows, stage):
    speaker = stage.person(Role.MODERATOR)
    viewer = await windows.open("Bo")
    await viewer.watch(stage)
    await stage.say(speaker, "before")
    await expect(viewer.row("before")).to_be_visible()
    lost = viewer.process
    live.kill(lost)
    missed = [f"meanwhile {number}" for number in range(5)]
    for text in missed:
        await stage.say(speaker, text)
    await expect(viewer.rows).to_contain_text(["before", *missed])
    assert viewer.process != lost
    live.start(lost)
    await viewer.say("on we go")
    await viewer.sent("on we go")
    await expect(viewer.rows).to_have_count(7)
    await expect(viewer.rows).to_contain_text(["before", *missed, "on we go"])
    viewer.forgive("WebSocket", "ERR_CONNECTION")


async def test_page_says_that_it_reconnects_and_catches_up(live, windows, stage):
    speaker = stage.person(Role.MODERATOR)
    viewer = await windows.open("Bo")
    await viewer.watch(stage)
    await stage.say(speaker, "before")
    await expect(viewer.row("before")).to_be_visible()
    for name in WEB:
        live.kill(name)
    await expect(viewer.page.get_by_text("Reconnecting…")).to_be_visible()
    missed = [f"meanwhile {number}" for number in range(5)]
    for text in missed:
        await stage.say(speaker, text)
    await viewer.say("typed while away")
    waiting = viewer.row("typed while away")
    await expect(waiting).to_contain_text("Sending…")
    for name in WEB:
        live.start(name)
    await eventually(lambda: answers(live.url), what="an answer")
    await expect(viewer.page.get_by_text("Caught up: 5 comments")).to_be_visible()
    await viewer.sent("typed while away")
    await expect(viewer.rows).to_have_count(7)
    await expect(viewer.rows).to_contain_text(["before", *missed, "typed while away"])
    await expect(viewer.page.get_by_text("Caught up")).to_have_count(0)
    viewer.forgive("WebSocket", "ERR_CONNECTION")
