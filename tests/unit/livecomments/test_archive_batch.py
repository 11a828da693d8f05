"""One batch, one transaction: the cursor moves with the rows, and a bad event holds up nobody."""

import json
import logging

import pytest
from django.db import OperationalError
from msgspec.structs import replace

from comments import archive as comments_archive
from comments.models import Comment
from livecomments import events, ids
from livecomments.batcher.archive_batch import (
    Archived,
    Stale,
    claim_archive,
    fenced,
    store_batch,
)
from livecomments.eventlog import BadEntry
from streams.models import ArchiveCursor, AuditEntry, SetAsideEvent, Stream
from tests.factories import StreamFactory, UserFactory

PARTITION = 1


@pytest.fixture
def stream(transactional_db):
    """Rows are checked when the transaction ends: each test commits for itself."""
    return StreamFactory()


@pytest.fixture
def author(stream):
    return UserFactory().pk


def posted(stream, author, number, text="hi", **fields):
    body = events.CommentSaid(author=author, name="Ana", text=text, **fields)
    entry_id = ids.make_id(1_000 + number, PARTITION, 0)
    return events.Entry(entry_id, getattr(stream, "pk", stream), "comment.posted", body)


def unreadable(number):
    return BadEntry(ids.make_id(1_000 + number, PARTITION, 0), {b"k": b"\xff"}, "KeyError('e')")


def stored():
    return list(Comment.objects.order_by("id").values_list("text", flat=True))


def cursor():
    return ArchiveCursor.objects.values_list("log_id", "fence").get(partition=PARTITION)


def put(entries, *, fence=1, at=0):
    return store_batch(PARTITION, entries, fence=fence, cursor=at)


def test_a_batch_moves_the_cursor_to_its_last_event(stream, author):
    entries = [posted(stream, author, number, str(number)) for number in range(5)]

    assert put(entries[:3]) == entries[2].id
    assert put(entries[3:], fence=2, at=entries[2].id) == entries[4].id

    assert stored() == list("01234")
    assert cursor() == (entries[4].id, 2)


@pytest.mark.parametrize(("fence", "behind"), [(4, False), (5, True), (6, True)])
def test_a_stale_owner_is_refused_and_writes_nothing(stream, author, fence, behind):
    first, second, third = (posted(stream, author, number, str(number)) for number in range(3))
    put([first], fence=5)
    if behind:
        put([second], fence=5, at=first.id)

    with pytest.raises(Stale):
        put([third], fence=fence, at=first.id)

    assert stored() == (["0", "1"] if behind else ["0"])
    assert cursor() == (second.id if behind else first.id, 5)


def test_a_first_batch_does_not_pass_over_a_cursor_that_is_there(stream, author):
    first, second = posted(stream, author, 1), posted(stream, author, 2, "again")
    put([first])

    with pytest.raises(Stale):
        put([second])

    assert stored() == ["hi"]


BAD = {
    "a zero character": {"text": "a\x00b"},
    "an author that is gone": {"author": 987_654},
    "a stream that is gone": {"stream": 987_654},
    "an id that is none": {"reply_to": "x"},
    "an id beyond all": {"reply_to": "9" * 30},
}


@pytest.mark.parametrize("fault", BAD.values(), ids=BAD)
@pytest.mark.parametrize("place", [0, 1, 3, 6])
def test_a_bad_row_is_found_and_set_aside_and_the_rest_is_stored(
    stream, author, fault, place, caplog
):
    entries = [posted(stream, author, number, str(number)) for number in range(7)]
    entries[place] = posted(**{"stream": stream, "author": author, "number": place} | fault)

    with caplog.at_level(logging.ERROR):
        assert put(entries) == entries[-1].id

    assert stored() == [str(number) for number in range(7) if number != place]
    assert cursor() == (entries[-1].id, 1)
    kept = SetAsideEvent.objects.get()
    assert kept.log_id == entries[place].id
    assert '"kind":"comment.posted"' in kept.event
    assert str(kept.log_id) in caplog.text, "loudly"


