"""Which names a reader would take for another."""

import time

import pytest

from livecomments.accounts.lookalikes import readings, skeleton
from livecomments.accounts.names import looks_like_any


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("Аnа Limа", "Ana Lima"),  # Cyrillic
        ("Αna Lima", "Ana Lima"),  # Greek
        ("ana lirna", "Ana Lima"),  # r and n for m
        ("AIan", "Alan"),
        ("An\u0430\ufe0f Lima", "Ana Lima"),  # with a mark that cannot be seen
        ("Ana.Lima", "Ana Lima"),
        ("AnaLima", "Ana Lima"),
        ("Ana_Lima!", "Ana Lima"),
        ("𝐀𝐧𝐚 𝐋𝐢𝐦𝐚", "Ana Lima"),  # of mathematics
        ("Ａｎａ Ｌｉｍａ", "Ana Lima"),  # wide
        ("lan", "Ian"),
        ("іаn", "Ian"),
        ("1an", "Ian"),
        ("B0b", "Bob"),
        ("BОВ", "bob"),
        ("Ѕсоtt", "Scott"),
        ("Ԝеndу", "Wendy"),
        ("Vеrа", "Vera"),
        ("élisе", "e\u0301lise"),
    ],
)
def test_names_that_look_alike_share_a_reading(name, like):
    assert readings(name) & readings(like)
    assert looks_like_any(name, ["Somebody", like])


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Ana", "Anna"),
        ("Ana Lima", "Ana Lina"),
        ("José", "Jose"),
        ("山田", "山本"),
        ("Владимир", "Vladimir"),
        ("Ana 2", "Ana 3"),
    ],
)
def test_names_that_differ_to_the_eye_share_none(name, other):
    assert not readings(name) & readings(other)
    assert not looks_like_any(name, [other])


def test_skeleton_is_that_of_the_standard():
    # The example of its section 4.
    assert skeleton("ρ⍺у𝓅𝒂l") == skeleton("раураӏ").replace("i", "l") == "paypal"
    assert skeleton("ѕсоре") == "scope"
    assert skeleton(skeleton("Mоdеrаtοr")) == skeleton("Moderator")


def test_every_name_has_a_reading():
    for name in ("ノ", "1", "ᐳ", "ꞌ", "ا"):
        assert all(readings(name)), name


def test_a_long_list_is_compared_quickly():
    names = [f"Somebody {number}" for number in range(1_000)]
    looks_like_any("Ana", names)
    began = time.perf_counter()
    assert not looks_like_any("Ana", names)
    assert time.perf_counter() - began < 0.5
