"""Coming back: rules R1-R6 of docs/PROTOCOL.md."""

import asyncio

import pytest
from django_redis import get_redis_connection

from comments import moderation
from comments.models import Comment
from livecomments import redisdb
from livecomments.protocol import (
    Audience,
    Backfill,
    CaughtUp,
    CommentHidden,
    CommentPosted,
    Cursor,
    Personal,
    Resume,
    Role,
)
from tests.live import orm
from tests.rooms import set_modes
from tests.sockets import stream_socket


async def say(stage, server, texts, *, pause=0.0):
    """Post texts as staff, one after another; returns their ids."""
    async with stream_socket(server, stage.slug, ticket=stage.visitor(Role.MODERATOR)) as author:
        said = []
        for text in texts:
            answer = await author.post(text)
            said.append(answer.comment.id)
            await asyncio.sleep(pause)
        await author.shows(said[-1])
        return said


async def archived(comment):
    """Wait until the archive has this comment."""
    async with asyncio.timeout(10):
        while not orm(Comment.objects.filter(id=int(comment)).exists):
            await asyncio.sleep(0.05)


def shown_after(socket):
    """The ids shown after the welcome, in the order of arrival."""
    return [item.comment.id for item in socket.items if isinstance(item, CommentPosted)]


async def test_r1_what_was_missed_comes_exactly_once_from_the_ring(server, stage):
    before = await say(stage, server, ["before"])
    async with stream_socket(server, stage.slug) as viewer:
        await viewer.shows(before[0])
        at = viewer.resume
        missed = await say(stage, server, [f"missed {n}" for n in range(5)], pause=0.11)
    async with stream_socket(server, stage.slug, resume=at) as back:
        assert back.welcome.resumed is True
        assert back.welcome.recent == []
        told = await back.until(CaughtUp)
        assert shown_after(back) == missed
        assert told.comments == 5
        later = await say(stage, server, ["later"])
        await back.shows(later[0])
        assert shown_after(back) == missed + later


async def test_r1_what_was_missed_comes_exactly_once_from_the_frame_log(live, stage, fresh_process):
    async with stream_socket(live.url, stage.slug) as viewer:
        at = viewer.resume
    missed = await say(stage, live.url, [f"missed {n}" for n in range(5)], pause=0.11)
    async with stream_socket(fresh_process, stage.slug, resume=at) as back:
        told = await back.until(CaughtUp)
        assert (shown_after(back), told.comments) == (missed, 5)


async def test_r2_what_the_frame_log_has_lost_comes_from_the_archive_with_its_actions(
    live, stage, fresh_process
):
    moderator = stage.person(Role.MODERATOR)
    seen = await say(stage, live.url, ["seen before"])
    async with stream_socket(live.url, stage.slug) as viewer:
        at = viewer.resume
    missed = await say(stage, live.url, [f"missed {n}" for n in range(8)], pause=0.11)
    await moderation.hide_comment(stage.room, actor=moderator, comment_id=int(missed[3]))
    await moderation.hide_comment(stage.room, actor=moderator, comment_id=int(seen[0]))
    await set_modes(stage.room, actor=moderator, slow_seconds=7)
    missed += await say(stage, live.url, ["the last"])
    await archived(missed[-1])
    redis = get_redis_connection("default")
    redis.xtrim(redisdb.frames(stage.room, Audience.PUBLIC), maxlen=2, approximate=False)
    async with stream_socket(fresh_process, stage.slug, resume=at) as back:
        told = await back.until(CaughtUp)
        assert back.welcome.resumed is True
        assert any(isinstance(message, Backfill) for message in back.seen)
        del missed[3]
        assert (shown_after(back), told.comments) == (missed, len(missed))
        assert CommentHidden(id=seen[0]) in back.items
        rooms = [item.room for item in back.items if hasattr(item, "room")]
        assert rooms[-1].slow_seconds == 7


async def test_r3_another_epoch_means_reload(server, stage):
    said = await say(stage, server, ["one", "two"])
    async with stream_socket(server, stage.slug) as viewer:
        old = Resume(epoch="of-another-time", public=viewer.resume.public)
    async with stream_socket(server, stage.slug, resume=old) as back:
        assert back.welcome.resumed is False
        await back.shows(said[-1])
        assert [comment.id for comment in back.comments] == said


