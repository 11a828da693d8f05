"""Starts the servers before anything reads the settings, and marks each test by its folder."""

import os
from pathlib import Path

import django
import pytest
from django.conf import settings

from tests import chromium
from tests.embedded import TestServer, TestServers

SERVERS = TestServers()
SERVERS.start()
os.environ["DJANGO_SETTINGS_MODULE"] = "livecomments.settings"
# What the developer's shell holds must not decide how the tests end.
for name in ("DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS"):
    os.environ.pop(name, None)
for name in [name for name in os.environ if name.startswith("LIVECOMMENTS_")]:
    if not name.startswith("LIVECOMMENTS_TEST_"):
        del os.environ[name]
# The PostgreSQL of the tests need not survive a power cut (tests/embedded.py).
os.environ["LIVECOMMENTS_SILENCED_CHECKS"] = "livecomments.E013,livecomments.E014"
django.setup()
assert os.environ["REDIS_URL"] == settings.REDIS_URL, "the settings were read too early"

LAYERS = ("unit", "integration", "browser")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures DIR`: what tests/browser inspects is photographed into this folder."""
    parser.addoption("--pictures", type=Path, help="take pictures of every page into this folder")


def pytest_configure(config: pytest.Config) -> None:
    """Hides the settings from workers: they would read them before their own servers are there."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_unconfigure() -> None:
    """Stops the servers, also when the run was broken off with Ctrl-C."""
    SERVERS.stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks each test with its layer, and skips browser tests where there is no Chromium."""
    here = Path(__file__).parent
    for item in items:
        layer = item.path.relative_to(here).parts[0]
        if layer not in LAYERS:
            continue
        item.add_marker(layer)
        if layer == "browser" and chromium.PATH is None:
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium that browser tests drive."""
    assert chromium.PATH is not None
    return chromium.PATH


@pytest.fixture
def valkey_server() -> TestServer:
    """This process's own Valkey, for tests that kill it and start it again."""
    if SERVERS.valkey is None:
        pytest.skip("REDIS_URL names a server that is not ours to kill")
    return SERVERS.valkey
