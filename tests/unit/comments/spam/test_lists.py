"""Word lists: whole words, asterisks, both views, the strictest entry, masks."""

import pytest

from comments.spam.lists import MASK, BadTerm, Entry, WordAction, WordList
from comments.spam.normalise import views

BLOCK, HOLD, MASKED = WordAction.BLOCK, WordAction.HOLD, WordAction.MASK


def found(term, text, action=BLOCK):
    entry = WordList([Entry(term, action)]).find(views(text))
    return entry is not None


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("gnome", "a GNOME!"),
        ("gnome", "gn0m3"),
        ("gnome", "g n o m e"),
        ("gnome", "gnоmе"),
        ("gnome", "gn\u200bome"),
        ("gnome", "gnoooome"),
        ("gnome", "(gnome)"),
        ("Gn0me", "gnome"),
        ("gnome*", "gnomes"),
        ("*gnome", "megagnome"),
        ("*nom*", "gnomes"),
        ("red hat", "my Red   hat"),
        ("ass", "a$$"),
        ("主播", "这个主播真好"),
        ("спам", "это СПАМ!"),
        ("red hats", "r e d h a t s f o r a l l"),
        ("قبعة", "هذه قُبَّعَة جميلة"),
        ("قبعة", "قـبـعـة!"),
        ("قُبّعة", "قبعة"),
        ("גמד", "יש גַּמָּד בגן"),
        ("gnomes", "🇬🇳🇴🇲🇪🇸"),
        ("gnome", "(g)(n)(o)(m)(e)"),
    ],
)
def test_term_is_found(term, text):
    assert found(term, text)


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("gnome", "gnomes"),
        ("gnome", "megagnome"),
        ("gnome*", "megagnome"),
        ("ass", "as class assess"),
        ("god", "good"),
        ("red hat", "red that"),
        ("red hat", "redhat"),
        ("art", "p a r t y t i m e"),  # too short to be looked for inside joined letters
        ("55", "ss"),
        ("قبعة", "قُبَّعَتان"),
        ("us", "🇺🇸"),
    ],
)
def test_term_is_not_found_in_other_words(term, text):
    assert not found(term, text)


def test_strictest_entry_decides():
    words = WordList([Entry("red", MASKED), Entry("green", BLOCK), Entry("blue", HOLD)])
    assert words.find(views("red blue")) == Entry("blue", HOLD)
    assert words.find(views("red blue green")) == Entry("green", BLOCK)
    assert words.find(views("yellow")) is None


def test_mask_replaces_the_words_of_masked_terms_alone():
    words = WordList([Entry("gnome*", MASKED), Entry("red hat", MASKED), Entry("blue", HOLD)])
    text = "my gn0mes wear a Red hat not a blue one"
    masked = f"my {MASK * 6} wear a {MASK * 3} {MASK * 3} not a blue one"
    assert words.mask(text) == masked
    assert words.mask("nothing to see") == "nothing to see"


def test_mask_replaces_every_occurrence():
    words = WordList([Entry("gnome", MASKED)])
    assert words.mask("gnome x gnome gnome") == f"{MASK * 5} x {MASK * 5} {MASK * 5}"


def test_empty_list_finds_nothing():
    assert WordList([]).find(views("anything")) is None


@pytest.mark.parametrize("term", ["", "a", "*", "*a*", "x" * 501, "\u200b\u200b"])
def test_terms_that_are_too_short_too_long_or_unseen_are_refused(term):
    with pytest.raises(BadTerm):
        WordList([Entry(term, BLOCK)])


def test_too_many_terms_are_refused():
    with pytest.raises(BadTerm):
        WordList(Entry(f"term{number}", BLOCK) for number in range(1_001))


def test_version_tells_lists_apart_whatever_their_order():
    one, two = Entry("gnome", BLOCK), Entry("hat", HOLD)
    assert WordList([one, two]).version == WordList([two, one]).version
    assert WordList([one]).version != WordList([Entry("gnome", HOLD)]).version


def test_text_full_of_masked_terms_is_masked_and_takes_no_time():
    words = WordList([Entry("weed", WordAction.MASK), Entry("red hats", WordAction.MASK)])
    assert words.mask("my w33d WEED weed") == "my •••• •••• ••••"
    text = "red hats " * 22
    assert set(words.mask(text.strip())) == {"•", " "}
    # The last ones are not looked for: all that follows is masked.
    assert words.mask("red hats " * 9 + "a rose") == "••• •••• " * 9 + "• ••••"
    assert words.mask("red hats " * 7 + "a rose") == "••• •••• " * 7 + "a rose"
