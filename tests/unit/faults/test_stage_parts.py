"""The keeper of processes, small disks and wrong clocks, with programs that do nothing."""

import os
import re
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import psutil
import pytest

from livecomments.local.processes import Program
from tests.faults.clocks import FILE, HOUR_SECONDS, WRAPPER, WrongClock, find_library
from tests.faults.disk import CHUNK, SmallDisk, disk_load, is_syncing, size_of, unmount_below
from tests.faults.keeper import Keeper, Part, StageProblem
from tests.faults.scenarios import SCENARIOS_AND_SOAK
from tests.integration import test_faults as short_form
from tests.live import wait_until

ROOT = Path(__file__).parents[3]
needs_mount = pytest.mark.skipif(bool(SmallDisk.why_not()), reason=SmallDisk.why_not())
# A parent and a child, both of which do nothing for a minute.
IDLE = (
    "import subprocess, sys, time; "
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "time.sleep(60)"
)


@pytest.fixture
def keeper(tmp_path):
    """A keeper with one part, which is there."""
    with Keeper() as keeper:
        part = Part(
            "idle",
            make=lambda: Program(
                name="idle",
                argv=(sys.executable, "-c", IDLE),
                log=tmp_path / "idle.log",
                env=dict(os.environ),
            ),
            answers=lambda: len(keeper.family("idle")) == 2,
        )
        keeper.add(part)
        keeper.await_serving("idle", seconds=20)
        yield keeper


def alive(processes):
    """Returns who is still there after a while: a kill is an order, not yet a death."""
    give_up = time.monotonic() + 10
    while found := [process for process in processes if not is_dead(process)]:
        if time.monotonic() > give_up:
            break
        time.sleep(0.02)
    return found


def is_dead(process):
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_who_is_killed_goes_with_all_its_children_and_comes_back(keeper):
    before = keeper.family("idle")
    at = keeper.kill("idle")
    away = keeper.await_serving("idle", seconds=20)
    after = keeper.family("idle")
    assert alive(before) == []
    assert (len(after), {p.pid for p in after} & {p.pid for p in before}) == (2, set())
    assert keeper.parts["idle"].died == at
    assert away == keeper.parts["idle"].back - at > 0


def test_who_is_held_stays_dead_until_released(keeper):
    keeper.hold("idle")
    keeper.terminate("idle")
    keeper.await_death("idle", seconds=10)
    time.sleep(0.2)
    with pytest.raises(StageProblem, match="idle does not run"):
        _ = keeper.parts["idle"].pid
    keeper.release("idle")
    keeper.await_serving("idle", seconds=20)
    assert keeper.parts["idle"].starts == 2


def test_who_is_paused_stands_still_with_its_children(keeper):
    def states():
        return {process.status() for process in keeper.family("idle")}

    keeper.pause("idle")
    # The kernel tells each of them when it gets to it.
    wait_until(lambda: states() == {psutil.STATUS_STOPPED}, what="standing still")
    keeper.resume("idle")
    wait_until(lambda: psutil.STATUS_STOPPED not in states(), what="going on")


def test_who_does_not_come_back_is_told_with_its_last_words(keeper, tmp_path):
    (tmp_path / "idle.log").write_text("there is no such thing\n")
    keeper.hold("idle")
    keeper.kill("idle")
    with pytest.raises(StageProblem, match="did not answer within 0 s: there is no such thing"):
        keeper.await_serving("idle", seconds=0.1)


def test_nothing_is_left_when_the_keeper_leaves(tmp_path):
    with Keeper() as keeper:
        program = Program(name="idle", argv=(sys.executable, "-c", IDLE), log=tmp_path / "log")
        answers = lambda: len(keeper.family("idle")) == 2  # noqa: E731 -- one line, used once
        keeper.add(Part("idle", make=lambda: program, answers=answers))
        keeper.await_serving("idle", seconds=20)
        family = keeper.family("idle")
        keeper.pause("idle")
    assert alive(family) == []


@needs_mount
def test_a_small_disk_is_full_when_it_is_filled(tmp_path):
    folder = tmp_path / "small"
    with SmallDisk(folder, size=2 * CHUNK) as disk:
        (folder / "data").write_bytes(b"x" * 10_000)
        disk.fill()
        assert disk.free == 0
        with pytest.raises(OSError, match="No space left"):
            (folder / "more").write_bytes(b"x" * 10_000)
        assert (folder / "data").read_bytes() == b"x" * 10_000
        disk.make_room()
        assert disk.free > CHUNK
        assert size_of(folder) == 10_000
    assert not folder.exists()


@needs_mount
def test_a_small_disk_that_was_left_is_taken_away(tmp_path):
    left, other = tmp_path / "stage" / "small", tmp_path / "other"
    SmallDisk(left, size=CHUNK).__enter__()
    with SmallDisk(other, size=CHUNK):
        unmount_below(tmp_path / "stage")
        assert (os.path.ismount(left), os.path.ismount(other)) == (False, True)


def test_a_busy_disk_syncs_and_leaves_nothing(tmp_path):
    me = psutil.Process()
    with disk_load(tmp_path, writers=1):
        [writer] = [child for child in me.children() if "load-0" in str(child.cmdline())]
        give_up = time.monotonic() + 20
        while not is_syncing(writer.pid) and time.monotonic() < give_up:
            pass
        assert time.monotonic() < give_up
        assert not is_syncing(me.pid)
    assert list(tmp_path.iterdir()) == []
    assert not writer.is_running()


@pytest.mark.skipif(find_library() is None, reason="libfaketime is not installed")
def test_a_wrong_clock_is_wrong_by_an_hour_and_can_be_put_right(tmp_path):
    clock = WrongClock(tmp_path, "date")
    ahead = {}
    for step in (0, HOUR_SECONDS, -HOUR_SECONDS):
        clock.set(step)
        told = subprocess.check_output(["date", "+%s"], env=os.environ | clock.environment)
        ahead[step] = int(told) - time.time()
    assert all(abs(found - step) < 60 for step, found in ahead.items()), ahead


def test_a_python_program_with_a_wrong_clock_keeps_its_monotonic_one(tmp_path):
    script = tmp_path / "tell.py"
    script.write_text(
        "import sys, time\nfrom django.utils import timezone\n"
        "print(time.time(), time.time_ns(), timezone.now().timestamp())\n"
        "print(time.monotonic(), *sys.argv)"
    )
    clock = WrongClock(tmp_path, "python")
    clock.set(-HOUR_SECONDS)
    command = [sys.executable, *WRAPPER, str(script), "word"]
    environment = os.environ | clock.python_environment
    told = subprocess.check_output(command, env=environment, cwd=ROOT, text=True).split()
    assert list(clock.python_environment) == [FILE]
    now = datetime.now().astimezone().timestamp() - HOUR_SECONDS
    assert float(told[0]) == pytest.approx(now, abs=30)
    assert int(told[1]) / 1e9 == pytest.approx(now, abs=30)
    assert float(told[2]) == pytest.approx(now, abs=30)
    assert float(told[3]) == pytest.approx(time.monotonic(), abs=30)
    assert told[4:] == [str(script), "word"]


def test_every_fault_is_described_and_has_its_short_form():
    document = (ROOT / "docs" / "RELIABILITY.md").read_text()
    described = re.findall(r"^\| ([FC]\d+) \|", document, flags=re.M)
    assert sorted(described) == sorted(SCENARIOS_AND_SOAK)
    short = [name for name, each in SCENARIOS_AND_SOAK.items() if not each.long_only]
    assert sorted(short_form.FAULTS) == sorted(set(short) - {"F13"})
