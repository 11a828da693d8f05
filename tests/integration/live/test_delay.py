"""A room with a moderator delay, over real sockets: nothing lost, doubled or shown early."""

import asyncio
import json
import urllib.request

import pytest
from django_redis import get_redis_connection

from comments.models import Comment
from livecomments import protocol, redisdb
from livecomments.accounts.tokens import create_token
from livecomments.protocol import (
    Audience,
    CaughtUp,
    CommentDelayed,
    CommentPosted,
    ErrorCode,
    ReportReason,
    Role,
)
from streams import domain, editing
from streams.models import AuditEntry
from tests.factories import UserFactory
from tests.live import orm
from tests.sockets import stream_socket

DELAY = 2


@pytest.fixture
async def manager(stage):
    boss = stage.person(Role.MANAGER)
    await domain.set_modes(stage.room, actor=boss, modes=protocol.SetModes(delay=DELAY))
    return boss


def posted(socket):
    """What this page was ever shown, in the order in which it came."""
    return [item.comment.text for item in socket.items if isinstance(item, CommentPosted)]


async def shows(socket, *texts, seconds=DELAY + 6):
    """Wait until these have been shown, and be sure that nothing else is."""
    async with asyncio.timeout(seconds):
        while len(posted(socket)) < len(texts):
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
    assert posted(socket) == list(texts)


async def is_archived(comment_id):
    async with asyncio.timeout(10):
        while not orm(Comment.objects.filter(id=comment_id).exists):
            await asyncio.sleep(0.02)


def history(live, stage, token=None, query=""):
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    url = f"{live.url}/api/v1/streams/{stage.slug}/comments/{query}"
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return [comment["text"] for comment in json.loads(answer.read())["results"]]


async def test_f10_staff_see_at_once_and_viewers_later(server, stage, manager):
    async with (
        stream_socket(server, stage.slug, ticket=stage.ticket(manager)) as staff,
        stream_socket(server, stage.slug) as viewer,
    ):
        async with asyncio.timeout(5):
            while viewer.welcome.room.delay == 0 and not viewer.items:
                await asyncio.sleep(0.02)
        said = await stage.say(stage.person(), "one")
        async with asyncio.timeout(1.5):
            while not any(isinstance(item, CommentDelayed) for item in staff.items):
                await asyncio.sleep(0.01)
        assert posted(viewer) == []
        # Who joins in between: staff see it, viewers do not.
        await asyncio.sleep(0.2)
        async with stream_socket(server, stage.slug, ticket=stage.ticket(manager)) as other:
            shown = [item.comment.id for item in [*other.welcome.delayed, *other.items]
                     if hasattr(item, "comment")]  # fmt: skip
            assert shown == [str(said)] or not shown
        async with stream_socket(server, stage.slug) as newcomer:
            assert newcomer.comments == []
            await shows(newcomer, "one")
        await shows(viewer, "one")
        await shows(staff, "one")
    async with stream_socket(server, stage.slug) as late:
        await late.shows(str(said))


async def test_f10_the_history_keeps_what_waits_from_viewers_alone(live, stage, manager):
    await is_archived_mode(stage)
    said = await stage.say(stage.person(), "one")
    await is_archived(said)
    user = orm(UserFactory)
    orm(editing.add_moderator, stage.row, user=user, added_by=None)
    token = orm(create_token, user, name="bot", scopes=["read", "moderate"])[1]
    reader = orm(create_token, orm(UserFactory), name="bot", scopes=["read"])[1]

    assert history(live, stage) == history(live, stage, reader) == []
    assert history(live, stage, token) == ["one"]
    for query in (f"?before={said + 1}", "?after=0", f"?after={said - 1}", f"?before={2**62}"):
        assert history(live, stage, query=query) == [], query
    async with asyncio.timeout(DELAY + 5):
        while history(live, stage) != ["one"]:
            await asyncio.sleep(0.05)


