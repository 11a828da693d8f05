"""What the archive has for somebody who comes back: items, what was left out, replies to them."""

import msgspec
import pytest
from django.utils import timezone

from comments.models import Comment, Status
from comments.payloads import comment_of
from livecomments import events
from livecomments.gateway import backfill
from livecomments.protocol import (
    Backfill,
    CommentPosted,
    CommentRestored,
    YouHeldApproved,
    YouHeldRefused,
    YouWarned,
)
from streams.models import ArchiveCursor, AuditEntry
from streams.payloads import room_of
from tests.factories import CommentFactory, StreamFactory, UserFactory, next_id

_backfills = msgspec.json.Decoder(Backfill)

pytestmark = pytest.mark.django_db


@pytest.fixture
def stream():
    return StreamFactory()


@pytest.fixture
def asker():
    return UserFactory()


@pytest.fixture
def rows(stream, asker):
    """A question that was seen, then what was missed: shown, left out, hidden, left out replies."""
    question = CommentFactory(stream=stream, author=asker)
    missed = [
        CommentFactory(stream=stream),
        CommentFactory(stream=stream, left_out=True),
        CommentFactory(stream=stream, status=Status.HIDDEN),
        CommentFactory(stream=stream, left_out=True, reply_to=question.pk),
        CommentFactory(stream=stream, left_out=True, status=Status.HIDDEN, reply_to=question.pk),
        CommentFactory(stream=stream),
    ]
    ArchiveCursor.objects.create(partition=stream.partition, log_id=missed[-1].pk)
    return [question, *missed]


def stretch(stream, rows, *, limit=100, upto=None, acted=None):
    upto = rows[-1].pk if upto is None else upto
    acted = upto if acted is None else acted
    return backfill.stretch_between(
        room_of(stream), after=rows[0].pk, upto=upto, acted=acted, limit=limit
    )


def replies(stream, rows, user_id, *, limit=100):
    room, upto = room_of(stream), rows[-1].pk
    return backfill.replies_between(room, after=rows[0].pk, upto=upto, user_id=user_id, limit=limit)


def ids_in(messages):
    items = [item for each in messages for item in _backfills.decode(each.payload).items]
    return [item.comment.id for item in items if isinstance(item, CommentPosted)]


def test_stretch_has_what_was_shown_and_counts_the_rest(stream, rows):
    found = stretch(stream, rows)

    assert ids_in(found.messages) == [str(rows[1].pk), str(rows[6].pk)]
    assert (found.comments, found.left_out) == (2, 3)


def test_stretch_comes_in_messages_of_a_bearable_size(stream, rows, monkeypatch):
    monkeypatch.setattr(backfill, "BACKFILL_ITEMS_PER_MESSAGE", 1)

    found = stretch(stream, rows)

    assert [ids_in([message]) for message in found.messages] == [
        [str(rows[1].pk)],
        [str(rows[6].pk)],
    ]
    parts = [_backfills.decode(message.payload) for message in found.messages]
    # The last one comes from whoever sends them, once nothing is missing any more.
    assert [(part.through, part.more) for part in parts] == [(str(rows[6].pk), True)] * 2


def test_replies_are_those_to_whoever_asks(stream, rows, asker):
    (reply,) = replies(stream, rows, asker.pk)

    assert reply.id == str(rows[4].pk)
    assert replies(stream, rows, UserFactory().pk) == []


def test_stretch_that_is_too_long_or_not_archived_is_none(stream, rows):
    assert stretch(stream, rows, limit=2).left_out == 3
    assert stretch(stream, rows, limit=1) is None
    assert stretch(stream, rows, upto=rows[-1].pk + 1) is None
    assert stretch(stream, rows, acted=rows[-1].pk + 1) is None


def test_what_was_restored_is_told_as_it_is_by_now(stream, asker):
    """Shown again, hidden again, and waiting behind what viewers were shown."""
    first = CommentFactory(stream=stream, author=asker)
    shown = CommentFactory(stream=stream, text="shown again", reply_to=first.pk)
    hidden = CommentFactory(stream=stream, text="hidden again")
    Comment.objects.filter(pk=hidden.pk).update(status=Status.HIDDEN)
    acts = []
    for row in (shown, hidden):
        before = comment_of(row)
        acts.append(act(stream, events.CommentRestored(comment=before, by=asker.pk)))
    last = CommentFactory(stream=stream)
    waiting = CommentFactory(stream=stream, text="waits still")
    acts.append(act(stream, events.CommentRestored(comment=comment_of(waiting), by=asker.pk)))
    Comment.objects.filter(pk=shown.pk).update(quote={"id": "1", "name": "Bo", "text": ""})
    ArchiveCursor.objects.create(partition=stream.partition, log_id=acts[-1])

    found = stretch(stream, [first, last], acted=acts[-1])

    items = [item for each in found.messages for item in _backfills.decode(each.payload).items]
    (restored,) = [item for item in items if isinstance(item, CommentRestored)]
    assert (restored.comment.id, restored.comment.reply.text) == (str(shown.pk), "")
    texts = b"".join(message.payload for message in found.messages).decode()
    assert hidden.text not in texts
    assert waiting.text not in texts


def act(stream, body):
    """An action that the archive has; returns where it stands in the log."""
    log_id = next_id(stream.partition)
    audit(stream, log_id, events.kind_of(body), body)
    return log_id


def audit(stream, log_id, kind, body):
    AuditEntry.objects.create(
        stream=stream,
        log_id=log_id,
        at=timezone.now(),
        action=kind,
        event=msgspec.to_builtins(body),
    )


def test_r6_what_concerned_a_person_is_told_to_that_person_alone(stream, asker):
    first = CommentFactory(stream=stream, author=asker)
    approved = CommentFactory(stream=stream, author=asker, text="may I?")
    moderator = UserFactory()
    said = events.CommentSaid(author=asker.pk, name="Bo", text="may I?", hold="5", by=moderator.pk)
    audit(stream, approved.pk, events.COMMENT_POSTED, said)
    acts = [
        act(stream, events.HoldClosed(hold="6", author=asker.pk, outcome="expired")),
        act(stream, events.UserWarned(user=asker.pk, by=moderator.pk, reason="mind the rules")),
        act(stream, events.UserWarned(user=moderator.pk, by=asker.pk, reason="you too")),
        act(stream, events.CommentHidden(comment=str(first.pk), by=moderator.pk, said=None)),
    ]
    ArchiveCursor.objects.create(partition=stream.partition, log_id=acts[-1])

    found = stretch(stream, [first], upto=acts[-1])

    assert found.told == {
        asker.pk: [
            YouHeldApproved(hold="5", comment=comment_of(approved)),
            YouHeldRefused(hold="6", outcome="expired"),
            YouWarned(reason="mind the rules"),
        ],
        moderator.pk: [YouWarned(reason="you too")],
    }


def test_r6_an_approved_comment_is_told_once_viewers_were_shown_it(stream, asker):
    first, last = CommentFactory(stream=stream), CommentFactory(stream=stream)
    waiting = CommentFactory(stream=stream, author=asker)
    said = events.CommentSaid(author=asker.pk, name="Bo", text="may I?", hold="5", by=1)
    audit(stream, waiting.pk, events.COMMENT_POSTED, said)
    ArchiveCursor.objects.create(partition=stream.partition, log_id=waiting.pk)

    assert stretch(stream, [first, last], acted=waiting.pk).told == {}
