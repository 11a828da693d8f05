"""Bars, tables, and the file that keeps them."""

import json
from datetime import UTC, datetime

import pytest

from tests.load.report import (
    Bar,
    Figure,
    PartResult,
    Run,
    as_json,
    as_markdown,
    as_text,
    number,
    record,
)


def run_of(command):
    at = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
    return Run(machine="a machine", commit="abc", command=command, at=at, seconds=90.0)


def result_of(value):
    result = PartResult("part")
    result.add("speed", value, "ms", ratio="1.2 × floor", bar=Bar(30, 20))
    return result


@pytest.mark.parametrize(
    ("bar", "value", "verdict"),
    [
        (Bar(30, 20), 20, "beyond"),
        (Bar(30, 20), 30, "met"),
        (Bar(30, 20), 30.1, "short of"),
        (Bar(5, 8, at_most=False), 8, "beyond"),
        (Bar(5, 8, at_most=False), 5, "met"),
        (Bar(5, 8, at_most=False), 4.9, "short of"),
        (Bar(30), 10, "met"),
    ],
)
def test_bar_is_met_beyond_or_fallen_short_of(bar, value, verdict):
    assert bar.verdict(value) == verdict


def test_bar_of_a_ratio_is_held_against_the_ratio():
    figure = Figure("cost", 14.0, "µs", ratio="1.5 × floor", bar=Bar(1.4), held=1.5)
    assert figure.cells() == ("cost", "14 µs", "1.5 × floor", "≤ 1.40", "", "short of")


def test_figure_that_was_not_measured_has_no_verdict():
    figure = Figure("peer", None, bar=Bar(1), note="not measured")
    assert figure.cells() == ("peer", "–", "", "≤ 1", "", "not measured")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1_234_567.8, "1,234,568"), (123.4, "123"), (12.34, "12.3"), (1.234, "1.23"), (100.0, "100")],
)
def test_number_has_the_digits_that_mean_something(value, text):
    assert number(value) == text


def test_text_tells_figures_notes_and_faults():
    result = result_of(31)
    result.notes.append("a note")
    result.faults.append("2 comments shown twice")
    lines = as_text([result]).splitlines()
    assert " ".join(lines[2].split()) == "part speed 31 ms 1.2 × floor ≤ 30 ≤ 20 short of"
    assert lines[-2:] == ["  part: a note", "  FAULT in part: 2 comments shown twice"]


def test_json_has_the_verdicts():
    told = json.loads(as_json([result_of(25)], run_of("bench")))
    assert told["parts"][0]["figures"][0]["verdict"] == "met"
    assert told["run"]["commit"] == "abc"


def test_record_replaces_the_section_of_the_same_command_only(tmp_path):
    path = tmp_path / "RESULTS.md"
    for command, value in (("one", 11), ("two", 22), ("three", 33), ("two", 44), ("three", 55)):
        record(path, as_markdown([result_of(value)], run_of(command)), command)
    text = path.read_text()
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## `one`",
        "## `two`",
        "## `three`",
    ]
    assert [f"{value} ms" in text for value in (11, 22, 33, 44, 55)] == [
        True,
        False,
        False,
        True,
        True,
    ]
    assert text.count("# Results\n") == 1
