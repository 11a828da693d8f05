"""Who may do what in a room: the whole table, written out once more."""

import itertools
from typing import get_args

import pytest

from livecomments import protocol
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode, LinksMode, ReportReason, Role
from streams import rights

EVERYBODY = set(Role)
STAFF = EVERYBODY - {Role.VIEWER}
MANAGERS = STAFF - {Role.MODERATOR}
TABLE = [
    (protocol.WithdrawComment(id="1"), EVERYBODY),
    (protocol.ReportComment(id="1", reason=ReportReason.SPAM), EVERYBODY),
    (protocol.HideComment(id="1"), STAFF),
    (protocol.RestoreComment(id="1"), STAFF),
    (protocol.DismissReports(id="1"), STAFF),
    (protocol.PinComment(id="1"), STAFF),
    (protocol.UnpinComment(), STAFF),
    (protocol.ApproveHeld(hold="1"), STAFF),
    (protocol.RefuseHeld(hold="1"), STAFF),
    (protocol.ReopenHeld(refused_by="1"), STAFF),
    (protocol.ClearUser(user="1"), STAFF),
    (protocol.RestoreUser(cleared_by="1"), STAFF),
    (protocol.WarnUser(user="1", reason="calm down"), STAFF),
    (protocol.TimeOutUser(user="1", seconds=10), STAFF),
    (protocol.BanUser(user="1"), STAFF),
    (protocol.LiftSanction(user="1"), STAFF),
    (protocol.Announce(text="Back soon"), STAFF),
    (protocol.EndAnnouncement(id="1"), STAFF),
    (protocol.Panic(on=True), STAFF),
    (protocol.Panic(on=False), STAFF),
    (protocol.SetModes(closed=True), STAFF),
    (protocol.SetModes(closed=False), STAFF),
    (protocol.SetModes(slow_seconds=5), STAFF),
    (protocol.SetModes(standing_only=True), STAFF),
    (protocol.SetModes(review=True), MANAGERS),
    (protocol.SetModes(raid_seconds=600), STAFF),
    (protocol.SetModes(review=False), MANAGERS),
    (protocol.SetModes(pace=0), MANAGERS),
    (protocol.SetModes(links=LinksMode.ALLOW), MANAGERS),
    (protocol.SetModes(delay=4), MANAGERS),
    (protocol.SetModes(min_account_age_minutes=5), MANAGERS),
    (protocol.SetModes(closed=True, delay=4), MANAGERS),
]


@pytest.mark.parametrize(("action", "allowed"), TABLE, ids=[repr(action) for action, _ in TABLE])
def test_m3_the_role_decides(action, allowed):
    assert {role for role in Role if rights.may(role, action)} == allowed


def test_every_action_and_every_mode_is_in_the_table():
    actions = {type(action) for action, _ in TABLE}
    assert actions == set(get_args(protocol.Action)) == set(rights.RIGHTS)
    named = {
        name
        for action, _ in TABLE
        if isinstance(action, protocol.SetModes)
        for name in action.__struct_fields__
        if getattr(action, name) is not None
    }
    assert named == set(protocol.SetModes.__struct_fields__)


def test_what_a_role_may_not_is_forbidden():
    rights.require(Role.MODERATOR, protocol.HideComment(id="1"))
    with pytest.raises(DomainError) as caught:
        rights.require(Role.VIEWER, protocol.HideComment(id="1"))
    assert caught.value.code is ErrorCode.FORBIDDEN


SANCTIONS = {
    (Role.MODERATOR, Role.VIEWER), (Role.MANAGER, Role.VIEWER),
    (Role.BROADCASTER, Role.VIEWER), (Role.BROADCASTER, Role.MODERATOR),
    (Role.BROADCASTER, Role.MANAGER),
    (Role.ADMIN, Role.VIEWER), (Role.ADMIN, Role.MODERATOR), (Role.ADMIN, Role.MANAGER),
}  # fmt: skip


def test_m4_who_can_sanction_whom():
    found = {
        (actor, target)
        for actor, target in itertools.product(STAFF, Role)
        if target.value not in rights.protected_from(actor).split()
    }
    assert found == SANCTIONS
