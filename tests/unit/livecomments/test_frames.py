"""A frame is encoded once; its WebSocket header says its length in the shortest form."""

import msgspec
import pytest

from livecomments.gateway.frames import (
    DEFLATE_FROM_BYTES,
    Prepared,
    PreparedFrame,
    Run,
    header,
    prepare_frame,
)
from tests.wire import TEXT, TEXT_DEFLATED, read_frames, texts

LARGE = ["goal! " * 100, "ñandú 😀 " * 2_000, "".join(chr(0x4E00 + n) for n in range(20_000))]


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


# --- deflated ------------------------------------------------------------------------------------


def frame(text, seq=1, **side):
    people = {user[1:]: Prepared(payload.encode()) for user, payload in side.items()}
    return PreparedFrame(text.encode(), seq, people)


@pytest.mark.parametrize("text", LARGE, ids=["short", "with its length in two bytes", "hard"])
def test_a_deflated_frame_inflates_to_its_payload(text):
    prepared = frame(text)

    assert read_frames(prepared.deflated) == [(TEXT_DEFLATED, text.encode())]
    assert len(prepared.deflated) < len(prepared.wire)


def test_a_deflated_frame_leaves_out_the_block_that_a_receiver_puts_back():
    assert not frame(LARGE[0]).deflated.endswith(b"\x00\x00\xff\xff")


def test_every_deflated_frame_stands_alone():
    """No context is kept: what came before must not be needed, nor change the bytes."""
    alone = frame(LARGE[0]).deflated
    frame(LARGE[1]).deflated  # noqa: B018 -- deflates
    after = frame(LARGE[0]).deflated

    assert after == alone


@pytest.mark.parametrize(
    ("length", "first"), [(DEFLATE_FROM_BYTES - 1, TEXT), (DEFLATE_FROM_BYTES, TEXT_DEFLATED)]
)
def test_a_small_frame_stays_plain(length, first):
    text = "a" * length

    assert read_frames(frame(text).deflated) == [(first, text.encode())]


def test_a_frame_is_deflated_once():
    prepared = frame(LARGE[0])

    assert prepared.deflated is prepared.deflated


def test_what_one_person_gets_is_not_deflated():
    prepared = Prepared(LARGE[0].encode())

    assert prepared.deflated is prepared.wire
    assert prepared.parts == (prepared,)


# --- several in one write ------------------------------------------------------------------------


def test_a_run_is_its_frames_in_order():
    frames = [frame("one"), frame(LARGE[0], 2), frame("three", 3)]

    run = Run(frames)

    assert run.wire == b"".join(item.wire for item in frames)
    assert run.deflated == b"".join(item.deflated for item in frames)
    assert texts(run.wire) == texts(run.deflated) == ["one", LARGE[0], "three"]
    assert run.parts == frames


def test_a_run_is_joined_once():
    run = Run([frame("one"), frame("two", 2)])

    assert run.wire is run.wire
    assert run.deflated is run.deflated


def test_a_run_knows_whom_it_concerns():
    run = Run([frame("one", u7="a"), frame("two", 2), frame("three", 3, u7="b", u8="c")])

    assert run.sides == {"7", "8"}
    assert Run([frame("one")]).sides == set()
