"""The address that limits count by."""

import pytest

from livecomments.addresses import client_address


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("192.0.2.7", None, 0, "192.0.2.7"),
        # Nobody of ours stands in front: the header is anybody's word.
        ("192.0.2.7", "198.51.100.1", 0, "192.0.2.7"),
        ("10.0.0.1", "198.51.100.1", 1, "198.51.100.1"),
        # What a client put there itself stands left of what the proxy added.
        ("10.0.0.1", "203.0.113.9, 198.51.100.1", 1, "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2", 2, "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1", 2, "198.51.100.1"),
        ("10.0.0.1", None, 1, "10.0.0.1"),
        ("10.0.0.1", " , ", 1, "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", None, 0, "2001:db8:1:2::/64"),
        ("10.0.0.1", "2001:db8:1:2:ffff::9", 1, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", None, 0, "192.0.2.7"),
        ("fe80::1%eth0", None, 0, "fe80::/64"),
        ("", None, 0, "unknown"),
        ("10.0.0.1", "rubbish", 1, "unknown"),
    ],
)
def test_client_address(peer, forwarded, proxies, address):
    assert client_address(peer, forwarded, proxies) == address
