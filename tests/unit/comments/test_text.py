"""Rules T1-T6 of docs/PROTOCOL.md: what a text becomes, and what is refused."""

import unicodedata

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from comments.spam import text as texts
from livecomments.errors import DomainError
from livecomments.protocol import COMMENT_MAX_CODEPOINTS, COMMENT_MAX_GRAPHEMES, ErrorCode

ZWSP, ZWNJ, ZWJ = "\u200b", "\u200c", "\u200d"
FAMILY = "👨‍👩‍👧‍👦"
ASTRONAUT = "👩🏽‍🚀"
RAINBOW = "🏳️‍🌈"
BURNING = "❤️‍🔥"
PIRATES = "🏴‍☠️"
WALES = "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
FRANCE = "🇫🇷"
KEYCAP = "1️⃣"
PERSIAN = f"می{ZWNJ}خواهم"
SINHALA = f"ශ්{ZWJ}රී"
HINDI = f"क्{ZWJ}ष"
WHOLE = [FAMILY, ASTRONAUT, RAINBOW, BURNING, PIRATES, WALES, FRANCE, KEYCAP]


def refusal_of(text):
    with pytest.raises(DomainError) as refused:
        texts.clean(text)
    return refused.value.code


# --- T1: NFC, one space, trimmed -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("hello", "hello"),
        ("  hello   world  ", "hello world"),
        ("one\ntwo\r\nthree\tfour", "one two three four"),
        ("a\u00a0b\u2003c\u3000d\u2028e\u2029f\u0085g", "a b c d e f g"),
        ("e\u0301te\u0301", "été"),
        ("\u1100\u1161\u11a8", "각"),
        ("Å", "Å"),
        (f"a {ZWSP} b", "a b"),
        (f"{ZWSP} a {ZWSP}", "a"),
    ],
)
def test_t1_text_is_nfc_with_single_spaces(text, cleaned):
    assert texts.clean(text) == cleaned


# --- T2: 1 to 200 graphemes ----------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " ", "\n", "\t \u00a0", "\u3000"])
def test_t2_nothing_but_space_is_empty(text):
    assert refusal_of(text) is ErrorCode.EMPTY


@pytest.mark.parametrize("one", ["x", "é", "e\u0301", "漢", *WHOLE[:3], WALES, FRANCE, KEYCAP])
def test_t2_length_is_counted_as_people_count(one):
    longest = one * COMMENT_MAX_GRAPHEMES
    if len(longest) > COMMENT_MAX_CODEPOINTS:
        longest = one * (COMMENT_MAX_CODEPOINTS // len(one))

    assert texts.count_graphemes(texts.clean(longest)) == len(longest) // len(one)
    assert refusal_of(longest + one) is ErrorCode.TOO_LONG


def test_t2_spaces_that_go_do_not_count():
    assert texts.clean("  " + "x  " * 100 + "  ") == " ".join("x" * 100)


def test_t2_few_graphemes_of_very_many_code_points_are_too_long():
    flag = "🏴" + "\U000e0061" * (COMMENT_MAX_CODEPOINTS - 2) + "\U000e007f"

    assert texts.count_graphemes(flag) == 1
    assert texts.clean(flag) == flag
    assert refusal_of(flag + "x") is ErrorCode.TOO_LONG


@pytest.mark.parametrize("unit", ["x", " ", "é", ZWSP, "\u0301", f"{ZWNJ}ی", "👨‍"])
def test_t2_a_flood_is_refused_before_work_is_done(unit):
    assert refusal_of(unit * 1_000_000) is ErrorCode.TOO_LONG


# --- T3: controls --------------------------------------------------------------------------------


CONTROLS = ["\x00", "\x07", "\x1b", "\x1c", "\x1f", "\x7f", "\x80", "\x9f"]
BIDI = ["\u061c", "\u200e", "\u200f", "\u202a", "\u202d", "\u202e", "\u2066", "\u2069"]
PRIVATE = ["\ue000", "\U000f0000", "\U00100000"]
NO_CHARACTERS = ["\ufdd0", "\uffff", "\U0001fffe", "\ufff9", "\ufffb", "\ud800", "\udfff"]


@pytest.mark.parametrize("place", ["{}ab", "a{}b", "ab{}"])
@pytest.mark.parametrize("char", [*CONTROLS, *BIDI, *PRIVATE, *NO_CHARACTERS])
def test_t3_control_bidi_private_and_non_characters_are_refused(char, place):
    assert refusal_of(place.format(char)) is ErrorCode.NOT_TEXT


# --- T4: zero width ------------------------------------------------------------------------------


ZERO_WIDTH = [ZWSP, ZWNJ, ZWJ, "\u2060", "\u2061", "\u2064", "\ufeff", "\u00ad", "\u034f"]
ZERO_WIDTH += ["\u180e", "\u206a", "\u206f", "\U0001bca0", "\U0001d173"]
TAGS = ["\U000e0001", "\U000e0041", "\U000e007f"]


@pytest.mark.parametrize("char", [*ZERO_WIDTH, *TAGS])
def test_t4_zero_width_and_tags_are_removed(char):
    assert texts.clean(f"{char}fr{char}ee{char * 3}{char}") == "free"


@pytest.mark.parametrize("text", [*WHOLE, PERSIAN, SINHALA, HINDI])
def test_t4_what_holds_a_letter_or_an_emoji_together_stays(text):
    assert texts.clean(text) == unicodedata.normalize("NFC", text)
    assert texts.clean(f"see {text} there") == unicodedata.normalize("NFC", f"see {text} there")


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (f"a{ZWJ}b", "ab"),
        (f"👨{ZWJ}", "👨"),
        (f"👨{ZWJ}x", "👨x"),
        (f"👨{ZWJ}{ZWJ}👩", "👨👩"),
        (f"{ZWNJ}خواهم", "خواهم"),
        (f"hel{ZWNJ}lo", "hello"),
        ("x\U000e0067\U000e007f", "x"),
    ],
)
def test_t4_joiners_that_join_nothing_are_removed(text, cleaned):
    assert texts.clean(text) == cleaned


