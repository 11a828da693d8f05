"""What dies and comes back: rules D1-D5 of docs/PROTOCOL.md, with real processes.

The full fault suite is another matter; this shows that the design is in place.
"""

import asyncio
import signal

import pytest
from django_redis import get_redis_connection

from comments.actions import act
from comments.models import Comment
from livecomments import redisdb
from livecomments.local.ports import free_port
from livecomments.protocol import (
    Announce,
    Bye,
    CloseCode,
    CommentAccepted,
    Error,
    ErrorCode,
    Role,
    SanctionKind,
    Welcome,
)
from reactions.models import ReactionTotal
from streams import domain
from streams.models import ArchiveCursor, SetAsideEvent
from tests.factories import CommentFactory, StreamFactory
from tests.live import answers, orm, wait_until
from tests.rooms import set_modes
from tests.sockets import stream_socket


async def archive_has(ids, *, seconds=15):
    """Wait until the archive has exactly these comments of those asked for."""
    wanted = {int(comment) for comment in ids}
    async with asyncio.timeout(seconds):
        while (
            set(orm(list, Comment.objects.filter(id__in=wanted).values_list("id", flat=True)))
            != wanted
        ):
            await asyncio.sleep(0.1)


async def test_d1_a_killed_batcher_loses_and_doubles_nothing(live, stage):
    ticket = stage.visitor(Role.MODERATOR)
    async with (
        stream_socket(live.url, stage.slug, ticket=ticket) as author,
        stream_socket(live.url, stage.slug) as viewer,
    ):
        said = []
        for number in range(30):
            if number == 10:
                live.kill("batcher")
            if number == 20:
                live.start("batcher")
            answer = await author.post(f"through the fault {number}")
            assert isinstance(answer, CommentAccepted)
            said.append(answer.comment.id)
            await asyncio.sleep(0.12)
        await viewer.shows(said[-1], timeout=20)
        assert [comment.id for comment in viewer.comments] == said
    await archive_has(said)


async def test_d2_a_second_batcher_takes_over_within_the_lease(live, stage):
    live.start("batcher-second")
    try:
        ticket = stage.visitor(Role.MODERATOR)
        async with stream_socket(live.url, stage.slug, ticket=ticket) as author:
            first = await author.post("before")
            await author.shows(first.comment.id)
            live.processes["batcher"].send_signal(signal.SIGSTOP)
            await asyncio.sleep(3)
            second = await author.post("while the owner sleeps")
            await author.shows(second.comment.id, timeout=10)
            live.processes["batcher"].send_signal(signal.SIGCONT)
            third = await author.post("after it wakes")
            await author.shows(third.comment.id, timeout=10)
            await asyncio.sleep(2)
            shown = [comment.id for comment in author.comments]
            assert shown == [answer.comment.id for answer in (first, second, third)]
        await archive_has(shown)
        assert not orm(SetAsideEvent.objects.exists)
    finally:
        live.processes["batcher"].send_signal(signal.SIGCONT)
        second = live.processes.pop("batcher-second")
        second.terminate()
        second.wait(timeout=15)


async def test_d3_an_emptied_redis_is_restored_and_viewers_reload(live, stage):
    boss, banned = stage.person(Role.BROADCASTER), stage.person()
    ticket = stage.ticket(boss)
    await set_modes(stage.room, actor=boss, slow_seconds=9)
    announce = Announce(text="We are having difficulties")
    announced = await act(stage.room, actor=boss, action=announce)
    await domain.sanction_user(
        stage.room, actor=boss, user_id=banned.user_id, kind=SanctionKind.BAN, reason="spam"
    )
    async with stream_socket(live.url, stage.slug, ticket=ticket) as author:
        before = await author.post("kept in the archive")
        epoch = author.welcome.epoch
        await archive_has([before.comment.id])
        await asyncio.sleep(1)  # the actions before it are archived with it
        get_redis_connection("default").flushdb()
        welcome = await author.until(Welcome, timeout=15)
        assert welcome.epoch != epoch
        assert welcome.room.slow_seconds == 9
        assert welcome.room.started_at == round(stage.row.started_at.timestamp() * 1000)
        assert welcome.room.announcement.text == "We are having difficulties"
        await author.act(announced.undo)  # what took it away before still does
        assert (await domain.read_announcement(stage.room))[0] == 0
        assert [comment.id for comment in welcome.recent] == [before.comment.id]
        after = await author.post("and on it goes")
        assert int(after.comment.id) > int(before.comment.id)
        await author.shows(after.comment.id, timeout=10)
    async with stream_socket(live.url, stage.slug, ticket=stage.ticket(banned)) as socket:
        assert (await socket.post("me again")).code == ErrorCode.BANNED
    await archive_has([after.comment.id])


