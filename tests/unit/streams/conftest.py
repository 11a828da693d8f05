"""A stream that has not begun, people, and the log that its archive is fed from."""

import pytest
from django.core.cache import cache

from livecomments.protocol import StreamStatus
from tests.factories import StreamFactory, UserFactory
from tests.unit.streams.streamlog import Log


@pytest.fixture
def empty_cache():
    cache.clear()


@pytest.fixture
def stream():
    return StreamFactory(status=StreamStatus.SCHEDULED.value, started_at=None)


@pytest.fixture
def moderator():
    return UserFactory().pk


@pytest.fixture
def viewer():
    return UserFactory().pk


@pytest.fixture
def log(stream):
    return Log(stream)
