"""Standing, hosts of links, the raid watch, and reading files."""

import gzip
import json
from datetime import timedelta

import pytest

from comments.spam.corpus import NotReadable, Posted, Sample, Window, read, tidy
from comments.spam.hosts import DISGUISED, hosts_in
from comments.spam.normalise import views
from comments.spam.raid import ON_SECONDS, RaidWatch, Sign
from comments.spam.standing import Record, standing_of
from livecomments.accounts.models import Standing

NEW, KNOWN, TRUSTED = Standing

# --- standing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "accepted", "removed", "since_sanction", "standing"),
    [
        (0, 0, 0, None, NEW),
        (0.9, 500, 0, None, NEW),  # time alone does not do, nor talk alone
        (400, 4, 0, None, NEW),
        (1, 5, 0, None, KNOWN),
        (1, 9, 1, None, KNOWN),
        (1, 5, 1, None, NEW),
        (2, 50, 0, 6, NEW),
        (2, 50, 0, 7, KNOWN),
        (30, 200, 2, None, TRUSTED),
        (30, 200, 3, None, KNOWN),
        (29, 900, 0, None, KNOWN),
        (99, 900, 0, 89, KNOWN),
        (99, 900, 0, 90, TRUSTED),
    ],
)
def test_standing_is_earned_by_time_and_record(days, accepted, removed, since_sanction, standing):
    since = None if since_sanction is None else timedelta(days=since_sanction)
    assert standing_of(Record(timedelta(days=days), accepted, removed, since)) == standing


# --- hosts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("no link here. Really", ()),
        ("see https://a.example.com/path?q=b.example.org#c", ("a.example.com",)),
        ("https://good.example.com@bad.example.org/", ("bad.example.org",)),
        ("https://good.example.com\\@bad.example.org/", ("good.example.com",)),
        ("A.Example.COM, a.example.com!", ("a.example.com",)),
        ("(www.example.com:8080)", ("www.example.com",)),
        ("example。com", ("example.com",)),
        ("gnomes dot com", (DISGUISED,)),
        ("gnomes [.] com", (DISGUISED,)),
        ("gnomes . com now", (DISGUISED,)),
        ("w w w . g n o m e s . c o m", (DISGUISED,)),
        ("that was it . net so good", (DISGUISED,)),
        # Each of several counts, however they are parted.
        ("https://a.example.com/,https://b.example.com", ("a.example.com", "b.example.com")),
        ("a.example.com/,b.example.com", ("a.example.com", "b.example.com")),
        ("a.example.com/|b.example.com/x", ("a.example.com", "b.example.com")),
        ("https://a.example.com/?https://b.example.com", ("a.example.com", "b.example.com")),
        ("b.example.com👉a.example.com", ("b.example.com", "a.example.com")),
        ("https://a.example.com,@b.example.com/", ("b.example.com",)),
        ("a.example.com@b.example.com", ("b.example.com",)),
        ("b.example.com...a.example.com", (DISGUISED,)),
        # One that is spelt out does not hide another.
        ("https://a.example.com gnomes[.]com", ("a.example.com", DISGUISED)),
        ("a.example.com/ gnomes dot com", ("a.example.com", DISGUISED)),
        ("https://a.example.com gnomes . com", ("a.example.com", DISGUISED)),
        ("a.example.com g.n.o.m.e.s.c.o.m", ("a.example.com", DISGUISED)),
        ("g.n.o.m.e.s.c.o.m", (DISGUISED,)),
        ("gnomes[.]casino", (DISGUISED,)),
        ("the g.n.o.m.e.s come", ()),
        ("a polka dot (dotted) [sic] dress", ()),
        ("died. com on", ()),
        ("I like the info", ()),
    ],
)
def test_hosts_are_those_a_reader_would_come_to(text, hosts):
    assert hosts_in(text, views(text)) == hosts


# --- raids ---------------------------------------------------------------------------------------


def watched(count, *, sign=Sign.CAUGHT, standing=NEW, step=0.2, watch=None):
    watch = watch or RaidWatch()  # a watch is never empty
    for number in range(count):
        watch.observe(number, standing, number * step, sign)
    return watch


def test_raid_mode_comes_on_with_many_strangers_caught_and_goes_off_by_itself():
    watch = watched(19)
    assert not watch.is_on(3.8)
    assert watch.observe("last", NEW, 4.0, Sign.CAUGHT)
    assert watch.is_on(3.9 + ON_SECONDS)
    assert not watch.is_on(4.1 + ON_SECONDS)


