"""`manage.py replay_chat` and `run_crowd` against running processes."""

import asyncio
import os
import re
import sys
import time
from io import StringIO
from threading import Timer

import pytest
from django.core.management import CommandError, call_command
from django_redis import get_redis_connection

from comments.models import Comment
from livecomments import redisdb
from livecomments.accounts.models import User
from livecomments.client.accounts import display_name, ensure_accounts
from livecomments.protocol import StreamStatus
from tests.chatlogs import make_log, write_log
from tests.factories import StreamFactory
from tests.live import ROOT, database_url, orm
from tests.sockets import stream_socket


def replay(*arguments, **options):
    """Play, and return the summary as a dictionary; raises what the command raises."""
    out = StringIO()
    try:
        call_command("replay_chat", *map(str, arguments), stdout=out, **options)
    finally:
        text = out.getvalue()
    rows = (re.split(r"  +", line, maxsplit=1) for line in text.splitlines())
    return {row[0]: row[1] for row in rows if len(row) == 2}


def number(text):
    return int(re.match(r"[\d,]+", text)[0].replace(",", ""))


def refused(summary):
    return {code: int(count) for count, code in re.findall(r"(\d+) (\w+)", summary["refused"])}


def test_everything_acknowledged_is_shown_to_all_and_archived(live, stage, tmp_path):
    log = write_log(tmp_path / "talk.jsonl.gz", make_log(seed=5, seconds=60))
    total = len(make_log(seed=5, seconds=60))

    summary = replay(log, "--stream", stage.slug, "--speed", 15, "--viewers", 8, "--url", live.url)

    assert number(summary["lines"]) == number(summary["sent"]) == total
    acknowledged = number(summary["acknowledged"])
    assert acknowledged + sum(refused(summary).values()) == total
    assert set(refused(summary)) <= {"rate_limited", "identical_text", "too_long"}
    assert refused(summary)["identical_text"] > 0  # the floods
    assert number(summary["archived"]) == acknowledged
    assert summary["all, once, in order"].startswith("8 of 8 viewers")
    assert "told to reload 0" in summary["reconnects"]
    assert orm(Comment.objects.filter(stream=stage.row).count) == acknowledged


def test_replay_goes_on_when_processes_are_killed(live, stage, tmp_path):
    log = write_log(tmp_path / "talk.jsonl", make_log(seed=6, seconds=60))

    def restart(name):
        live.kill(name)
        live.start(name)

    kills = [Timer(4, restart, ["web-1"]), Timer(6, restart, ["batcher"])]
    for kill in kills:
        kill.start()
    try:
        summary = replay(
            log, "--stream", stage.slug, "--speed", 10, "--viewers", 8, "--url", live.url
        )
    finally:
        for kill in kills:
            kill.join()

    assert number(summary["archived"]) == number(summary["acknowledged"]) > 50
    assert summary["all, once, in order"].startswith("8 of 8 viewers")
    assert summary["no answer"] == "0"


def test_a_paced_room_shows_a_part_and_counts_the_rest(live, stage, tmp_path):
    lines = [{"t": at / 10, "user": f"u{at % 40}", "text": f"line {at}"} for at in range(160)]
    log = write_log(tmp_path / "crowded.jsonl", lines)
    options = ["--stream", stage.slug, "--speed", 8, "--viewers", 4, "--url", live.url]

    summary = replay(log, *options, "--pace", 5)

    acknowledged, left_out = number(summary["acknowledged"]), number(summary["left out"])
    assert 0.5 * acknowledged < left_out < acknowledged
    assert number(summary["archived"]) == acknowledged
    assert summary["all, once, in order"].startswith("4 of 4 viewers")
    rows = Comment.objects.filter(stream=stage.row, left_out=True)
    assert orm(rows.count) == left_out
    redis = get_redis_connection("default")
    assert redis.hget(redisdb.state(stage.room), "pace") == b"20"  # as it was

    summary = replay(log, *options, "--pace", 0)

    assert "left out" not in summary
    assert orm(rows.count) == left_out


