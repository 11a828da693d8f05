"""What a viewer of the suite notices: it must not take a wrong answer for a fast one."""

import zlib

import msgspec
import pytest
from picows import WSMsgType
from picows.picows import _make_test_ws_frame

from livecomments.protocol import (
    Audience,
    Comment,
    CommentPosted,
    Cursor,
    Error,
    ErrorCode,
    Frame,
    Person,
    Welcome,
)
from tests.load.viewer import Book, DeflatedViewer, Viewer
from tests.rooms import QUIET

EPOCH = "epoch"


class Place:
    """An audience that notes what it is told."""

    def __init__(self):
        self.told = []

    def welcomed(self, viewer):
        self.told.append("welcomed")

    def caught_up(self, viewer):
        self.told.append("caught up")

    def refused(self, viewer, code, retry_after_ms):
        self.told.append(f"refused: {code} {retry_after_ms}")


def frame(seq, *ids, text="hello", **fields):
    items = [
        CommentPosted(comment=Comment(id=str(n), user=Person(id="1", name="A"), text=text, at=1))
        for n in ids
    ]
    return msgspec.json.encode(
        Frame(seq=seq, through=str(max(ids, default=0)), items=items, **fields)
    )


def welcome(seq, *, resumed=False):
    return msgspec.json.encode(
        Welcome(
            version=1,
            epoch=EPOCH,
            public=Cursor(seq, "0"),
            room=QUIET,
            reactions={},
            viewers=1,
            server_time=1,
            heartbeat_seconds=30,
            resumed=resumed,
        )
    )


def give(viewer, *payloads, rsv1=False):
    for payload in payloads:
        viewer.on_ws_frame(None, _make_test_ws_frame(WSMsgType.TEXT, payload, True, rsv1))


@pytest.fixture
def book():
    return Book()


@pytest.fixture
def viewer(book):
    found = Viewer(book, Place(), 1)
    give(found, welcome(0))
    return found


def another(book):
    found = Viewer(book, Place(), 2)
    give(found, welcome(0))
    return found


def test_frames_in_order_are_kept_once_with_every_arrival(book, viewer):
    other = another(book)
    for each in (viewer, other):
        give(each, frame(1, 11, 12), frame(2, 13))
    assert [(shown.seq, shown.ids, len(shown.arrivals)) for shown in book.in_order] == [
        (1, (11, 12), 2),
        (2, (13,), 2),
    ]
    assert (viewer.expected, other.expected, book.faults) == (3, 3, {})


def test_missing_frame_is_noticed(book, viewer):
    give(viewer, frame(1, 11), frame(4, 14))
    assert book.faults == {"frames missing from a view": 2}


def test_frame_missing_for_one_viewer_alone_is_noticed(book, viewer):
    other = another(book)
    give(viewer, frame(1, 11), frame(2, 12))
    give(other, frame(2, 12))
    assert book.faults == {"frames missing from a view": 1}


def test_frame_shown_twice_is_noticed(book, viewer):
    give(viewer, frame(1, 11), frame(2, 12), frame(2, 12))
    assert book.faults == {"frames shown twice": 1}
    assert viewer.expected == 3


def test_frame_that_differs_between_viewers_is_noticed(book, viewer):
    other = another(book)
    give(viewer, frame(1, 11))
    give(other, frame(1, 12))
    assert book.faults == {"frames that differed between viewers": 1}


def test_text_that_changed_is_noticed(book, viewer):
    give(viewer, frame(1, 11), frame(2, 11, text="other"))
    assert book.faults == {"comments whose text changed": 1}


def test_frames_of_another_audience_are_not_counted(book, viewer):
    give(viewer, frame(1, 11), frame(1, 12, audience=Audience.STAFF), frame(2, 13))
    assert ([shown.ids for shown in book.in_order], book.faults) == ([(11,), (13,)], {})


def test_reactions_and_left_out_comments_are_added_up_once(book, viewer):
    other = another(book)
    for each in (viewer, other):
        give(each, frame(1, reactions={"like": 2}), frame(2, reactions={"like": 3, "wow": 1}))
    assert book.reactions == {"like": 5, "wow": 1}


def test_resume_goes_on_at_the_next_frame(book, viewer):
    give(viewer, frame(1, 11), welcome(1, resumed=True), frame(2, 12), b'{"type":"caught_up"}')
    assert (viewer.expected, book.faults) == (3, {})
    assert viewer.at.told == ["welcomed", "welcomed", "caught up"]


def test_being_told_to_reload_is_noticed(book, viewer):
    give(viewer, frame(1, 11), welcome(5))
    assert (viewer.expected, book.faults) == (6, {"told to reload": 1})


def test_refusal_of_the_hello_is_passed_on(viewer):
    error = Error(code=ErrorCode.BUSY, message="m", ref="hello", retry_after_ms=250)
    give(viewer, msgspec.json.encode(error))
    assert viewer.at.told == ["welcomed", "refused: busy 250"]


def deflated(payload):
    packer = zlib.compressobj(wbits=-15)
    return (packer.compress(payload) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def test_deflated_frames_are_inflated_once_and_compared_as_bytes(book):
    viewers = [DeflatedViewer(book, Place(), number) for number in range(3)]
    for each in viewers:
        give(each, welcome(0))
        give(each, deflated(frame(1, 11)), deflated(frame(2, 12)), rsv1=True)
        give(each, frame(3, 13))
    assert book.faults == {}
    assert [(shown.ids, len(shown.arrivals)) for shown in book.in_order] == [
        ((11,), 3),
        ((12,), 3),
        ((13,), 3),
    ]
    first, _, last = book.in_order
    assert first.wire_bytes == len(deflated(frame(1, 11))) + 2
    assert last.wire_bytes == len(frame(3, 13)) + 4


def test_deflated_frame_of_other_content_is_noticed(book):
    one, other = (DeflatedViewer(book, Place(), number) for number in range(2))
    give(one, welcome(0))
    give(other, welcome(0))
    give(one, deflated(frame(1, 11)), rsv1=True)
    give(other, deflated(frame(1, 12)), rsv1=True)
    assert book.faults == {"frames that differed between viewers": 1}
