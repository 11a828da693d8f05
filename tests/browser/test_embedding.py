"""A page of another site with the room in a frame: Chromium itself decides whether it is shown.

`localhost` is another site than the 127.0.0.1 of the product, so no cookie of ours goes with it.
"""

from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.async_api import expect

from streams import editing
from tests.live import orm

REFUSED = "frame-ancestors"


class Blog(BaseHTTPRequestHandler):
    """Answers everything with a page that frames what is asked for."""

    def __init__(self, *args, shows: str) -> None:
        self.shows = shows
        super().__init__(*args)

    def do_GET(self) -> None:
        """The page."""
        body = f'<title>A blog</title><iframe src="{self.shows}{self.path}"></iframe>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def blog(live):
    """The address of the other site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Blog, shows=live.url))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def allow(stage, *sites):
    stage.row.embed_sites = list(sites)
    editing.edit_stream(stage.row)


async def test_an_allowed_site_shows_the_room_to_nobody_in_particular(windows, stage, blog):
    orm(allow, stage, blog)
    await stage.say(stage.person(), "hello out there")
    window = await windows.open("Framed")

    await window.page.goto(f"{blog}/s/{stage.slug}/embed/")

    frame = window.page.frame_locator("iframe")
    await expect(frame.get_by_role("log", name="Comments")).to_contain_text("hello out there")
    assert "Framed" not in await frame.locator("html").inner_html()
    async with window.page.context.expect_page() as opened:
        await frame.get_by_role("link", name="Sign in").first.click()
    page = await opened.value
    # who is signed in already is sent on to the room, in a window of its own
    await page.wait_for_url(f"{window.url}/s/{stage.slug}/")
    assert window.page.url == f"{blog}/s/{stage.slug}/embed/"


async def test_another_site_shows_nothing(windows, stage, blog):
    orm(allow, stage, "https://blog.example")
    window = await windows.open()
    window.forgive(REFUSED, "chrome-error")

    await window.page.goto(f"{blog}/s/{stage.slug}/embed/")

    await expect(window.page.locator("iframe")).to_have_count(1)
    assert any(REFUSED in said for said in window.heard)


@pytest.mark.parametrize("page", ["", "chat/"])
async def test_other_pages_are_shown_in_no_frame(windows, stage, blog, page):
    orm(allow, stage, blog)
    window = await windows.open()
    window.forgive(REFUSED, "chrome-error")

    await window.page.goto(f"{blog}/s/{stage.slug}/{page}")

    assert any(REFUSED in said for said in window.heard)
