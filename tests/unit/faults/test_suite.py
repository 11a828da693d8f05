"""A scenario that never ends is broken off, and says where it stood."""

import asyncio
import io
from types import SimpleNamespace

import pytest

from livecomments.replay.progress import Progress
from tests.faults import suite as faults
from tests.faults.scenarios import SCENARIOS_AND_SOAK, Scenario
from tests.integration import test_faults as short_form


async def wait_in_vain(scene):
    """A scenario that waits for what never comes."""
    await asyncio.Event().wait()


async def end(scene):
    """A scenario that has nothing to do."""


def redis_away():
    """Stands for a Valkey that nobody reaches."""
    raise OSError("nobody is there")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs one scenario, bounded to moments, on a stage without parts; returns its finding."""
    (tmp_path / "postgres.log").write_text("LOG:  listening\nFATAL:  no room\n")
    stage = SimpleNamespace(
        folder=tmp_path,
        problems=[],
        parts={},
        await_all=lambda seconds: None,
        redis=redis_away,
    )
    monkeypatch.setattr(faults, "SHORT_SECONDS", 0.3)

    def run(scenario):
        monkeypatch.setitem(SCENARIOS_AND_SOAK, "F7", Scenario("a fault", scenario))
        suite = faults.Suite(
            names=["F7"],
            long=False,
            minutes=0.0,
            seed=1,
            scale=1.0,
            progress=Progress(io.StringIO()),
            say=lambda text: None,
            told=lambda findings: None,
        )
        [finding] = faults.run_suite(stage, suite)
        return finding

    return run


def test_who_waits_in_vain_is_broken_off_and_says_where(run):
    finding = run(wait_in_vain)
    assert finding.verdict == "violated"
    assert finding.violations[0].startswith("broken off: TimeoutError")
    [task] = [note for note in finding.notes if note.startswith("Task-")]
    assert "in wait_in_vain" in task
    assert any("_tell_what_stands" in note for note in finding.notes)  # this thread's own stack
    assert "postgres.log\nLOG:  listening\nFATAL:  no room" in finding.notes


def test_who_ends_in_time_is_not(run):
    finding = run(end)
    assert (finding.verdict, finding.violations, finding.notes) == ("holds", [], [])


def test_the_tests_wait_longer_than_the_suite_does():
    longest = faults.HEAL_SECONDS + faults.SHORT_SECONDS + faults.BLOCKED_SECONDS
    assert longest < short_form.ROW_SECONDS
