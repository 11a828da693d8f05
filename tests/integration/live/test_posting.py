"""Posting over a real socket: rules P1-P13 of docs/PROTOCOL.md, on uvicorn and on Daphne."""

import asyncio

import msgspec
from django_redis import get_redis_connection

from comments import moderation
from comments.models import Comment, Hold
from livecomments import ids, redisdb
from livecomments.protocol import (
    UNACKED_POSTS_PER_SOCKET,
    CommentAccepted,
    CommentHeld,
    CommentPost,
    Error,
    ErrorCode,
    Frame,
    HoldOpened,
    Personal,
    Quote,
    ReactionKind,
    ReactionSend,
    Role,
    SanctionKind,
    StreamStatus,
    YouHeldApproved,
    YouHeldRefused,
)
from streams import domain
from tests.live import orm
from tests.rooms import set_modes
from tests.sockets import stream_socket


async def archived(comment_id, *, seconds=10):
    """Return the row of a comment once the archive has it."""
    async with asyncio.timeout(seconds):
        while (row := orm(Comment.objects.filter(id=int(comment_id)).first)) is None:
            await asyncio.sleep(0.05)
    return row


async def test_p1_an_accepted_comment_is_shown_to_everybody_once_and_archived(server, stage):
    async with (
        stream_socket(server, stage.slug, ticket=stage.visitor()) as author,
        stream_socket(server, stage.slug) as viewer,
    ):
        answer = await author.post("Good evening")
        assert isinstance(answer, CommentAccepted)
        assert await viewer.shows(answer.comment.id) == answer.comment
        await author.shows(answer.comment.id)
        later = await author.post("A second line")
        await viewer.shows(later.comment.id)
        assert [comment.text for comment in viewer.comments] == ["Good evening", "A second line"]
    row = await archived(answer.comment.id)
    assert (row.text, row.stream_id, row.offset_ms >= 0) == ("Good evening", stage.room.id, True)


async def test_p2_the_same_nonce_gets_the_same_answer_and_is_stored_once(server, stage):
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as author:
        first = await author.post("Once only", nonce="again")
        second = await author.post("Once only", nonce="again")
        assert first == second
        await author.shows(first.comment.id)
        await asyncio.sleep(0.3)
        assert len(author.comments) == 1


async def test_p2_parallel_posts_with_one_nonce_are_stored_once(server, stage):
    ticket = stage.visitor()
    async with (
        stream_socket(server, stage.slug, ticket=ticket) as one,
        stream_socket(server, stage.slug, ticket=ticket) as two,
    ):
        answers = await asyncio.gather(
            *(socket.post("Together", nonce="same") for socket in (one, two) for _ in range(5))
        )
        assert len({answer.comment.id for answer in answers}) == 1


async def test_p3_a_nonce_with_another_text_is_refused(server, stage):
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as author:
        await author.post("The first", nonce="n")
        answer = await author.post("The second", nonce="n")
        assert (answer.code, answer.ref) == (ErrorCode.NONCE_REUSED, "n")


async def test_p4_a_refused_post_burns_no_quota(server, stage):
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as author:
        for number in range(6):  # far above the burst of 3 in a second
            answer = await author.post("x" * 201, nonce=f"long-{number}")
            assert answer.code == ErrorCode.TOO_LONG
        for number in range(3):
            assert isinstance(await author.post(f"fits {number}"), CommentAccepted)


async def test_p5_the_burst_of_a_person_is_limited_over_all_its_sockets(server, stage):
    ticket = stage.visitor()
    async with (
        stream_socket(server, stage.slug, ticket=ticket) as one,
        stream_socket(server, stage.slug, ticket=ticket) as two,
    ):
        answers = await asyncio.gather(
            *(socket.post(f"line {n}") for n, socket in enumerate([one, two] * 5))
        )
        refused = [answer for answer in answers if isinstance(answer, Error)]
        assert len(answers) - len(refused) == 3
        assert {answer.code for answer in refused} == {ErrorCode.RATE_LIMITED}
        assert all(0 < answer.retry_after_ms <= 1_000 for answer in refused)


