"""Rooms, sanctions and audit from the log: in order, once, however often they are written."""

from datetime import timedelta

import msgspec
import pytest
from django.core.cache import cache

from livecomments import events, ids
from livecomments.protocol import SanctionKind, StreamStatus
from streams import archive, queries
from streams.models import AuditEntry, Sanction, Stream
from streams.payloads import room_of, room_state
from tests.factories import StreamFactory, UserFactory
from tests.rooms import comment

pytestmark = pytest.mark.django_db

START = 30 * 24 * 60 * 60 * 1000  # log milliseconds


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def stream():
    return StreamFactory(status=StreamStatus.SCHEDULED.value, started_at=None)


@pytest.fixture
def moderator():
    return UserFactory().pk


@pytest.fixture
def viewer():
    return UserFactory().pk


class Log:
    """Entries of one stream, a second apart."""

    def __init__(self, stream):
        self.stream, self.entries = stream, []

    def add(self, body, kind=None, *, stream=None):
        number = len(self.entries)
        entry_id = ids.make_id(START + 1_000 * number, 0, number)
        stream_id = (stream or self.stream).pk
        entry = events.Entry(entry_id, stream_id, kind or events.kind_of(body), body)
        self.entries.append(entry)
        return entry

    def store(self):
        archive.store(self.entries)


@pytest.fixture
def log(stream):
    return Log(stream)


def everything():
    """All rows, to compare before and after."""
    models = (Stream, Sanction, AuditEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]


def timeout(user, by, seconds=60):
    return events.UserSanctioned(
        user=user, kind=SanctionKind.TIMEOUT, by=by, seconds=seconds, reason="calm"
    )


def ban(user, by):
    return events.UserSanctioned(user=user, kind=SanctionKind.BAN, by=by)


# --- the room ------------------------------------------------------------------------------------


def test_modes_and_pins_become_columns(log, moderator):
    log.add(events.ModesChanged(by=moderator, closed=True, slow_seconds=30))
    log.add(events.ModesChanged(by=moderator, review=True, min_account_age_minutes=5, pace=50))
    log.add(events.ModesChanged(by=moderator, closed=False))
    pinned = log.add(events.CommentPinned(comment=comment("10"), by=moderator))

    log.store()

    row = Stream.objects.get()
    assert (row.closed, row.slow_seconds, row.review, row.pace) == (False, 30, True, 50)
    assert (row.min_account_age_minutes, row.room_log_id) == (5, pinned.id)
    assert row.pinned == msgspec.to_builtins(comment("10"))


@pytest.mark.parametrize(
    "body", [events.CommentUnpinned(by=1), events.CommentHidden(comment="10", by=1)]
)
def test_a_pin_ends_with_its_comment_or_by_itself(log, body):
    log.add(events.CommentPinned(comment=comment("10"), by=1))
    log.add(body)

    log.store()

    assert Stream.objects.get().pinned is None


def test_a_stream_knows_when_it_began_and_ended(log, moderator):
    began = log.add(events.StatusChanged(status=StreamStatus.LIVE, by=moderator))
    log.store()
    row = Stream.objects.get()
    assert (row.status, row.started_at, row.ended_at) == ("live", ids.id_time(began.id), None)

    ended = log.add(events.StatusChanged(status=StreamStatus.ENDED, by=moderator))
    log.store()
    row = Stream.objects.get()
    assert (row.status, row.ended_at) == ("ended", ids.id_time(ended.id))

    log.add(events.StatusChanged(status=StreamStatus.LIVE, by=moderator))
    log.store()
    row = Stream.objects.get()
    assert (row.started_at, row.ended_at) == (ids.id_time(began.id), None), "it goes on"


def test_a_room_keeps_to_itself(log, moderator):
    other = StreamFactory()
    log.add(events.ModesChanged(by=moderator, closed=True), stream=other)

    log.store()

    log.stream.refresh_from_db()
    assert log.stream.closed is False


def test_an_older_event_does_not_undo_a_newer_one(log, moderator):
    old = log.add(events.ModesChanged(by=moderator, slow_seconds=30))
    log.add(events.ModesChanged(by=moderator, slow_seconds=5))
    log.store()

    archive.store([old])

    assert Stream.objects.get().slow_seconds == 5


def test_events_of_a_deleted_stream_change_no_other(log, moderator):
    entry = log.add(events.ModesChanged(by=moderator, closed=True))
    gone = events.Entry(entry.id, 987_654, entry.kind, entry.body)

    archive._apply(gone)

    assert Stream.objects.get().closed is False


def test_what_is_cached_of_a_changed_stream_is_dropped(log, moderator):
    other = StreamFactory()
    for slug in (log.stream.slug, other.slug):
        queries.facts_by_slug(slug)
    log.add(events.StatusChanged(status=StreamStatus.LIVE, by=moderator))
    log.add(events.SanctionLifted(user=1, by=moderator), stream=other)
    Stream.objects.update(title="New title")

    archive.forget_changed(log.entries)

    assert queries.facts_by_slug(log.stream.slug).title == "New title"
    assert queries.facts_by_slug(other.slug).title != "New title"


# --- sanctions -----------------------------------------------------------------------------------


def test_a_time_out_ends_by_the_events_own_time(log, viewer, moderator):
    entry = log.add(timeout(viewer, moderator, 90))

    log.store()

    row = Sanction.objects.get()
    assert (row.user_id, row.placed_by_id, row.kind) == (viewer, moderator, "timeout")
    assert (row.reason, row.log_id, row.lifted_at) == ("calm", entry.id, None)
    assert row.placed_at == ids.id_time(entry.id)
    assert row.until == row.placed_at + timedelta(seconds=90)


