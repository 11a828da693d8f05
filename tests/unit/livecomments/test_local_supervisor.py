"""The supervisor over small programs: what dies comes back, what is stopped stays away."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from livecomments.local.console import Console
from livecomments.local.ports import free_port, is_free
from livecomments.local.problems import LocalProblem, StopRequested
from livecomments.local.processes import Program
from livecomments.local.supervisor import Service, Supervisor

LISTEN = """
import signal, socket, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    listener.accept()[0].close()
"""
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every line that the console printed."""
    lines: list[str] = []
    monkeypatch.setattr(Console, "block", lambda self, text: lines.append(text))
    return lines


@pytest.fixture
def supervisor(said: list[str]) -> Iterator[Supervisor]:
    """A supervisor that has stopped everything when the test is over."""
    with Supervisor(Console()) as supervisor:
        yield supervisor


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Program]:
    """Makes a program out of a line of Python."""

    def make(code: str, *arguments: str, name: str = "sleeper", stop_seconds: float = 5) -> Program:
        return Program(
            name=name,
            argv=(sys.executable, "-I", "-S", "-u", "-c", code, *arguments),
            log=tmp_path / f"{name}.log",
            stop_seconds=stop_seconds,
        )

    return make


def service(program: Program, **options: object) -> Service:
    return Service(program=program, title=program.name, group=program.name, **options)


def run_until(supervisor: Supervisor, condition: Callable[[], bool], seconds: float = 5) -> None:
    """Lets the supervisor watch until the condition holds."""
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "it did not happen in time"
        supervisor._tick(0.02)


def descendants() -> set[int]:
    return {child.pid for child in psutil.Process().children(recursive=True)}


def is_running(pid: int) -> bool:
    """False for a zombie too: the children of a dead child are init's to bury."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def children() -> Callable[[], set[int]]:
    """Tells which processes the test has started; the servers of the whole run do not count."""
    before = descendants()
    return lambda: descendants() - before


def answers(port: int) -> bool:
    return not is_free(port)


def test_supervisor_restarts_on_the_same_port(supervisor, program):
    port = free_port()
    listener = service(program(LISTEN, str(port)), is_ready=lambda: answers(port))
    supervisor.start([listener])
    before = supervisor._running[0].process.pid

    os.kill(before, signal.SIGKILL)
    killed = time.monotonic()
    run_until(supervisor, lambda: supervisor._running[0].process.pid != before)
    run_until(supervisor, lambda: answers(port))

    assert time.monotonic() - killed < 1.0


def test_supervisor_waits_longer_for_one_that_keeps_dying(supervisor, program, said):
    supervisor.start([service(program("import sys; sys.exit(3)", name="doomed"))])

    run_until(supervisor, lambda: len(said) == 3)

    ends = [line.split("] ")[1] for line in said]
    assert ends == [
        "doomed ended with status 3; it is started again at once.",
        "doomed ended with status 3; it is started again in 0.2 s.",
        "doomed ended with status 3; it is started again in 0.5 s.",
    ]


def test_supervisor_leaves_one_that_lives_but_does_not_serve(supervisor, program):
    slow = service(
        program("import time; time.sleep(600)"), is_ready=lambda: False, ready_seconds=0.2
    )
    with pytest.raises(LocalProblem, match=r"^sleeper did not answer within 0 s \(see .*\)\.$"):
        supervisor.start([slow])
    assert supervisor._running[0].process.poll() is None


def test_supervisor_tells_why_a_start_failed(supervisor, program):
    broken = service(
        program("import sys; sys.exit('no such table.')", name="web-1"), is_ready=lambda: False
    )
    with pytest.raises(
        LocalProblem,
        match=r"^web-1 ended with status 1 while it started: no such table \(see .*web-1\.log\)\.$",
    ):
        supervisor.start([broken])


def test_supervisor_stops_the_last_first(said, program, children):
    with Supervisor(Console()) as supervisor:
        for name in ("database", "batcher", "web-1", "web-2"):
            sleeper = program("import time; time.sleep(600)", name=name)
            group = "web" if name.startswith("web") else name
            supervisor.start([Service(program=sleeper, title=name, group=group)])

    assert [line.split("] ")[1] for line in said] == [
        "Stopping web-1 and web-2 …",
        "Stopping batcher …",
        "Stopping database …",
    ]
    assert children() == set()


def test_supervisor_kills_what_does_not_stop(said, program, children):
    with Supervisor(Console()) as supervisor:
        supervisor.start([service(program(STUBBORN, stop_seconds=0.3))])
        run_until(supervisor, lambda: len(children()) == 1)
        time.sleep(0.2)  # until it ignores the signal
        began = time.monotonic()

    assert 0.3 <= time.monotonic() - began < 2
    assert children() == set()


def test_second_signal_makes_the_stop_sudden(said, program, children, monkeypatch):
    monkeypatch.setattr("livecomments.local.supervisor.ONE_WISH_SECONDS", 0.2)
    with Supervisor(Console()) as supervisor:
        supervisor.start([service(program(STUBBORN, stop_seconds=60))])
        time.sleep(0.3)  # until it ignores the signal
        os.kill(os.getpid(), signal.SIGINT)
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        began = time.monotonic()
        supervisor.watch()

    assert 0.3 < time.monotonic() - began < 5
    assert children() == set()


def test_supervisor_kills_grandchildren(said, program, children):
    grandchild = "import subprocess, sys, time; subprocess.Popen(['sleep', '600']); time.sleep(600)"
    with Supervisor(Console()) as supervisor:
        supervisor.start([service(program(grandchild, name="parent"))])
        run_until(supervisor, lambda: len(children()) == 2)
        pids = children()

    give_up = time.monotonic() + 5
    while any(map(is_running, pids)):
        assert time.monotonic() < give_up
        time.sleep(0.02)


def test_supervisor_watches_until_a_signal(supervisor, program):
    supervisor.start([service(program("import time; time.sleep(600)"))])
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
    began = time.monotonic()

    supervisor.watch()

    assert time.monotonic() - began < 2


def test_supervisor_hears_a_signal_during_a_step(supervisor, program, children):
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(StopRequested):
        supervisor.run_step(program("import time; time.sleep(600)"), doing="Sleeping")
    assert children() == set()


def test_run_step_returns_what_was_written(supervisor, program):
    step = program("print('first'); print('second')")
    assert supervisor.run_step(step, doing="Printing") == "first\nsecond\n"
    assert supervisor.run_step(step, doing="Printing") == "first\nsecond\n"


def test_run_step_tells_the_reason_of_a_failure(supervisor, program):
    step = program("import sys; sys.exit('the table is missing')")
    with pytest.raises(LocalProblem, match=r"^Counting failed: the table is missing \(see .*\)\.$"):
        supervisor.run_step(step, doing="Counting")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a child")
def test_children_end_with_a_supervisor_that_was_killed(tmp_path):
    code = f"""
import sys, time
from pathlib import Path
from livecomments.local.processes import Program, spawn
child = spawn(Program(name="x", argv=("sleep", "600"), log=Path({str(tmp_path / "x.log")!r})))
print(child.pid, flush=True)
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    while child.name() != "sleep":
        time.sleep(0.02)

    parent.kill()
    parent.communicate()

    gone, _ = psutil.wait_procs([child], timeout=5)
    assert gone == [child]
