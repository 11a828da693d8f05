"""What a client says: read as a message, or refused for a reason that it is told."""

import pytest

from livecomments.errors import DomainError
from livecomments.gateway.incoming import read_message, ref_of
from livecomments.protocol import CLIENT_MESSAGE_MAX_BYTES, CommentPost, ErrorCode, Ping


@pytest.mark.parametrize(
    "raw", ['{"type":"ping"}', b'{"type":"ping"}', bytearray(b'{"type":"ping"}')]
)
def test_a_message_is_read_however_it_comes(raw):
    assert read_message(raw) == Ping()


def test_an_answer_refers_to_the_nonce_of_a_post_and_the_type_of_anything_else():
    assert ref_of(CommentPost(nonce="n1", text="x")) == "n1"
    assert ref_of(Ping()) == "ping"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"type":"comment.steal"}', ErrorCode.UNKNOWN_TYPE),
        (b'{"type":""}', ErrorCode.UNKNOWN_TYPE),
        (b'{"type":{"type":"ping"}}', ErrorCode.UNKNOWN_TYPE),
        (b'{"type":["ping"]}', ErrorCode.UNKNOWN_TYPE),
        (b'{"type":null}', ErrorCode.UNKNOWN_TYPE),
        (b'{"type":1e400}', ErrorCode.BAD_MESSAGE),
        (b"{}", ErrorCode.UNKNOWN_TYPE),
        (b'{"type":"ping","and":1}', ErrorCode.BAD_MESSAGE),
        (b'{"type":"hello","version":1e400,"stream":"x"}', ErrorCode.BAD_MESSAGE),
        (b'{"type":"comment.post","nonce":"n","text":"\\ud800"}', ErrorCode.BAD_MESSAGE),
        (b'{"type":"comment.post","nonce":"n","text":"a","text":1}', ErrorCode.BAD_MESSAGE),
        (b"[" * 8_000, ErrorCode.BAD_MESSAGE),
        (b'{"type":' * 1_000, ErrorCode.BAD_MESSAGE),
        (b"", ErrorCode.BAD_MESSAGE),
        (b"NaN", ErrorCode.BAD_MESSAGE),
        (b"\xff", ErrorCode.BAD_MESSAGE),
        ("\ud800", ErrorCode.BAD_MESSAGE),
        (b'"' + b"x" * CLIENT_MESSAGE_MAX_BYTES + b'"', ErrorCode.BAD_MESSAGE),
    ],
)
def test_what_is_no_message_is_refused_for_a_reason(raw, code):
    with pytest.raises(DomainError) as refusal:
        read_message(raw)
    assert refusal.value.code == code