# --- T5: marks -----------------------------------------------------------------------------------


def test_t5_four_marks_on_a_base_pass_and_five_do_not():
    mark = "\u0335"  # composes with nothing

    assert texts.clean("a" + mark * 4 + "b" + mark * 4) == "a" + mark * 4 + "b" + mark * 4
    assert refusal_of("a" + mark * 5) is ErrorCode.NOT_TEXT


@pytest.mark.parametrize("text", ["Việt Nam", "בְּרֵאשִׁ֖ית", "مُحَمَّدٌ", "ก็ดี", "हिन्दी", "ন্ত্র্য"])
def test_t5_writing_that_stacks_marks_passes(text):
    assert texts.clean(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("between", [ZWSP, "\u2060", "\u034f", ZWNJ, ZWJ, ZWNJ + ZWJ])
@pytest.mark.parametrize("mark", ["\u0335", "\u0610", "\u094d"])
def test_t5_marks_cannot_hide_behind_what_has_no_width(mark, between):
    assert refusal_of("ا" + (mark + between) * 12) is ErrorCode.NOT_TEXT


# --- T6: nothing to see --------------------------------------------------------------------------


FILLERS = ["\u3164", "\uffa0", "\u115f\u1160", "\u2800", "\u2800 \u2800"]


@pytest.mark.parametrize(
    "text", [*ZERO_WIDTH, *TAGS, *FILLERS, ZWJ * 3, f" {ZWSP} ", "\ufe0f", "\u0301"]
)
def test_t6_what_cannot_be_seen_is_no_text(text):
    assert refusal_of(text) is ErrorCode.NOT_TEXT


# --- whatever comes ------------------------------------------------------------------------------

LETTERS = [*" \n\t\u00a0abe1👨👩🏽❤🏴🚀ایक्ශරé", "\u1100", "\u1161"]
MARKS = ["\ufe0f", "\u0301", "\u0302", "\u0335", "\u0610", "\u064b", "\u06e3"]
ODD = st.sampled_from(
    [*LETTERS, *MARKS, *ZERO_WIDTH, *TAGS, *FILLERS, "\u202e", "\x1c", "\ud83d", "\U000e0067"]
)
ANYTHING = st.one_of(st.text(), st.lists(ODD, max_size=30).map("".join))


@settings(max_examples=1_500)
@given(ANYTHING)
@example(f"a {ZWSP} b")
@example(f"ا\u0302\u06e3{ZWNJ}b")
@example(f"ا\u0302{ZWSP}\u06e3{ZWNJ}b")
def test_cleaning_again_changes_nothing(text):
    try:
        once = texts.clean(text)
    except DomainError:
        return

    assert texts.clean(once) == once


@settings(max_examples=500)
@given(ANYTHING)
def test_nothing_but_the_three_refusals_is_raised(text):
    try:
        code = texts.clean(text) and None
    except DomainError as refused:
        code = refused.code

    assert code in {None, ErrorCode.EMPTY, ErrorCode.TOO_LONG, ErrorCode.NOT_TEXT}


@settings(max_examples=500)
@given(ANYTHING)
def test_what_passes_can_be_stored_shown_and_compared(text):
    try:
        cleaned = texts.clean(text)
    except DomainError:
        return

    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == cleaned.strip(" ") != ""
    assert not regex.search(r"[\p{Cc}\p{Cs}\p{Co}\p{Bidi_Control}]|\s\s|[^\S ]", cleaned)
    assert texts.count_graphemes(cleaned) <= COMMENT_MAX_GRAPHEMES
    cleaned.encode()
    assert texts.digest(cleaned) == texts.digest(texts.clean(cleaned))


# --- excerpts and digests ------------------------------------------------------------------------


def test_excerpt_is_cut_between_graphemes():
    assert texts.excerpt("short") == "short"
    assert texts.excerpt("x" * 80) == "x" * 80
    assert texts.excerpt("x" * 81) == "x" * 80 + "…"
    assert texts.excerpt(FAMILY * 81) == FAMILY * 80 + "…"
    assert texts.excerpt(FAMILY * 80) == FAMILY * 80


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hello", "hello"),
        ("ＨＥＬＬＯ", "hello"),
        ("Straße", "STRASSE"),
        ("hello", "hello\ufe0f"),
        ("سلام", f"س{ZWNJ}لام"),
        ("hi", "hi\u3164"),
        ("سلام", f"سلام{ZWJ}"),
    ],
)
def test_texts_that_read_the_same_have_one_digest(one, other):
    assert texts.digest(texts.clean(one)) == texts.digest(texts.clean(other))


def test_texts_that_read_otherwise_have_others():
    assert texts.digest("hello") != texts.digest("hello!")
    assert texts.digest("10") != texts.digest("100")
    assert len({texts.digest(text) for text in [*WHOLE, "🏴", "👨👩👧👦", "👩", "🇩🇪"]}) == 12


@given(st.text(), st.text())
def test_fingerprints_tell_texts_and_targets_apart(one, other):
    assert (texts.fingerprint("5", one) == texts.fingerprint("5", other)) == (one == other)
    assert texts.fingerprint("", one) != texts.fingerprint("5", one)
