"""Every action by every role through the one door: who may, who may not, and to whom."""

from typing import get_args

import pytest

from comments.actions import act
from livecomments import dbthreads, protocol
from livecomments.errors import DomainError
from livecomments.protocol import ErrorCode, ReportReason, Role
from streams import domain
from tests.acting import ACTORS, ADA, ANA, BEA, BO, MAX, MO, OTHER_MO, Stand, no_postgres
from tests.rooms import ROOM, person

STAFF = set(Role) - {Role.VIEWER}
MANAGERS = STAFF - {Role.MODERATOR}


@pytest.fixture
async def stand(redis, monkeypatch):
    monkeypatch.setattr(dbthreads, "run", no_postgres)
    return await Stand(redis).begin()


# Each prepares what its action needs, as staff would have, and returns the action.


async def hide(stand, actor):
    return protocol.HideComment(id=await stand.say())


async def restore(stand, actor):
    shown = await stand.say()
    taken = await stand.act(MAX, protocol.HideComment(id=shown))
    return taken.undo


async def withdraw(stand, actor):
    return protocol.WithdrawComment(id=await stand.say(author=actor))


async def report(stand, actor):
    shown = await stand.say()
    await stand.publish()
    return protocol.ReportComment(id=shown, reason=ReportReason.SPAM)


async def pin(stand, actor):
    shown = await stand.say()
    await stand.publish()
    return protocol.PinComment(id=shown)


async def unpin(stand, actor):
    await stand.act(MAX, await pin(stand, actor))
    await stand.publish()
    return protocol.UnpinComment()


async def approve(stand, actor):
    return protocol.ApproveHeld(hold=await stand.hold())


async def refuse(stand, actor):
    return protocol.RefuseHeld(hold=await stand.hold())


async def reopen(stand, actor):
    return (await stand.act(MAX, await refuse(stand, actor))).undo


async def clear(stand, actor):
    await stand.say()
    await stand.publish()
    return protocol.ClearUser(user="7")


async def restore_user(stand, actor):
    return (await stand.act(MAX, await clear(stand, actor))).undo


async def warn(stand, actor):
    return protocol.WarnUser(user="7", reason="calm down")


async def time_out(stand, actor):
    return protocol.TimeOutUser(user="7", seconds=60)


async def ban(stand, actor):
    return protocol.BanUser(user="7")


async def lift(stand, actor):
    await stand.act(MAX, protocol.BanUser(user="7"))
    return protocol.LiftSanction(user="7")


async def dismiss(stand, actor):
    action = await report(stand, actor)
    await stand.act(BO, action)
    return protocol.DismissReports(id=action.id)


async def slow(stand, actor):
    return protocol.SetModes(slow_seconds=30)


async def delay(stand, actor):
    return protocol.SetModes(delay=4)


async def panic(stand, actor):
    return protocol.Panic(on=True)


async def calm(stand, actor):
    await stand.act(MAX, protocol.Panic(on=True))
    return protocol.Panic(on=False)


async def announce(stand, actor):
    return protocol.Announce(text="Back in ten minutes", seconds=600)


async def end_announcement(stand, actor):
    return (await stand.act(MAX, await announce(stand, actor))).undo


DONE = [
    (hide, STAFF, "comment.hidden"),
    (restore, STAFF, "comment.restored"),
    (withdraw, set(Role), "comment.withdrawn"),
    (report, set(Role), "comment.reported"),
    (pin, STAFF, "comment.pinned"),
    (unpin, STAFF, "comment.unpinned"),
    (approve, STAFF, "comment.posted"),
    (refuse, STAFF, "hold.closed"),
    (reopen, STAFF, "comment.held"),
    (clear, STAFF, "user.cleared"),
    (restore_user, STAFF, "user.restored"),
    (warn, STAFF, "user.warned"),
    (time_out, STAFF, "user.sanctioned"),
    (ban, STAFF, "user.sanctioned"),
    (lift, STAFF, "sanction.lifted"),
    (dismiss, STAFF, "reports.dismissed"),
    (slow, STAFF, "modes.changed"),
    (delay, MANAGERS, "modes.changed"),
    (panic, STAFF, "modes.changed"),
    (calm, STAFF, "modes.changed"),
    (announce, STAFF, "announcement.made"),
    (end_announcement, STAFF, "announcement.ended"),
]


@pytest.mark.parametrize(
    ("prepared", "allowed", "kind"), DONE, ids=[prepared.__name__ for prepared, *_ in DONE]
)
async def test_m3_who_may_and_who_may_not(stand, prepared, allowed, kind):
    for role, actor in ACTORS.items():
        await anew(stand)
        action = await prepared(stand, actor)
        if role not in allowed:
            assert await stand.refusal(actor, action) is ErrorCode.FORBIDDEN
            continue

        taken = await stand.act(actor, action)

        entry = await stand.last()
        assert (entry.id, entry.kind) == (taken.id, kind)
        by = {getattr(entry.body, name, None) for name in ("by", "author", "reporter")}
        assert actor.user_id in by or prepared is reopen


async def anew(stand):
    """Begin again, in an empty room."""
    await stand.redis.flushdb()
    stand.__init__(stand.redis)
    await stand.begin()


async def test_every_action_is_tried_here(stand):
    tried = set()
    for prepared, _, _ in DONE:
        await anew(stand)
        tried.add(type(await prepared(stand, MO)))
    assert tried == set(get_args(protocol.Action))


# --- to whom --------------------------------------------------------------------------------------

SANCTIONS = [
    lambda user: protocol.TimeOutUser(user=user, seconds=60),
    lambda user: protocol.BanUser(user=user),
    lambda user: protocol.WarnUser(user=user, reason="calm down"),
    lambda user: protocol.ClearUser(user=user),
]


