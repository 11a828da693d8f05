"""Those who write: what they note of an answer, and how regularly they send."""

import asyncio
import itertools
import time

import msgspec
import pytest
from picows import WSMsgType
from picows.picows import _make_test_ws_frame

from livecomments.protocol import Comment, CommentAccepted, Error, ErrorCode, Person, Role
from livecomments.tickets import Identity, Room
from tests.load.authors import Author, Authors, Pace, closed_loop, open_loop, stop_closed_loop

IDENTITY = Identity(1, "A", Role.MODERATOR, 0, 0)


class Transport:
    """Keeps what was sent."""

    def __init__(self):
        self.sent = []

    def send(self, kind, body):
        self.sent.append(msgspec.json.decode(body))


@pytest.fixture
def author():
    found = Author(Authors("http://127.0.0.1:1", Room(1, 0, "slug")), IDENTITY)
    found.transport = Transport()
    return found


def answer(author, message):
    frame = _make_test_ws_frame(WSMsgType.TEXT, msgspec.json.encode(message), True, False)
    author.on_ws_frame(author.transport, frame)


def accepted(author, number, **fields):
    nonce = author.transport.sent[-1]["nonce"]
    comment = Comment(id=str(number), user=Person(id="1", name="A"), text="t", at=1)
    return CommentAccepted(nonce=nonce, comment=comment, **fields)


def refused(author, code, **fields):
    return Error(code=code, message="m", ref=author.transport.sent[-1]["nonce"], **fields)


def test_accepted_comment_is_noted_with_its_times(author):
    before = time.monotonic()
    author.post('a "text"')
    assert author.transport.sent[0]["text"] == 'a "text"'
    answer(author, accepted(author, 7))
    ledger = author.ledger
    assert (ledger.sent, ledger.unanswered, ledger.texts) == (1, 0, {7: 'a "text"'})
    assert before <= ledger.sent_at[7] <= ledger.answered_at[7] <= time.monotonic()
    assert ledger.last_id == 7


def test_refusal_is_counted_by_its_code(author):
    author.post("a")
    answer(author, refused(author, ErrorCode.BUSY, retry_after_ms=100))
    author.post("b")
    answer(author, refused(author, ErrorCode.BUSY))
    ledger = author.ledger
    assert (ledger.refused, ledger.without_wait, ledger.unanswered) == ({"busy": 2}, 1, 0)
    assert ledger.sent_at == {}


def test_id_that_is_given_twice_is_a_fault(author):
    for _ in range(2):
        author.post("a")
        answer(author, accepted(author, 7))
    assert author.ledger.faults == {"ids that were given twice": 1}


async def test_closed_loop_sends_the_next_when_one_is_answered(author):
    closed_loop([author], map(str, itertools.count()), in_flight=2)
    assert len(author.transport.sent) == 2
    answer(author, accepted(author, 7))
    assert len(author.transport.sent) == 3
    answer(author, refused(author, ErrorCode.BUSY, retry_after_ms=20))
    assert len(author.transport.sent) == 3
    await asyncio.sleep(0.1)
    assert len(author.transport.sent) == 4
    stop_closed_loop([author])
    answer(author, accepted(author, 8))
    assert len(author.transport.sent) == 4


async def test_open_loop_keeps_the_rate_whatever_becomes_of_what_it_sent():
    sent, stop, pace = [], asyncio.Event(), Pace()
    began = time.monotonic()
    task = asyncio.create_task(open_loop(200.0, stop, sent.append, pace))
    await asyncio.sleep(0.25)
    stop.set()
    await task
    lasted = time.monotonic() - began
    assert sent == list(range(len(sent)))
    assert 0.5 * 200 * 0.25 <= len(sent) <= 200 * lasted + 1