async def test_p5_a_hundred_parallel_posts_let_exactly_the_limit_through(live, stage):
    moderator = stage.visitor(Role.MODERATOR)
    async with stream_socket(live.url, stage.slug, ticket=moderator) as one:
        async with stream_socket(live.daphne_url, stage.slug, ticket=moderator) as two:
            sockets = [one, two] * 20
            answers = await asyncio.gather(
                *(socket.post(f"staff {n}") for n, socket in enumerate(sockets))
            )
    accepted = [answer for answer in answers if isinstance(answer, CommentAccepted)]
    assert len(accepted) == 10  # the burst of staff


async def test_p6_the_same_text_is_refused_for_a_while(server, stage):
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as author:
        await author.post("Hello there")
        answer = await author.post("hello  THERE")
        assert answer.code == ErrorCode.IDENTICAL_TEXT
        assert 25_000 < answer.retry_after_ms <= 30_000


async def test_p7_slow_mode_holds_viewers_back_and_not_staff(server, stage):
    boss = stage.person(Role.BROADCASTER)
    await set_modes(stage.room, actor=boss, slow_seconds=30)
    async with (
        stream_socket(server, stage.slug, ticket=stage.visitor()) as viewer,
        stream_socket(server, stage.slug, ticket=stage.ticket(boss)) as staff,
    ):
        assert viewer.welcome.room.slow_seconds == 30
        assert isinstance(await viewer.post("one"), CommentAccepted)
        answer = await viewer.post("two")
        assert answer.code == ErrorCode.SLOW_MODE
        assert 25_000 < answer.retry_after_ms <= 30_000
        assert isinstance(await staff.post("three"), CommentAccepted)
        assert isinstance(await staff.post("four"), CommentAccepted)


async def test_p8_a_closed_room_takes_only_staff_and_an_ended_stream_nobody(server, stage):
    boss = stage.person(Role.BROADCASTER)
    async with (
        stream_socket(server, stage.slug, ticket=stage.visitor()) as viewer,
        stream_socket(server, stage.slug, ticket=stage.ticket(boss)) as staff,
    ):
        await set_modes(stage.room, actor=boss, closed=True)
        assert (await viewer.post("closed?")).code == ErrorCode.ROOM_CLOSED
        assert isinstance(await staff.post("staff may"), CommentAccepted)
        await domain.set_status(stage.room, actor=boss, status=StreamStatus.ENDED)
        assert (await staff.post("over?")).code == ErrorCode.STREAM_NOT_LIVE


async def test_p9_a_young_account_waits_for_the_gate(server, stage):
    await set_modes(
        stage.room, actor=stage.person(Role.BROADCASTER), min_account_age_minutes=60 * 24 * 2
    )
    async with stream_socket(server, stage.slug, ticket=stage.visitor(days=1)) as young:
        answer = await young.post("Just joined")
        assert answer.code == ErrorCode.ACCOUNT_TOO_NEW
        assert 0 < answer.retry_after_ms <= 86_400_000
    async with stream_socket(server, stage.slug, ticket=stage.visitor(days=3)) as old:
        assert isinstance(await old.post("Been here"), CommentAccepted)


async def test_p10_a_sanction_holds_on_open_sockets_and_on_reactions(server, stage):
    boss, person = stage.person(Role.BROADCASTER), stage.person()
    async with stream_socket(server, stage.slug, ticket=stage.ticket(person)) as viewer:
        await viewer.post("before")
        await domain.sanction_user(
            stage.room, actor=boss, user_id=person.user_id, kind=SanctionKind.TIMEOUT, seconds=60
        )
        answer = await viewer.post("during")
        assert answer.code == ErrorCode.TIMED_OUT
        assert 50_000 < answer.retry_after_ms <= 60_000
        refusal = await viewer.ask(ReactionSend(kind=ReactionKind.LIKE), Error)
        assert refusal.code == ErrorCode.TIMED_OUT
        told = await viewer.until(Personal)
        assert told.items[0].kind == SanctionKind.TIMEOUT
        await domain.lift_sanction(stage.room, actor=boss, user_id=person.user_id)
        assert isinstance(await viewer.post("after"), CommentAccepted)