async def test_f10_what_waits_is_nowhere_though_the_delay_is_over(live, stage, manager):
    bo = stage.person()
    async with (
        stream_socket(live.url, stage.slug, ticket=stage.ticket(bo)) as viewer,
        stream_socket(live.url, stage.slug, ticket=stage.ticket(manager)) as staff,
    ):
        await domain.set_modes(stage.room, actor=manager, modes=protocol.SetModes(delay=6))
        said = await stage.say(stage.person(), "secret words")
        await domain.set_modes(stage.room, actor=manager, modes=protocol.SetModes(delay=0))
        await is_archived(said)
        answers = [
            await viewer.post("what?", reply_to=str(said)),
            await viewer.act(protocol.ReportComment(id=str(said), reason=ReportReason.SPAM)),
            await staff.act(protocol.PinComment(id=str(said))),
        ]
        assert history(live, stage) == [], "also while its row is there"
        assert posted(viewer) == [], "this test was too slow"
        assert [answer.code for answer in answers] == [
            ErrorCode.UNKNOWN_COMMENT,
            ErrorCode.UNKNOWN_COMMENT,
            ErrorCode.CONFLICT,
        ]
        await shows(viewer, "secret words", seconds=20)
        assert history(live, stage) == ["secret words"]
        answer = await viewer.post("what?", reply_to=str(said))
        assert answer.comment.reply.text == "secret words"


async def is_archived_mode(stage):
    """Wait until the rows know of the delay."""
    entry = AuditEntry.objects.filter(stream_id=stage.row.pk, action="modes.changed")
    async with asyncio.timeout(10):
        while not orm(entry.exists):
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)  # what is cached is dropped after the commit


@pytest.mark.parametrize("how", ["hide", "withdraw", "clear"])
async def test_f10_what_is_hidden_while_it_waits_reaches_no_viewer(live, stage, manager, how):
    ana = stage.person()
    async with (
        stream_socket(live.url, stage.slug, ticket=stage.ticket(manager)) as staff,
        stream_socket(live.url, stage.slug, ticket=stage.ticket(ana)) as author,
        stream_socket(live.url, stage.slug) as viewer,
    ):
        rude = await author.post("rude words")
        await stage.say(stage.person(), "fine")
        actions = {
            "hide": (staff, protocol.HideComment(id=rude.comment.id)),
            "withdraw": (author, protocol.WithdrawComment(id=rude.comment.id)),
            "clear": (staff, protocol.ClearUser(user=str(ana.user_id))),
        }
        socket, action = actions[how]
        assert isinstance(await socket.act(action), protocol.Done)
        await shows(viewer, "fine")
        assert not any(b"rude words" in raw for raw in viewer.raw)
        assert history(live, stage) == ["fine"]
        async with stream_socket(live.url, stage.slug) as newcomer:
            assert [one.text for one in newcomer.comments] == ["fine"]


# --- coming back ----------------------------------------------------------------------------------


async def some_life(stage, manager):
    """Talk and actions while some of it waits; returns what viewers see of it in the end."""
    texts = []
    for number in range(4):
        texts.append(f"said {number}")
        said = await stage.say(stage.person(), texts[-1])
        modes = protocol.SetModes(min_account_age_minutes=number)
        await domain.set_modes(stage.room, actor=manager, modes=modes)
        await asyncio.sleep(0.3)
    return texts, said


@pytest.mark.parametrize("cut_after", [0.0, 0.5, 1.1, DELAY + 0.4])
async def test_f10_whoever_comes_back_while_something_waits_misses_nothing(
    server, stage, manager, cut_after
):
    """Cut at different moments: nothing shown yet, some of it, all of it."""
    async with stream_socket(server, stage.slug) as viewer:
        life = asyncio.create_task(some_life(stage, manager))
        await asyncio.sleep(cut_after)
        at, before = viewer.resume, posted(viewer)
    texts, _ = await life
    async with stream_socket(server, stage.slug, resume=at) as back:
        assert back.welcome.resumed is True
        await shows(back, *texts[len(before) :])


