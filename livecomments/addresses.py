"""The network address that limits count by. Sync, pure apart from the settings it is handed.

`X-Forwarded-For` is written by anyone; only as many entries as there are proxies of ours, counted
from the right, were written by somebody we trust.
"""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"  # a Unix socket, or a header that is not an address
# A home or a campus gets a /64 of IPv6: single addresses in it cost an attacker nothing.
IPV6_PREFIX_LENGTH = 64


def client_address(peer: str, forwarded_for: str | None, trusted_proxies: int) -> str:
    """Return the IPv4 address, or the IPv6 /64, that a request came from."""
    hops = [hop.strip() for hop in (forwarded_for or "").split(",") if hop.strip()]
    if trusted_proxies and hops:
        # With fewer hops than proxies somebody came in behind the first one: the leftmost is real.
        return _folded(hops[-min(trusted_proxies, len(hops))])
    return _folded(peer)


def request_address(request: HttpRequest) -> str:
    """Return the address that an HTTP request came from."""
    return client_address(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR"),
        settings.TRUSTED_PROXIES,
    )


def _folded(text: str) -> str:
    try:
        address = ip_address(text.partition("%")[0].strip("[]"))
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, IPV6_PREFIX_LENGTH), strict=False))
    return str(address)
