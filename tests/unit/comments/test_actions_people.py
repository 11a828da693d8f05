"""Withdrawing, clearing and sanctions: what viewers see, who is told, what stays so."""

import pytest

from livecomments import dbthreads, protocol, redisdb
from livecomments.errors import DomainError
from livecomments.protocol import Audience, ErrorCode, Role, SanctionKind
from reactions.domain import react
from tests.acting import ANA, BO, MO, OTHER_MO, Stand, no_postgres
from tests.rooms import ROOM, person


@pytest.fixture
async def stand(redis, monkeypatch):
    monkeypatch.setattr(dbthreads, "run", no_postgres)
    return await Stand(redis).begin()


# --- withdrawing ----------------------------------------------------------------------------------


async def test_a_withdrawn_comment_leaves_the_room_with_its_quotes(stand):
    first = await stand.say("quoted")
    await stand.say("what?", author=BO, reply_to=first)
    await stand.publish()
    await stand.act(MO, protocol.PinComment(id=first))
    await stand.act(ANA, protocol.WithdrawComment(id=first))
    await stand.publish()

    snapshot = await stand.snapshot()
    assert [(one.text, one.reply.text) for one in snapshot.recent] == [("what?", "")]
    assert snapshot.room.pinned is None
    assert protocol.CommentHidden(id=first, withdrawn=True) in await stand.items()
    assert await stand.told(ANA) == []


@pytest.mark.parametrize("identity", [BO, MO, person(3, Role.BROADCASTER)], ids=["Bo", "Mo", "Bea"])
async def test_nobody_withdraws_what_another_said(stand, identity):
    first = await stand.say()
    await stand.publish()
    action = protocol.WithdrawComment(id=first)
    assert await stand.refusal(identity, action) is ErrorCode.FORBIDDEN


async def test_m7_what_was_withdrawn_is_restored_by_nobody(stand):
    first, second = await stand.say("oops"), await stand.say("and this")
    # A moderator acts at the same moment: what they hold could bring the text back.
    hidden = await stand.act(MO, protocol.HideComment(id=first))
    await stand.publish()
    await stand.act(ANA, protocol.WithdrawComment(id=first))
    cleared = await stand.act(MO, protocol.ClearUser(user="7"))
    await stand.act(ANA, protocol.WithdrawComment(id=second))
    await stand.publish()

    assert await stand.refusal(MO, hidden.undo) is ErrorCode.CONFLICT
    again = protocol.RestoreComment(id=first, hidden_by=str(hidden.id))
    assert await stand.refusal(OTHER_MO, again) is ErrorCode.CONFLICT
    await stand.act(MO, cleared.undo)
    await stand.publish()

    assert await stand.recent() == []
    restored = [one for one in await stand.items() if isinstance(one, protocol.CommentRestored)]
    assert restored == []


async def test_a_withdrawn_comment_is_withdrawn_once(stand):
    first = await stand.say()
    await stand.act(ANA, protocol.WithdrawComment(id=first))
    code = await stand.refusal(ANA, protocol.WithdrawComment(id=first))
    assert code is ErrorCode.CONFLICT


async def test_what_waits_for_a_moderator_cannot_be_withdrawn_as_a_comment(stand):
    hold = await stand.hold()
    assert await stand.refusal(ANA, protocol.WithdrawComment(id=hold)) is not None


# --- clearing -------------------------------------------------------------------------------------


async def test_m6_a_cleared_user_leaves_the_room_with_what_others_quote(stand):
    await stand.say("welcome", author=BO)
    first = await stand.say("quoted")
    await stand.say("what?", author=BO, reply_to=first)
    await stand.publish()
    taken = await stand.act(MO, protocol.ClearUser(user="7", reason="spam"))
    await stand.say("sorry")
    await stand.publish()

    snapshot = await stand.snapshot()
    assert [one.text for one in snapshot.recent] == ["welcome", "what?", "sorry"]
    assert snapshot.recent[1].reply.text == ""
    cleared = protocol.UserCleared(user="7", name="Ana", through=str(taken.id))
    assert cleared in await stand.items()
    assert await stand.told(ANA) == [protocol.YouHidden(reason="spam")]


async def test_m6_quotes_of_what_is_no_longer_recent_go_with_the_name(stand):
    old = await stand.say("quoted")
    await stand.publish()
    await stand.redis.xdel(redisdb.recent(ROOM), *await ids_of(stand))
    await stand.say("what?", author=BO, reply_to=old)
    await stand.say("still here")
    await stand.publish()
    await stand.act(MO, protocol.ClearUser(user="7"))
    await stand.publish()

    assert [one.reply.text for one in (await stand.snapshot()).recent] == [""]


