"""Where the client connects to, and from which address."""

import sys

import pytest

from livecomments.client.wire import home_address, socket_url


def test_socket_is_beside_the_site():
    assert socket_url("http://127.0.0.1:8000") == "ws://127.0.0.1:8000/ws/"
    assert socket_url("https://example.org") == "wss://example.org/ws/"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers for all of 127.0.0.0/8")
def test_many_clients_on_one_machine_have_addresses_of_their_own():
    url = "ws://127.0.0.1:8000/ws/"
    homes = {home_address(url, number) for number in range(70_000)}

    assert len(homes) == 70_000
    assert {home.split(".")[0] for home in homes} == {"127"}
    assert home_address("wss://example.org/ws/", 1) is None
