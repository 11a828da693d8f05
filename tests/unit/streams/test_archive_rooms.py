"""Rooms from the log: modes, pins, announcements, times."""

import msgspec
import pytest

from livecomments import events, ids
from livecomments.protocol import Role, StreamStatus
from streams import archive, queries
from streams.models import AuditEntry, Stream
from streams.payloads import room_state
from tests.factories import StreamFactory
from tests.rooms import comment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]


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
    "body",
    [
        events.CommentUnpinned(by=1),
        events.CommentHidden(comment="10", by=1),
        events.CommentWithdrawn(comment="10", author=7),
        events.UserCleared(user=7, name="Person 7", by=1),
    ],
)
def test_a_pin_ends_with_its_comment_or_by_itself(log, body):
    log.add(events.CommentPinned(comment=comment("10"), by=1))
    log.add(body)

    log.store()

    assert Stream.objects.get().pinned is None


def announcement(moderator, text="Back soon", seconds=None):
    return events.AnnouncementMade(
        text=text, by=moderator, name="Mo", role=Role.MODERATOR, seconds=seconds
    )


def test_f11_an_announcement_stands_in_its_column_until_it_is_taken_away(log, moderator):
    log.add(announcement(moderator, "first"))
    made = log.add(announcement(moderator, "second"))
    log.store()

    (room,) = archive.rooms_of(log.stream.partition)
    assert room.state.announcement == events.announcement_of(made.id, made.body)

    log.add(events.AnnouncementEnded(announcement=str(made.id), by=moderator, text="second"))
    log.store()

    assert Stream.objects.get().announcement is None
    kept = AuditEntry.objects.values_list("action", "actor_id", "event__text").order_by("log_id")
    assert list(kept) == [
        ("announcement.made", moderator, "first"),
        ("announcement.made", moderator, "second"),
        ("announcement.ended", moderator, "second"),
    ]


def test_f11_an_announcement_that_is_over_is_not_restored(log, moderator):
    log.add(announcement(moderator, seconds=10))  # the log is of a year ago
    log.store()

    assert Stream.objects.get().announcement is not None
    (room,) = archive.rooms_of(log.stream.partition)
    assert room.state.announcement is None


def test_f12_the_room_has_the_times_of_the_stream(log, moderator):
    began = log.add(events.StatusChanged(status=StreamStatus.LIVE, by=moderator))
    ended = log.add(events.StatusChanged(status=StreamStatus.ENDED, by=moderator))
    log.store()

    state = room_state(Stream.objects.get())
    assert (state.started_at, state.ended_at) == (began.at_ms, ended.at_ms)


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
