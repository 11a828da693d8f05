"""Finding links in a text."""

import time

import pytest

from comments.spam.links import has_link
from comments.spam.text import clean


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example/x",
        "see http://a",
        "HTTPS://A.EXAMPLE",
        "tg://join",
        "www.a",
        "evil.com",
        "(evil.com)",
        "evil.com.",
        "go to bit.ly/abc now",
        "t.me/abc",
        "a.b.c.evil.ru!",
        "ｅｖｉｌ．ｃｏｍ",
        "evil。com",
        "пример.com",
        "xn--e1afmkfd.com",
        "e\u200bvil.com",
    ],
)
def test_link_is_found(text):
    assert has_link(clean(text))


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "3.5 goals",
        "e.g. this",
        "wait...me",
        "hi.how are you",
        "well.to be honest",
        "Yes.me too",
        "1.in 2",
        "v1.2.3",
        "U.S. wins",
        "a: b // c",
        "no.",
        "12:30",
        "write to me@example",
    ],
)
def test_talk_is_no_link(text):
    assert not has_link(clean(text))


@pytest.mark.parametrize("unit", ["a.", "a-", "http:", "ab.co", " a.b", "a b. ", "x" * 62 + "."])
def test_no_text_takes_long(unit):
    text = (unit * 1_600)[:1_600]
    began = time.perf_counter()
    has_link(text)
    assert time.perf_counter() - began < 0.1
