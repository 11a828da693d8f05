"""The catalogues of Django's pages are complete, of use and compiled."""

import shutil

import pytest

from tools import translations


@pytest.fixture(scope="module")
def wanted():
    return translations.words_in_code()


@pytest.fixture
def copy(tmp_path):
    """The Arabic catalogue where a test may spoil it."""
    folder = tmp_path / "ar" / "LC_MESSAGES"
    shutil.copytree(translations.ROOT / "locale/ar/LC_MESSAGES", folder)
    return folder / "django.po"


def spoil(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


@pytest.mark.parametrize("path", translations.catalogues(), ids=lambda path: path.parts[-3])
def test_every_word_of_the_code_is_translated_and_compiled(path, wanted):
    assert list(translations.problems(path, wanted)) == []


def test_words_are_found_in_templates_and_in_python(wanted):
    found = {message.id for message in wanted}

    assert {"Skip to content", "Somebody already has this name."} <= found
    assert any(isinstance(words, tuple) and "watching" in words[0] for words in found)


def test_a_word_without_translation_is_found(copy, wanted):
    spoil(copy, "الانتقال إلى المحتوى", "")

    assert list(translations.problems(copy, wanted)) == [
        "not translated: 'Skip to content'",
        "not compiled: run `make words`",
    ]


def test_a_word_that_nobody_says_is_found(copy, wanted):
    spoil(copy, 'msgid "Skip to content"', 'msgid "Skip to the content"')

    assert list(translations.problems(copy, wanted)) == [
        "not there: 'Skip to content'",
        "not in the code: 'Skip to the content'",
        "not compiled: run `make words`",
    ]


def test_a_placeholder_that_was_lost_is_found(copy, wanted):
    spoil(copy, "كلمة مرور جديدة في %(site_name)s", "كلمة مرور جديدة في %(name)s")

    assert "unknown named placeholder 'name'" in next(translations.problems(copy, wanted))


def test_an_update_compiles_and_leaves_what_is_translated(copy, wanted):
    before = copy.read_bytes()
    copy.with_suffix(".mo").unlink()

    translations.update(copy, wanted)

    assert copy.read_bytes() == before
    assert list(translations.problems(copy, wanted)) == []
