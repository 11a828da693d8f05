"""Real browser windows on a running product: a batcher and two web processes on one port.

All tests of this folder share one Chromium and one event loop; each opens windows and a stream of
its own. A window that complained (console errors, refused resources, uncaught exceptions) fails
its test when it is closed.
"""

from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from livecomments import redisdb
from tests.browser.axe import Inspection
from tests.browser.desk import Desk
from tests.browser.talking import Crowd
from tests.browser.windows import People, Windows
from tests.chromium import FLAGS
from tests.live import Stage, database_named, running_product

# A test waits for what happens, not for a time: patience costs nothing where all is well.
PATIENCE_MS = 20_000


def pytest_collection_modifyitems(items):
    """Runs these tests on one loop, with their browser, and in one worker."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))
            if pytest_asyncio.is_async_test(item):
                item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


def pytest_terminal_summary(terminalreporter):
    """Prints the times that were measured, whether they passed or not."""
    measured = [
        (name, value)
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in getattr(report, "user_properties", [])
        if report.when == "call" and name.startswith("until ")
    ]
    if measured:
        terminalreporter.section("measured in two windows")
        for name, value in measured:
            terminalreporter.line(f"{name}: {value}")


@pytest.fixture(scope="package")
def live(django_db_blocker, tmp_path_factory):
    """The running product; rows that tests make are rows that it sees."""
    folder = tmp_path_factory.mktemp("browser")
    with django_db_blocker.unblock(), running_product(folder, "batcher", "web-1", "web-2") as stack:
        with database_named(stack.database):
            yield stack


@pytest_asyncio.fixture(scope="package", loop_scope="session", autouse=True)
async def _one_redis_client(live):
    """What tests do to rooms goes over one client; it is closed on the loop it lived on."""
    yield
    await redisdb.close()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser(chromium_path):
    """The one Chromium."""
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield chromium
        await chromium.close()


@pytest.fixture(scope="package")
def people(live):
    """Who the windows belong to; each signs in once."""
    return People()


@pytest.fixture(scope="package")
def crowd(live):
    """Many people, for rooms in which much is said."""
    return Crowd()


@pytest_asyncio.fixture(loop_scope="session")
async def windows(live, browser, people):
    """Opens windows; they are closed, and their complaints read, after the test."""
    opened = Windows(browser, people, live.url)
    yield opened
    await opened.close()
    assert opened.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def stage(live):
    """A live stream."""
    return await Stage().open()


@pytest.fixture(scope="session")
def pictures(request):
    """The folder that pictures of what is inspected go to, or None."""
    folder = request.config.getoption("pictures")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def inspect(pictures):
    """Return what looks at a window; in the end nothing was wrong in any."""
    started = []

    def start(window):
        started.append(Inspection(window.page, pictures))
        return started[-1]

    yield start
    found = "\n".join(line for one in started for line in one.found)
    assert found == "", found


@pytest.fixture
def moderator(people, stage):
    """The name of a moderator of the stage."""
    people.make_moderator("Ada", stage)
    return "Ada"


@pytest_asyncio.fixture(loop_scope="session")
async def desk(windows, stage, moderator):
    """The moderator's desk of the stage."""
    window = await windows.open(moderator, viewport={"width": 1280, "height": 800})
    return await Desk(window).open(stage)
