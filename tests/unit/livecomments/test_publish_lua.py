"""lua/publish.lua, called as its header says: a flush becomes a fact, once, by the one owner."""

import pytest

from livecomments import redisdb
from livecomments.protocol import Audience
from tests.rooms import OTHER_ROOM, ROOM, open_room

FENCE = 5


class Desk:
    """A room at its first frame, and what the next flush would say."""

    def __init__(self, redis, room, epoch):
        self.redis, self.room, self.epoch = redis, room, epoch
        self.flushes = 0

    async def publish(self, **changes):
        """Publish one flush; by default a public frame that moves `through` by one."""
        self.flushes += 1
        flush = {
            "fence": FENCE,
            "epoch": self.epoch,
            "token": f"token-{self.flushes}",
            "before": f"{self.flushes - 1}-0",
            "through": f"{self.flushes}-0",
            "cursor": "",
            "seq": self.flushes,
            "frame": f"frame {self.flushes}",
            "side": "",
            "staff_seq": 0,
            "staff_frame": "",
            "room": "",
            "viewers": "",
            "second": 1_000,
            "frames_kept": 600,
            "recent_kept": 200,
            "reactions": {},
            "recent": [],
        } | changes
        arguments = [flush[name] for name in ("fence", "epoch", "token", "before", "through")]
        arguments += [flush[name] for name in ("cursor", "seq", "frame", "side")]
        arguments += [flush["staff_seq"], flush["staff_frame"], ""]
        arguments += [flush[name] for name in ("frames_kept", "recent_kept", "room", "viewers")]
        arguments += [flush["second"], self.room.id, len(flush["reactions"])]
        for kind, presses in flush["reactions"].items():
            arguments += [kind, presses]
        for operation in flush["recent"]:
            arguments += operation
        return await redisdb.script("publish")(self.redis, self._keys(), arguments)

    def _keys(self):
        room = self.room
        keys = [redisdb.lease(0), redisdb.cursor(0), redisdb.state(room)]
        keys += [redisdb.frames(room, audience) for audience in Audience]
        keys += [redisdb.recent(room), redisdb.pending_reactions(room)]
        keys += [redisdb.reaction_totals(room), redisdb.reaction_slices(room)]
        return [*keys, redisdb.reacting(0), redisdb.tallied(0)]

    async def everything(self):
        """All that Redis holds, to tell that nothing was changed."""
        readers = {
            b"hash": self.redis.hgetall,
            b"set": self.redis.smembers,
            b"string": self.redis.get,
            b"stream": self.redis.xrange,
        }
        keys = sorted(await self.redis.keys("*"))
        return {key: await readers[await self.redis.type(key)](key) for key in keys}

    async def frames(self, audience=Audience.PUBLIC):
        raw = await self.redis.xrange(redisdb.frames(self.room, audience))
        return [(entry.decode(), fields[b"f"].decode()) for entry, fields in raw]

    async def recent(self):
        raw = await self.redis.xrange(redisdb.recent(self.room))
        return [(entry.decode(), fields[b"c"].decode()) for entry, fields in raw]

    async def state(self, *names):
        return [value.decode() for value in await self.redis.hmget(redisdb.state(self.room), names)]


@pytest.fixture
async def desk(redis):
    await open_room()
    await redis.hset(redisdb.lease(0), mapping={"owner": "me", "fence": FENCE, "renewals": 1})
    return Desk(redis, ROOM, (await redis.hget(redisdb.state(ROOM), "epoch")).decode())


async def test_a_flush_is_a_frame_and_moves_everything_with_it(desk):
    done = await desk.publish(
        staff_seq=1, staff_frame="staff", cursor="1-0", room='{"r":1}', viewers=12, side="side"
    )

    assert done == b"ok"
    assert await desk.frames() == [("1-0", "frame 1")]
    assert await desk.frames(Audience.STAFF) == [("1-0", "staff")]
    found = await desk.state("seq", "staff_seq", "through", "room", "viewers", "token")
    assert found == ["1", "1", "1-0", '{"r":1}', "12", "token-1"]
    assert await desk.redis.get(redisdb.cursor(0)) == b"1-0"
    ((_, fields),) = await desk.redis.xrange(redisdb.frames(ROOM, Audience.PUBLIC))
    assert fields[b"s"] == b"side"


