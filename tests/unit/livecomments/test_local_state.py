"""The folder of local state: one holder, ports and key kept, private files."""

import json
import socket
import stat

import pytest

from livecomments.local.ports import FIRST_PORT, HOST, LAST_PORT
from livecomments.local.problems import LocalProblem
from livecomments.local.state import State


@pytest.fixture
def state(tmp_path):
    state = State(tmp_path / "var")
    state.acquire()
    yield state
    state.release()


def test_folder_has_one_holder(state):
    with pytest.raises(LocalProblem):
        State(state.folder).acquire()


def test_acquire_replaces_the_addresses_of_a_dead_run(tmp_path):
    (tmp_path / "local.json").write_text('{"DATABASE_URL": "postgresql://gone"}')
    state = State(tmp_path)
    state.acquire()
    assert not (tmp_path / "local.json").exists()
    state.release()


def test_port_is_kept_between_runs(state):
    port = state.port("valkey")
    assert FIRST_PORT <= port <= LAST_PORT
    assert State(state.folder).port("valkey") == port


def test_port_changes_when_it_was_taken_meanwhile(state):
    port = state.port("valkey")
    with socket.create_server((HOST, port)):
        assert state.port("valkey") != port


def test_port_survives_a_damaged_file(state):
    (state.folder / "ports.json").write_text("[")
    assert FIRST_PORT <= state.port("valkey") <= LAST_PORT


def test_secret_key_is_made_once_and_private(state):
    key = state.secret_key()
    assert len(key) >= 50
    assert State(state.folder).secret_key() == key
    assert stat.S_IMODE((state.folder / "secret_key").stat().st_mode) == 0o600


def test_announce_writes_private_addresses(state):
    state.announce({"REDIS_URL": "redis://127.0.0.1:1/0", "pid": 3})
    path = state.folder / "local.json"
    assert json.loads(path.read_text()) == {"REDIS_URL": "redis://127.0.0.1:1/0", "pid": 3}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_turn_logs_keeps_the_run_before(state):
    state.turn_logs()
    (state.logs / "web-1.log").write_text("yesterday")
    state.turn_logs()
    assert [path.name for path in state.logs.iterdir()] == ["web-1.log.1"]
