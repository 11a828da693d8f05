"""Sites that may embed a room: one spelling, and nothing that a browser would read differently."""

import pytest
from django.core.exceptions import ValidationError

from streams.embedding import (
    MAX_EMBED_SITES,
    SITE_MAX_LENGTH,
    clean_site,
    clean_sites,
    frame_ancestors,
    validate_sites,
)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://example.com", "https://example.com"),
        (" HTTPS://Blog.Example.COM/ ", "https://blog.example.com"),
        ("https://example.com:443", "https://example.com"),
        ("https://example.com:08443", "https://example.com:8443"),
        ("https://*.example.com", "https://*.example.com"),
        ("https://*.Example.com:8443/", "https://*.example.com:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://例え。jp", "https://xn--r8jz45g.jp"),
        ("https://*.bücher.example", "https://*.xn--bcher-kva.example"),
        ("https://intranet", "https://intranet"),
        ("http://localhost", "http://localhost"),
        ("http://localhost:80/", "http://localhost"),
        ("http://localhost:5173", "http://localhost:5173"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://" + ".".join(["a" * 63] * 3), "https://" + ".".join(["a" * 63] * 3)),
    ],
)
def test_a_site_has_one_spelling(written, kept):
    assert clean_site(written) == kept
    assert clean_site(kept) == kept
    assert len(kept) <= SITE_MAX_LENGTH


@pytest.mark.parametrize(
    "written",
    [
        "",
        "example.com",
        "//example.com",
        "*",
        "https:",
        "https://",
        "https://*",
        "https://*.com",  # everybody under an ending
        "https://*.localhost",
        "https://a.*.example.com",
        "https://exa*mple.com",
        "https://example.com:*",
        "https://example.com:0",
        "https://example.com:65536",
        "https://example.com/embedded",
        "https://example.com?x",
        "https://example.com#x",
        "https://someone@example.com",
        "https://example.com.",
        "https://example..com",
        "https://-example.com",
        "https://exa_mple.com",
        "https://192.0.2.1",
        "https://3221225985",
        "https://0x7f.1",
        "https://[::1]",
        "http://example.com",
        "http://*.localhost",
        "http://127.0.0.2",
        "http://localhost.example.com",
        "ftp://example.com",
        "javascript://example.com",
        "data:text/html,x",
        "'self'",
        "'none'",
        # nothing may end the directive, or add to it
        "https://example.com; script-src *",
        "https://example.com https://evil.example",
        "https://example.com,https://evil.example",
        "https://example.com\nhttps://evil.example",
        "https://exam\tple.com",
    ],
)
def test_what_is_no_site_is_refused(written):
    with pytest.raises(ValidationError):
        clean_site(written)


def test_each_site_is_kept_once_in_the_order_given():
    written = ["https://b.example/", "", "  ", "https://a.example", "https://B.example:443\r"]
    assert clean_sites(written) == ["https://b.example", "https://a.example"]


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(ValidationError) as refused:
        clean_sites(["nothing", "https://a.example", "http://b.example"])
    assert len(refused.value.messages) == 2


def test_a_stream_has_a_bounded_number_of_sites():
    sites = [f"https://s{number}.example" for number in range(MAX_EMBED_SITES + 1)]
    assert clean_sites(sites[:-1]) == sites[:-1]
    with pytest.raises(ValidationError, match="At most 20"):
        clean_sites(sites)


def test_rows_keep_the_one_spelling_alone():
    validate_sites(["https://a.example"])
    for sites in (["https://A.example"], ["https://a.example/"], ["https://a.example"] * 2, [""]):
        with pytest.raises(ValidationError):
            validate_sites(sites)


def test_nobody_may_frame_where_no_site_is_allowed():
    assert frame_ancestors([]) == ["'none'"]
    assert frame_ancestors(["https://a.example"]) == ["https://a.example"]
