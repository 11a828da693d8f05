"""What moderators decided outlives an emptied Redis."""

import asyncio

from django_redis import get_redis_connection

from livecomments import protocol
from livecomments.protocol import Done, Error, ErrorCode, Role, Welcome
from streams.models import AuditEntry, Stream
from tests.factories import ModeratorFactory
from tests.live import orm
from tests.sockets import stream_socket


async def archived(answer):
    assert isinstance(answer, Done), answer
    async with asyncio.timeout(10):
        while not orm(AuditEntry.objects.filter(log_id=int(answer.id)).exists):
            await asyncio.sleep(0.05)


async def test_d3_panic_ends_with_the_modes_from_before_after_redis_was_emptied(live, stage):
    boss, user = stage.person(Role.BROADCASTER), stage.person()
    row = orm(ModeratorFactory, stream=stage.row)
    async with stream_socket(live.url, stage.slug, ticket=stage.ticket(boss)) as staff:
        await archived(await staff.act(protocol.SetModes(slow_seconds=5, pace=50)))
        await archived(await staff.act(protocol.Panic(on=True)))
        await archived(await staff.act(protocol.BanUser(user=str(user.user_id))))
        get_redis_connection("default").flushdb()
        welcome = await staff.until(Welcome, timeout=15)
        assert (welcome.room.panic, welcome.room.delay) == (True, 4)

        # As soon as posts are taken again.
        async with asyncio.timeout(15):
            while isinstance(answer := await staff.act(protocol.Panic(on=False)), Error):
                assert answer.code is ErrorCode.BUSY
                await asyncio.sleep(0.2)
        await archived(answer)
        found = orm(Stream.objects.get, pk=stage.row.pk)
        modes = (found.panic, found.slow_seconds, found.pace, found.delay, found.links)
        assert modes == (False, 5, 50, 0, "hold")
        # Staff are protected as before.
        moderator = stage.ticket(stage.person(Role.MODERATOR))
        async with stream_socket(live.url, stage.slug, ticket=moderator) as other:
            refused = await other.act(protocol.BanUser(user=str(row.user_id)))
            assert refused.code is ErrorCode.PROTECTED


async def test_d3_what_waited_to_be_shown_is_not_lost_with_redis(live, stage):
    boss = stage.person(Role.BROADCASTER)
    async with (
        stream_socket(live.url, stage.slug, ticket=stage.ticket(boss)) as staff,
        stream_socket(live.url, stage.slug) as viewer,
    ):
        await archived(await staff.act(protocol.SetModes(delay=6)))
        said = str(await stage.say(stage.person(), "kept in the archive"))
        slow = await staff.act(protocol.SetModes(slow_seconds=1))
        await archived(slow)  # and what was said before it
        get_redis_connection("default").flushdb()
        await viewer.until(Welcome, timeout=15)
        welcome = [message for message in viewer.seen if isinstance(message, Welcome)][-1]
        assert said in [comment.id for comment in welcome.recent]