async def test_d3_without_its_marker_a_partition_takes_nothing(live, stage):
    redis = get_redis_connection("default")
    live.kill("batcher")
    try:
        redis.delete(redisdb.ready(stage.room.partition))
        async with stream_socket(live.url, stage.slug, ticket=stage.visitor()) as author:
            answer = await author.post("too early", nonce="wait")
            assert (answer.code, answer.retry_after_ms > 0) == (ErrorCode.BUSY, True)
            live.start("batcher")
            async with asyncio.timeout(20):
                while isinstance(answer, Error):
                    await asyncio.sleep(0.3)
                    answer = await author.post("too early", nonce="wait")
            assert isinstance(answer, CommentAccepted)
    finally:
        if live.processes["batcher"].poll() is not None:
            live.start("batcher")


async def test_d3_actions_that_only_the_log_has_yet_survive_a_lost_room_state(live, stage):
    boss, banned = stage.person(Role.BROADCASTER), stage.person()
    redis = get_redis_connection("default")
    live.kill("batcher")
    try:
        await domain.sanction_user(
            stage.room, actor=boss, user_id=banned.user_id, kind=SanctionKind.BAN
        )
        await set_modes(stage.room, actor=boss, slow_seconds=11)
        redis.delete(
            redisdb.ready(stage.room.partition),
            redisdb.state(stage.room),
            redisdb.sanctions(stage.room),
        )
    finally:
        live.start("batcher")
    wait_until(lambda: redis.exists(redisdb.ready(stage.room.partition)))
    async with stream_socket(live.url, stage.slug, ticket=stage.ticket(banned)) as socket:
        assert (await socket.post("still here?")).code == ErrorCode.BANNED
    assert redis.hget(redisdb.state(stage.room), "slow_seconds") == b"11"


async def test_d3_a_room_that_redis_does_not_know_opens_from_the_archive(live):
    stream = orm(StreamFactory)
    said = [orm(CommentFactory, stream=stream) for _ in range(3)]
    orm(ReactionTotal.objects.create, stream=stream, kind="love", total=12)
    async with stream_socket(live.url, stream.slug) as viewer:
        assert [comment.text for comment in viewer.welcome.recent] == [row.text for row in said]
        assert viewer.welcome.reactions == {"love": 12}


async def test_d3_a_redis_that_lost_its_last_seconds_is_restored(live, stage):
    redis = get_redis_connection("default")
    ticket = stage.visitor(Role.MODERATOR)
    async with stream_socket(live.url, stage.slug, ticket=ticket) as author:
        before = await author.post("archived before")
        await archive_has([before.comment.id])
        # A replica that was promoted too early has fewer renewals than the owner was told.
        lease = redisdb.lease(stage.room.partition)
        async with asyncio.timeout(15):
            while int(redis.hget(lease, "renewals")) < 10:
                await asyncio.sleep(0.1)
        redis.hincrby(lease, "renewals", -5)
        welcome = await author.until(Welcome, timeout=15)
        assert welcome.epoch != author.welcome.epoch
        assert [comment.id for comment in welcome.recent] == [before.comment.id]
        after = await author.post("and on it goes")
        assert int(after.comment.id) > int(before.comment.id)
        await author.shows(after.comment.id, timeout=10)


async def test_d4_a_process_that_drains_says_when_to_come_back(live, stage):
    shared = live.url
    live.url = f"http://127.0.0.1:{free_port()}"
    live.start("web-leaving")
    leaving, live.url = live.url, shared
    wait_until(lambda: answers(leaving), what="the process")
    async with stream_socket(leaving, stage.slug, ticket=stage.visitor()) as socket:
        answer = await socket.post("one last word")
        live.processes["web-leaving"].terminate()
        bye = await socket.until(Bye, timeout=10)
        assert 0 <= bye.reconnect_after_ms <= 1_000
        assert await socket.closed() == CloseCode.GOING_AWAY
        at = socket.resume
    live.processes.pop("web-leaving").wait(timeout=15)
    async with stream_socket(live.url, stage.slug, resume=at) as back:
        assert back.welcome.resumed is True
        assert isinstance(answer, CommentAccepted)


async def test_d5_the_archive_goes_on_behind_a_row_it_cannot_store(live, stage):
    ticket = stage.visitor(Role.MODERATOR)
    async with stream_socket(live.url, stage.slug, ticket=ticket) as author:
        first = await author.post("good")
        bad = stage.person()
        gone = stage.ticket(type(bad)(999_999_999, "Nobody", bad.role, bad.standing, bad.joined_ms))
        async with stream_socket(live.url, stage.slug, ticket=gone) as ghost:
            lost = await ghost.post("my author has no row")
            assert isinstance(lost, CommentAccepted)
        last = await author.post("good again")
        await archive_has([first.comment.id, last.comment.id])
    aside = orm(SetAsideEvent.objects.get, log_id=int(lost.comment.id))
    assert "my author has no row" in aside.event
    assert orm(ArchiveCursor.objects.get, partition=stage.room.partition).log_id >= int(
        last.comment.id
    )


@pytest.fixture(autouse=True)
def _everything_runs(live):
    """A fault of one test is not left to the next."""
    yield
    for name in ("batcher", "web-1", "web-2", "daphne"):
        if live.processes[name].poll() is not None:
            live.start(name)
    redis = get_redis_connection("default")
    wait_until(lambda: all(redis.exists(redisdb.ready(number)) for number in (0, 1)))
