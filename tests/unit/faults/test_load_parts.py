"""The people of a load, without the product: what they note, how they wait, what they retry."""

import asyncio

import pytest

from livecomments import tickets
from livecomments.client.outbox import Lost
from livecomments.protocol import (
    Audience,
    Backfill,
    CaughtUp,
    Comment,
    CommentAccepted,
    CommentHeld,
    CommentHidden,
    CommentPosted,
    CommentRestored,
    Cursor,
    Error,
    ErrorCode,
    Frame,
    Person,
    Role,
    Welcome,
)
from tests.faults import programs
from tests.faults.history import Began, History, How, Kind, Outcome, Post, Said, Told
from tests.faults.pauses import longest_silence
from tests.faults.people import Gallery, Viewer, note_answer
from tests.faults.programs import Program
from tests.rooms import QUIET

ROOM = tickets.Room(id=3, partition=0, slug="talk")
ANN = tickets.Identity(user_id=1, name="Ann", role=Role.VIEWER, standing=0, joined_ms=0)


def comment(number, text="hello"):
    return Comment(id=str(number), user=Person(id="1", name="Ann"), text=text, at=0)


def frame(seq, *numbers, **fields):
    items = [CommentPosted(comment=comment(number)) for number in numbers]
    through = str(max(numbers, default=0))
    return Frame(**{"seq": seq, "through": through, "items": items} | fields)


def welcome(*numbers, through=0, resumed=False, epoch="e1"):
    return Welcome(
        version=1,
        epoch=epoch,
        public=Cursor(seq=0, through=str(through)),
        room=QUIET,
        reactions={"like": 4},
        viewers=0,
        server_time=0,
        heartbeat_seconds=30,
        resumed=resumed,
        recent=[comment(number) for number in numbers],
    )


@pytest.fixture
def gallery():
    return Gallery(History(), ROOM)


@pytest.fixture
async def viewer(gallery):
    return Viewer("http://127.0.0.1:1", gallery, number=0)


def post(number, invoked, answered=None, outcome=Outcome.OK):
    one = Post(f"n{number}", 3, 1, f"n{number} hello", invoked)
    if answered is not None:
        one.outcome, one.answered = outcome, answered
    return one


# --- viewers --------------------------------------------------------------------------------------


def test_gallery_keeps_a_frame_once(gallery):
    first = gallery.frame("e1", frame(1, 10))

    assert gallery.frame("e1", frame(1, 10)) is first
    assert gallery.frame("e2", frame(1, 10)) is not first
    assert gallery.frame("e1", frame(1, 10, 11)).posted == (10, 11)


async def test_viewer_notes_what_it_is_shown(viewer, gallery):
    viewer._take(welcome(8, 9, through=9))
    viewer._take(frame(1, 10))
    viewer._take(frame(2, audience=Audience.STAFF, through="99"))
    viewer._take(frame(2, through="10"))  # reactions only
    items = [CommentHidden(id="10"), CommentRestored(comment=comment(9))]
    viewer._take(Backfill(audience=Audience.PUBLIC, through="12", items=items, left_out=2))

    began, first, second = viewer.view.told
    assert isinstance(began, Began)
    assert (began.recent, began.through) == ((8, 9), 9)
    assert (first.posted, first.how) == ((10,), How.FRAME)
    assert second.items == ((Kind.HIDDEN, 10), (Kind.RESTORED, 9))
    assert (second.how, second.left_out, second.through) == (How.BACKFILL, 2, 12)
    assert viewer.reached == viewer.view.reached == 12
    assert gallery.history.shown[10] == Said(3, 1, "hello")
    assert gallery.totals == {"like": 4}
    assert set(gallery.first_shown) == {8, 9, 10}


async def test_viewer_goes_on_after_a_resume_and_begins_anew_without_one(viewer):
    viewer._take(welcome(through=9))
    viewer._take(welcome(through=11, resumed=True))
    assert (viewer.reached, viewer.view.reloads) == (9, 0)

    viewer._take(welcome(10, through=11, epoch="e2"))

    assert (viewer.reached, viewer.view.reloads) == (11, 1)


async def test_viewer_times_each_lost_connection_until_caught_up(viewer, monkeypatch):
    moments = iter([10.0, 12.5, 20.0, 24.0])
    viewer._take(welcome(through=9))
    monkeypatch.setattr("tests.faults.people._now", lambda: next(moments))

    viewer._lost()
    viewer._lost()  # another try that failed
    viewer._take(welcome(through=9, resumed=True))
    viewer._take(CaughtUp(comments=0))
    viewer._take(CaughtUp(comments=0))
    viewer._lost()
    viewer.gallery._begins["e2", "9", ()] = Began(0.0, 9, ())
    viewer._take(welcome(through=9, epoch="e2"))

    assert viewer.returns == [2.5, 4.0]