async def test_what_a_flush_leaves_out_stays(desk):
    await desk.publish(room='{"r":1}', viewers=12, cursor="1-0")

    assert await desk.publish(frame="", seq=1, staff_seq=1, staff_frame="staff") == b"ok"

    found = await desk.state("seq", "staff_seq", "room", "viewers")
    assert found == ["1", "1", '{"r":1}', "12"]
    assert await desk.frames() == [("1-0", "frame 1")]
    assert await desk.redis.get(redisdb.cursor(0)) == b"1-0"


async def test_the_same_flush_again_is_done_and_harmless(desk):
    flush = {"token": "same", "before": "0-0", "through": "1-0", "seq": 1}
    flush |= {"reactions": {"like": 3}, "recent": [("add", "1-0", "{}")]}
    await desk.redis.hset(redisdb.pending_reactions(ROOM), "like", 5)
    assert await desk.publish(**flush) == b"ok"
    before = await desk.everything()

    assert [await desk.publish(**flush) for _ in range(3)] == [b"done"] * 3

    assert await desk.everything() == before


@pytest.mark.parametrize("fence", [FENCE - 1, FENCE + 1, 0, "", "owner"])
async def test_a_stale_owner_is_fenced_off_and_writes_nothing(desk, fence):
    before = await desk.everything()

    answer = await desk.publish(fence=fence, reactions={"like": 1}, cursor="9-0", viewers=3)

    assert answer == b"fenced"
    assert await desk.everything() == before


async def test_a_stale_owner_is_not_told_done_either(desk):
    await desk.publish(token="same")

    assert await desk.publish(token="same", fence=FENCE - 1) == b"fenced"


@pytest.mark.parametrize(
    "belief",
    [
        {"epoch": "another"},
        {"before": "7-0"},
        {"seq": 5},
        {"seq": 1},
        {"staff_seq": 2, "staff_frame": "staff"},
        {"staff_seq": 1},
        {"frame": ""},
    ],
)
async def test_a_stream_that_is_elsewhere_is_not_written(desk, belief):
    await desk.publish()
    before = await desk.everything()

    assert await desk.publish(**belief) == b"moved"
    assert await desk.everything() == before


async def test_a_room_without_state_is_not_written(desk):
    await desk.redis.delete(redisdb.state(ROOM))

    assert await desk.publish() == b"moved"
    assert not await desk.redis.exists(redisdb.state(ROOM))


async def test_seq_and_through_go_on_flush_by_flush(desk):
    assert [await desk.publish() for _ in range(20)] == [b"ok"] * 20

    assert await desk.state("seq", "through") == ["20", "20-0"]
    assert [place for place, _ in await desk.frames()] == [f"{seq}-0" for seq in range(1, 21)]


async def test_the_frame_log_is_capped_and_keeps_the_newest(desk):
    for _ in range(400):
        await desk.publish(frames_kept=100)

    kept = await desk.frames()

    assert 100 <= len(kept) < 250, "whole blocks are dropped, so a few more may stay"
    assert kept[-1] == ("400-0", "frame 400")
    first = int(kept[0][0].split("-")[0])
    assert [place for place, _ in kept] == [f"{seq}-0" for seq in range(first, 401)]


# --- the list of recent comments -----------------------------------------------------------------


async def test_recent_comments_are_added_and_removed(desk):
    await desk.publish(recent=[("add", "1-0", "a"), ("add", "1-1", "b"), ("add", "2-0", "c")])
    await desk.publish(
        recent=[("remove", "1-1", "-"), ("remove", "77-0", "-"), ("add", "3-0", "d")]
    )

    assert await desk.recent() == [("1-0", "a"), ("2-0", "c"), ("3-0", "d")]


@pytest.mark.parametrize("position", ["1-0", "1-1", "2-5", "10-0"])
async def test_a_restored_comment_goes_back_to_its_place(desk, position):
    """Its place counts by numbers: 10-0 comes after 9-0, and 2-10 after 2-5."""
    places = ["1-0", "1-1", "2-5", "2-10", "9-0", "10-0"]
    await desk.publish(recent=[("add", place, place) for place in places])
    await desk.publish(recent=[("remove", position, "-")])
    assert position not in dict(await desk.recent())

    await desk.publish(recent=[("put", position, position)])

    assert await desk.recent() == [(place, place) for place in places]


