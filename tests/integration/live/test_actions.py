"""Actions over real sockets and REST: who sees what, who may, and what the archive keeps of it."""

import asyncio
import itertools

import pytest

from comments.models import Comment, Hold, Status
from livecomments import protocol
from livecomments.accounts.models import Standing
from livecomments.accounts.tokens import create_token
from livecomments.protocol import (
    CommentHidden,
    CommentPosted,
    Error,
    ErrorCode,
    ReportReason,
    Role,
    RoomChanged,
    SanctionKind,
)
from livecomments.tickets import Identity
from streams import editing
from streams.models import AuditEntry, Sanction
from tests.factories import UserFactory
from tests.integration.live.seen import api, archived, done, is_told, listed, sees
from tests.live import orm
from tests.rooms import set_modes
from tests.sockets import stream_socket

_number = itertools.count(1)


@pytest.fixture
def moderator(stage):
    return stage.person(Role.MODERATOR)


# --- end to end -----------------------------------------------------------------------------------


async def test_m1_a_hide_reaches_everybody_and_everything_and_is_undone(
    server, live, stage, moderator
):
    ana = stage.person()
    async with (
        stream_socket(server, stage.slug, ticket=stage.ticket(moderator)) as staff,
        stream_socket(server, stage.slug, ticket=stage.ticket(ana)) as author,
        stream_socket(server, stage.slug) as stranger,
    ):
        said = await author.post("rude words")
        for socket in (staff, author, stranger):
            await socket.shows(said.comment.id)
        taken = done(await staff.act(protocol.HideComment(id=said.comment.id, reason="rude")))
        for socket in (staff, author, stranger):
            assert await sees(socket, CommentHidden) == CommentHidden(id=said.comment.id)
        assert await is_told(author, protocol.YouHidden) == protocol.YouHidden(
            id=said.comment.id, reason="rude"
        )
        told = await sees(staff, protocol.Acted)
        assert (told.by, told.reason) == (str(moderator.user_id), "rude")

        row = await archived(taken)
        assert (row.action, row.actor_id, row.target_user_id) == (
            "comment.hidden",
            moderator.user_id,
            ana.user_id,
        )
        assert row.event["said"]["text"] == "rude words"
        assert row.event["via"].startswith("page 127.0.0.1")
        kept = orm(Comment.objects.get, id=int(said.comment.id))
        assert (kept.status, kept.hidden_by) == (Status.HIDDEN, int(taken.id))
        assert listed(live, stage) == []
        await asyncio.sleep(1.1)  # a snapshot may be a second old
        async with stream_socket(server, stage.slug) as newcomer:
            assert newcomer.comments == []

        undone = done(await staff.act(taken.undo))
        restored = await sees(stranger, protocol.CommentRestored)
        assert restored.comment.text == "rude words"
        await archived(undone)
        assert listed(live, stage) == ["rude words"]


async def test_a_sanction_holds_on_open_sockets(server, stage, moderator):
    ana = stage.person()
    async with (
        stream_socket(server, stage.slug, ticket=stage.ticket(moderator)) as staff,
        stream_socket(server, stage.slug, ticket=stage.ticket(ana)) as author,
    ):
        user = str(ana.user_id)
        ban = protocol.BanUser(user=user, reason="spam")
        taken = done(await staff.act(ban))
        answer = await author.post("am I heard?")
        assert answer.code is ErrorCode.BANNED
        author.send(protocol.ReactionSend(kind=protocol.ReactionKind.LIKE))
        assert (await author.until(Error)).code is ErrorCode.BANNED
        status = await archived(taken)
        assert status.target_user_id == ana.user_id
        assert orm(Sanction.objects.get, user_id=ana.user_id).reason == "spam"

        timed_out = done(await staff.act(protocol.TimeOutUser(user=user, seconds=60)))
        assert isinstance(timed_out.undo, protocol.BanUser), "what it replaced"
        assert timed_out.undo.user == user
        assert (await author.post("and now?")).code is ErrorCode.TIMED_OUT
        lifted = done(await staff.act(protocol.LiftSanction(user=user)))
        assert isinstance(lifted.undo, protocol.TimeOutUser)
        answer = await author.post("thank you")
        assert isinstance(answer, protocol.CommentAccepted)
        await archived(lifted)
        rows = orm(lambda: list(Sanction.objects.filter(user_id=ana.user_id).order_by("log_id")))
        assert [(row.kind, row.lifted_at is not None) for row in rows] == [
            (SanctionKind.BAN, True),
            (SanctionKind.TIMEOUT, True),
        ]
    async with stream_socket(server, stage.slug, ticket=stage.ticket(ana)) as author:
        assert author.welcome.you.sanction is None