def test_several_bad_rows_are_each_set_aside(stream, author):
    entries = [
        posted(stream, author, number, "a\x00b" if number % 3 == 0 else str(number))
        for number in range(10)
    ]

    put(entries)

    assert stored() == ["1", "2", "4", "5", "7", "8"]
    assert SetAsideEvent.objects.count() == 4
    assert cursor() == (entries[-1].id, 1)


def test_a_bad_row_leaves_no_audit_behind(stream, author):
    put([posted(stream, author, 1, "a\x00b", hold="5", by=author)])

    assert not AuditEntry.objects.exists()
    assert SetAsideEvent.objects.count() == 1


def test_what_could_not_be_read_is_kept_with_the_batch(stream, author):
    entries = [posted(stream, author, 1, "a"), unreadable(2), posted(stream, author, 3, "b")]

    put(entries)

    assert stored() == ["a", "b"]
    kept = SetAsideEvent.objects.get()
    assert (kept.log_id, kept.error) == (entries[1].id, "KeyError('e')")
    assert kept.event == repr({b"k": b"\xff"})


def test_postgres_away_is_no_bad_row(stream, author, monkeypatch):
    """Nothing is set aside for it: the batch is tried again when Postgres is back."""

    def fail(entries):
        raise OperationalError("the connection is gone")

    entries = [posted(stream, author, number, str(number)) for number in range(3)]
    with monkeypatch.context() as broken:
        broken.setattr(comments_archive, "store", fail)
        with pytest.raises(OperationalError):
            put(entries)
    assert not SetAsideEvent.objects.exists()
    assert stored() == []

    put(entries)

    assert stored() == ["0", "1", "2"]


def test_a_stale_owner_finds_out_in_the_middle_of_a_bad_batch_too(stream, author, monkeypatch):
    """Another owner takes over while the batch is being halved."""
    entries = [
        posted(stream, author, number, "a\x00b" if number == 3 else "x") for number in range(4)
    ]
    store, calls = comments_archive.store, []

    def overtaken(readable):
        calls.append(len(readable))
        if len(calls) == 2:  # the first half, after the whole was refused
            store(readable)
            ArchiveCursor.objects.filter(partition=PARTITION).update(fence=9)
            return
        store(readable)

    monkeypatch.setattr(comments_archive, "store", overtaken)

    with pytest.raises(Stale):
        put(entries)

    assert stored() == ["x", "x"]
    assert not SetAsideEvent.objects.exists()


# --- whose archive it is -------------------------------------------------------------------------


def test_whoever_claims_the_archive_ends_the_writing_of_those_before(stream, author):
    first, second = posted(stream, author, 1), posted(stream, author, 2)
    put([first], fence=4)

    assert claim_archive(PARTITION, 5) == Archived(first.id, 5)

    with pytest.raises(Stale):
        put([second], fence=4, at=first.id)
    assert put([second], fence=5, at=first.id) == second.id


def test_a_claim_below_the_highest_fence_is_told_so_and_changes_nothing(stream, author):
    put([posted(stream, author, 1)], fence=9)

    assert claim_archive(PARTITION, 5).fence == 9
    assert cursor()[1] == 9


@pytest.mark.parametrize("fence", [4, 6])
def test_only_the_owner_of_the_archive_may_write_what_has_no_cursor(transactional_db, fence):
    claim_archive(PARTITION, 5)

    with pytest.raises(Stale), fenced(PARTITION, fence):
        StreamFactory()

    assert not Stream.objects.exists()
    with fenced(PARTITION, 5):
        StreamFactory()
    assert Stream.objects.exists()


def test_what_is_set_aside_is_whole(stream, author):
    bad = replace(posted(stream, author, 1, "zero \x00"), left_out=True)

    put([bad])

    kept = json.loads(SetAsideEvent.objects.get().event)
    assert (kept["stream"], kept["body"]["text"]) == (stream.pk, "zero \x00")
    assert kept["left_out"] is True
