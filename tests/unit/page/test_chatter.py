"""The made-up room: ids that grow, texts that a room would take, every kind of row."""

import msgspec

from livecomments.protocol import Comment, Role
from tests.page.chatter import LONGEST, Chatter


def said(count=3_000):
    chatter = Chatter("a seed", reader="Robin")
    return [chatter.next_comment() for _ in range(count)]


def test_ids_grow():
    ids = [int(comment.id) for comment in said()]
    assert ids == sorted(set(ids))


def test_comments_are_valid_and_as_long_as_a_room_allows():
    comments = said()
    encoded = msgspec.json.encode(comments)
    assert msgspec.json.decode(encoded, type=list[Comment]) == comments
    lengths = {len(comment.text) for comment in comments}
    assert 0 < min(lengths) < 20
    assert 120 < max(lengths) <= LONGEST


def test_every_kind_of_row_comes_up():
    comments = said()
    assert {comment.user.role for comment in comments} == {
        Role.VIEWER,
        Role.MODERATOR,
        Role.BROADCASTER,
    }
    assert 0.08 < sum(comment.reply is not None for comment in comments) / len(comments) < 0.16
    assert 0.01 < sum("https://" in comment.text for comment in comments) / len(comments) < 0.05
    assert any(comment.text.startswith("@Robin ") for comment in comments)
    assert any(comment.user.new for comment in comments)


def test_replies_quote_what_was_said():
    comments = said()
    texts = {comment.id: comment.text for comment in comments}
    quotes = [comment.reply for comment in comments if comment.reply]
    assert all(texts[quote.id].startswith(quote.text) for quote in quotes)
