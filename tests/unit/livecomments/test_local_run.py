"""`python -m livecomments.local` where it cannot run: one sentence, exit 1, nothing left."""

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from livecomments.local.ports import free_port
from livecomments.local.postgres import release
from livecomments.local.problems import LocalProblem
from livecomments.local.processes import marked
from livecomments.local.state import PROJECT, State
from livecomments.local.wishes import read_wishes


@pytest.fixture
def environment(tmp_path):
    """The environment of a run that starts servers of its own in a temporary folder."""
    foreign = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return {**kept, "LIVECOMMENTS_VAR": str(tmp_path / "var"), "PORT": str(free_port())}


def start_run(environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "livecomments.local"],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def refusal(environment: dict[str, str]) -> str:
    """The sentence of a run that does not come about."""
    run = start_run(environment)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 1
    assert said.count("\n") == 1
    return said.strip()


def left_in(folder) -> list[str]:
    """The programs that still work for this folder."""
    servers = [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(folder) in part for part in process.info["cmdline"] or [])
    ]
    return [" ".join(process.info["cmdline"]) for process in [*servers, *marked(folder)]]


def test_run_refuses_a_taken_port(environment, tmp_path):
    with socket.create_server(("127.0.0.1", int(environment["PORT"]))) as taken:
        port = taken.getsockname()[1]
        assert refusal(environment) == (
            f"Port {port} is taken by another program: stop that one, or choose another port, "
            f"as in `PORT={port + 1} make run`."
        )
    assert left_in(tmp_path) == []


def test_run_refuses_an_unreachable_database(environment, tmp_path):
    environment["DATABASE_URL"] = "postgresql://someone:secret@127.0.0.1:1/none"
    said = refusal(environment)
    assert said.startswith("DATABASE_URL cannot be used: ")
    assert "secret" not in said
    assert left_in(tmp_path) == []


def test_run_refuses_an_unreachable_redis(environment, tmp_path):
    environment["REDIS_URL"] = "redis://:secret@127.0.0.1:1/0"
    said = refusal(environment)
    assert said.startswith("REDIS_URL cannot be used: ")
    assert "secret" not in said
    assert left_in(tmp_path) == []


def test_run_refuses_data_of_another_release(environment, tmp_path):
    data = tmp_path / "var" / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    assert refusal(environment) == (
        f"{data} was written by PostgreSQL 9 and this is PostgreSQL {release()}: "
        "move that folder away to start with an empty one."
    )
    assert left_in(tmp_path) == []


def test_run_refuses_a_folder_in_use(environment, tmp_path):
    state = State(tmp_path / "var")
    state.acquire()
    try:
        assert refusal(environment) == (
            f"The product already runs from {tmp_path / 'var'} (process {os.getpid()}): stop that "
            "one first, or name another folder in LIVECOMMENTS_VAR."
        )
    finally:
        state.release()


def test_run_stops_in_order_when_asked_during_the_start(environment, tmp_path):
    run = start_run(environment)
    assert run.stdout is not None
    for line in run.stdout:
        if "Bringing the tables up to date" in line:
            break
    assert (tmp_path / "var" / "local.json").exists()
    run.send_signal(signal.SIGTERM)
    said, _ = run.communicate(timeout=30)

    assert run.returncode == 0
    assert [line.split("] ")[1] for line in said.splitlines()] == [
        "Stopping Valkey …",
        "Stopping PostgreSQL …",
        "Everything is stopped.",
    ]
    assert left_in(tmp_path) == []
    assert not (tmp_path / "var" / "local.json").exists()


def test_run_leaves_nothing_when_it_is_killed_itself(environment, tmp_path):
    run = start_run(environment)
    assert run.stdout is not None
    for line in run.stdout:
        if "Bringing the tables up to date" in line:
            break
    run.kill()
    run.communicate()

    give_up = time.monotonic() + 15
    while left_in(tmp_path) and time.monotonic() < give_up:
        time.sleep(0.1)
    assert left_in(tmp_path) == []
    # The file that it could not take away does not stand in the way of the next run.
    state = State(tmp_path / "var")
    state.acquire()
    state.release()


def test_wishes_have_defaults():
    wishes = read_wishes({})
    assert (wishes.port, wishes.web_processes, wishes.crowd) == (8_000, 2, True)
    assert wishes.base_url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "eighty", "PORT must be a whole number from 1 to 65535, not 'eighty'."),
        ("PORT", "70000", "PORT must be a whole number from 1 to 65535, not '70000'."),
        ("WEB_PROCESSES", "0", "WEB_PROCESSES must be a whole number from 1 to 64, not '0'."),
        ("CROWD", "yes", "CROWD must be 0 or 1, not 'yes'."),
    ],
)
def test_wishes_refuse_odd_values(name, value, sentence):
    with pytest.raises(LocalProblem) as caught:
        read_wishes({name: value})
    assert str(caught.value) == sentence
