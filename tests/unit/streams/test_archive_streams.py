"""Sanctions and audit from the log: in order, once, however often they are written."""

from datetime import timedelta

import msgspec
import pytest

from livecomments import events, ids
from livecomments.protocol import ReportReason, Role, SanctionKind, StreamStatus
from streams import archive
from streams.models import AuditEntry, Sanction, Stream
from streams.payloads import room_of, room_state
from tests.factories import ModeratorFactory, StreamFactory, UserFactory
from tests.rooms import comment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]


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


def test_a_sanction_of_a_number_that_nobody_has_is_in_the_audit_alone(log, viewer, moderator):
    log.add(ban(987_654_321, moderator))
    log.add(ban(viewer, moderator))

    log.store()

    assert [row.user_id for row in Sanction.objects.all()] == [viewer]
    assert AuditEntry.objects.filter(target_user_id=987_654_321).count() == 1


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
    log.add(events.CommentWithdrawn(comment="10", author=viewer))
    said = comment("10", user=str(viewer))
    reported = events.CommentReported(
        comment=said, reporter=moderator, reason=ReportReason.SPAM, reports=1
    )
    log.add(reported)
    log.add(events.CommentHidden(comment="10", reason=events.REPORTED, said=said))
    log.add(events.UserCleared(user=viewer, name="Ana", by=moderator))
    log.add(events.UserRestored(user=viewer, by=moderator, clear="5"))
    log.add(events.UserWarned(user=viewer, by=moderator, reason="calm down", about="10"))
    log.add(events.StaffChanged(user=viewer, role=Role.MODERATOR, by=moderator))
    log.add(events.RulesChanged(version=1, rules="{}", by=moderator))
    log.add(events.AppealClosed(user=viewer, by=moderator, appeal=1, outcome="granted"))

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
        ("comment.withdrawn", viewer, viewer, 10),
        ("comment.reported", moderator, viewer, 10),
        ("comment.hidden", None, viewer, 10),
        ("user.cleared", moderator, viewer, None),
        ("user.restored", moderator, viewer, None),
        ("user.warned", moderator, viewer, 10),
        ("staff.changed", moderator, viewer, None),
        ("rules.changed", moderator, None, None),
        ("appeal.closed", moderator, viewer, None),
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

    (found,) = archive.rooms_of(log.stream.partition)

    assert found.address == room_of(log.stream)
    assert found.state == room_state(log.stream)
    assert (found.state.slow_seconds, found.calm) == (30, None)
    assert found.staff == {log.stream.broadcaster_id: Role.BROADCASTER}
    until = ids.id_ms(entry.id) + 100 * 365 * 24 * 3_600_000
    assert found.sanctions == {lasting: until, banned: None}


def test_a_room_in_panic_comes_back_with_the_modes_from_before(log, moderator):
    before = {"slow_seconds": 5, "links": "hold", "delay": 0}
    log.add(events.ModesChanged(by=moderator, panic=True, delay=4, slow_seconds=30, before=before))
    log.store()

    (found,) = archive.rooms_of(log.stream.partition)
    assert (found.state.panic, found.state.delay, found.calm) == (True, 4, before)

    log.add(events.ModesChanged(by=moderator, panic=False, delay=0, slow_seconds=5))
    log.store()

    (found,) = archive.rooms_of(log.stream.partition)
    assert (found.state.panic, found.state.delay, found.calm) == (False, 0, None)


def test_staff_come_back_with_their_roles(log):
    row = ModeratorFactory(stream=log.stream)
    manager = ModeratorFactory(stream=log.stream, managing=True)
    ModeratorFactory()

    found = next(
        room for room in archive.rooms_of(log.stream.partition) if room.address.id == log.stream.pk
    )
    assert found.staff == {
        log.stream.broadcaster_id: Role.BROADCASTER,
        row.user_id: Role.MODERATOR,
        manager.user_id: Role.MANAGER,
    }
