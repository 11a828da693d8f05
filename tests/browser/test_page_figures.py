"""The short form of the page's harness (tests/page): a rush of seconds, every row rendered.

No times are judged here: other programs may be busy. `make page` does that.
"""

import asyncio
import json
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SECONDS = 3
PER_MINUTE = 1_200  # a page that is given little of the processor keeps up with these


@pytest.mark.timeout(240)
async def test_short_rush_renders_every_row_and_moves_nobody(tmp_path):
    told_in = tmp_path / "page.json"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.page", "rush", "pause", "weight"),
        *("--seconds", str(SECONDS), "--per-minute", str(PER_MINUTE), "--json", str(told_in)),
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    lines = said.decode().splitlines()
    assert process.returncode in (0, 1), lines  # 1: a bar was missed
    assert lines[-1].startswith("page: ")
    rush, pause, weight = json.loads(told_in.read_text())["parts"]
    for part in (rush, pause, weight):
        assert part["faults"] == []
    assert values(rush)["comments sent"] == PER_MINUTE / 60 * SECONDS
    assert values(rush)["rendered, once and in order"] == 100
    assert values(rush)["rows among them"] >= 1
    assert values(pause)["the row being read moved"] <= 0.5
    assert values(pause)["frames in which it was gone"] == 0
    assert values(weight)["script, brotli"] <= 100


def values(part):
    """Return the figures by name."""
    return {figure["name"]: figure["value"] for figure in part["figures"]}
