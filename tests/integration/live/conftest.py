"""A running product for socket tests: a batcher, two uvicorn processes on one port, and Daphne.

Nothing is flushed between these tests; each makes streams and people of its own. They run in one
worker (`xdist_group`), which shares one set of processes (tests/live.py).
"""

from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django_redis import get_redis_connection

from livecomments import redisdb
from livecomments.local.ports import free_port
from tests.live import Stage, answers, database_named, running_product, wait_until


def pytest_collection_modifyitems(items):
    """Keeps these tests together: they share one set of processes."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("live"))


@pytest.fixture
def empty_redis():
    """Overrides the one above: the processes work in this Redis."""


@pytest.fixture(autouse=True)
def _database(live, django_db_blocker):
    """Rows stay: the archive writes them from another process."""
    with django_db_blocker.unblock(), database_named(live.database):
        yield


@pytest.fixture(autouse=True)
def _fresh_address(live):
    """All these tests come from one address: none is to be refused for what another sent."""
    get_redis_connection("default").delete(redisdb.rate("address:127.0.0.1"))


@pytest.fixture(scope="package")
def live(django_db_blocker, tmp_path_factory):
    """The running product."""
    with django_db_blocker.unblock():
        folder = tmp_path_factory.mktemp("live")
        with running_product(folder, "batcher", "web-1", "web-2", "daphne") as stack:
            yield stack


@pytest.fixture(params=["uvicorn", "daphne"])
def server(request, live):
    """The address of each kind of server in turn."""
    return live.url if request.param == "uvicorn" else live.daphne_url


@pytest.fixture
def fresh_process(live):
    """A web process that has never seen the stream: its rings are empty."""
    url, before = live.url, dict(live.processes)
    live.url = f"http://127.0.0.1:{free_port()}"
    live.start("web-fresh")
    fresh, live.url = live.url, url
    wait_until(lambda: answers(fresh), what="the fresh process")
    yield fresh
    live.processes["web-fresh"].terminate()
    live.processes["web-fresh"].wait()
    live.processes = before


@pytest.fixture
def stage(live):
    """A live stream."""
    return async_to_sync(Stage().open)()


@pytest.fixture
def other_stage(live):
    """Another live stream."""
    return async_to_sync(Stage().open)()