async def test_a_comment_older_than_the_list_goes_before_it(desk):
    await desk.publish(recent=[("add", "5-0", "b")])
    await desk.publish(recent=[("put", "4-9", "a")])

    assert await desk.recent() == [("4-9", "a"), ("5-0", "b")]


async def test_a_comment_is_put_into_an_empty_list(desk):
    await desk.publish(recent=[("put", "4-9", "a")])

    assert await desk.recent() == [("4-9", "a")]


async def test_a_comment_that_is_there_is_not_put_twice(desk):
    await desk.publish(recent=[("add", "1-0", "a"), ("add", "2-0", "b")])
    await desk.publish(recent=[("put", "1-0", "a"), ("put", "2-0", "b")])

    assert await desk.recent() == [("1-0", "a"), ("2-0", "b")]


async def test_a_comment_that_is_put_replaces_what_stands_in_its_place(desk):
    await desk.publish(recent=[("add", "1-0", "a"), ("add", "2-0", "b"), ("add", "3-0", "c")])
    await desk.publish(recent=[("put", "2-0", "without its quote")])

    assert await desk.recent() == [("1-0", "a"), ("2-0", "without its quote"), ("3-0", "c")]


async def test_comments_go_on_after_one_was_put_back(desk):
    await desk.publish(recent=[("add", "1-0", "a"), ("add", "2-0", "b"), ("remove", "2-0", "-")])
    await desk.publish(recent=[("put", "2-0", "b"), ("add", "3-0", "c")])

    assert await desk.recent() == [("1-0", "a"), ("2-0", "b"), ("3-0", "c")]


async def test_the_recent_list_is_capped(desk):
    for number in (1, 2, 3, 4):
        batch = [("add", f"{number}-{seq}", "x") for seq in range(100)]
        await desk.publish(recent=batch, recent_kept=50)

    kept = await desk.recent()

    assert 50 <= len(kept) < 200
    assert kept[-1][0] == "4-99"


# --- reactions -----------------------------------------------------------------------------------


async def test_pending_reactions_move_to_totals_once_and_the_rest_waits(desk):
    redis = desk.redis
    await redis.hset(redisdb.pending_reactions(ROOM), mapping={"like": 7, "wow": 2, "sad": 1})
    await redis.sadd(redisdb.reacting(0), ROOM.id, OTHER_ROOM.id)

    await desk.publish(reactions={"like": 5, "wow": 2}, second=1_000)

    assert await redis.hgetall(redisdb.pending_reactions(ROOM)) == {b"like": b"2", b"sad": b"1"}
    assert await redis.hgetall(redisdb.reaction_totals(ROOM)) == {b"like": b"5", b"wow": b"2"}
    assert await redis.hgetall(redisdb.reaction_slices(ROOM)) == {
        b"1000:like": b"5",
        b"1000:wow": b"2",
    }
    assert await redis.smembers(redisdb.reacting(0)) == {b"1", b"2"}, "something still waits"
    assert await redis.smembers(redisdb.tallied(0)) == {b"1"}


async def test_a_stream_whose_reactions_are_all_moved_waits_no_more(desk):
    redis = desk.redis
    await redis.hset(redisdb.pending_reactions(ROOM), "like", 2)
    await redis.sadd(redisdb.reacting(0), ROOM.id, OTHER_ROOM.id)
    await desk.publish(reactions={"like": 2})
    await redis.hset(redisdb.pending_reactions(ROOM), "like", 3)

    await desk.publish(reactions={"like": 3}, second=1_010)

    assert await redis.exists(redisdb.pending_reactions(ROOM)) == 0
    assert await redis.smembers(redisdb.reacting(0)) == {b"2"}
    assert await redis.hget(redisdb.reaction_totals(ROOM), "like") == b"5"
    assert await redis.hgetall(redisdb.reaction_slices(ROOM)) == {
        b"1000:like": b"2",
        b"1010:like": b"3",
    }
