"""What tests over real servers share."""

import pytest
from django_redis import get_redis_connection


@pytest.fixture(autouse=True)
def empty_redis():
    """No test sees the limits, caches and rooms of another."""
    get_redis_connection("default").flushdb()
