"""What was said, held and hidden becomes rows: once, in log order, however often it is written."""

from datetime import timedelta

import msgspec
import pytest

from comments import archive
from comments.models import Comment, Hold, HoldStatus, Status
from livecomments import events, ids
from livecomments.protocol import Quote, Role
from tests.factories import CommentFactory, HoldFactory, StreamFactory, UserFactory

pytestmark = pytest.mark.django_db

START = 30 * 24 * 60 * 60 * 1000  # log milliseconds


@pytest.fixture
def stream():
    return StreamFactory(started_at=ids.id_time(ids.make_id(START - 60_000, 0, 0)))


@pytest.fixture
def author():
    return UserFactory(display_name="Ana now")


def said(author, text="hi", **fields):
    return events.CommentSaid(author=author.pk, name="Ana then", text=text, **fields)


class Log:
    """Entries of one stream, each at a later place."""

    def __init__(self, stream):
        self.stream = stream
        self.entries = []

    def add(self, body, kind=None, *, stream=None, left_out=False):
        number = len(self.entries)
        entry = events.Entry(
            ids.make_id(START + 1_000 * number, 0, number),
            (stream or self.stream).pk,
            kind or events.kind_of(body),
            body,
            left_out,
        )
        self.entries.append(entry)
        return entry

    def store(self):
        archive.store(self.entries)


@pytest.fixture
def log(stream):
    return Log(stream)


def everything():
    """All rows of both tables, to compare before and after."""
    return [list(model.objects.order_by("pk").values()) for model in (Comment, Hold)]


def test_a_posted_comment_is_a_row_as_it_was_said(log, author):
    quote = Quote(id="5", name="Bo", text="what?")
    body = said(author, role=Role.MODERATOR, new=True, reply_to="5", quote=quote)
    entry = log.add(body, "comment.posted")

    log.store()

    row = Comment.objects.get()
    assert (row.pk, row.stream_id, row.author_id) == (entry.id, log.stream.pk, author.pk)
    assert (row.author_name, row.author_role, row.author_new) == ("Ana then", "moderator", True)
    assert (row.text, row.reply_to, row.quote) == ("hi", 5, msgspec.to_builtins(quote))
    assert (row.status, row.created_at, row.hold) == (Status.VISIBLE, ids.id_time(entry.id), None)
    assert row.offset_ms == 60_000


def test_a_comment_that_was_left_out_is_a_row_like_any_other_and_not_recent(log, author):
    shown = log.add(said(author, "shown"), "comment.posted")
    left_out = log.add(said(author, "left out"), "comment.posted", left_out=True)

    log.store()

    assert dict(Comment.objects.values_list("pk", "left_out")) == {
        shown.id: False,
        left_out.id: True,
    }
    assert [row.text for row in archive.recent_of(log.stream.pk, 10)] == ["shown"]


def test_whatever_is_restored_is_shown(log, author):
    entry = log.add(said(author), "comment.posted", left_out=True)
    log.add(events.CommentHidden(comment=str(entry.id), by=author.pk))
    comment = events.comment_of(entry.id, entry.body)
    log.add(events.CommentRestored(comment=comment, by=author.pk))

    log.store()

    assert not Comment.objects.get().left_out
    assert archive.recent_of(log.stream.pk, 10) == [comment]


@pytest.mark.parametrize(
    "text", ["naïve 👨‍👩‍👧 می‌خواهم", "'); DROP TABLE", "%s {} \\", "a" * 1_600]
)
def test_any_text_is_kept_as_it_is(log, author, text):
    log.add(said(author, text), "comment.posted")

    log.store()

    assert Comment.objects.get().text == text


@pytest.mark.parametrize(
    ("started", "offset"),
    [
        (None, None),
        (timedelta(seconds=5), None),
        (timedelta(microseconds=1), None),
        (timedelta(days=-25), None),
        (timedelta(days=-24), None),
        (timedelta(days=-24, milliseconds=1), 24 * 24 * 60 * 60 * 1000 - 1),
        (timedelta(microseconds=-1_999), 1),
        (timedelta(0), 0),
    ],
)
def test_an_offset_is_kept_only_where_it_means_something(log, author, started, offset):
    entry = log.add(said(author), "comment.posted")
    log.stream.started_at = None if started is None else ids.id_time(entry.id) + started
    log.stream.save()

    log.store()

    assert Comment.objects.get().offset_ms == offset


def test_comments_of_several_streams_go_in_together(log, author):
    other = StreamFactory(started_at=None)
    log.add(said(author, "here"), "comment.posted")
    log.add(said(author, "there"), "comment.posted", stream=other)

    log.store()

    assert list(Comment.objects.order_by("id").values_list("stream_id", "text", "offset_ms")) == [
        (log.stream.pk, "here", 60_000),
        (other.pk, "there", None),
    ]


def test_a_held_comment_waits_and_becomes_no_comment(log, author):
    entry = log.add(said(author, reply_to="5"), "comment.held")

    log.store()

    row = Hold.objects.get()
    assert (row.number, row.status, row.reason) == (entry.id, HoldStatus.OPEN, "review")
    assert (row.text, row.reply_to, row.held_at) == ("hi", 5, ids.id_time(entry.id))
    assert not Comment.objects.exists()


