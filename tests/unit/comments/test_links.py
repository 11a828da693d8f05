"""Finding links in a text."""

import time

import pytest

from comments.spam.links import has_link, has_usual_link
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
        *(
            f"evil.{end}/x"
            for end in ("casino", "ai", "bet", "gl", "zip", "vip", "icu", "fun", "рф")
        ),
        "see evil.lol:8080/x!",
        "evil.bet?ref=1",
        "youtu.Be/abc",
        "пример.рф",
        "192.0.2.1/login",
        "192.0.2.1:8080",
        "e.v.i.l.o.n.e.com",
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
        *(
            "ok.so",
            "wait...what",
            "1.2.3.4",
            "and/or",
            "file.py",
            "3.10.2026",
            "1.000.000",
            "9.5/10",
        ),
        *("1.FC/2.FC", "192.0.2.0/24", "v1.2.3.4/x", "e.g./i.e.", "a.m./p.m.", "was.fun", "a.zip"),
        *("S.T.A.L.K.E.R.", "src/main.py", ":D :-) D: /o\\", "1.2.3.4.5", "999.1.1.1/x"),
    ],
)
def test_talk_is_no_link(text):
    assert not has_link(clean(text))


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        ("evil.com", True),
        ("youtu.be/x", True),
        ("tg://x", True),
        ("evil.lol/x", False),
        ("so", False),
    ],
)
def test_the_model_is_told_of_the_usual_links(text, usual):
    assert has_usual_link(text) is usual


@pytest.mark.parametrize(
    "unit", ["a.", "a-", "http:", "ab.co", " a.b", "a b. ", "x" * 62 + ".", "1.", "a.b/"]
)
def test_no_text_takes_long(unit):
    text = (unit * 1_600)[:1_600]
    began = time.perf_counter()
    has_link(text)
    assert time.perf_counter() - began < 0.1
