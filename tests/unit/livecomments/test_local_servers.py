"""The embedded servers: data and port outlive a kill, another release's data is refused."""

import os
import pwd
import signal
import time

import psycopg
import pytest
import redis

from livecomments.local.ports import free_port
from livecomments.local.postgres import EmbeddedPostgres, release
from livecomments.local.problems import LocalProblem
from livecomments.local.valkey import EmbeddedValkey
from tests.embedded import TestServer, own_postgres, own_valkey


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    server = own_postgres(tmp_path_factory.mktemp("postgres"))
    yield server
    server.stop()


@pytest.fixture
def valkey(tmp_path):
    server = own_valkey(tmp_path)
    yield server
    server.stop()


def connect(server: TestServer) -> psycopg.Connection:
    return psycopg.connect(server.url, autocommit=True)


def test_postgres_orders_text_by_code_point(postgres):
    with connect(postgres) as connection:
        rows = connection.execute("SELECT x FROM (VALUES ('é'), ('z'), ('A')) t(x) ORDER BY x")
        assert [row[0] for row in rows] == ["A", "z", "é"]


def test_postgres_comes_back_after_kill_with_its_data(postgres):
    with connect(postgres) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")

    postgres.kill()
    began = time.monotonic()
    postgres.start()

    assert time.monotonic() - began < 5
    with connect(postgres) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(7,)]


def test_postgres_comes_back_while_a_busy_child_lives_on(postgres):
    """A child that sleeps in a query does not notice its parent's death: it must be ended."""
    with connect(postgres) as connection:
        pid = connection.execute("SELECT pg_backend_pid()").fetchone()[0]
        # A stopped process stands for one that is too busy to look.
        os.kill(pid, signal.SIGSTOP)
        postgres.kill()
        assert pid in [process.pid for process in postgres.server.processes()]

        postgres.start()

    assert pid not in [process.pid for process in postgres.server.processes()]
    with connect(postgres) as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_postgres_ends_when_one_of_its_processes_has_crashed(postgres):
    """Whoever keeps it starts it anew; beginning again inside, it may miss a failed recovery."""
    with connect(postgres) as connection:
        pid = connection.execute("SELECT pg_backend_pid()").fetchone()[0]
        os.kill(pid, signal.SIGKILL)
        assert postgres.process.wait(timeout=10) == 1
    postgres.start()
    with connect(postgres) as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_postgres_ignores_the_pid_file_of_a_dead_server(postgres):
    postgres.kill()
    # The number of a process that lives and is not PostgreSQL: ours.
    lines = (postgres.server.data / "postmaster.pid").read_text().splitlines()
    lines[0] = str(os.getpid())
    (postgres.server.data / "postmaster.pid").write_text("\n".join(lines) + "\n")

    postgres.start()

    with connect(postgres) as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_postgres_stop_leaves_no_process(postgres):
    assert len(postgres.server.processes()) > 1
    postgres.stop()
    assert postgres.server.processes() == []
    postgres.start()


def test_postgres_refuses_data_of_another_release(tmp_path):
    data = tmp_path / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("9\n")
    server = EmbeddedPostgres(data=data, port=free_port(), log=tmp_path / "log")
    with pytest.raises(LocalProblem) as caught:
        server.prepare()
    assert str(caught.value) == (
        f"{data} was written by PostgreSQL 9 and this is PostgreSQL {release()}: "
        "move that folder away to start with an empty one."
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_postgres_goes_on_as_the_owner_of_its_data(tmp_path):
    data = tmp_path / "postgres"
    data.mkdir()
    nobody = pwd.getpwnam("nobody")
    os.chown(data, nobody.pw_uid, nobody.pw_gid)
    server = EmbeddedPostgres(data=data, port=free_port(), log=tmp_path / "log")
    account = server.program().account
    assert (account.uid, account.gid) == (nobody.pw_uid, nobody.pw_gid)


def test_valkey_comes_back_after_kill_with_every_acknowledged_write(valkey):
    with redis.Redis.from_url(valkey.url) as client:
        for number in range(500):
            client.rpush("list", number)
        valkey.kill()
        began = time.monotonic()
        valkey.start()
        assert time.monotonic() - began < 1
        assert client.llen("list") == 500


def test_valkey_ends_one_that_was_left_on_its_data(valkey):
    left = valkey.process
    other = EmbeddedValkey(data=valkey.server.data, port=free_port(), log=valkey.server.log)
    other.prepare()
    assert left.wait(timeout=5) == 0


def test_valkey_is_configured_to_lose_nothing(valkey):
    with redis.Redis.from_url(valkey.url, decode_responses=True) as client:
        settings = client.config_get("append*", "save", "maxmemory-policy")
    wanted = {
        "appendonly": "yes",
        "appendfsync": "always",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    assert {name: settings[name] for name in wanted} == wanted