def test_raid_mode_is_for_those_who_came_with_the_raid():
    watch = RaidWatch()
    watch.observe("regular", NEW, 0.0, Sign.NONE)
    watch.observe("late", NEW, 90.0, Sign.NONE)
    for number in range(30):
        watch.observe(number, NEW, 100.0 + number / 10, Sign.CAUGHT)
    assert watch.is_on(103.0)
    assert watch.is_stranger(3, NEW)
    assert watch.is_stranger("late", NEW)
    assert watch.is_stranger("never seen", NEW)
    assert not watch.is_stranger("regular", NEW)
    assert not watch.is_stranger("never seen", KNOWN)


def test_busy_crowd_is_no_raid():
    assert not watched(500, sign=Sign.NONE).is_on(100.0)
    assert not watched(50, standing=KNOWN).is_on(10.0)
    assert not watched(50, step=5.0).is_on(250.0)  # six in half a minute
    watch = RaidWatch()
    for number in range(600):  # one comment in ten
        watch.observe(number, NEW, number * 0.02, Sign.NONE if number % 10 else Sign.CAUGHT)
    assert not watch.is_on(12.0)


def test_copies_are_signs_of_a_raid_where_they_are_most_of_what_is_said():
    assert not watched(19, sign=Sign.COPY).is_on(4.0)
    assert watched(20, sign=Sign.COPY).is_on(4.0)
    for others, is_raid in ((1, False), (0.5, True)):
        watch = RaidWatch()
        for number in range(40):
            watch.observe(number, NEW, number * 0.1, Sign.COPY)
            if number * others % 1 == 0:
                watch.observe(f"other {number}", NEW, number * 0.1, Sign.NONE)
        assert watch.is_on(4.0) is is_raid


def test_copies_and_links_are_signs_together():
    watch = RaidWatch()
    for number in range(10):
        watch.observe(number, NEW, 0.0, Sign.COPY)
        watch.observe(f"other {number}", NEW, 0.0, Sign.CAUGHT)
    assert watch.is_on(0.0)


def test_signs_are_forgotten_after_half_a_minute():
    watch = watched(19, sign=Sign.COPY, step=0.0)
    assert not watch.observe("late", NEW, 31.0, Sign.COPY)
    assert (watch._all_signs.comments, len(watch._all_signs.by_person)) == (1, 1)


def test_few_people_who_are_caught_often_are_no_raid():
    watch = RaidWatch()
    for number in range(60):
        watch.observe(number % 4, NEW, number * 0.1, Sign.CAUGHT)
    assert not watch.is_on(6.0)


def test_raid_mode_is_switched_by_hand():
    watch = RaidWatch()
    watch.switch(True, 5.0)
    assert watch.is_on(6.0)
    watch.switch(False, 10.0)
    assert not watched(50, watch=watch).is_on(10.0)


# --- files ---------------------------------------------------------------------------------------


def test_labelled_csv_and_json_lines_are_read(tmp_path):
    table = tmp_path / "adverts_a.csv"
    table.write_text(
        'COMMENT_ID,CONTENT,CLASS\n1,"buy, now",1\n2,hello<br />you&#39;re,0\n', "utf-8-sig"
    )
    lines = tmp_path / "adverts_b.jsonl.gz"
    rows = [
        {"text": "buy", "label": "spam"},
        {"text": "hi", "label": "ham"},
        {"text": "x", "label": "art"},
    ]
    lines.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    assert read(table).samples == (
        Sample("buy, now", True, "adverts_a"),
        Sample("hello you're", False, "adverts_a"),
    )
    found = read(lines)
    assert found.samples == (Sample("buy", True, "adverts_b"), Sample("hi", False, "adverts_b"))
    assert found.passed_over == 1


def test_logs_and_windows_are_read_in_order(tmp_path):
    log = tmp_path / "evening.jsonl"
    log.write_text('{"t": 2, "user": "b", "text": "y"}\n{"t": 1, "user": "a", "text": "x"}\n')
    windows = tmp_path / "waves.json"
    windows.write_text('[{"log": "evening", "t0": 1, "t1": 2.5, "text": "x"}]')
    assert read(log).log == (Posted(1, "a", "x"), Posted(2, "b", "y"))
    assert read(windows).windows == (Window("evening", 1, 2.5),)


@pytest.mark.parametrize("content", ["", "nonsense", "[1, 2]", '{"a": 1}', "\x1f\x8bbroken"])
def test_other_files_are_refused(content, tmp_path):
    path = tmp_path / "file.jsonl"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(NotReadable):
        read(path)


def test_markup_goes_and_signs_stay():
    assert tidy("a <b>bold</b> one <3 x < y &amp; z") == "a bold one <3 x < y & z"
