"""What is told of a run: sizes, faults, the last line, the command, the costs of a profile."""

import pytest

from tests.load.report import Bar, PartResult
from tests.page.__main__ import _parser, command_of, count_wrongs, summary
from tests.page.figures import add_keys, add_order, add_rows, add_smoothness
from tests.page.parts.lighthouse import PACKAGES, _lost
from tests.page.parts.weight import needed
from tests.page.profile import _functions, _kinds

TOLD = {
    "rows": 10,
    "again": 0,
    "disorders": 0,
    "tasks": 0,
    "longestTask": 0,
    "frames": [60, 58],
    "longestGap": 17,
    "keys": 0,
    "slowKeys": 0,
    "slowestKey": 0,
}
AT_END = {"last": "9", "fromEnd": 0}


def verdicts(result):
    return {figure.name: figure.verdict for figure in result.figures if figure.bar}


@pytest.mark.parametrize(
    ("change", "sent", "faults"),
    [
        ({}, 10, []),
        ({}, 12, ["2 comments of 12 never rendered"]),
        ({"again": 3}, 10, ["3 rows rendered again or late"]),
    ],
)
def test_comments_that_were_not_rendered_once_are_faults(change, sent, faults):
    result = PartResult("rush")
    add_rows(result, TOLD | change, sent)
    assert result.faults == faults


@pytest.mark.parametrize(
    ("change", "place", "faults"),
    [
        ({}, {}, []),
        ({"disorders": 2}, {}, ["2 rows out of order"]),
        ({}, {"last": "8"}, ["the last row is not the last comment"]),
        ({}, {"fromEnd": 25}, ["the list stands 25 px above its end"]),
    ],
)
def test_list_that_does_not_end_with_the_last_comment_is_a_fault(change, place, faults):
    result = PartResult("rush")
    add_order(result, TOLD | change, AT_END | place, "9")
    assert result.faults == faults


def test_smoothness_is_held_against_its_bars():
    smooth, rough = PartResult("rush"), PartResult("rush")
    add_smoothness(smooth, TOLD)
    add_smoothness(rough, TOLD | {"tasks": 1, "longestTask": 51, "frames": [60, 40]})
    assert verdicts(smooth) == {"tasks over 50 ms": "met", "frames a second": "beyond"}
    assert verdicts(rough) == {"tasks over 50 ms": "short of", "frames a second": "short of"}


def test_keys_are_told_when_some_were_typed():
    result = PartResult("rush")
    add_keys(result, TOLD)
    assert result.figures == []
    add_keys(result, TOLD | {"keys": 9, "slowKeys": 2, "slowestKey": 104})
    assert verdicts(result) == {"key to paint, the slowest": "short of"}


def test_last_line_counts_what_was_missed():
    result = PartResult("rush")
    result.add("good", 1, bar=Bar(2))
    assert summary([result], *count_wrongs([result])) == (
        "page: 1 figures, every bar met, no faults"
    )
    result.add("bad", 3, bar=Bar(2))
    result.faults.append("a fault")
    assert summary([result], *count_wrongs([result])) == (
        "page: 2 figures, 1 short of their bar, 1 faults"
    )


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ([], "make page"),
        (["--record", "--json", "x.json"], "make page"),
        (["rush", "soak", "--long"], 'make page PARTS="rush soak" PAGE_FLAGS="--long"'),
        (["--seconds", "3", "--slower", "4"], 'make page PAGE_FLAGS="--seconds 3 --slower 4"'),
    ],
)
def test_command_is_the_one_that_measures_the_same(arguments, command):
    assert command_of(_parser().parse_args(arguments)) == command


def test_chunks_that_are_loaded_on_demand_are_not_needed_at_first():
    manifest = {
        "src/main.tsx": {
            "file": "main.js",
            "imports": ["_shared"],
            "dynamicImports": ["src/tools.ts"],
            "css": ["main.css"],
        },
        "_shared": {"file": "shared.js", "imports": ["_base"], "css": ["shared.css"]},
        "_base": {"file": "base.js", "imports": ["_shared"]},
        "src/tools.ts": {"file": "tools.js", "css": ["tools.css"]},
    }
    assert needed(manifest, "src/main.tsx") == (
        ["main.js", "shared.js", "base.js"],
        ["main.css", "shared.css"],
    )


def test_lighthouse_tells_what_cost_something():
    references = [{"id": "a", "weight": 10}, {"id": "b", "weight": 0}, {"id": "c", "weight": 1}]
    empty = {"auditRefs": []}
    report = {
        "categories": {
            "performance": {"auditRefs": references},
            "accessibility": empty,
            "best-practices": empty,
        },
        "audits": {
            "a": {"title": "Slow", "score": 0.5},
            "b": {"title": "Unweighted", "score": 0},
            "c": {"title": "Fine", "score": 1},
        },
    }
    assert _lost(report) == ["Slow (a): 50"]


def test_lock_of_lighthouse_names_no_server():
    lock = PACKAGES.lock.read_text()
    assert '"resolved"' not in lock
    assert "registry" not in lock


def test_profile_names_the_functions_that_cost_most():
    frame = {"url": "http://a/b/page.js", "lineNumber": 4}
    nodes = [
        {"id": 1, "callFrame": frame | {"functionName": "draw"}},
        {"id": 2, "callFrame": {"functionName": "(idle)", "url": "", "lineNumber": -1}},
    ]
    profile = {"nodes": nodes, "samples": [1, 1, 2], "timeDeltas": [200, 550, 250]}
    assert _functions(profile) == [
        "75.0 % of the time in draw page.js:5",
        "25.0 % of the time in (idle)",
    ]


def test_kinds_of_work_are_told_without_what_they_called():
    def event(name, start, length, thread=1):
        return {"ph": "X", "pid": 1, "tid": thread, "name": name, "ts": start, "dur": length}

    events = [
        event("Task", 0, 100),
        event("Layout", 10, 60),
        event("Other", 0, 900, thread=2),
        event("Paint", 200, 0),
    ]
    assert _kinds(events) == [
        "30.0 % of the time at Layout",
        "20.0 % of the time at Task",
    ]
