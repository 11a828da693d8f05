"""The benchmark suite still runs: a few viewers for a moment, with all its checks."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
# Five viewers of each size; a second of every window.
SMALL = ("--scale", "0.001", "--seconds", "1", "--cases", "500")


def test_bench_measures_floor_and_fan_out_without_faults(tmp_path):
    told = tmp_path / "told.json"
    run = subprocess.run(
        [sys.executable, "-m", "tests.load", "floor", "fanout", *SMALL, "--json", str(told)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    floor, fanout = json.loads(told.read_text())["parts"]
    assert [floor["faults"], fanout["faults"]] == [[], []]
    found = {figure["name"]: figure["value"] for figure in fanout["figures"]}
    assert floor["figures"][0]["value"] > 0
    assert found["5 viewers: CPU per delivery"] > 0
    assert found["5 viewers: frames a second"] > 1
    assert found["5 viewers: post to shown p50"] > 0
    assert "5 viewers: CPU per delivery" in run.stdout
