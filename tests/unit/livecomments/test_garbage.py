"""A settled process looks for cycles when it is told to, and seldom by itself."""

import gc
import logging
import weakref

import pytest

from livecomments import garbage


class Thing:
    """What can be pointed at weakly, and be in a cycle."""

    def __init__(self):
        self.me = self


@pytest.fixture(autouse=True)
def _python_s_own_way():
    """The tests that follow are to find the collector as it was."""
    enabled, thresholds = gc.isenabled(), gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    (gc.enable if enabled else gc.disable)()


def collections(generation, monkeypatch, *, objects):
    """How often a generation is collected while so many objects are made and kept."""
    seen = []

    def note(phase, info):
        if phase == "start":
            seen.append(info["generation"])

    monkeypatch.setattr(gc, "callbacks", gc.callbacks)  # put back whatever happens
    gc.callbacks.append(note)
    try:
        kept = [[] for _ in range(objects)]
    finally:
        gc.callbacks.remove(note)
    assert len(kept) == objects
    return seen.count(generation)


def test_what_is_loaded_is_left_out_for_good():
    before = gc.get_freeze_count()
    kept = [Thing() for _ in range(100)]

    garbage.settle()

    assert gc.get_freeze_count() >= before + len(kept)
    assert not any(thing in kept for thing in gc.get_objects() if type(thing) is Thing)


def test_what_is_gone_already_is_collected_before_the_rest_is_frozen():
    gone = weakref.ref(Thing())

    garbage.settle()

    assert gone() is None


def test_full_collections_do_not_come_by_themselves(monkeypatch):
    monkeypatch.setattr(garbage, "_YOUNG", 50)
    monkeypatch.setattr(garbage, "_MIDDLE", 2)
    gc.freeze()  # Python puts a full collection off while many objects have grown old already
    gc.collect()
    gc.set_threshold(50, 2, 2)
    assert collections(2, monkeypatch, objects=20_000) > 0, "the measure itself"

    garbage.settle()

    assert collections(2, monkeypatch, objects=20_000) == 0
    assert collections(1, monkeypatch, objects=20_000) > 0, "the young are still looked after"
    assert gc.isenabled()


def test_the_young_are_collected_less_often_than_by_default(monkeypatch):
    gc.set_threshold(700, 10, 10)
    often = collections(0, monkeypatch, objects=50_000)

    garbage.settle()

    assert 0 < collections(0, monkeypatch, objects=50_000) <= 5 < often


def test_collect_finds_cycles_that_came_after_settling(caplog):
    garbage.settle()
    gone = weakref.ref(Thing())
    gc.collect(1)  # it has grown old
    again = weakref.ref(Thing())

    with caplog.at_level(logging.DEBUG, logger=garbage.__name__):
        garbage.collect()

    assert (gone(), again()) == (None, None)
    assert "objects in cycles" in caplog.text


def test_collect_reaches_the_old():
    garbage.settle()
    thing = Thing()
    gone = weakref.ref(thing)
    gc.collect(0)
    gc.collect(1)
    del thing

    garbage.collect()

    assert gone() is None
