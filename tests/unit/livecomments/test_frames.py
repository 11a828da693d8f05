"""A frame is encoded once; its WebSocket header says its length in the shortest form."""

import msgspec
import pytest

from livecomments.gateway.frames import Prepared, header, prepare_frame


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_header_says_the_length_in_its_shortest_form(length, expected):
    assert header(0x81, length) == expected


@pytest.mark.parametrize("text", ["", "short", "ñ" * 100, "x" * 70_000])
def test_wire_is_header_and_payload(text):
    payload = text.encode()

    prepared = Prepared(payload)

    assert prepared.wire == header(0x81, len(payload)) + payload
    assert prepared.text == text


def test_wire_is_made_once():
    prepared = Prepared(b"{}")

    assert prepared.wire is prepared.wire


def test_frame_has_what_rides_with_it_for_single_people():
    side = msgspec.json.encode({"7": {"type": "personal", "n": 1}, "8": {"n": 2}})

    frame = prepare_frame(5, b'{"type":"frame"}', side)

    assert (frame.seq, frame.payload) == (5, b'{"type":"frame"}')
    assert {user: prepared.payload for user, prepared in frame.side.items()} == {
        "7": b'{"type":"personal","n":1}',
        "8": b'{"n":2}',
    }


def test_frame_of_everybody_has_no_side():
    assert prepare_frame(5, b"{}", b"").side == {}