async def test_who_is_cleared_and_restored(live, stage, moderator):
    ana, bo = stage.person(), stage.person()
    first = await stage.say(ana, "spam, spam and spam")
    await stage.say(bo, "stop it")
    second = await stage.say(ana, "and spam again")
    async with (
        stream_socket(live.url, stage.slug, ticket=stage.ticket(moderator)) as staff,
        stream_socket(live.url, stage.slug) as stranger,
    ):
        await stranger.shows(str(second))
        at = stranger.resume
        taken = done(await staff.act(protocol.ClearUser(user=str(ana.user_id))))
        cleared = await sees(stranger, protocol.UserCleared)
        assert (cleared.user, cleared.through) == (str(ana.user_id), taken.id)
        await archived(taken)
        assert listed(live, stage) == ["stop it"]
        hidden = Comment.objects.filter(hidden_by=int(taken.id))
        assert orm(lambda: set(hidden.values_list("id", flat=True))) == {first, second}
        async with stream_socket(live.url, stage.slug, resume=at) as back:
            assert (await sees(back, protocol.UserCleared)).through == taken.id
        await asyncio.sleep(1.1)
        async with stream_socket(live.url, stage.slug) as newcomer:
            assert [comment.text for comment in newcomer.comments] == ["stop it"]

        undone = done(await staff.act(taken.undo))
        assert (await sees(stranger, protocol.CommentRestored)).comment.id == str(first)
        await archived(undone)
        assert listed(live, stage) == ["spam, spam and spam", "stop it", "and spam again"]
        assert isinstance(await staff.act(taken.undo), Error)


async def test_a_held_comment_is_refused_reopened_and_approved(live, stage, moderator):
    ana, manager = stage.person(), stage.person(Role.MANAGER)
    await set_modes(stage.room, actor=manager, review=True)
    async with (
        stream_socket(live.url, stage.slug, ticket=stage.ticket(moderator)) as staff,
        stream_socket(live.url, stage.slug, ticket=stage.ticket(ana)) as author,
    ):
        held = await author.post("please look")
        assert (await sees(staff, protocol.HoldOpened)).held.hold == held.hold
        refused = done(await staff.act(protocol.RefuseHeld(hold=held.hold, reason="no")))
        assert (await is_told(author, protocol.YouHeldRefused)).reason == "no"
        again = done(await staff.act(refused.undo))
        async with stream_socket(live.url, stage.slug, ticket=stage.ticket(moderator)) as late:
            assert [one.text for one in late.welcome.held] in (["please look"], [])
            approved = done(await staff.act(protocol.ApproveHeld(hold=again.id)))
            assert (await author.shows(approved.id)).text == "please look"
        error = await staff.act(protocol.ApproveHeld(hold=again.id))
        assert error.code is ErrorCode.NOT_FOUND
        await archived(approved)
        rows = orm(lambda: list(Hold.objects.filter(author_id=ana.user_id).order_by("number")))
        assert [(row.status, row.comment_id) for row in rows] == [
            ("refused", None),
            ("approved", int(approved.id)),
        ]


async def test_m9_the_panic_switch_holds_for_everybody_at_once(live, stage, moderator):
    async with (
        stream_socket(live.url, stage.slug, ticket=stage.ticket(moderator)) as staff,
        stream_socket(live.url, stage.slug, ticket=stage.visitor()) as viewer,
    ):
        taken = done(await staff.act(protocol.Panic(on=True)))
        room = (await sees(viewer, RoomChanged)).room
        assert (room.panic, room.delay, room.standing_only) == (True, 4, True)
        assert (room.slow_seconds, room.links) == (30, protocol.LinksMode.BLOCK)
        row = await archived(taken)
        assert row.event["before"]["slow_seconds"] == 0

        done(await staff.act(taken.undo))
        room = (await sees(viewer, RoomChanged)).room
        assert (room.panic, room.delay, room.slow_seconds) == (False, 0, 0)


