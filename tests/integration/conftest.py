"""What tests over real servers share."""

import asyncio
import os
from threading import Barrier, Thread

import pytest
from asgiref.sync import SyncToAsync
from channels.layers import get_channel_layer
from django.db import connection
from django_redis import get_redis_connection

from livecomments import dbthreads, redisdb
from tests.factories import ModeratorFactory, StreamFactory, UserFactory, open_room
from tests.outage import Site


@pytest.fixture(autouse=True)
def empty_redis():
    """No test sees the limits, caches and rooms of another."""
    get_redis_connection("default").flushdb()


@pytest.fixture(autouse=True)
def quick_hashing(settings):
    """A good password hash is slow on purpose, and none of these tests is about that."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def _one_loop():
    """What views ask of async code runs on one loop, as in a web process: its clients live on."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    SyncToAsync.threadlocal.main_event_loop = loop
    SyncToAsync.threadlocal.main_event_loop_pid = os.getpid()
    yield
    del SyncToAsync.threadlocal.main_event_loop
    asyncio.run_coroutine_threadsafe(_close_clients(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


async def _close_clients():
    await redisdb.close()
    await get_channel_layer().flush()


@pytest.fixture(scope="session", autouse=True)
def _close_database_threads(django_db_setup):
    """The threads of the socket side keep their connections, which would keep the database."""
    yield
    together = Barrier(dbthreads.THREADS)

    def close():
        together.wait(timeout=10)
        connection.close()

    for closed in [dbthreads._executor.submit(close) for _ in range(dbthreads.THREADS)]:
        closed.result()


# --- rows, for tests that ask for them ------------------------------------------------------------


@pytest.fixture
def stream():
    """A live stream whose room is open."""
    row = StreamFactory(slug="here")
    open_room(row)
    return row


@pytest.fixture
def viewer():
    """Somebody with an account and nothing more."""
    return UserFactory()


@pytest.fixture
def signed_in(client, viewer):
    """The viewer's browser."""
    client.force_login(viewer)
    return client


@pytest.fixture
def moderator(stream):
    """A moderator of the stream."""
    return ModeratorFactory(stream=stream).user


@pytest.fixture
def desk(client, moderator):
    """The moderator's browser."""
    client.force_login(moderator)
    return client


@pytest.fixture
def broadcaster_desk(client, stream):
    """The browser of the stream's broadcaster."""
    client.force_login(stream.broadcaster)
    return client


@pytest.fixture
def superuser():
    """Somebody who may do everything everywhere."""
    return UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def superuser_desk(client, superuser):
    """The superuser's browser."""
    client.force_login(superuser)
    return client


# --- servers that a test may take away ------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The product on servers of its own, which a test may take away."""
    site = Site(tmp_path_factory.mktemp("outage"))
    try:
        site.start()
        yield site
    finally:
        site.stop()
