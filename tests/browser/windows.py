"""One person's browser window: signs in, watches a stream, says something. Async.

Elements are found by what a reader of the page is told: roles, labels and texts.
"""

import asyncio
import re
from datetime import timedelta

from django.utils import timezone
from playwright.async_api import expect

from livecomments.accounts.models import User
from tests.factories import PASSWORD, ModeratorFactory, UserFactory
from tests.live import orm

# Drawn and laid out: two frames later.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
PROCESS_TRIES = 20  # each lands on either process: all on one happens once in a million


class People:
    """The people of these tests, by name, and the cookies of those who have signed in."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}
        self.cookies: dict[str, dict] = {}

    def user(self, name: str) -> User:
        """The person of this name, who joined a month ago."""
        if name not in self._users:
            self._users[name] = orm(
                UserFactory,
                display_name=name,
                username=name.casefold(),
                password=PASSWORD,
                date_joined=timezone.now() - timedelta(days=30),
            )
        return self._users[name]

    def make_moderator(self, name, stage):
        """Makes the person a moderator, who may say more in a short time; before they watch."""
        orm(ModeratorFactory, stream=stage.row, user=self.user(name))


class Window:
    """A window of its own profile."""

    def __init__(self, page, url: str, name: str | None) -> None:
        self.page = page
        self.url = url
        self.name = name
        self.process: str | None = None  # the web process at the other end of the latest socket
        self.heard: list[str] = []  # every error and warning
        self._forgiven: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.heard.append(f"uncaught: {error}"))

    def _hear(self, message) -> None:
        if message.type in ("error", "warning"):
            self.heard.append(f"{message.text} ({message.location.get('url')})")

    def forgive(self, *parts: str) -> None:
        """Expect complaints that hold one of these: this test is about what causes them."""
        self._forgiven += parts

    @property
    def complaints(self) -> list[str]:
        """What it complained about and was not expected to."""
        return [said for said in self.heard if not any(part in said for part in self._forgiven)]

    async def follow_sockets(self) -> None:
        """Learn from each handshake which process answered it."""
        session = await self.page.context.new_cdp_session(self.page)
        session.on("Network.webSocketHandshakeResponseReceived", self._shaken)
        await session.send("Network.enable")

    def _shaken(self, event) -> None:
        headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
        self.process = headers["x-process"]

    async def go(self, path: str):
        """Open a page of the product; returns the response."""
        return await self.page.goto(f"{self.url}{path}")

    async def sign_in(self, name: str) -> None:
        """Sign in as anybody would."""
        await self.go("/accounts/sign-in/")
        await self.page.get_by_label("Name", exact=True).fill(name)
        await self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()

    async def watch(self, stage, *, not_on: str | None = None) -> None:
        """Join the room of a stream; `not_on`: over another process than this one."""
        for _ in range(PROCESS_TRIES):
            await self.go(f"/s/{stage.slug}/")
            await self.joined()
            if self.process != not_on:
                return
        raise AssertionError(f"every connection came to {not_on}")

    async def joined(self) -> None:
        """Wait until the room has been drawn."""
        await expect(self.log).to_have_attribute("aria-busy", "false")

    # --- the room ---------------------------------------------------------------------------------

    @property
    def log(self):
        """The list of comments."""
        return self.page.get_by_role("log", name="Comments")

    @property
    def rows(self):
        """Every comment, one's own unsent ones among them."""
        return self.log.get_by_role("listitem")

    @property
    def composer(self):
        """Where one types."""
        return self.page.get_by_role("textbox", name="Your comment")

    def gate(self, words):
        """Where one would type: what says why one cannot. The same is told, once, to listeners."""
        return self.page.get_by_role("paragraph").filter(has_text=words)

    def row(self, text: str):
        """The comments of exactly this text."""
        return self.rows.filter(has=self.page.get_by_text(text, exact=True))

    async def say(self, text: str) -> None:
        """Type a comment and press Enter."""
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def sent(self, text: str) -> None:
        """Wait until one's own comment of this text is in the room, once."""
        await expect(self.row(text)).to_have_count(1)
        await expect(self.row(text).get_by_role("time")).to_be_visible()

    def reaction(self, name: str):
        """The button of a reaction; its label ends in the count."""
        return self.page.get_by_role("button", name=re.compile(f"^{name}, "))


class Windows:
    """The windows of one test."""

    def __init__(self, browser, people: People, url: str) -> None:
        self.browser = browser
        self.people = people
        self.url = url
        self._opened: list[Window] = []

    async def open(self, name: str | None = None, **options) -> Window:
        """Return a window in which this person is signed in; None is a visitor."""
        context = await self.browser.new_context(
            storage_state=self.people.cookies.get(name or ""), locale="en-GB", **options
        )
        window = Window(await context.new_page(), self.url, name)
        self._opened.append(window)
        await window.follow_sockets()
        if name is not None and name not in self.people.cookies:
            self.people.user(name)
            await window.sign_in(name)
            self.people.cookies[name] = await context.storage_state()
        return window

    async def close(self) -> None:
        """Close them all."""
        for window in self._opened:
            await window.page.context.close()

    @property
    def complaints(self) -> list[str]:
        """What went wrong in any of them."""
        return [complaint for window in self._opened for complaint in window.complaints]


async def eventually(check, *, seconds=20.0, what="it"):
    """Wait for something to become true outside of the pages."""
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(check):
            await asyncio.sleep(0.05)
