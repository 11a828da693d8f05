"""The short form of every fault of docs/RELIABILITY.md: a few kills each, judged by the checker.

One product with servers of its own runs under all of them, in a process of its own
(`python -m tests.faults`), and each test waits for the row of its fault.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAULTS = ("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12", "F14", "F15")
ROW_SECONDS = 200.0  # the suite breaks off what takes longer, and says where it stood

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(ROW_SECONDS + 30)]


class Run:
    """The suite under way."""

    def __init__(self, names, folder):
        self._rows = folder / "rows.json"
        self.logs = folder / "logs"
        self._output = folder / "output"
        self._stands_still = False
        command = [sys.executable, "-m", "tests.faults", *names, "--json", str(self._rows)]
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--logs", str(self.logs)], cwd=ROOT, stdout=output, stderr=output
            )

    def row(self, name):
        """Returns what was found of a fault, as soon as it is there."""
        assert not self._stands_still, "the suite stands still since an earlier fault"
        give_up = time.monotonic() + ROW_SECONDS
        while time.monotonic() < give_up:
            ended = self.process.poll() is not None
            if self._rows.exists():
                for row in json.loads(self._rows.read_text())["faults"]:
                    if row["fault"] == name:
                        return row
            assert not ended, self._output.read_text()[-5_000:]
            time.sleep(0.1)
        self._stands_still = True
        pytest.fail(f"{name} did not end: {self._output.read_text()[-5_000:]}")

    def stop(self):
        """Ends the suite, which ends what it has started."""
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def faults(request, tmp_path_factory):
    """The suite with the faults whose tests are about to run here."""
    chosen = {
        item.callspec.params["fault"]
        for item in request.session.items
        if item.path == Path(__file__) and hasattr(item, "callspec")
    }
    names = [name for name in FAULTS if name in chosen]
    run = Run(names, tmp_path_factory.mktemp("faults"))
    yield run
    run.stop()


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_lost_doubled_or_reordered(faults, fault):
    row = faults.row(fault)
    if row["not_run"]:
        pytest.skip(row["not_run"])
    assert row["violations"] == [], "\n".join([*row["notes"], f"logs: {faults.logs / fault}"])
    assert set(row["counts"].values()) == {0}
    assert row["verdict"] == "holds"
    assert (row["acknowledged"] > 100, row["kills"] > 0) == (True, True)
