"""What tests of single modules share; nothing here is used unless a test asks for it."""

from threading import Barrier

import pytest
from django.db import connection
from django_redis import get_redis_connection
from hypothesis import settings as hypothesis_settings

from livecomments import dbthreads, redisdb
from tests.rooms import Clock

# How long one example takes says more about the machine than about the code.
hypothesis_settings.register_profile("unit", deadline=None)
hypothesis_settings.load_profile("unit")


@pytest.fixture
async def redis():
    """This loop's client, on a Redis that holds nothing."""
    client = redisdb.client()
    await client.flushdb()
    yield client
    await redisdb.close()


@pytest.fixture
def clock(redis):
    """Redis' time under the hand of a test."""
    return Clock()


@pytest.fixture
def away(settings):
    """Points what is opened from now on at a Redis that is not there."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"


@pytest.fixture
def set_redis():
    """Changes settings of this worker's own server, and puts them back."""
    redis = get_redis_connection("default")
    before = {}

    def change(name, value):
        before.setdefault(name, *redis.config_get(name).values())
        redis.config_set(name, value)

    yield change
    for name, value in before.items():
        redis.config_set(name, value)


@pytest.fixture(scope="session")
def database_threads(django_db_setup):
    """The threads of `dbthreads` keep their connections; without this they keep the database."""
    yield
    together = Barrier(dbthreads.THREADS)

    def close():
        together.wait(timeout=10)
        connection.close()

    for closed in [dbthreads._executor.submit(close) for _ in range(dbthreads.THREADS)]:
        closed.result()
