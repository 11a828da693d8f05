"""Made-up chat."""

from itertools import islice

from tests.load.texts import chat, lines


def test_lines_have_their_length_and_never_repeat():
    made = list(islice(lines(40), 2_000))
    assert {len(text) for text in made} == {40}
    assert len(set(made)) == 2_000
    assert all(text == text.strip() for text in made)


def test_chat_is_of_many_lengths_and_never_repeats():
    made = list(islice(chat(), 2_000))
    assert len(set(made)) == 2_000
    assert min(map(len, made)) < 10 < 60 < max(map(len, made)) <= 200
