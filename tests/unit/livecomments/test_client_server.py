"""Which server a program is pointed at."""

import pytest

from livecomments import environment
from livecomments.client.server import NoServer, base_url


def test_local_server_is_the_one_where_none_is_named(monkeypatch):
    monkeypatch.setattr(environment, "LOCAL", {"base_url": "http://127.0.0.1:8000/"})
    assert base_url(None) == "http://127.0.0.1:8000"
    assert base_url("https://example.org") == "https://example.org"


def test_without_a_local_server_one_must_be_named(monkeypatch):
    monkeypatch.setattr(environment, "LOCAL", {})
    with pytest.raises(NoServer, match="make run"):
        base_url(None)


@pytest.mark.parametrize("url", ["example.org", "ftp://example.org", "https://"])
def test_address_that_is_none_is_refused(url):
    with pytest.raises(NoServer, match="must look like"):
        base_url(url)
