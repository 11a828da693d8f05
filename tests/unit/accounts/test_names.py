"""What may be a display name."""

import pytest
from django.core.exceptions import ValidationError

from livecomments.accounts.names import cleaned_name, folded


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ana", "Ana"),
        ("  Ana   Lima ", "Ana Lima"),
        ("e\u0301lise", "élise"),
        ("Владимир", "Владимир"),
        ("山田 太郎", "山田 太郎"),
        ("brackish_ben", "brackish_ben"),
        ("Nguyễn", "Nguyễn"),
        ("x" * 40, "x" * 40),
        ("Ana \u2764\ufe0f", "Ana \u2764\ufe0f"),
    ],
)
def test_cleaned_name_is_composed_and_single_spaced(typed, kept):
    assert cleaned_name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "…!?",
        "tab\tbed",
        "line\nbreak",
        "a\u202egnp.exe",
        "zero\u200bwidth",
        "\ue000",
        "\ud83d",
        "x" * 41,
        "z" + "\u0300" * 5,
        "o" + "\u0301" * 5,
        "\u3164",  # letters by category, and nothing to the eye
        "Ana\u3164",
        "\u115f\u1160",
        "\uffa0x",
        "Ana\u2800",
        "Ana\u034f",
        "Ana\ufe0f",
        "\U000e0041na",
    ],
)
def test_cleaned_name_refuses_what_would_mislead(typed):
    with pytest.raises(ValidationError):
        cleaned_name(typed)


@pytest.mark.parametrize("other", ["ANA LIMA", "ana lima", "Ａｎａ Ｌｉｍａ"])
def test_folded_names_are_equal_in_any_capitals_and_widths(other):
    assert folded(other) == folded("Ana Lima")


def test_folded_keeps_different_names_apart():
    assert folded("Ana") != folded("Anna")
