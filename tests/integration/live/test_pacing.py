"""A room that is busier than its pace: rules B1-B5 of docs/PROTOCOL.md, by REST and by socket."""

import asyncio

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django_redis import get_redis_connection

from comments.models import Comment
from livecomments import redisdb
from livecomments.accounts.models import Scope
from livecomments.accounts.tokens import create_token
from livecomments.protocol import Audience, Backfill, CaughtUp, Personal, Role, YouReplied
from tests.factories import UserFactory
from tests.live import Stage, orm
from tests.sockets import stream_socket

PACE = 5


@pytest.fixture
def stage(live):
    """A stream that shows five comments a second."""
    return async_to_sync(Stage(pace=PACE).open)()


def ids_of(answers, *, left_out):
    return [answer.comment.id for answer in answers if answer.left_out == left_out]


def told(socket):
    """What the messages so far say was left out."""
    return sum(getattr(message, "left_out", 0) for message in socket.seen)


async def until_archived(comment_id):
    async with asyncio.timeout(10):
        while not orm(Comment.objects.filter(id=int(comment_id)).exists):
            await asyncio.sleep(0.05)


async def until_through(socket, comment_id):
    """Wait until the viewer has been told everything up to a comment, shown or not."""
    async with asyncio.timeout(5):
        while int(socket.resume.public.through) < int(comment_id):
            await asyncio.sleep(0.02)


async def test_b1_b3_a_rush_is_shown_in_part_and_the_rest_is_counted_and_archived(server, stage):
    async with stream_socket(server, stage.slug) as viewer:
        assert viewer.welcome.room.pace == PACE
        answers = await stage.rush(20)
        last = answers[-1].comment.id
        await until_through(viewer, last)

        shown = ids_of(answers, left_out=False)
        assert [comment.id for comment in viewer.comments] == shown
        assert PACE <= len(shown) <= PACE + 1
        assert told(viewer) == 20 - len(shown)
    await until_archived(last)
    listed = orm(Client().get, f"/api/v1/streams/{stage.slug}/comments/").json()["results"]
    assert [comment["id"] for comment in listed] == [answer.comment.id for answer in answers]
    async with stream_socket(server, stage.slug) as newcomer:
        await newcomer.shows(shown[-1])
        assert [comment.id for comment in newcomer.comments] == shown


def test_b1_programs_are_told_too(live, stage):
    async_to_sync(stage.show_no_more)()
    _, secret = orm(create_token, orm(UserFactory), name="bot", scopes=[Scope.POST])

    answer = orm(
        Client().post,
        f"/api/v1/streams/{stage.slug}/comments/",
        {"text": "and I?"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )

    assert (answer.status_code, answer.json()["left_out"]) == (201, True)
    assert answer.json()["comment"]["text"] == "and I?"


async def test_b2_a_resume_brings_the_same_sample(live, stage):
    async with (
        stream_socket(live.url, stage.slug) as viewer,
        stream_socket(live.url, stage.slug) as leaver,
    ):
        at = leaver.resume
        await leaver.close()
        answers = await stage.rush(20)
        await until_through(viewer, answers[-1].comment.id)
        shown = [comment.id for comment in viewer.comments]
        async with stream_socket(live.url, stage.slug, resume=at) as back:
            caught_up = await back.until(CaughtUp)
            assert [comment.id for comment in back.comments] == shown
            assert (told(back), caught_up.comments) == (told(viewer), len(shown))
            assert told(back) == 20 - len(shown) > 0


@pytest.mark.parametrize("own", [True, False])
async def test_b2_b5_the_archive_brings_the_same_sample(live, stage, own, fresh_process):
    person = stage.person()
    ticket = stage.ticket(person if own else stage.person())
    asked = await stage.say(person, "what was that?")
    async with stream_socket(live.url, stage.slug, ticket=ticket) as viewer:
        await viewer.shows(str(asked))
        at = viewer.resume
    answers = await stage.rush(20, text="a goal", reply_to=str(asked))
    await asyncio.sleep(0.3)
    later = await stage.rush(3, text="later")
    await until_archived(later[-1].comment.id)
    redis = get_redis_connection("default")
    redis.xtrim(redisdb.frames(stage.room, Audience.PUBLIC), maxlen=1, approximate=False)
    async with stream_socket(fresh_process, stage.slug, ticket=ticket, resume=at) as back:
        caught_up = await back.until(CaughtUp)
        assert any(isinstance(message, Backfill) for message in back.seen)
        everything = [*answers, *later]
        assert [comment.id for comment in back.comments] == ids_of(everything, left_out=False)
        assert told(back) == len(ids_of(everything, left_out=True))
        assert caught_up.comments == len(back.comments)
        replies = ids_of(answers, left_out=True) if own else []
        assert [item.comment.id for item in personal(back)] == replies


def personal(socket):
    return [
        item for message in socket.seen if isinstance(message, Personal) for item in message.items
    ]


async def test_b5_a_reply_that_is_left_out_reaches_the_one_it_answers(server, stage):
    person = stage.person()
    asked = await stage.say(person, "what was that?")
    async with (
        stream_socket(server, stage.slug, ticket=stage.ticket(person)) as asker,
        stream_socket(server, stage.slug, ticket=stage.visitor()) as other,
    ):
        answers = await stage.rush(12, reply_to=str(asked))
        left_out = [answer.comment for answer in answers if answer.left_out]
        await until_through(asker, answers[-1].comment.id)
        await until_through(other, answers[-1].comment.id)
        await asyncio.sleep(0.1)

        assert personal(asker) == [YouReplied(comment=comment) for comment in left_out]
        assert len(left_out) >= 6
        assert personal(other) == []


async def test_b4_staff_are_shown_in_the_busiest_room(server, stage):
    async with stream_socket(server, stage.slug) as viewer:
        await stage.rush(20)
        said = [
            await stage.say(stage.person(role), role)
            for role in (Role.MODERATOR, Role.BROADCASTER, Role.ADMIN)
        ]
        for number in said:
            await viewer.shows(str(number))