async def test_p11_a_reply_carries_its_quote(server, stage):
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as author:
        asked = await author.post("Who is playing?")
        await author.shows(asked.comment.id)
        answer = await author.post("The home team", reply_to=asked.comment.id)
        shown = await author.shows(answer.comment.id)
        assert shown.reply == Quote(
            id=asked.comment.id, name=asked.comment.user.name, text="Who is playing?"
        )


async def test_p11_a_reply_to_a_comment_of_another_stream_is_refused(server, stage, other_stage):
    other = other_stage
    async with stream_socket(server, other.slug, ticket=other.visitor()) as author:
        foreign = await author.post("Elsewhere")
        await author.shows(foreign.comment.id)
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as author:
        for target in (foreign.comment.id, "1", "not an id", "9" * 40):
            answer = await author.post(f"About {target[:9]}", reply_to=target)
            assert answer.code == ErrorCode.UNKNOWN_COMMENT


async def test_p12_a_socket_may_have_only_so_many_unanswered_posts(server, stage):
    async with stream_socket(server, stage.slug, ticket=stage.visitor()) as author:
        for number in range(200):
            author.send(CommentPost(nonce=f"flood-{number}", text=f"flood {number}"))
        codes = []
        while len(codes) < 197:
            codes.append((await author.until(Error)).code)
        assert codes.count(ErrorCode.TOO_MANY_PENDING) > 0
        assert set(codes) <= {ErrorCode.TOO_MANY_PENDING, ErrorCode.RATE_LIMITED}
    assert UNACKED_POSTS_PER_SOCKET == 20


async def test_p13_a_reviewed_comment_waits_for_a_moderator(server, stage):
    moderator = stage.person(Role.MANAGER)
    await set_modes(stage.room, actor=moderator, review=True)
    async with (
        stream_socket(server, stage.slug, ticket=stage.visitor()) as author,
        stream_socket(server, stage.slug, ticket=stage.ticket(moderator)) as staff,
        stream_socket(server, stage.slug) as viewer,
    ):
        answer = await author.post("May I?")
        assert isinstance(answer, CommentHeld)
        frame = await staff.until(Frame, where=lambda frame: frame.audience == "staff")
        assert isinstance(frame.items[0], HoldOpened)
        assert frame.items[0].held.hold == answer.hold
        approved = await moderation.approve_hold(stage.room, actor=moderator, hold=int(answer.hold))
        shown = await viewer.shows(str(approved))
        assert shown.text == "May I?"
        told = (await author.until(Personal)).items[0]
        assert told == YouHeldApproved(hold=answer.hold, comment=shown)
        assert not any(isinstance(item, HoldOpened) for item in viewer.items)
        assert not any(isinstance(message, Personal) for message in viewer.seen)
    assert (await archived(approved)).hold == int(answer.hold)


async def test_p13_a_refused_hold_is_told_to_its_author_alone(server, stage):
    moderator = stage.person(Role.MANAGER)
    await set_modes(stage.room, actor=moderator, review=True)
    async with (
        stream_socket(server, stage.slug, ticket=stage.visitor()) as author,
        stream_socket(server, stage.slug) as viewer,
    ):
        answer = await author.post("Please")
        await moderation.refuse_hold(
            stage.room, actor=moderator, hold=int(answer.hold), reason="off topic"
        )
        told = (await author.until(Personal)).items[0]
        assert told == YouHeldRefused(hold=answer.hold, outcome="refused", reason="off topic")
        assert b"Please" not in msgspec.json.encode(viewer.raw)
    async with asyncio.timeout(10):
        while not orm(Hold.objects.filter(number=int(answer.hold), status="refused").exists):
            await asyncio.sleep(0.05)


async def test_p13_a_hold_that_nobody_decides_expires(live, stage):
    await set_modes(stage.room, actor=stage.person(Role.MANAGER), review=True)
    async with stream_socket(live.url, stage.slug, ticket=stage.visitor()) as author:
        answer = await author.post("Anybody there?")
        member = redisdb.holding_member(stage.room, ids.position(int(answer.hold)))
        redis = get_redis_connection("default")
        assert redis.zscore(redisdb.holding(stage.room.partition), member) is not None
        redis.zadd(redisdb.holding(stage.room.partition), {member: 1})  # five minutes have passed
        told = (await author.until(Personal)).items[0]
        assert told == YouHeldRefused(hold=answer.hold, outcome="expired")
