"""Cached copies that a change is never overtaken by."""

import pytest
from django.core.cache import cache
from django_redis import get_redis_connection

from livecomments.accounts.recall import forget, recall, remember

KEY = "test:recall"


@pytest.fixture(autouse=True)
def _empty():
    get_redis_connection("default").flushdb()


def test_what_was_remembered_is_recalled():
    assert recall(KEY) == (None, None)
    remember(KEY, {"may": True}, mark=None, seconds=30)
    assert recall(KEY).value == {"may": True}


def test_false_is_a_value():
    remember(KEY, False, mark=None, seconds=30)
    assert recall(KEY).value is False


def test_forgotten_is_gone_and_may_be_remembered_anew():
    remember(KEY, "old", mark=None, seconds=30)
    forget(KEY)
    value, mark = recall(KEY)
    assert value is None
    remember(KEY, "new", mark=mark, seconds=30)
    assert recall(KEY).value == "new"


@pytest.mark.parametrize("before", [0, 1])
def test_what_was_read_before_a_change_is_not_kept(before):
    for _ in range(before):
        forget(KEY)
    _, mark = recall(KEY)  # a reader asks Postgres …
    forget(KEY)  # … the row changes …
    remember(KEY, "old", mark=mark, seconds=30)  # … and the old answer comes back
    assert recall(KEY).value is None


def test_others_are_not_forgotten():
    remember("test:other", "kept", mark=None, seconds=30)
    forget(KEY)
    assert recall("test:other").value == "kept"


def test_copies_of_the_release_before_are_not_taken_for_ours():
    cache.set(KEY, "a bare value", 30)
    assert recall(KEY) == (None, None)


def test_recall_is_one_call(monkeypatch):
    calls = []
    monkeypatch.setattr(cache, "get", lambda *args: calls.append(args))
    recall(KEY)
    assert calls == []