@pytest.mark.parametrize("seq", [10_000, -1])
async def test_r4_a_place_that_cannot_be_means_reload(server, stage, seq):
    said = await say(stage, server, ["here"])
    async with stream_socket(server, stage.slug) as viewer:
        odd = Resume(epoch=viewer.resume.epoch, public=Cursor(seq=seq, through="0"))
    async with stream_socket(server, stage.slug, resume=odd) as back:
        assert back.welcome.resumed is False
        await back.shows(said[-1])
        assert [comment.id for comment in back.comments] == said


async def test_r4_what_the_archive_cannot_bridge_means_reload(live, stage, fresh_process):
    async with stream_socket(live.url, stage.slug) as viewer:
        at = viewer.resume
    said = await say(stage, live.url, ["a", "b", "c"], pause=0.11)
    redis = get_redis_connection("default")
    redis.delete(redisdb.frames(stage.room, Audience.PUBLIC))
    async with stream_socket(fresh_process, stage.slug, resume=at) as back:
        assert back.welcome.resumed is False
        await back.shows(said[-1])
        assert [comment.id for comment in back.comments] == said


async def test_r5_staff_resume_both_audiences(server, stage):
    moderator = stage.person(Role.MANAGER)
    ticket = stage.ticket(moderator)
    await set_modes(stage.room, actor=moderator, review=True)
    async with stream_socket(server, stage.slug, ticket=ticket) as staff:
        at = staff.resume
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as author:
        held = await author.post("please look")
    await asyncio.sleep(0.5)
    async with stream_socket(server, stage.slug, ticket=ticket, resume=at) as back:
        await back.until(CaughtUp)
        assert [item.held.hold for item in back.items if hasattr(item, "held")] == [held.hold]
    await asyncio.sleep(1.1)  # a snapshot may be a second old
    async with stream_socket(server, stage.slug, ticket=ticket) as fresh:
        assert [item.hold for item in fresh.welcome.held] == [held.hold]


async def test_r6_what_concerned_a_person_while_away_is_told(server, stage):
    moderator, person = stage.person(Role.MANAGER), stage.person()
    ticket = stage.ticket(person)
    await set_modes(stage.room, actor=moderator, review=True)
    async with stream_socket(server, stage.slug, ticket=ticket) as author:
        held = await author.post("may I?")
        at = author.resume
    await moderation.refuse_hold(stage.room, actor=moderator, hold=int(held.hold), reason="no")
    await asyncio.sleep(0.5)
    async with stream_socket(server, stage.slug, ticket=ticket, resume=at) as back:
        await back.until(CaughtUp)
        assert b"you.held_refused" in b"".join(back.raw)
    async with stream_socket(server, stage.slug, ticket=stage.visitor(), resume=at) as other:
        await other.until(CaughtUp)
        assert b"you.held_refused" not in b"".join(other.raw)


async def test_r6_the_archive_tells_it_too(live, stage, fresh_process):
    moderator, person = stage.person(Role.MANAGER), stage.person()
    ticket = stage.ticket(person)
    await set_modes(stage.room, actor=moderator, review=True)
    async with stream_socket(live.url, stage.slug, ticket=ticket) as author:
        held = await author.post("may I?")
        at = author.resume
    await moderation.refuse_hold(stage.room, actor=moderator, hold=int(held.hold), reason="no")
    missed = await say(stage, live.url, [f"missed {n}" for n in range(5)], pause=0.11)
    await archived(missed[-1])
    redis = get_redis_connection("default")
    redis.xtrim(redisdb.frames(stage.room, Audience.PUBLIC), maxlen=1, approximate=False)
    async with stream_socket(fresh_process, stage.slug, ticket=ticket, resume=at) as back:
        await back.until(CaughtUp)
        kinds = [type(message) for message in back.seen]
        # With the last part of the stretch, so that whoever has that has been told.
        assert Personal in kinds[: len(kinds) - kinds[::-1].index(Backfill)]
        assert b"".join(back.raw).count(b"you.held_refused") == 1
    async with stream_socket(fresh_process, stage.slug, ticket=stage.visitor(), resume=at) as other:
        await other.until(CaughtUp)
        assert b"you.held_refused" not in b"".join(other.raw)
