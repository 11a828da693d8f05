"""Whatever brings a reply back, it quotes nothing that is hidden by then."""

import pytest

from comments import queries
from livecomments import dbthreads, eventlog, events, protocol, redisdb
from livecomments.batcher.publisher import Publisher
from livecomments.eventlog import Operation
from livecomments.protocol import CommentPosted, CommentRestored
from tests.acting import ANA, BO, MO, Stand, no_postgres
from tests.rooms import ROOM, comment

HIDE, WITHDRAW, CLEAR = "hide", "withdraw", "clear"


async def late_archive(function, *args):
    """Stands for an archive in which everything is still as it was said."""
    if function is queries.visible_comment:
        return comment(str(args[1]), "rude", "7")
    if function in (queries.not_visible, queries.kept_hidden):
        return set()
    if function is queries.is_withdrawn:
        return False
    return await no_postgres()


@pytest.fixture(params=["away", "late"])
async def stand(redis, monkeypatch, request):
    archive = no_postgres if request.param == "away" else late_archive
    monkeypatch.setattr(dbthreads, "run", archive)
    return await Stand(redis).begin()


async def conversation(stand):
    """The ids of a comment of Ana's and of Bo's reply to it."""
    first = await stand.say("rude")
    reply = await stand.say("what?", author=BO, reply_to=first)
    await stand.publish()
    return first, reply


async def remove(stand, first, how):
    """Ana's comment goes."""
    if how == HIDE:
        await stand.act(MO, protocol.HideComment(id=first))
    elif how == WITHDRAW:
        await stand.act(ANA, protocol.WithdrawComment(id=first))
    else:
        await stand.act(MO, protocol.ClearUser(user=str(ANA.user_id)))
    await stand.publish()


async def quotes(stand):
    """What replies quote: in the recent list, and in the frames that brought them back."""
    recent = [one.reply.text for one in (await stand.snapshot()).recent if one.reply]
    items = [item.comment for item in await stand.items() if isinstance(item, CommentRestored)]
    return recent, [one.reply.text for one in items if one.reply]


@pytest.mark.parametrize("how", [HIDE, WITHDRAW, CLEAR])
@pytest.mark.parametrize("goes", [protocol.HideComment, protocol.ClearUser])
async def test_f7_a_reply_that_is_restored_quotes_nothing_hidden(stand, goes, how):
    first, reply = await conversation(stand)
    if goes is protocol.HideComment:
        taken = await stand.act(MO, protocol.HideComment(id=reply))
    else:
        taken = await stand.act(MO, protocol.ClearUser(user=str(BO.user_id)))
    await stand.publish()
    await remove(stand, first, how)

    await stand.act(MO, taken.undo)
    await stand.publish()

    assert await stand.recent() == ["what?"]
    assert await quotes(stand) == ([""], [""])


async def test_a_reply_that_is_restored_quotes_what_is_shown(stand):
    _, reply = await conversation(stand)
    taken = await stand.act(MO, protocol.HideComment(id=reply))
    await stand.publish()
    await stand.act(MO, taken.undo)
    await stand.publish()
    assert await quotes(stand) == (["quoted"], ["quoted"])


async def test_replies_that_come_back_with_what_they_quote_quote_it(stand):
    first = await stand.say("a joke")
    await stand.say("get it?", reply_to=first)
    await stand.publish()
    taken = await stand.act(MO, protocol.ClearUser(user=str(ANA.user_id)))
    await stand.publish()
    await stand.act(MO, taken.undo)
    await stand.publish()
    assert await stand.recent() == ["a joke", "get it?"]
    # As it is, not as it was when it was quoted.
    assert await quotes(stand) == (["a joke"], ["quoted"])


async def test_f7_what_nobody_remembers_to_be_hidden_is_not_quoted_without_the_archive(
    redis, monkeypatch
):
    monkeypatch.setattr(dbthreads, "run", no_postgres)
    stand = await Stand(redis).begin()
    first, reply = await conversation(stand)
    taken = await stand.act(MO, protocol.HideComment(id=reply))
    await remove(stand, first, HIDE)
    await redis.delete(redisdb.unseen(ROOM))
    following = Publisher(redis, stand.lease, ROOM)

    await stand.act(MO, taken.undo)
    await stand.publish(following)

    assert await quotes(stand) == ([""], [""])


@pytest.mark.parametrize("owner", ["the same", "another"])
async def test_f7_an_approved_reply_quotes_nothing_of_whoever_was_cleared(stand, owner):
    """What it quotes was left out by the pace: it is in no list that the clearing goes through."""
    first = await stand.say("rude")
    await stand.publish(left_out=[first])
    hold = await held_reply(first)
    await stand.publish()
    await remove(stand, first, CLEAR)
    following = (
        stand.publisher if owner == "the same" else Publisher(stand.redis, stand.lease, ROOM)
    )

    await stand.act(MO, protocol.ApproveHeld(hold=hold))
    await stand.publish(following)

    (posted,) = [item for item in await stand.items() if isinstance(item, CommentPosted)]
    assert posted.comment.reply.text == ""
    assert await quotes(stand) == ([""], [])


async def held_reply(first):
    """The number of a reply of Bo's that waits for a moderator. Ana has another name by now."""
    said = events.CommentSaid(
        author=BO.user_id,
        name=BO.name,
        text="what?",
        reply_to=first,
        reply_user=ANA.user_id,
        quote=protocol.Quote(id=first, name="Anna", text="rude"),
    )
    waits = [Operation("wait", "-")]
    return str(await eventlog.append(ROOM, said, kind=events.COMMENT_HELD, operations=waits))


async def test_f7_a_reply_that_is_pinned_meanwhile_quotes_nothing_hidden(stand):
    first, reply = await conversation(stand)
    await stand.act(MO, protocol.HideComment(id=first))
    await stand.act(MO, protocol.PinComment(id=reply))  # the list of the recent does not know yet
    await stand.publish()
    assert (await stand.snapshot()).room.pinned.reply.text == ""
