"""Pages whose web process is killed: they say so, come back and miss nothing."""

import re

import pytest
from playwright.async_api import expect

from livecomments.protocol import Role
from tests.browser.windows import eventually
from tests.live import Stage, answers

WEB = ("web-1", "web-2")
# Every text of the list, from its top, after reading back to the beginning of the stream.
READ_BACK = """async () => {
  const list = document.querySelector("[role=log]");
  const texts = () => [...list.querySelectorAll("[data-row] p [dir=auto]")].map(
    (one) => one.textContent);
  const drawn = () => new Promise((done) => setTimeout(done, 60));
  let seen = texts();
  for (let tries = 0; tries < 400 && seen[0] !== "Line 1"; tries += 1) {
    list.scrollTop -= 400;
    await drawn();
    const now = texts();
    seen = [...now, ...seen.slice(seen.indexOf(now.at(-1)) + 1)];
  }
  return seen;
}"""


class Tunnel:
    """Sockets that pass while it is open, and end when it closes."""

    def __init__(self):
        self.is_open = True
        self._inside = []

    def enter(self, socket):
        """Let a socket through, or leave it without an answer."""
        if self.is_open:
            socket.connect_to_server()
            self._inside.append(socket)

    async def close(self):
        """End them all."""
        self.is_open = False
        for socket in self._inside:
            await socket.close(code=1011)


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
    await expect(waiting).to_contain_text("Sending when you are back")
    for name in WEB:
        live.start(name)
    await eventually(lambda: answers(live.url), what="an answer")
    await expect(viewer.page.get_by_text("Caught up: 5 comments")).to_be_visible()
    await viewer.sent("typed while away")
    await expect(viewer.rows).to_have_count(7)
    await expect(viewer.rows).to_contain_text(["before", *missed, "typed while away"])
    await expect(viewer.page.get_by_text("Caught up")).to_have_count(0)
    viewer.forgive("WebSocket", "ERR_CONNECTION")


async def test_somebody_who_missed_500_reads_each_of_them(windows, crowd):
    stage = await Stage(pace=0).open()
    await crowd.talk(stage, 1, 5)
    here, away = await windows.open("Jo"), await windows.open("Bo")
    tunnel = Tunnel()
    await away.page.route_web_socket(re.compile("/ws/"), tunnel.enter)
    for window in (here, away):
        await window.watch(stage)
        await expect(window.row("Line 5")).to_be_visible()
    await tunnel.close()
    await expect(away.page.get_by_text("Reconnecting")).to_be_visible()
    await crowd.talk(stage, 6, 500)
    await expect(here.row("Line 505")).to_be_in_viewport()
    tunnel.is_open = True
    await expect(away.page.get_by_text("Caught up: 500 comments")).to_be_visible()
    await expect(away.row("Line 505")).to_be_in_viewport()
    # Each of them once, in order: those that the list has let go of come from the archive.
    seen = await away.page.evaluate(READ_BACK)
    assert seen == [f"Line {number}" for number in range(1, 506)]
    await here.say("Welcome back")
    await expect(away.page.get_by_text("1 new")).to_be_visible()
    away.forgive("WebSocket")
