"""docker-compose.yml stays true to the settings, the checks and `make run`."""

import re

import pytest
import yaml

from livecomments.checks.redis_server import REDIS_DEMANDS
from livecomments.local.postgres import ENDS_AFTER_CRASH, release
from livecomments.local.state import PROJECT

COMPOSE = (PROJECT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]
NGINX = (PROJECT / "deploy" / "nginx.conf").read_text()


def test_compose_runs_two_web_processes_a_batcher_and_an_edge():
    assert list(SERVICES) == [
        "postgres",
        "valkey",
        "migrate",
        "batcher",
        "web-1",
        "web-2",
        "nginx",
    ]


@pytest.mark.parametrize("name", sorted(REDIS_DEMANDS))
def test_compose_valkey_meets_the_demands(name):
    flags = SERVICES["valkey"]["command"][2].split()
    assert flags[flags.index(f"--{name}") + 1] == REDIS_DEMANDS[name][0]


def test_compose_has_the_same_postgres_as_a_local_run():
    assert SERVICES["postgres"]["image"] == f"postgres:{release()}"


def test_compose_postgres_ends_after_a_crash_like_that_of_a_local_run():
    assert SERVICES["postgres"]["command"][1:] == ["-c", ENDS_AFTER_CRASH]
    assert SERVICES["postgres"]["restart"] == "unless-stopped"


def test_compose_names_only_variables_that_the_settings_read():
    settings = (PROJECT / "livecomments" / "settings.py").read_text()
    known = set(re.findall(r'env_\w+\(\s*"([A-Z_]+)"', settings))
    # LIVECOMMENTS_PROCESS names the process in its answers; the gateway reads it.
    assert set(SERVICES["web-1"]["environment"]) - known == {"LIVECOMMENTS_PROCESS"}


def test_compose_believes_its_one_proxy():
    assert SERVICES["web-1"]["environment"]["LIVECOMMENTS_TRUSTED_PROXIES"] == 1
    assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in NGINX


def test_compose_demands_every_secret():
    secrets = ("SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD")
    for name in secrets:
        uses = re.findall(rf"\$\{{{name}(.?)", COMPOSE)
        assert set(uses) == {":"}, name
        assert f"${{{name}:?" in COMPOSE


def test_nginx_locations_inherit_every_header():
    """nginx drops all inherited `proxy_set_header` lines where a location has one of its own."""
    locations = re.findall(r"location [^{]+\{([^}]*)\}", NGINX)
    assert len(locations) >= 4
    assert [body for body in locations if "proxy_set_header" in body] == []