def test_an_approved_hold_is_closed_by_the_comment_it_became(log, author):
    moderator = UserFactory()
    held = log.add(said(author), "comment.held")
    approved = log.add(said(author, hold=str(held.id), by=moderator.pk), "comment.posted")

    log.store()

    hold, comment = Hold.objects.get(), Comment.objects.get()
    assert (hold.status, hold.comment_id) == (HoldStatus.APPROVED, approved.id)
    assert (hold.decided_by_id, hold.decided_at) == (moderator.pk, ids.id_time(approved.id))
    assert (comment.pk, comment.hold) == (approved.id, held.id)


@pytest.mark.parametrize("outcome", ["refused", "expired"])
def test_a_closed_hold_says_how_it_ended(log, author, outcome):
    held = log.add(said(author), "comment.held")
    closed = log.add(events.HoldClosed(hold=str(held.id), author=author.pk, outcome=outcome))

    log.store()

    hold = Hold.objects.get()
    assert (hold.status, hold.decided_at) == (outcome, ids.id_time(closed.id))
    assert hold.comment_id is None


def test_hiding_and_restoring_end_as_they_ended_in_the_log(log, author):
    one, other = (log.add(said(author, text), "comment.posted") for text in "ab")
    for entry in (one, other):
        log.add(events.CommentHidden(comment=str(entry.id), by=1))
    log.add(events.CommentRestored(comment=events.comment_of(one.id, one.body), by=1))

    log.store()

    assert dict(Comment.objects.values_list("id", "status")) == {
        one.id: Status.VISIBLE,
        other.id: Status.HIDDEN,
    }


def test_hiding_and_restoring_reach_the_quotes(log, author):
    target = log.add(said(author, "x" * 100), "comment.posted")
    quote = Quote(id=str(target.id), name="Ana then", text="x" * 80 + "…")
    answer = log.add(said(author, "a", reply_to=str(target.id), quote=quote), "comment.posted")
    other = log.add(said(author, "b", reply_to="5", quote=quote), "comment.posted")
    log.add(events.CommentHidden(comment=str(target.id), by=1))
    log.store()
    quotes = dict(Comment.objects.exclude(quote=None).values_list("id", "quote"))
    assert quotes[answer.id] == {**msgspec.to_builtins(quote), "text": ""}
    assert quotes[other.id] == msgspec.to_builtins(quote)

    log.add(events.CommentRestored(comment=events.comment_of(target.id, target.body), by=1))
    log.store()

    assert Comment.objects.get(pk=answer.id).quote == msgspec.to_builtins(quote)


def test_nothing_reaches_into_another_stream(log, author):
    comment, hold = CommentFactory(), HoldFactory()
    log.add(events.CommentHidden(comment=str(comment.pk), by=1))
    log.add(events.HoldClosed(hold=str(hold.pk), author=author.pk, outcome="refused"))

    log.store()

    comment.refresh_from_db()
    hold.refresh_from_db()
    assert (comment.status, hold.status) == (Status.VISIBLE, HoldStatus.OPEN)


def test_storing_twice_changes_nothing(log, author):
    one = log.add(said(author, "a"), "comment.posted")
    held = log.add(said(author, "b"), "comment.held")
    other = log.add(said(author, "c"), "comment.held")
    log.add(events.CommentHidden(comment=str(one.id), by=1))
    log.add(said(author, "b", hold=str(held.id)), "comment.posted")
    log.add(events.HoldClosed(hold=str(other.id), author=author.pk, outcome="refused"))
    log.add(events.CommentRestored(comment=events.comment_of(one.id, one.body), by=1))
    log.store()
    before = everything()

    log.store()

    assert everything() == before


def test_events_of_other_apps_are_left_alone(log):
    log.add(events.CommentUnpinned(by=1))
    log.add(events.ModesChanged(by=1, closed=True))

    log.store()

    assert everything() == [[], []]


def test_one_statement_stores_any_number_of_comments(log, author, django_assert_num_queries):
    for number in range(100):
        log.add(said(author, str(number)), "comment.posted")

    with django_assert_num_queries(1):
        log.store()

    assert Comment.objects.count() == 100


# --- back for a restore --------------------------------------------------------------------------


def test_open_holds_come_back_as_they_were_said(log, author):
    quote = Quote(id="5", name="Bo", text="what?")
    bodies = [
        said(author, "a", reply_to="5", quote=quote, role=Role.VIEWER, new=True, reason="review"),
        said(author, "b", reason="review"),
    ]
    entries = [log.add(body, "comment.held") for body in bodies]
    decided = log.add(said(author, "c"), "comment.held")
    log.add(events.HoldClosed(hold=str(decided.id), author=author.pk, outcome="expired"))
    log.add(said(author, "d"), "comment.held", stream=StreamFactory())
    log.store()

    assert archive.open_holds(log.stream.pk) == [
        (entry.id, body) for entry, body in zip(entries, bodies, strict=True)
    ]


def test_recent_comments_come_back_as_they_were_shown(log, author):
    entries = [log.add(said(author, text), "comment.posted") for text in "abcd"]
    log.add(events.CommentHidden(comment=str(entries[2].id), by=1))
    log.add(said(author, "elsewhere"), "comment.posted", stream=StreamFactory())
    log.store()

    assert archive.recent_of(log.stream.pk, 2) == [
        events.comment_of(entry.id, entry.body) for entry in (entries[1], entries[3])
    ]
