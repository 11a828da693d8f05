"""Chat logs, read in every form that is offered."""

import json

import pytest

from livecomments.replay.logs import Line, NotAChatLog, cut, read_log, read_logs
from tests.chatlogs import make_log, write_downloaded, write_log

LINES = make_log(seed=3, seconds=20)


def said(lines):
    return [(round(line.at, 3), line.text) for line in lines]


def expected(lines=LINES):
    first = lines[0]["t"]
    return [(round(line["t"] - first, 3), line["text"]) for line in lines]


@pytest.mark.parametrize("name", ["talk.jsonl", "talk.jsonl.gz"])
def test_our_lines_are_read_plain_and_gzipped(tmp_path, name):
    assert said(read_log(write_log(tmp_path / name, LINES))) == expected()


@pytest.mark.parametrize("array", [True, False])
def test_downloaded_chat_is_read_as_array_and_as_lines(tmp_path, array):
    lines = read_log(write_downloaded(tmp_path / "chat.json", LINES, array=array))

    assert said(lines) == expected()
    assert {line.name for line in lines} == {line["user"].upper() for line in LINES}


def test_downloaded_seconds_go_before_timestamps(tmp_path):
    records = [
        {"time_in_seconds": -3.5, "timestamp": 9, "message": "early", "author": {"id": "a"}},
        {"time_in_seconds": 2, "timestamp": 1, "message": "late", "author": {"name": "B"}},
    ]
    path = tmp_path / "chat.json"
    path.write_text(json.dumps(records))

    assert read_log(path) == [
        Line(0.0, "chat.json a", "a", "early"),
        Line(5.5, "chat.json B", "B", "late"),
    ]


def test_what_has_no_words_is_left_out(tmp_path):
    records = [
        {"timestamp": 1, "message": None, "author": {"id": "a"}},
        {"timestamp": 2, "message": "hello", "author": {"id": "a"}},
        {"timestamp": 3, "message": "nobody", "author": {}},
    ]
    path = tmp_path / "chat.json"
    path.write_text(json.dumps(records))

    assert [line.text for line in read_log(path)] == ["hello"]


def test_people_of_two_files_are_different_people(tmp_path):
    one = write_log(tmp_path / "one.jsonl", [{"t": 5, "user": "u1", "text": "first"}])
    two = write_log(tmp_path / "two.jsonl", [{"t": 0, "user": "u1", "text": "second"}])

    lines = read_logs([one, two])

    assert [line.at for line in lines] == [0.0, 0.0]  # each file begins at its first message
    assert len({line.author for line in lines}) == 2


def test_part_of_a_log_can_be_cut_out():
    lines = [Line(float(at), "a", "a", str(at)) for at in range(10)]

    assert [line.text for line in cut(lines, start=3, duration=4)] == ["3", "4", "5", "6"]
    assert [line.text for line in cut(lines, start=8, duration=None)] == ["8", "9"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"hello", "is not a chat log"),
        (b"", "there is no message in it"),
        (b"[]", "there is no message in it"),
        (b'{"t": 1, "user": "a"}', "record 1 is not a message"),
        (b'{"t": 1, "user": "a", "text": "b"}\n{"t": "x"}', "record 2 is not a message"),
        (b'[{"message": "no time", "author": {"id": "a"}}]', "record 1 is not a message"),
        (b"\x1f\x8bnot gzip", "cannot be read"),
    ],
)
def test_other_files_are_refused_in_one_sentence(tmp_path, content, problem):
    path = tmp_path / "file"
    path.write_bytes(content)

    with pytest.raises(NotAChatLog, match=problem) as raised:
        read_log(path)

    assert str(raised.value).startswith(str(path))
    assert "\n" not in str(raised.value)


def test_missing_file_is_refused_in_one_sentence(tmp_path):
    with pytest.raises(NotAChatLog, match="cannot be read"):
        read_log(tmp_path / "nothing.jsonl")
