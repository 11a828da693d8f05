"""What actions leave in the rows: hidden by what, restored exactly, withdrawn for good."""

import pytest

from comments import archive, queries
from comments.models import Comment, Status
from livecomments import events, ids
from livecomments.gateway import backfill
from livecomments.protocol import CommentPosted, CommentRestored, UserCleared
from streams import archive as streams_archive
from streams.models import ArchiveCursor
from streams.payloads import room_of
from tests.factories import CommentFactory, StreamFactory, UserFactory, next_id
from tests.rooms import comment

pytestmark = pytest.mark.django_db


@pytest.fixture
def stream():
    return StreamFactory()


@pytest.fixture
def ana():
    return UserFactory()


@pytest.fixture
def moderator():
    return UserFactory().pk


class Log:
    """Events of one stream, after all of its comments."""

    def __init__(self, stream):
        self.stream, self.last = stream, next_id(stream.partition) + ids.make_id(1_000, 0, 0)

    def store(self, *bodies):
        """Write them; returns the id of the last one."""
        for body in bodies:
            self.last += 1
            entry = events.Entry(self.last, self.stream.pk, events.kind_of(body), body)
            for _ in range(2):  # an archive may write the same twice
                streams_archive.store([entry])
                archive.store([entry])
        return self.last


@pytest.fixture
def log(stream):
    return Log(stream)


def hide(row, by, reason=""):
    return events.CommentHidden(comment=str(row.pk), by=by, reason=reason)


def clear(user, by):
    return events.UserCleared(user=user.pk, name=user.display_name, by=by)


def restored(row, by):
    return events.CommentRestored(comment=comment(str(row.pk), row.text), by=by)


def statuses(*rows):
    found = dict(Comment.objects.values_list("id", "status"))
    return [Status(found[row.pk]) for row in rows]


def quoting(stream, row):
    quote = {"id": str(row.pk), "name": row.author_name, "text": row.text}
    return CommentFactory(stream=stream, reply_to=row.pk, quote=quote)


def quoted(row):
    return Comment.objects.get(pk=row.pk).quote["text"]


def test_a_clearing_hides_what_was_said_before_it_and_notes_by_what(stream, ana, log, moderator):
    before = [CommentFactory(stream=stream, author=ana) for _ in range(2)]
    other = CommentFactory(stream=stream)
    elsewhere = CommentFactory(author=ana)
    cleared = log.store(clear(ana, moderator))
    later = CommentFactory(stream=stream, author=ana, id=log.last + 5)

    assert statuses(*before) == [Status.HIDDEN] * 2
    assert statuses(other, elsewhere, later) == [Status.VISIBLE] * 3
    assert set(Comment.objects.filter(hidden_by=cleared)) == set(before)


def test_restoring_a_user_shows_what_that_clearing_hid_and_nothing_else(
    stream, ana, log, moderator
):
    rude, joke, oops, again = (CommentFactory(stream=stream, author=ana) for _ in range(4))
    log.store(hide(rude, moderator))
    cleared = log.store(clear(ana, moderator))
    log.store(
        events.CommentWithdrawn(comment=str(oops.pk), author=ana.pk),
        restored(again, moderator),
        hide(again, moderator),
        hide(joke, moderator),  # it was hidden already: nothing to take back but the clearing
    )
    assert queries.kept_hidden(stream.pk, [r.pk for r in (rude, joke, oops, again)], cleared) == {
        rude.pk,
        oops.pk,
        again.pk,
    }

    log.store(events.UserRestored(user=ana.pk, by=moderator, clear=str(cleared)))

    assert statuses(rude, joke, oops, again) == [
        Status.HIDDEN,
        Status.VISIBLE,
        Status.WITHDRAWN,
        Status.HIDDEN,
    ]


def test_quotes_go_and_come_back_with_a_cleared_user(stream, ana, log, moderator):
    joke = CommentFactory(stream=stream, author=ana, text="a joke")
    reply = quoting(stream, joke)
    of_another = quoting(stream, CommentFactory(stream=stream, text="another"))
    cleared = log.store(clear(ana, moderator))
    assert (quoted(reply), quoted(of_another)) == ("", "another")

    log.store(events.UserRestored(user=ana.pk, by=moderator, clear=str(cleared)))
    assert quoted(reply) == "a joke"


def test_m7_what_was_withdrawn_stays_so_in_the_rows(stream, ana, log, moderator):
    oops = CommentFactory(stream=stream, author=ana, text="oops")
    reply = quoting(stream, oops)
    log.store(
        events.CommentWithdrawn(comment=str(oops.pk), author=ana.pk),
        hide(oops, moderator),
        restored(oops, moderator),
    )

    assert statuses(oops) == [Status.WITHDRAWN]
    assert quoted(reply) == ""
    assert queries.restorable_comment(stream.pk, oops.pk) is None
    assert queries.visible_comment(stream.pk, oops.pk) is None


def test_hidden_twice_is_restored_once(stream, log, moderator):
    row = CommentFactory(stream=stream, left_out=True)
    first = log.store(hide(row, moderator))
    log.store(hide(row, None, events.REPORTED))
    assert Comment.objects.get().hidden_by == first

    log.store(restored(row, moderator))
    kept = Comment.objects.get()
    assert (kept.status, kept.hidden_by, kept.left_out) == (Status.VISIBLE, None, False)


def test_last_name_is_that_of_the_last_comment_here(stream, ana):
    assert queries.last_name(stream.pk, ana.pk) == ""
    CommentFactory(stream=stream, author=ana, author_name="Ana")
    CommentFactory(stream=stream, author=ana, author_name="Ana B.")
    CommentFactory(author=ana, author_name="Elsewhere")
    assert queries.last_name(stream.pk, ana.pk) == "Ana B."


# --- and what somebody is told of it who was away -------------------------------------------------


def items_since(stream, after, *, upto, acted):
    ArchiveCursor.objects.update_or_create(
        partition=stream.partition, defaults={"log_id": max(upto, acted)}
    )
    found = backfill.stretch_between(
        room_of(stream), after=after, upto=upto, acted=acted, limit=100
    )
    decoder = backfill.msgspec.json.Decoder(backfill.Backfill)
    return [item for part in found.messages for item in decoder.decode(part.payload).items]


def test_who_was_away_is_told_of_a_clearing_unless_it_was_taken_back(stream, ana, log, moderator):
    seen = CommentFactory(stream=stream, author=ana)
    missed = CommentFactory(stream=stream, author=ana)
    cleared = log.store(clear(ana, moderator))

    def kinds():
        found = items_since(stream, seen.pk, upto=log.last, acted=log.last)
        return [type(item) for item in found]

    assert kinds() == [UserCleared]
    shown = [comment(str(missed.pk), missed.text, str(ana.pk))]
    log.store(events.UserRestored(user=ana.pk, by=moderator, clear=str(cleared), shown=shown))
    assert kinds() == [CommentPosted, CommentRestored]


def test_f10_actions_go_further_than_comments_where_something_waits(stream, ana, log, moderator):
    seen = CommentFactory(stream=stream)
    shown = CommentFactory(stream=stream)
    waits = CommentFactory(stream=stream)
    acted = log.store(hide(seen, moderator))

    found = items_since(stream, seen.pk, upto=waits.pk - 1, acted=acted)
    assert [getattr(item, "id", None) or item.comment.id for item in found] == [
        str(shown.pk),
        str(seen.pk),
    ]
