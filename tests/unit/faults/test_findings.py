"""Rows, bars and the table: what was not kept must be told, and nothing else."""

import json
from datetime import UTC, datetime

import pytest

from tests.faults.finding import COUNTS, Finding, percentile
from tests.faults.scenarios.soak import growth
from tests.faults.table import BEGIN, END, Run, as_json, as_markdown, as_text, bound, record
from tests.faults.watcher import Watcher

RUN = Run("a machine", "abc", "make faults", datetime(2026, 1, 2, tzinfo=UTC), 90.0, 7, True)


def test_a_finding_without_anything_wrong_holds():
    finding = Finding("F1", "kill", acknowledged=10, kills=1)
    assert (finding.verdict, finding.failed) == ("holds", False)


@pytest.mark.parametrize("name", COUNTS)
def test_a_finding_with_any_count_is_violated(name):
    finding = Finding("F1", "kill")
    finding.counts[name] = 1
    assert (finding.verdict, finding.failed) == ("violated", True)


def test_a_finding_with_a_missed_expectation_is_violated():
    finding = Finding("F1", "kill")
    finding.expect(True, "never told")
    finding.expect(False, "told")
    assert (finding.violations, finding.failed) == (["told"], True)


def test_a_fault_that_was_not_run_is_told_and_is_no_failure():
    finding = Finding("F7", "disk", not_run="needs root")
    assert (finding.verdict, finding.failed) == ("not run", False)
    assert "F7 was not run: needs root" in as_text([finding])


@pytest.mark.parametrize(
    ("long", "value", "timed", "failed"),
    [
        (True, 3.0, True, False),
        (True, 3.1, True, True),
        (False, 14.0, True, False),
        (False, 15.1, True, True),
        (False, 3.1, False, True),
    ],
)
def test_the_short_form_is_lenient_with_times_alone(long, value, timed, failed):
    finding = Finding("F4", "kill", long=long)
    finding.figure("pause", value, at_most=3.0, timed=timed)
    assert finding.failed is failed


def test_the_table_adds_everything_up():
    first = Finding("F1", "kill", acknowledged=1_000, kills=2, unavailable=[0.1, 0.5, 0.2])
    second = Finding("F2", "kill", acknowledged=500, kills=1, caught_up=[1.0])
    second.counts["lost"] = 3
    text = as_text([first, second])
    assert "0.20 / 0.50" in text
    last = text.splitlines()[-1].split()
    assert last == ["all", "1,500", "3", "3", "0", "0", "0", "0", "1", "violated"]


def test_violations_and_figures_are_told_under_the_table():
    finding = Finding("F4", "kill", long=True)
    finding.figure("pause", 4.0, at_most=3.0)
    text = as_text([finding])
    assert "  F4: pause 4 s (bar 3)\n" in text
    assert "VIOLATION in F4: pause 4 s (bar 3)" in text


def test_the_bound_is_three_over_n():
    assert "one in 100," in bound(300)
    assert bound(0) == "Nothing was acknowledged, so nothing is shown."


def test_json_has_every_finding_and_the_run_when_it_is_over():
    finding = Finding("F1", "kill", acknowledged=5)
    under_way = json.loads(as_json([finding], None))
    over = json.loads(as_json([finding], RUN))
    assert (under_way["run"], over["run"]["seed"]) == (None, 7)
    assert over["faults"][0]["verdict"] == "holds"
    assert over["faults"][0]["acknowledged"] == 5


def test_recording_replaces_what_is_between_the_marks(tmp_path):
    path = tmp_path / "document.md"
    path.write_text(f"before\n{BEGIN}\nof before\n{END}\nafter\n")
    record(path, as_markdown([Finding("F1", "kill", acknowledged=9)], RUN))
    text = path.read_text()
    assert text.startswith(f"before\n{BEGIN}\n\n`make faults` on a machine; commit abc")
    assert text.endswith(f"{END}\nafter\n")
    assert ("of before" in text, "| F1 kill | 9 |" in text) == (False, True)


def test_recording_into_a_document_without_a_place_is_refused(tmp_path):
    path = tmp_path / "document.md"
    path.write_text("nothing here\n")
    with pytest.raises(ValueError, match="has no place"):
        record(path, "table")
    assert path.read_text() == "nothing here\n"


def test_percentiles():
    assert [percentile([], 99), percentile([5.0], 99)] == [0.0, 5.0]
    assert percentile([float(number) for number in range(1, 201)], 99) == 199.0


@pytest.mark.parametrize(
    ("since", "until", "pause"),
    [
        (0.0, 1.0, 1.0),  # nothing shown at all
        (10.0, 11.0, 0.5),
        (10.0, 14.0, 2.5),  # the stillness in the middle
        (11.5, 12.0, 1.0),  # which began before and goes on
        (14.0, 20.0, 6.5),  # and one that never ends
    ],
)
async def test_a_watcher_finds_the_longest_stillness(since, until, pause):
    watcher = Watcher("http://127.0.0.1:1", "room")
    watcher.moments = [] if until == 1.0 else [10.0, 10.5, 11.0, 13.5]
    assert watcher.pause(since, until) == pause


def test_growth_is_the_slope_in_per_cent_an_hour():
    steady = [(seconds, 100.0) for seconds in range(0, 600, 30)]
    rising = [(seconds, 100.0 + seconds / 3_600 * 10) for seconds in range(0, 3_601, 60)]
    assert growth(steady) == 0.0
    assert growth(rising) == pytest.approx(10 / 105 * 100)
    assert growth(rising[:1]) == 0.0