async def test_changed_text_is_noted(gallery):
    gallery.frame("e1", frame(1, 10))
    items = [CommentPosted(comment=comment(10, "other"))]

    gallery.frame("e1", frame(2, items=items, through="11"))

    assert gallery.history.shown_otherwise == [(10, Said(3, 1, "other"))]


# --- answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "outcome", "ids", "code"),
    [
        (CommentAccepted(nonce="x", comment=comment(10)), Outcome.OK, [10], ""),
        (CommentHeld(nonce="x", hold="4", reason="review"), Outcome.HELD, [], ""),
        (Error(code=ErrorCode.TIMED_OUT, message=""), Outcome.REFUSED, [], "timed_out"),
        (Lost.UNSENT, Outcome.REFUSED, [], "unsent"),
        (Lost.UNKNOWN, Outcome.UNKNOWN, [], ""),
    ],
)
def test_answer_decides_the_outcome(answer, outcome, ids, code):
    one = post(1, 0.0)

    note_answer(one, answer)

    assert (one.outcome, one.ids, one.code) == (outcome, ids, code)


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        ([], 0.0),
        ([post(1, 1, 2), post(2, 8, 9)], 1.0),  # in between nobody waited
        ([post(1, 1, 2), post(2, 2, 6), post(3, 5, 7)], 4.0),
        ([post(1, 1, 2), post(2, 4)], 6.0),  # still waiting at the end
        ([post(1, -5, 3)], 3.0),  # since the beginning of what is asked for
        ([post(1, 1, 4, Outcome.REFUSED), post(2, 2, 5)], 4.0),
        ([post(1, 1, 4, Outcome.UNKNOWN), post(2, 6, 7)], 3.0),
    ],
)
def test_longest_silence(posts, expected):
    assert longest_silence(posts, 0.0, 10.0) == expected


# --- programs -------------------------------------------------------------------------------------


ACCEPTED = b'{"type":"comment.accepted","nonce":"n1","comment":' + (
    b'{"id":"10","user":{"id":"1","name":"Ann"},"text":"n1 hello","at":0}}'
)


def response(status, body):
    return b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


async def ask(monkeypatch, *responses):
    """What a program notes that is answered so, and the requests that it made."""
    monkeypatch.setattr(programs, "PAUSE_SECONDS", 0.05)
    left, requests = list(responses), []

    async def serve(reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        requests.append((head.decode(), await reader.readexactly(length)))
        writer.write(left.pop(0))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    program = Program(url, ROOM, ANN, "secret", number=1)
    one = post(1, 0.0)

    def then(answered, answer):
        note_answer(answered, answer)
        program.stopping.set()

    async with server:
        await program.run(lambda: one, then)
    return one, requests


async def test_program_asks_again_under_the_same_key(monkeypatch):
    one, requests = await ask(
        monkeypatch, response(503, b"{}"), b"HTTP/1.1 20", b"", response(201, ACCEPTED)
    )

    assert (one.outcome, one.ids) == (Outcome.OK, [10])
    assert len(requests) == 4
    for head, body in requests:
        assert "Idempotency-Key: n1\r\n" in head
        assert head.startswith("POST /api/v1/streams/talk/comments/ HTTP/1.1\r\n")
        assert body == b'{"text":"n1 hello"}'


async def test_program_takes_a_refusal_for_an_answer(monkeypatch):
    refusal = response(403, b'{"code":"banned","title":"No"}')

    one, requests = await ask(monkeypatch, refusal)

    assert (one.outcome, one.code, len(requests)) == (Outcome.REFUSED, "banned", 1)


async def test_program_that_is_stopped_does_not_know(monkeypatch):
    program = Program("http://127.0.0.1:1", ROOM, ANN, "secret", number=1)
    one = post(1, 0.0)

    task = asyncio.create_task(program.run(lambda: one, note_answer))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert one.outcome is Outcome.UNKNOWN


def test_notes_that_only_show_comments_are_told_from_others():
    told = Told(0.0, 12, ((Kind.POSTED, 10), (Kind.HIDDEN, 10), (Kind.POSTED, 12)))

    assert told.posted == (10, 12)
    assert told.changes == ((Kind.HIDDEN, 10),)
    assert told.is_rising
    assert not Told(0.0, 11, told.items).is_rising
