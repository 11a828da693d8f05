"""What may be said: rules T1-T6 of docs/PROTOCOL.md, by example."""

import pytest

from comments.spam.text import clean
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


def refusal(text):
    """The code with which a text is refused."""
    with pytest.raises(DomainError) as refused:
        clean(text)
    return refused.value.code


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  two   words ", "two words"),
        ("pasted\nover\tlines\r\n", "pasted over lines"),
        ("e\u0301t\u00e9", "\u00e9t\u00e9"),
        ("\u3000wide\u00a0spaces\u2003here", "wide spaces here"),
    ],
)
def test_t1_text_is_composed_and_its_spaces_are_single(text, cleaned):
    assert clean(text) == cleaned


@pytest.mark.parametrize("unit", ["a", "\u00e9", "\u754c", "\U0001f600", FAMILY, ENGLAND])
def test_t2_a_comment_has_at_most_two_hundred_graphemes(unit):
    most = 200 if len(unit) == 1 else 1_600 // len(unit) if len(unit) * 200 > 1_600 else 200
    assert clean(unit * most) == unit * most
    assert refusal(unit * 201) == ErrorCode.TOO_LONG


@pytest.mark.parametrize("text", ["", " ", "\n\t "])
def test_t2_nothing_is_not_a_comment(text):
    assert refusal(text) == ErrorCode.EMPTY


@pytest.mark.parametrize(
    "mark",
    ["\x00", "\x07", "\x1b", "\x7f", "\u202e", "\u2066", "\u200f", "\u061c", "\ue000", "\ufdd0"],
)
def test_t3_controls_of_any_kind_are_not_text(mark):
    assert refusal(f"a{mark}b") == ErrorCode.NOT_TEXT


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\u200bb\ufeffc\u00add", "abcd"),
        ("again \U000e0000", "again"),
        (FAMILY, FAMILY),
        (ENGLAND, ENGLAND),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", None),
        ("\u0915\u094d\u200d\u0937", None),
    ],
)
def test_t4_what_has_no_width_goes_unless_it_joins(text, cleaned):
    assert clean(text) == (cleaned or text)


def test_t5_four_marks_may_stand_on_a_base_and_five_may_not():
    assert clean("x" + "\u0316" * 4) == "x" + "\u0316" * 4
    assert refusal("x" + "\u0316" * 5) == ErrorCode.NOT_TEXT


@pytest.mark.parametrize("text", ["\u200b\u200b", "\u3164", "\u2800 \u2800", "\u00ad"])
def test_t6_a_text_that_shows_nothing_is_not_text(text):
    assert refusal(text) == ErrorCode.NOT_TEXT