@pytest.mark.parametrize("made", SANCTIONS, ids=["time out", "ban", "warn", "clear"])
async def test_m4_staff_are_protected(stand, made):
    for actor in (MO, MAX, BEA, ADA):
        for target in (MO, OTHER_MO, MAX, BEA):
            action = made(str(target.user_id))
            if actor is target:
                assert await stand.refusal(actor, action) is ErrorCode.FORBIDDEN
            elif target is BEA or actor in (MO, MAX):
                assert await stand.refusal(actor, action) is ErrorCode.PROTECTED
            else:
                await stand.act(actor, action)
        await stand.act(actor, made("7"))


async def test_m4_a_change_of_staff_holds_at_once(stand):
    ban = protocol.BanUser(user=str(BO.user_id))
    await domain.change_staff(ROOM, user_id=BO.user_id, role=Role.MODERATOR, by=BEA.user_id)
    assert await stand.refusal(MO, ban) is ErrorCode.PROTECTED

    await domain.change_staff(ROOM, user_id=BO.user_id, role=Role.BROADCASTER, by=None)
    assert await stand.refusal(ADA, ban) is ErrorCode.PROTECTED

    await domain.change_staff(ROOM, user_id=BO.user_id, role=Role.VIEWER, by=BEA.user_id)
    await stand.act(MO, ban)
    assert await stand.sanctions() == {BO.user_id: "ban"}


async def test_a_number_that_begins_like_a_moderators_is_not_theirs(stand):
    await stand.act(MO, protocol.BanUser(user="11"))
    await stand.act(MO, protocol.BanUser(user="0"))

    assert await stand.sanctions() == {11: "ban", 0: "ban"}


@pytest.mark.parametrize(
    "action",
    [
        protocol.HideComment(id="x"),
        protocol.HideComment(id=""),
        protocol.RestoreComment(id="1", hidden_by="-1"),
        protocol.WithdrawComment(id="9" * 20),
        protocol.ReportComment(id="1.0", reason=ReportReason.SPAM),
        protocol.ApproveHeld(hold="x"),
        protocol.RefuseHeld(hold=" 1"),
        protocol.ReopenHeld(refused_by="x"),
        protocol.RestoreUser(cleared_by="٣"),
        protocol.ClearUser(user="x"),
        protocol.WarnUser(user="x", reason="calm down"),
        protocol.WarnUser(user="7", reason="calm down", comment="not an id"),
        protocol.WarnUser(user="7", reason="  "),
        protocol.TimeOutUser(user="7", seconds=9),
        protocol.TimeOutUser(user="7", seconds=14 * 86_400 + 1),
        protocol.BanUser(user="7 staff:1"),
        protocol.SetModes(),
        protocol.SetModes(slow_seconds=-1),
        protocol.SetModes(slow_seconds=301),
        protocol.SetModes(pace=4),
        protocol.SetModes(pace=1_001),
        protocol.SetModes(delay=7),
        protocol.SetModes(delay=-1),
        protocol.SetModes(min_account_age_minutes=129_601),
        protocol.Announce(text="Back soon", seconds=9),
        protocol.Announce(text="Back soon", seconds=86_401),
        protocol.Announce(text="Back soon", instead_of="x"),
        protocol.EndAnnouncement(id="x"),
    ],
    ids=repr,
)
async def test_what_makes_no_sense_is_refused(stand, action):
    assert await stand.refusal(BEA, action) is ErrorCode.BAD_MESSAGE


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (protocol.ApproveHeld(hold="99"), ErrorCode.NOT_FOUND),
        (protocol.RefuseHeld(hold="99"), ErrorCode.NOT_FOUND),
        (protocol.LiftSanction(user="99"), ErrorCode.NOT_FOUND),
        (protocol.Panic(on=False), ErrorCode.CONFLICT),
        (protocol.EndAnnouncement(id="0"), ErrorCode.CONFLICT),
        (protocol.EndAnnouncement(id="99"), ErrorCode.CONFLICT),
        (protocol.EndAnnouncement(id=str(5 << 12)), ErrorCode.CONFLICT),
        (protocol.Announce(text="Back soon", instead_of="99"), ErrorCode.CONFLICT),
        # Of another partition: none of this room's.
        (protocol.HideComment(id=str(5 << 12)), ErrorCode.UNKNOWN_COMMENT),
        (protocol.PinComment(id=str(5 << 12)), ErrorCode.UNKNOWN_COMMENT),
        (protocol.RestoreUser(cleared_by=str(5 << 12)), ErrorCode.NOT_FOUND),
    ],
    ids=repr,
)
async def test_what_is_not_there_is_refused(stand, action, code):
    assert await stand.refusal(BEA, action) is code


async def test_actions_have_a_limit_that_a_moderator_does_not_meet(stand):
    stranger = person(77)
    for _ in range(20):
        with pytest.raises(DomainError) as caught:
            await stand.act(stranger, protocol.WithdrawComment(id="0"))
        assert caught.value.code is not ErrorCode.RATE_LIMITED
    assert await stand.refusal(stranger, protocol.WithdrawComment(id="0")) is ErrorCode.RATE_LIMITED
    for number in range(100):
        await stand.act(MO, protocol.BanUser(user=str(1_000 + number)))
    assert len(await stand.sanctions()) == 100


async def test_where_an_action_came_from_stands_in_its_event(stand):
    await act(ROOM, actor=MO, action=protocol.BanUser(user="7"), where="page 192.0.2.1")
    assert (await stand.last()).body.via == "page 192.0.2.1"

    await stand.act(MO, protocol.LiftSanction(user=str(ANA.user_id)))
    assert (await stand.last()).body.via == ""