async def ids_of(stand):
    return [entry for entry, _ in await stand.redis.xrange(redisdb.recent(ROOM))]


async def test_m6_restoring_a_user_shows_what_that_clearing_hid_and_nothing_else(stand):
    rude, joke = await stand.say("rude"), await stand.say("a joke")
    await stand.publish()
    await stand.act(MO, protocol.HideComment(id=rude))
    await stand.publish()
    cleared = await stand.act(MO, protocol.ClearUser(user="7"))
    await stand.say("later")
    await stand.publish()
    await stand.act(MO, cleared.undo)
    await stand.publish()

    assert await stand.recent() == ["a joke", "later"]
    restored = [one for one in await stand.items() if isinstance(one, protocol.CommentRestored)]
    assert [one.comment.id for one in restored] == [joke]


async def test_m6_cleared_and_restored_in_one_flush_is_there(stand):
    await stand.say("a joke")
    await stand.publish()
    cleared = await stand.act(MO, protocol.ClearUser(user="7"))
    await stand.act(MO, cleared.undo)
    await stand.publish()
    assert await stand.recent() == ["a joke"]

    await stand.act(MO, protocol.ClearUser(user="7"))
    await stand.publish()
    assert await stand.recent() == []


async def test_m6_restored_and_cleared_again_in_one_flush_is_gone(stand):
    await stand.say("a joke")
    await stand.publish()
    cleared = await stand.act(MO, protocol.ClearUser(user="7"))
    await stand.publish()
    await stand.act(MO, cleared.undo)
    await stand.act(MO, protocol.ClearUser(user="7"))
    await stand.publish()
    assert await stand.recent() == []


# --- the person concerned -------------------------------------------------------------------------


async def test_m10_the_person_concerned_is_told(stand):
    first = await stand.say("rude")
    await stand.publish()
    await stand.act(MO, protocol.HideComment(id=first, reason="rude"))
    await stand.act(MO, protocol.WarnUser(user="7", reason="be kind", comment=first))
    await stand.act(MO, protocol.BanUser(user="7", reason="again"))
    await stand.act(MO, protocol.LiftSanction(user="7"))
    await stand.publish()

    assert await stand.told(ANA) == [
        protocol.YouHidden(id=first, reason="rude"),
        protocol.YouWarned(reason="be kind", comment=first),
        protocol.YouSanctioned(kind=SanctionKind.BAN, reason="again"),
        protocol.YouRestored(),
    ]
    assert await stand.told(BO) == []


async def test_staff_are_told_what_a_colleague_did(stand):
    first = await stand.say("rude")
    await stand.publish()
    taken = await stand.act(MO, protocol.HideComment(id=first, reason="rude"))
    await stand.act(MO, protocol.SetModes(slow_seconds=5))
    await stand.publish()

    hidden, slowed = [
        item for item in await stand.items(Audience.STAFF) if isinstance(item, protocol.Acted)
    ]
    assert hidden == protocol.Acted(
        id=str(taken.id), action="comment.hidden", by="1", user="7", comment=first, reason="rude"
    )
    assert (slowed.action, slowed.by, slowed.user) == ("modes.changed", "1", None)


async def test_a_long_reason_is_shortened_where_it_is_kept(stand):
    await stand.act(MO, protocol.BanUser(user="7", reason="x" * 1_000))
    assert len((await stand.last()).body.reason) == 300


async def test_a_sanction_holds_for_reactions_at_once(stand):
    await react(ROOM, user=ANA, kind=protocol.ReactionKind.LIKE, count=1)
    await stand.act(MO, protocol.TimeOutUser(user="7", seconds=60))
    with pytest.raises(DomainError) as caught:
        await react(ROOM, user=ANA, kind=protocol.ReactionKind.LIKE, count=1)
    assert caught.value.code is ErrorCode.TIMED_OUT

    await stand.act(MO, protocol.BanUser(user="7"))
    with pytest.raises(DomainError) as caught:
        await react(ROOM, user=ANA, kind=protocol.ReactionKind.LIKE, count=1)
    assert caught.value.code is ErrorCode.BANNED

    await stand.act(MO, protocol.LiftSanction(user="7"))
    await react(ROOM, user=ANA, kind=protocol.ReactionKind.LIKE, count=1)
