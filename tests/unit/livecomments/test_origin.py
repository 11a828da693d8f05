"""Whose pages may open a socket."""

import pytest

from livecomments.gateway.origin import is_allowed

HOST = "chat.example"


@pytest.mark.parametrize(
    "origin",
    [
        None,  # a program
        "https://chat.example",
        "http://chat.example",  # plain HTTP on loopback and behind a proxy
        "https://partner.example",
        "https://partner.example:8443",
    ],
)
def test_our_own_pages_and_those_allowed_may(settings, origin):
    settings.ALLOWED_ORIGINS = ["https://partner.example", "https://partner.example:8443"]
    assert is_allowed(origin, HOST)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "file://",
        "https://evil.example",
        "https://evil.chat.example",  # a subdomain may be somebody else's
        "https://chat.example.evil.example",
        "https://evilchat.example",
        "https://chat.example:8443",
        "https://chat.example@evil.example",
        "https://evil.example#chat.example",
        "https://evil.example/chat.example",
        "https://chat.example/",
        "https://chat.example/path",
        "https://chat.example?x",
        "https://chat.example https://evil.example",
        "chat.example",
        "//chat.example",
        "wss://chat.example",
        "chrome-extension://chat.example",
        "http://partner.example",  # allowed over https alone
        "https://partner.example:8443",
        "https://sub.partner.example",
        "https://partner.example.",
        "https://PARTNER.example.evil",
    ],
)
def test_all_others_may_not(settings, origin):
    settings.ALLOWED_ORIGINS = ["https://partner.example"]
    assert not is_allowed(origin, HOST)


@pytest.mark.parametrize("host", [None, ""])
def test_without_a_host_no_page_is_ours(host):
    assert not is_allowed("https://", host)
    assert not is_allowed("https://chat.example", host)
