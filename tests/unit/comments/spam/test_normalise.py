"""The two views of a text: what reads the same is the same."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.spam.disguise import DISGUISES
from comments.spam.normalise import views

TEXT = "look at my brand new garden gnomes, they are lovely"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Hello   World", "hello world"),
        ("ＷＩＤＥ ｌｅｔｔｅｒｓ", "wide letters"),
        ("z\u200be\u00adr\u2060o", "zero"),
        ("z̷a̵l̶g̸o̴", "zalgo"),
        ("Наllо", "hallo"),  # Cyrillic and Greek among Latin letters
        ("ΗЕY", "hey"),
        ("ᴄᴀᴘɪᴛᴀʟs", "capitals"),
        ("🅂🅀🅄🄰🅁🄴 🅱🅾🆇", "square box"),
        ("g n o m e s", "gnomes"),
        ("g.n.o.m.e.s and g-n-o-m-e-s", "gnomes and gnomes"),
        ("h t t p : / / a . e x a m p l e", "http://a.example"),
        ("loooooove", "loove"),
        ("١٢٣", "123"),
        ("🇬 🇳 🇴 🇲 🇪", "gnome"),
        ("🇬🇳🇴🇲🇪", "gnome"),  # five cannot be flags
        ("(g)(n)(o)(m)(e) [h][a][t]", "gnome hat"),
        ("⒢⒩⒪⒨⒠ 🄗🄐🄣", "gnome hat"),
        ("قُبَّعَةٌ", "قبعة"),
        ("قـبـــعـة", "قبعة"),
        ("ﻗﹸﺒﹽﻌﺔ", "قبعة"),  # the forms that letters and vowels have within a word
        ("کبیر", "كبير"),  # Persian letters in an Arabic word
        ("גַּמָּד", "גמד"),
    ],
)
def test_plain_view_undoes_how_a_text_is_drawn(text, plain):
    assert views(text).plain == plain


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("gn0m35", "gnomes"),
        ("$0ld th3 g4rd3n", "soid the garden"),
        ("1337 5p34k3r h3r3 137", "ieet speaker here iet"),  # among such words a number is one too
        ("loooooove", "iove"),
        ("🇬🇳🇴🇲🇪🇸", "gnomes"),  # an even number, and no flags
    ],
)
def test_folded_view_reads_digits_as_letters(text, folded):
    assert views(text).folded == folded


@pytest.mark.parametrize(
    "text",
    [
        "7777",
        "10 to 5 at 20:15",
        "$50 off",
        "@a1 +1",
        "1 2 3 4 5",
        "U S A",
        "🇫🇷🇩🇪",
        "1.5.2020",
        "(1)(2)(3)",
        "f(a)(b)",
    ],
)
def test_numbers_money_and_flags_stay_in_the_plain_view(text):
    assert views(text).plain == text.casefold()


@pytest.mark.parametrize("text", ["10 to 5 at 20:15", "$50 off", "+1", "100%", "3 : 2", "🇫🇷 🇩🇪"])
def test_numbers_stay_in_the_folded_view_where_no_letters_are_mixed_in(text):
    assert views(text).folded == text


@pytest.mark.parametrize(
    "text",
    [
        "สวัสดีครับ",
        "नमस्ते दुनिया",
        "שלום",
        "مرحبا",
        "أنا آسف",
        "مسؤول",
        "한국어",
        "がんばれ",
        "主播真厉害",
    ],
)
def test_other_scripts_keep_what_they_spell_with(text):
    assert views(text).plain == text


def test_capitals_and_small_letters_of_other_alphabets_are_the_same():
    assert views("СПАСИБО ВСЕМ") == views("спасибо всем")


@pytest.mark.parametrize("kind", ["zero-width", "homoglyph", "leet", "styled letters", "mixed"])
def test_disguised_text_has_the_folded_view_of_the_plain_one(kind):
    for seed in range(20):
        assert views(DISGUISES[kind](TEXT, Random(seed))).folded == views(TEXT).folded


def test_spaced_text_has_the_letters_of_the_plain_one():
    seen = views(DISGUISES["spaced letters"](TEXT, Random(1)))
    assert seen.folded == views(TEXT).folded.replace(" ", "")
    assert seen.joined
    assert not views(TEXT).joined


@given(st.text(max_size=200))
def test_any_text_has_views_and_those_have_the_same_ones(text):
    seen = views(text)
    assert views(seen.plain).plain == views(views(seen.plain).plain).plain
    assert seen.plain == " ".join(seen.plain.split())
