"""The command under which a run is recorded."""

import pytest

from tests.load.__main__ import _parser, command_of


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ([], "make bench"),
        (["--record", "--json", "x.json"], "make bench"),
        (["fanout", "write", "--long"], 'make bench PARTS="fanout write" BENCH_FLAGS="--long"'),
        (
            ["--log", "/a/b.jsonl", "--cases", "hot", "--scale", "0.5", "--seconds", "3"],
            'make bench BENCH_FLAGS="--log b.jsonl --cases hot --scale 0.5 --seconds 3"',
        ),
    ],
)
def test_command_is_the_one_that_measures_the_same(arguments, command):
    assert command_of(_parser().parse_args(arguments)) == command
