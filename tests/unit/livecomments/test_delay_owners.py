"""What waits in a moderator delay while its owner changes, or an answer of Redis is lost."""

import msgspec
import pytest

from comments import history
from livecomments import dbthreads, protocol, redisdb
from livecomments.batcher import publisher as publishers
from livecomments.batcher.lease import Lease
from livecomments.batcher.publisher import Publisher
from livecomments.protocol import Audience, CommentDelayed, CommentPosted
from tests.acting import ANA, BO, MO, Stand, no_postgres
from tests.rooms import ROOM


@pytest.fixture
async def stand(redis, monkeypatch):
    monkeypatch.setattr(dbthreads, "run", no_postgres)
    stand = await Stand(redis).begin(delay=4)
    return stand


async def posted(stand):
    return [item.comment.text for item in await stand.items() if isinstance(item, CommentPosted)]


async def delayed(stand):
    items = await stand.items(Audience.STAFF)
    return [item.comment.text for item in items if isinstance(item, CommentDelayed)]


async def test_f10_another_owner_goes_on_with_what_waits(stand):
    await stand.say("one")
    gone = await stand.say("rude")
    await stand.say("two")
    await stand.publish()
    following = await another_owner(stand)
    members = await stand.redis.smembers(redisdb.delaying(ROOM.partition))
    assert members == {str(ROOM.id).encode()}
    assert following.queue.release_at is not None

    await stand.say("three")
    await stand.act(MO, protocol.HideComment(id=gone))
    await stand.publish(following)
    assert await posted(stand) == []
    stand.let_delay_pass(following)
    await stand.publish(following)

    assert await posted(stand) == ["one", "two", "three"]
    assert await stand.redis.smembers(redisdb.delaying(ROOM.partition)) == set()


async def another_owner(stand):
    """Takes the room over from one that is gone."""
    lease = Lease(stand.redis, ROOM.partition, "other")
    await stand.redis.delete(redisdb.lease(ROOM.partition))
    await lease.acquire()
    following = Publisher(stand.redis, lease, ROOM)
    await following.take_over()
    return following


@pytest.mark.parametrize("how", ["hide", "withdraw", "clear"])
async def test_f7_another_owner_quotes_nothing_that_was_hidden_while_it_waited(stand, how):
    first = await stand.say("rude")
    await stand.publish()
    stand.let_delay_pass()
    await stand.say("what?", author=BO, reply_to=first)
    await stand.publish()
    if how == "hide":
        await stand.act(MO, protocol.HideComment(id=first))
    elif how == "withdraw":
        await stand.act(ANA, protocol.WithdrawComment(id=first))
    else:
        await stand.act(MO, protocol.ClearUser(user="7"))
    await stand.publish()

    following = await another_owner(stand)
    stand.let_delay_pass(following)
    await stand.publish(following)

    (shown,) = (await stand.snapshot()).recent
    assert (shown.text, shown.reply.text) == ("what?", "")
    assert {item.comment.reply.text for item in await stand.items() if replies(item)} == {""}


def replies(item):
    return isinstance(item, CommentPosted) and item.comment.reply is not None


async def test_f7_another_owner_quotes_what_was_restored(stand):
    first = await stand.say("a joke")
    await stand.publish()
    stand.let_delay_pass()
    await stand.publish()
    hidden = await stand.act(MO, protocol.HideComment(id=first))
    await stand.publish()
    await stand.act(MO, hidden.undo)
    await stand.say("what?", author=BO, reply_to=first)
    await stand.publish()

    following = await another_owner(stand)
    stand.let_delay_pass(following)
    await stand.publish(following)

    assert [one.reply.text for one in (await stand.snapshot()).recent if one.reply] == ["quoted"]


async def test_f10_a_flush_that_was_published_but_not_answered_is_not_doubled(stand, monkeypatch):
    monkeypatch.setattr(publishers, "RETRY_SECONDS", 0.01)
    run, left = redisdb.Script.__call__, [None, None]

    async def lose(self, *args):
        answer = await run(self, *args)
        if self.name == "publish" and left:
            left.pop()
            raise redisdb.RedisError("lost")
        return answer

    monkeypatch.setattr(redisdb.Script, "__call__", lose)
    await stand.say("one")
    await stand.publish()
    stand.let_delay_pass()
    left[:] = [None]
    await stand.publish()

    assert (await posted(stand), await delayed(stand)) == (["one"], ["one"])


async def test_what_waits_is_read_as_it_was_kept(stand):
    await stand.say("one")
    await stand.publish()
    ((_, fields),) = await stand.redis.xrange(redisdb.delayed(ROOM))
    assert msgspec.json.decode(fields[b"w"])["comment"]["text"] == "one"
    assert [one.text for one in await history.delayed_comments(ROOM)] == ["one"]