async def test_f11_an_announcement_reaches_everybody_and_is_taken_away(
    server, live, stage, moderator, fresh_process
):
    async with (
        stream_socket(server, stage.slug, ticket=stage.ticket(moderator)) as staff,
        stream_socket(server, stage.slug) as stranger,
    ):
        at = stranger.resume
        taken = done(await staff.act(protocol.Announce(text="We begin  late", seconds=600)))
        announcement = (await sees(stranger, RoomChanged)).room.announcement
        assert (announcement.id, announcement.text) == (taken.id, "We begin late")
        assert announcement.until - announcement.at == 600_000
        assert announcement.by == protocol.Person(
            id=str(moderator.user_id), name=moderator.name, role=Role.MODERATOR
        )
        row = await archived(taken)
        assert (row.action, row.actor_id, row.target_user_id) == (
            "announcement.made",
            moderator.user_id,
            None,
        )
        assert api(live, stage, "")[1]["room"]["announcement"]["text"] == "We begin late"
        async with stream_socket(fresh_process, stage.slug, resume=at) as back:
            assert (await sees(back, RoomChanged)).room.announcement == announcement
        await asyncio.sleep(1.1)  # a snapshot may be a second old
        async with stream_socket(server, stage.slug) as newcomer:
            assert newcomer.welcome.room.announcement == announcement

        ended = done(await staff.act(taken.undo))
        assert (await sees(stranger, RoomChanged)).room.announcement is None
        row = await archived(ended)
        assert (row.action, row.event["text"]) == ("announcement.ended", "We begin late")
        assert api(live, stage, "")[1]["room"]["announcement"] is None
        assert (await staff.act(taken.undo)).code is ErrorCode.CONFLICT
        assert (await staff.act(protocol.Announce(text=" "))).code is ErrorCode.EMPTY


async def test_a_withdrawn_comment_is_gone_and_cannot_be_restored(live, stage, moderator):
    ana = stage.person()
    async with (
        stream_socket(live.url, stage.slug, ticket=stage.ticket(moderator)) as staff,
        stream_socket(live.url, stage.slug, ticket=stage.ticket(ana)) as author,
    ):
        said = (await author.post("oops, my number is 5")).comment.id
        await staff.shows(said)
        refused = await staff.act(protocol.WithdrawComment(id=said))
        assert refused.code is ErrorCode.FORBIDDEN
        taken = done(await author.act(protocol.WithdrawComment(id=said)))
        assert taken.undo is None
        assert await sees(staff, CommentHidden) == CommentHidden(id=said, withdrawn=True)
        await archived(taken)
        assert orm(Comment.objects.get, id=int(said)).status == Status.WITHDRAWN
        error = await staff.act(protocol.RestoreComment(id=said))
        assert error.code is ErrorCode.UNKNOWN_COMMENT
        assert listed(live, stage) == []


async def test_reports_of_many_hide(live, stage, moderator):
    said = str(await stage.say(stage.person(), "rude words"))
    async with stream_socket(live.url, stage.slug, ticket=stage.ticket(moderator)) as staff:
        await staff.shows(said)
        for number in range(3):
            known = stage.visitor(standing=Standing.KNOWN)
            async with stream_socket(live.url, stage.slug, ticket=known) as viewer:
                report = protocol.ReportComment(id=said, reason=ReportReason.HARASSMENT)
                taken = done(await viewer.act(report))
                if number == 0:
                    assert (await viewer.act(report)).code is ErrorCode.CONFLICT
        async with asyncio.timeout(5):
            while CommentHidden(id=said) not in staff.items:
                await asyncio.sleep(0.02)
        told = [item for item in staff.items if isinstance(item, protocol.CommentReported)]
        assert [item.reports for item in told] == [1, 2, 3]
        row = await archived(taken)
        assert row.action == "comment.reported"
        hidden = AuditEntry.objects.filter(stream_id=stage.row.pk, action="comment.hidden")
        async with asyncio.timeout(10):
            while (row := orm(hidden.first)) is None:
                await asyncio.sleep(0.05)
        assert (row.actor_id, row.event["reason"]) == (None, "reported")


# --- who may --------------------------------------------------------------------------------------


async def test_m3_strangers_and_viewers_may_not(server, stage):
    said = str(await stage.say(stage.person(), "hello"))
    hide = protocol.HideComment(id=said)
    async with stream_socket(server, stage.slug) as stranger:
        assert (await stranger.act(hide)).code is ErrorCode.SIGN_IN_REQUIRED
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as viewer:
        assert (await viewer.act(hide)).code is ErrorCode.FORBIDDEN
        assert (await viewer.act(protocol.Panic(on=True))).code is ErrorCode.FORBIDDEN
        announce = protocol.Announce(text="I am staff, honest")
        assert (await viewer.act(announce)).code is ErrorCode.FORBIDDEN


