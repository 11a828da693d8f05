"""The floor is measured over real sockets, small; what it costs here is no matter."""

import subprocess
import sys

import pytest

from tests.load.floor import ROOT, FloorFailed, measure_floor


def test_measure_floor_sends_every_frame_to_every_socket():
    floor = measure_floor(20, 600, 20, 0.5)

    assert (floor.sockets, floor.frame_bytes, floor.rate) == (20, 600, 20)
    assert floor.sends == 20 * 10
    assert 0.45 <= floor.seconds < 5
    assert 0.2 < floor.cpu_us_per_send < 2_000
    assert 0 < floor.sweep_ms_p50 <= floor.sweep_ms_max


def test_measure_floor_fails_when_a_socket_cannot_take_a_frame(capfd):
    with pytest.raises(FloorFailed):
        measure_floor(2, 64 * 1024 * 1024, 10, 0.2)

    assert "a send was cut short" in capfd.readouterr().err


def test_processes_take_one_core_each_also_below_a_pinned_parent():
    code = (
        "import os; from tests.load.floor import take_core\n"
        "allowed = sorted(os.sched_getaffinity(0))\n"
        "first = take_core(0); one = os.sched_getaffinity(0)\n"
        "again = take_core(1); two = os.sched_getaffinity(0)\n"
        "print(first == again == allowed[0], one == {allowed[0]}, two == {allowed[:2][-1]})"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )

    assert told.stdout.split() == ["True", "True", "True"]
