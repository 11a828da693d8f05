"""Each peer that is here carries a small load; each that is not is named, with the reason."""

import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from livecomments.local.processes import Program
from tests import nodepackages
from tests.load import peers
from tests.load.listeners import Tally
from tests.load.peers import PeerResult, node, run_peers, servers
from tests.load.peers.load import GRACE_SECONDS, Load

LOAD = {"viewers": 5, "seconds": 0.5, "frame_bytes": 300, "rate": 10}
TALLY = Tally(
    listeners=10,
    published=8,
    delivered=80,
    complete=10,
    disordered=0,
    different_bytes=0,
    wrong=0,
    cut=0,
    p50_ms=1.0,
    p95_ms=2.0,
    p99_ms=3.0,
)
run = partial(run_peers, redis_url=os.environ["REDIS_URL"], **LOAD)


def script(path: Path, text: str) -> str:
    """Make an executable that does this."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


# The one peer that Python and Node cannot bring: a machine without it is told so (and CI has it).
ABSENT = {
    "nchan": {
        "not measured: nginx is not installed",
        "not measured: nginx has no nchan (Debian: libnginx-mod-nchan)",
    }
}


@pytest.mark.parametrize("name", servers.PEERS)
async def test_peer_delivers_everything_to_few_viewers(name):
    told = []

    [result] = await run(only=[name], on_progress=lambda share, text: told.append((share, text)))

    if result.delivered_share is None:
        assert result.note in ABSENT.get(name, ())
        return
    assert (result.name, result.viewers, result.rate, result.frames) == (name, 5, 10, 5)
    assert result.delivered_share == 1.0
    assert result.cpu_us_per_delivery >= 0
    assert 0 < result.p50_ms <= result.p99_ms
    assert result.version
    assert result.note.endswith("of its core")
    assert told[-1] == (1.0, f"{name}: done")


async def test_nginx_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(servers, "SYSTEM_FOLDERS", "")

    results = await run(only=["nchan"])

    assert results == [
        PeerResult(
            name="nchan",
            version="",
            viewers=5,
            rate=10,
            frames=5,
            note="not measured: nginx is not installed",
        )
    ]


async def test_nginx_without_nchan_is_named(monkeypatch, tmp_path):
    script(tmp_path / "nginx", f"echo configure arguments: --modules-path={tmp_path} >&2")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(servers, "MODULE_FOLDERS", ())

    [result] = await run(only=["nchan"])

    assert result.note == "not measured: nginx has no nchan (Debian: libnginx-mod-nchan)"


async def test_packages_that_cannot_be_installed_are_named(monkeypatch, tmp_path):
    failing = script(tmp_path / "with-node", "echo 'npm error code ENOTFOUND' >&2; exit 1")
    monkeypatch.setattr(nodepackages, "WITH_NODE", failing)
    monkeypatch.setattr(nodepackages.NodePackages, "is_installed", lambda packages: False)

    results = await run(only=["socket.io", "ws"])

    reason = "not measured: `npm ci` failed: npm error code ENOTFOUND"
    assert [(result.name, result.note) for result in results] == [
        ("socket.io", reason),
        ("ws", reason),
    ]


async def test_server_that_ends_at_once_is_named(monkeypatch, tmp_path):
    code = "import sys; print('no such port'); sys.exit(3)"
    program = Program(name="x", argv=(sys.executable, "-c", code), log=tmp_path / "log")
    broken = servers.Peer(
        name="broken",
        program=lambda place: program,
        version=lambda: "1",
        path="/",
        talk=servers.PEERS["ws"].talk,
    )
    monkeypatch.setitem(servers.PEERS, "broken", broken)

    [result] = await run(only=["broken"])

    assert result.note == "not measured: it ended with status 3: no such port"


def overrun(share: float | None) -> PeerResult:
    """A result with this share delivered."""
    return PeerResult(name="x", version="1", viewers=9, rate=10, frames=80, delivered_share=share)


def test_peer_that_was_overrun_is_asked_for_half_of_what_it_managed():
    load = Load(viewers=9, frame_bytes=600, rate=10, seconds=8)

    calmer = peers._calmer(overrun(0.5), load)

    assert calmer == Load(viewers=9, frame_bytes=600, rate=40 / (8 + GRACE_SECONDS) / 2, seconds=8)


def test_peer_that_managed_next_to_nothing_is_asked_for_two_messages():
    load = Load(viewers=9, frame_bytes=600, rate=10, seconds=8)

    assert peers._calmer(overrun(0.01), load).frames == 2


@pytest.mark.parametrize("share", [None, 0.0, 0.99, 1.0])
def test_peer_that_carried_the_load_or_nothing_is_asked_once(share):
    load = Load(viewers=9, frame_bytes=600, rate=10, seconds=8)

    assert peers._calmer(overrun(share), load) is None


def test_note_tells_what_went_wrong():
    wrong = replace(TALLY, delivered=70, disordered=2, different_bytes=3, wrong=4, cut=5)

    assert peers._note(TALLY, 0.25) == "25% of its core"
    assert peers._note(wrong, 1.0) == (
        "100% of its core, 10 missing, 2 again or late, 3 different, 4 wrong, 5 connections lost"
    )


def test_locked_packages_name_no_server():
    lock = node.PACKAGES.lock.read_text()

    assert '"resolved"' not in lock
    assert "registry" not in lock