async def test_a_moderator_of_one_stream_is_a_viewer_in_another(live, stage, other_stage):
    said = str(await other_stage.say(other_stage.person(), "hello"))
    async with stream_socket(
        live.url, stage.slug, ticket=stage.visitor(Role.MODERATOR)
    ) as elsewhere:
        answer = await elsewhere.act(protocol.PinComment(id=said))
        assert answer.code is ErrorCode.UNKNOWN_COMMENT


async def test_who_is_no_moderator_any_more_acts_no_more(live, stage):
    user = orm(UserFactory)
    row = orm(editing.add_moderator, stage.row, user=user, added_by=None)
    identity = Identity(user.pk, user.display_name, Role.MODERATOR, 0, 0)
    async with stream_socket(live.url, stage.slug, ticket=stage.ticket(identity)) as staff:
        done(await staff.act(protocol.SetModes(slow_seconds=5)))
        orm(editing.remove_moderator, row)
        async with asyncio.timeout(2):
            while staff.close_code is None:
                await asyncio.sleep(0.02)
    assert any(
        isinstance(message, Error) and message.code is ErrorCode.TICKET_REVOKED
        for message in staff.seen
    )


def test_rest_takes_the_same_actions_by_the_scopes_of_a_token(live, stage):
    user = orm(UserFactory)
    orm(editing.add_moderator, stage.row, user=user, added_by=None)

    def token(*scopes, owner=user):
        return orm(create_token, owner, name="bot", scopes=list(scopes))[1]

    slow = {"action": {"type": "set_modes", "slow_seconds": 5}}
    status, document = api(live, stage, "actions/", slow, token=token("moderate"))
    assert status == 200
    assert document["undo"] == {"type": "set_modes", "slow_seconds": 0}
    for scopes, code in ((["post"], 403), (["read"], 403), (["post", "react"], 403)):
        assert api(live, stage, "actions/", slow, token=token(*scopes))[0] == code
    stranger = token("moderate", "post", owner=orm(UserFactory))
    assert api(live, stage, "actions/", slow, token=stranger)[0] == 403
    assert api(live, stage, "actions/", slow)[0] in (401, 403)
    bad = {"action": {"type": "set_modes", "sloow_seconds": 5}}
    assert api(live, stage, "actions/", bad, token=token("moderate"))[0] == 400
    entry = AuditEntry.objects.filter(stream_id=stage.row.pk, action="modes.changed")
    for _ in range(200):
        if orm(entry.exists):
            break
        asyncio.run(asyncio.sleep(0.05))
    assert orm(entry.get).event["via"].startswith("api 127.0.0.1")


def test_a_token_to_post_withdraws_its_owners_comment(live, stage):
    user = orm(UserFactory)
    token = orm(create_token, user, name="bot", scopes=["post"])[1]
    status, said = api(live, stage, "comments/", {"text": "by a bot"}, token=token)
    assert status == 201
    withdraw = {"action": {"type": "withdraw_comment", "id": said["comment"]["id"]}}
    assert api(live, stage, "actions/", withdraw, token=token)[0] == 200
    status, document = api(live, stage, "actions/", withdraw, token=token)
    assert (status, document["code"]) == (409, "conflict")


async def test_who_comes_back_after_a_clearing_that_was_taken_back_has_everything(
    live, stage, moderator, fresh_process
):
    ana = stage.person()
    said = [str(await stage.say(ana, f"joke {number}")) for number in range(3)]
    async with stream_socket(live.url, stage.slug) as viewer:
        await viewer.shows(said[0])
        at = viewer.resume
    async with stream_socket(live.url, stage.slug, ticket=stage.ticket(moderator)) as staff:
        taken = done(await staff.act(protocol.ClearUser(user=str(ana.user_id))))
        restored = done(await staff.act(taken.undo))
        await sees(staff, protocol.CommentRestored)  # published, which may come after archived
        await archived(restored)
    async with stream_socket(fresh_process, stage.slug, resume=at) as back:
        await back.until(protocol.CaughtUp)
        shown = {item.comment.id for item in back.items if hasattr(item, "comment")}
        posted = [item for item in back.items if isinstance(item, CommentPosted)]
        assert shown | {item.comment.id for item in posted} >= set(said[1:])