def test_part_of_a_log_is_played_and_its_people_are_made_once(live, stage, tmp_path):
    lines = [{"t": at, "user": "u1", "text": f"line {at}"} for at in range(10)]
    log = write_log(tmp_path / "made once.jsonl", lines)  # people belong to the file's name
    options = ["--stream", stage.slug, "--speed", 5, "--viewers", 1, "--url", live.url]

    before = orm(User.objects.count)
    first = replay(log, *options, "--from", 2, "--duration", 2)
    made = orm(User.objects.count) - before
    second = replay(log, *options, "--from", 8)

    assert (number(first["lines"]), number(second["lines"])) == (2, 2)
    assert made == 1
    assert orm(User.objects.count) == before + 1
    rows = Comment.objects.filter(stream=stage.row).select_related("author").order_by("id")
    said = orm(list, rows)
    assert [comment.text for comment in said] == ["line 2", "line 3", "line 8", "line 9"]
    author = said[0].author
    assert (author.display_name, author.has_usable_password()) == ("u1", False)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--stream", "nowhere"], "There is no stream 'nowhere'."),
        (["--stream", "{ended}"], "is not live but ended"),
        (["--stream", "{live}", "--no-limits"], "LIVECOMMENTS_NO_LIMITS=1"),
        (["--stream", "{live}", "--pace", "4"], "0 or a number from 5 to 1000 is wanted"),
        (["--stream", "{live}", "--from", "99"], "Nothing was said in that part"),
        (["--stream", "{live}", "--url", "http://127.0.0.1:9"], "Nothing answers at"),
        (["--stream", "{live}", "--url", "here"], "--url must look like"),
    ],
)
def test_what_cannot_be_played_is_said_in_one_sentence(live, stage, tmp_path, arguments, sentence):
    log = write_log(tmp_path / "talk.jsonl", [{"t": 0, "user": "a", "text": "hello"}])
    ended = orm(StreamFactory, status=StreamStatus.ENDED.value)
    filled = [text.format(live=stage.slug, ended=ended.slug) for text in arguments]
    if "--url" not in filled:
        filled += ["--url", live.url]

    with pytest.raises(CommandError, match=re.escape(sentence)) as raised:
        replay(log, *filled)

    assert "\n" not in str(raised.value)


def test_file_that_is_no_chat_log_is_said_in_one_sentence(live, stage, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear all")

    with pytest.raises(CommandError, match=r"letter\.txt is not a chat log"):
        replay(path, "--stream", stage.slug, "--url", live.url)


def test_accounts_of_programs_are_made_once_and_cannot_sign_in(live):
    first = orm(ensure_accounts, "test", {"a": "Ann", "b": "Ann", "c": "\u202e\u0007"})
    again = orm(ensure_accounts, "test", {"b": "Ann"})

    assert first["b"] == again["b"]
    assert len({person.user_id for person in first.values()}) == 3
    assert [first[key].name for key in "abc"] == ["Ann", "Ann", "somebody"]
    users = orm(lambda: list(User.objects.filter(pk__in=[p.user_id for p in first.values()])))
    assert not any(user.has_usable_password() for user in users)
    assert all(len(user.username) > 40 for user in users)  # longer than any name may be


def test_display_names_are_cut_to_what_fits():
    assert display_name("x" * 60) == "x" * 40
    assert display_name("  a \n b ") == "a b"


async def test_crowd_talks_and_stops_at_once(live, stage):
    arguments = ["--stream", stage.slug, "--people", "10", "--url", live.url, "--seed", "1"]
    crowd = await asyncio.create_subprocess_exec(
        *(sys.executable, "manage.py", "run_crowd", *arguments),
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url(live.database)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with stream_socket(live.url, stage.slug) as visitor, asyncio.timeout(40):
            while len({comment.user.id for comment in visitor.comments}) < 3:
                await asyncio.sleep(0.1)
        crowd.terminate()
        stopping = time.monotonic()
        out, errors = await asyncio.wait_for(crowd.communicate(), timeout=10)
    finally:
        if crowd.returncode is None:
            crowd.kill()

    assert time.monotonic() - stopping < 4
    expected = r"The crowd said \d+ things and pressed \d+ reactions\.\n"
    assert re.fullmatch(expected, out.decode()), errors.decode()
    assert crowd.returncode == 0