async def test_f10_whoever_comes_back_by_the_frame_log_misses_nothing(
    live, stage, manager, fresh_process
):
    async with stream_socket(live.url, stage.slug) as viewer:
        life = asyncio.create_task(some_life(stage, manager))
        await shows_first(viewer)
        at, before = viewer.resume, posted(viewer)
    texts, _ = await life
    async with stream_socket(fresh_process, stage.slug, resume=at) as back:
        assert back.welcome.resumed is True
        await shows(back, *texts[len(before) :])


async def shows_first(viewer):
    async with asyncio.timeout(DELAY + 5):
        while not posted(viewer):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("waited_for", ["something waits", "all is shown"])
async def test_f10_whoever_comes_back_by_the_archive_misses_nothing(
    live, stage, manager, fresh_process, waited_for
):
    ana = stage.person()
    async with stream_socket(live.url, stage.slug) as viewer:
        life = asyncio.create_task(some_life(stage, manager))
        await shows_first(viewer)
        at, before = viewer.resume, posted(viewer)
    texts, _ = await life
    hidden = await stage.say(ana, "rude words")
    async with stream_socket(live.url, stage.slug, ticket=stage.ticket(manager)) as staff:
        assert isinstance(await staff.act(protocol.HideComment(id=str(hidden))), protocol.Done)
    last = await stage.say(ana, "the last")
    texts.append("the last")
    if waited_for == "all is shown":
        await asyncio.sleep(DELAY + 0.5)
    modes = protocol.SetModes(min_account_age_minutes=9)
    await domain.set_modes(stage.room, actor=manager, modes=modes)
    await is_archived(last)
    entry = AuditEntry.objects.filter(stream_id=stage.row.pk, event__min_account_age_minutes=9)
    async with asyncio.timeout(10):
        while not orm(entry.exists):
            await asyncio.sleep(0.02)
    redis = get_redis_connection("default")
    redis.xtrim(redisdb.frames(stage.room, Audience.PUBLIC), maxlen=1, approximate=False)

    async with stream_socket(fresh_process, stage.slug, resume=at) as back:
        assert back.welcome.resumed is True
        await back.until(CaughtUp)
        await shows(back, *texts[len(before) :])
        assert not any(b"rude words" in raw for raw in back.raw)


async def test_f10_another_batcher_goes_on_with_what_waits(live, stage, manager):
    async with stream_socket(live.url, stage.slug) as viewer:
        await stage.say(stage.person(), "one")
        await stage.say(stage.person(), "two")
        await asyncio.sleep(0.3)
        live.kill("batcher")
        live.start("batcher")
        await shows(viewer, "one", "two", seconds=60)


async def test_f7_another_batcher_quotes_nothing_that_was_hidden_while_it_waited(
    live, stage, manager
):
    bo = stage.person()
    async with (
        stream_socket(live.url, stage.slug, ticket=stage.ticket(bo)) as viewer,
        stream_socket(live.url, stage.slug, ticket=stage.ticket(manager)) as staff,
    ):
        rude = await stage.say(stage.person(), "rude words")
        await shows(viewer, "rude words")
        reply = await viewer.post("what?", reply_to=str(rude))
        assert reply.comment.reply.text == "rude words"
        hidden = await staff.act(protocol.HideComment(id=str(rude)))
        assert isinstance(hidden, protocol.Done)
        await asyncio.sleep(0.3)
        live.kill("batcher")
        live.start("batcher")
        await shows(viewer, "rude words", "what?", seconds=60)
        assert viewer.comments[-1].reply.text == ""


async def test_f10_the_delay_ends_for_what_is_said_from_then_on(live, stage, manager):
    async with stream_socket(live.url, stage.slug) as viewer:
        await stage.say(stage.person(), "one")
        await asyncio.sleep(0.2)
        await domain.set_modes(stage.room, actor=manager, modes=protocol.SetModes(delay=0))
        await stage.say(stage.person(), "two")
        await shows(viewer, "one", "two")
        await stage.say(stage.person(), "three")
        await shows(viewer, "one", "two", "three", seconds=3)
