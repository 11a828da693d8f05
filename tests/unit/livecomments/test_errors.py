"""Refusals carry a code, a sentence and, where waiting helps, how long."""

import pytest

from livecomments.errors import SENTENCES, DomainError
from livecomments.protocol import ErrorCode


@pytest.mark.parametrize("code", ErrorCode)
def test_every_code_has_a_sentence_of_its_own(code):
    sentence = DomainError(code).message

    assert sentence.endswith(".")
    assert [other for other, text in SENTENCES.items() if text == sentence] == [code]


def test_error_may_say_it_in_other_words():
    error = DomainError(ErrorCode.FORBIDDEN, "Nobody can sanction themselves.")

    assert error.message == "Nobody can sanction themselves."
    assert str(error) == "forbidden: Nobody can sanction themselves."
    assert error.retry_after_ms is None


def test_error_says_how_long_to_wait():
    assert DomainError(ErrorCode.SLOW_MODE, retry_after_ms=250).retry_after_ms == 250