def test_a_newer_sanction_replaces_the_open_one(log, viewer, moderator):
    log.add(timeout(viewer, moderator))
    banned = log.add(ban(viewer, moderator))

    log.store()

    old, new = Sanction.objects.order_by("log_id")
    assert (old.lifted_at, old.lifted_by_id) == (ids.id_time(banned.id), moderator)
    assert (new.kind, new.until, new.lifted_at) == ("ban", None, None)


def test_a_sanction_is_lifted_where_it_was_placed(log, viewer, moderator):
    other = StreamFactory()
    log.add(ban(viewer, moderator))
    log.add(ban(viewer, moderator), stream=other)
    lifted = log.add(events.SanctionLifted(user=viewer, by=moderator))

    log.store()

    here = Sanction.objects.get(stream=log.stream)
    assert (here.lifted_at, here.lifted_by_id) == (ids.id_time(lifted.id), moderator)
    assert Sanction.objects.get(stream=other).lifted_at is None


def test_a_sanction_can_be_placed_again(log, viewer, moderator):
    log.add(ban(viewer, moderator))
    log.add(events.SanctionLifted(user=viewer, by=moderator))
    log.add(ban(viewer, moderator))

    log.store()

    assert [row.lifted_at is None for row in Sanction.objects.order_by("log_id")] == [False, True]


# --- audit ---------------------------------------------------------------------------------------


def test_every_action_is_in_the_audit_and_ordinary_talk_is_not(log, viewer, moderator):
    said = events.CommentSaid(author=viewer, name="Ana", text="hi")
    log.add(said, "comment.posted")
    held = log.add(said, "comment.held")
    approved = log.add(
        msgspec.structs.replace(said, hold=str(held.id), by=moderator), "comment.posted"
    )
    log.add(events.HoldClosed(hold="5", author=viewer, outcome="expired"))
    log.add(events.CommentHidden(comment="10", by=moderator, reason="rude"))
    log.add(events.CommentRestored(comment=comment("10", user=str(viewer)), by=moderator))
    log.add(events.CommentPinned(comment=comment("10", user=str(viewer)), by=moderator))
    log.add(ban(viewer, moderator))
    log.add(events.ModesChanged(by=moderator, closed=True))

    log.store()

    fields = ("action", "actor_id", "target_user_id", "target_comment_id")
    assert list(AuditEntry.objects.order_by("log_id").values_list(*fields)) == [
        ("comment.posted", moderator, viewer, approved.id),
        ("hold.closed", None, viewer, None),
        ("comment.hidden", moderator, None, 10),
        ("comment.restored", moderator, viewer, 10),
        ("comment.pinned", moderator, viewer, 10),
        ("user.sanctioned", moderator, viewer, None),
        ("modes.changed", moderator, None, None),
    ]


def test_an_audit_entry_holds_the_whole_event(log, moderator):
    body = events.CommentHidden(comment="10", by=moderator, reason="rude")
    entry = log.add(body)

    log.store()

    row = AuditEntry.objects.get()
    assert (row.log_id, row.stream_id, row.at) == (entry.id, log.stream.pk, ids.id_time(entry.id))
    assert msgspec.convert(row.event, events.CommentHidden) == body


# --- twice ---------------------------------------------------------------------------------------


def test_storing_twice_changes_nothing(log, viewer, moderator):
    log.add(events.StatusChanged(status=StreamStatus.LIVE, by=moderator))
    log.add(timeout(viewer, moderator))
    log.add(ban(viewer, moderator))
    log.add(events.SanctionLifted(user=viewer, by=moderator))
    log.add(timeout(viewer, moderator))
    log.add(ban(viewer, moderator))
    log.add(events.CommentPinned(comment=comment("10"), by=moderator))
    log.add(events.ModesChanged(by=moderator, closed=True))
    log.add(events.CommentHidden(comment="10", by=moderator))
    log.add(events.StatusChanged(status=StreamStatus.ENDED, by=moderator))
    log.store()
    before = everything()

    log.store()

    assert everything() == before
    assert Sanction.objects.get(lifted_at=None).kind == "ban"


# --- back for a restore --------------------------------------------------------------------------


def test_rooms_come_back_with_their_standing_sanctions(log, moderator):
    lasting, over, banned, lifted = (UserFactory().pk for _ in range(4))
    # Half a year after the log begins these are long over; only those without an end would stand.
    entry = log.add(timeout(lasting, moderator, 100 * 365 * 24 * 3_600))
    log.add(timeout(over, moderator, 1))
    log.add(ban(banned, moderator))
    log.add(ban(lifted, moderator))
    log.add(events.SanctionLifted(user=lifted, by=moderator))
    log.add(events.ModesChanged(by=moderator, slow_seconds=30))
    log.store()
    log.stream.refresh_from_db()
    elsewhere = StreamFactory()
    Stream.objects.filter(pk=elsewhere.pk).update(partition=log.stream.partition + 1)

    ((address, room, sanctions),) = archive.rooms_of(log.stream.partition)

    assert address == room_of(log.stream)
    assert room == room_state(log.stream)
    assert room.slow_seconds == 30
    until = ids.id_ms(entry.id) + 100 * 365 * 24 * 3_600_000
    assert sanctions == {lasting: until, banned: None}
