"""Saying something: from a text and a nonce to the author's acknowledgement."""

import asyncio

import msgspec
import pytest

from comments import admission as gates
from comments import domain
from comments.admission import Admission, Admitted
from comments.models import Comment as Row
from comments.models import Status
from livecomments import dbthreads, events, ids, redisdb, tickets
from livecomments.errors import DomainError
from livecomments.limits import LOOK_UP_WINDOW
from livecomments.protocol import Comment, CommentAccepted, CommentHeld, ErrorCode, Quote, Role
from tests.factories import CommentFactory, StreamFactory
from tests.rooms import MODERATOR, OTHER_ROOM, ROOM, comment, log_entries, open_room, person

unknown = ErrorCode.UNKNOWN_COMMENT


async def say(room, text="hello", *, author=None, nonce="n1", reply_to=None):
    return await domain.post_comment(
        room,
        author=author or person(),
        address="192.0.2.1",
        nonce=nonce,
        text=text,
        reply_to=reply_to,
    )


async def refusal_of(room, *args, **kwargs):
    with pytest.raises(DomainError) as refused:
        await say(room, *args, **kwargs)
    return refused.value.code


async def show(redis, room, shown: Comment):
    """Put a comment among the recent ones, as publishing it does."""
    position = ids.position(int(shown.id))
    await redis.xadd(redisdb.recent(room), {"c": msgspec.json.encode(shown)}, id=position)


async def test_the_acknowledgement_is_the_comment_as_everybody_will_see_it(room):
    answer = await say(room, "  hello   world ", author=MODERATOR, nonce="mine")

    (entry,) = await log_entries()
    assert answer == CommentAccepted(nonce="mine", comment=events.comment_of(entry.id, entry.body))
    assert (answer.comment.text, answer.comment.user.role) == ("hello world", Role.MODERATOR)


async def test_the_same_nonce_gets_the_same_acknowledgement(room):
    assert await say(room) == await say(room)
    assert len(await log_entries()) == 1


async def test_a_held_comment_is_acknowledged_with_its_number(redis):
    await open_room(review=True)

    answer = await say(ROOM)

    (entry,) = await log_entries()
    assert answer == CommentHeld(
        nonce="n1", hold=str(entry.id), reason="review", rule=domain.REVIEW_RULE
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [("", ErrorCode.EMPTY), ("x" * 201, ErrorCode.TOO_LONG), ("a\u202eb", ErrorCode.NOT_TEXT)],
)
async def test_a_text_that_is_refused_never_reaches_redis(away, text, code):
    assert await refusal_of(ROOM, text) is code


@pytest.mark.parametrize("nonce", ["", "x" * 65, "tab\t", "new\nline", "ñ", "\x7f", "😀"])
async def test_a_nonce_that_cannot_be_part_of_a_key_is_refused(away, nonce):
    assert await refusal_of(ROOM, nonce=nonce) is ErrorCode.BAD_MESSAGE


@pytest.mark.parametrize("nonce", ["x", "x" * 64, "{p0}:log", "a b:*?[]"])
async def test_any_printable_nonce_is_only_ever_its_own(room, redis, nonce):
    await redis.hset(redisdb.state(OTHER_ROOM), "other", 1)

    await say(room, nonce=nonce)

    assert await redis.exists(redisdb.nonce(room, 7, nonce)) == 1
    assert (await say(room, nonce=nonce)).comment.id == str((await log_entries())[0].id)
    assert len(await log_entries()) == 1


async def test_new_accounts_are_marked(room):
    fresh = person(8, joined_ms=tickets.now_ms() - 1_000)

    assert (await say(room, author=fresh)).comment.user.new is True
    assert (await say(room, nonce="n2")).comment.user.new is False


# --- without waiting -----------------------------------------------------------------------------


def offered(room, text="hello", *, nonce="n1", **fields):
    return domain.offer_comment(
        room, author=person(), address="192.0.2.1", nonce=nonce, text=text, **fields
    )


async def test_an_offer_is_the_same_as_a_post(room):
    offer = offered(room, "  hello   world ")
    assert not offer.admitted.done()

    await offer.admitted

    assert offer.answer() == await say(room, "hello world")
    assert [entry.body for entry in await log_entries()] == [offer.said]


async def test_offers_are_stored_in_their_order(room):
    offers = [offered(room, f"line {number}", nonce=f"n{number}") for number in range(3)]
    await asyncio.wait([offer.admitted for offer in offers])

    assert [entry.body.text for entry in await log_entries()] == ["line 0", "line 1", "line 2"]
    answers = [offer.answer() for offer in offers]
    assert [(answer.nonce, answer.comment.text) for answer in answers] == [
        (f"n{number}", f"line {number}") for number in range(3)
    ]


async def test_a_refusal_is_in_the_answer_of_an_offer(room, redis):
    await redis.hset(redisdb.state(room), "closed", 1)
    offer = offered(room)
    await asyncio.wait([offer.admitted])

    with pytest.raises(DomainError) as refused:
        offer.answer()

    assert refused.value.code is ErrorCode.ROOM_CLOSED


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"nonce": ""}, ErrorCode.BAD_MESSAGE),
        ({"text": " "}, ErrorCode.EMPTY),
        ({"text": "x" * 201}, ErrorCode.TOO_LONG),
    ],
)
async def test_what_cannot_be_offered_is_refused_at_once_and_never_queued(room, fields, code):
    with pytest.raises(DomainError) as refused:
        offered(room, **fields)

    assert refused.value.code is code
    assert gates.admission()._gates == {}


async def test_an_offer_carries_the_quote_of_what_it_answers(room):
    target = comment("10", "a question", user="9")

    offer = offered(room, "an answer", target=target)
    await offer.admitted

    assert offer.answer().comment.reply == Quote(id="10", name="Person 9", text="a question")


@pytest.mark.parametrize("replies", [False, True])
async def test_a_process_that_cannot_keep_up_takes_no_more_posts(room, redis, monkeypatch, replies):
    monkeypatch.setattr(Admission, "check_load", _overloaded)
    target = comment(str(ids.make_id(5, 0, 1)))
    await show(redis, room, target)

    assert await refusal_of(room, reply_to=target.id if replies else None) is ErrorCode.BUSY
    assert await log_entries() == []


def _overloaded(self, partition):
    raise DomainError(ErrorCode.BUSY, retry_after_ms=700)


# --- replies -------------------------------------------------------------------------------------


async def test_a_reply_carries_the_quote_of_what_it_answers(room, redis):
    target = comment(str(ids.make_id(5, 0, 1)), "x" * 100, user="9")
    await show(redis, room, target)

    answer = await say(room, reply_to=target.id)

    quote = Quote(id=target.id, name="Person 9", text="x" * 80 + "…")
    assert answer.comment.reply == quote
    (entry,) = await log_entries()
    assert (entry.body.reply_to, entry.body.quote) == (target.id, quote)
    assert entry.body.reply_user == 9


async def test_a_nonce_is_reused_when_only_the_target_differs(room, redis):
    for number in (1, 2):
        await show(redis, room, comment(str(ids.make_id(5, 0, number))))
    first = await say(room, reply_to=str(ids.make_id(5, 0, 1)))

    assert await refusal_of(room, reply_to=str(ids.make_id(5, 0, 2))) is ErrorCode.NONCE_REUSED
    assert await refusal_of(room) is ErrorCode.NONCE_REUSED
    assert await say(room, reply_to=str(ids.make_id(5, 0, 1))) == first


@pytest.mark.parametrize("target", ["", "x", "-1", "1" * 30, str(ids.make_id(5, 1, 1))])
async def test_a_target_that_cannot_be_in_this_stream_is_unknown(room, target):
    """Such an id is refused without a look into the archive."""
    assert await refusal_of(room, reply_to=target) is ErrorCode.UNKNOWN_COMMENT
    assert await log_entries() == []


@pytest.fixture
def stream(transactional_db, database_threads):
    return StreamFactory()


@pytest.fixture
def archived(stream):
    return CommentFactory(stream=stream, text="long ago", author__display_name="Ana")


@pytest.fixture
def elsewhere(stream):
    other = StreamFactory()
    other.partition = stream.partition
    other.save()
    return CommentFactory(stream=other)


async def test_an_old_comment_is_found_in_the_archive(redis, stream, archived):
    room = tickets.Room(stream.pk, stream.partition, stream.slug)
    await open_room(room)

    answer = await say(room, reply_to=str(archived.pk))

    assert answer.comment.reply == Quote(id=str(archived.pk), name="Ana", text="long ago")


async def test_a_reply_that_was_taken_gets_its_answer_though_its_target_is_gone(
    redis, stream, archived
):
    """The answer was lost, and a moderator was quicker than the second try."""
    room = tickets.Room(stream.pk, stream.partition, stream.slug)
    await open_room(room)
    first = await say(room, reply_to=str(archived.pk))
    await dbthreads.run(Row.objects.filter(pk=archived.pk).update, status=Status.HIDDEN)

    again = await say(room, reply_to=str(archived.pk))

    assert again.comment.id == first.comment.id
    assert again.comment.reply == Quote(id=str(archived.pk), name="Ana", text="")
    assert await refusal_of(room, reply_to=str(archived.pk), nonce="n2") is unknown
    assert await refusal_of(room, "other", reply_to=str(archived.pk)) is ErrorCode.NONCE_REUSED
    assert len(await log_entries(room.partition)) == 1


async def test_a_reply_to_what_is_gone_burns_no_quota(redis, stream, archived):
    room = tickets.Room(stream.pk, stream.partition, stream.slug)
    await open_room(room)
    await dbthreads.run(Row.objects.filter(pk=archived.pk).update, status=Status.HIDDEN)

    for number in range(30):
        code = await refusal_of(room, reply_to=str(archived.pk), nonce=f"{number}")
        # Nor can comments be guessed: the archive is asked only so often.
        assert code is (unknown if number < LOOK_UP_WINDOW.count else ErrorCode.RATE_LIMITED)

    assert await say(room)


async def test_p2_a_reply_gets_its_answer_again_whatever_was_looked_up_meanwhile(
    redis, stream, archived
):
    room = tickets.Room(stream.pk, stream.partition, stream.slug)
    await open_room(room)
    first = await say(room, reply_to=str(archived.pk))
    for number in range(LOOK_UP_WINDOW.count):
        await refusal_of(room, reply_to=str(ids.make_id(5, room.partition, number)), nonce="n2")
    assert await refusal_of(room, reply_to=str(archived.pk), nonce="n2") is ErrorCode.RATE_LIMITED

    again = await say(room, reply_to=str(archived.pk))
    assert again.comment.id == first.comment.id


async def test_a_comment_of_another_stream_is_unknown(redis, stream, elsewhere):
    room = tickets.Room(stream.pk, stream.partition, stream.slug)
    await open_room(room)

    assert await refusal_of(room, reply_to=str(elsewhere.pk)) is ErrorCode.UNKNOWN_COMMENT


async def test_a_lost_redis_is_busy_for_replies_too(away):
    assert await refusal_of(ROOM, reply_to=str(ids.make_id(5, 0, 1))) is ErrorCode.BUSY
    await redisdb.close()


def test_acknowledge_says_what_was_said_where_it_stands():
    said = events.CommentSaid(author=7, name="Ana", text="hi")

    def acknowledged(**fields):
        return domain.acknowledge(Admitted(99, **fields), "n", said, "hi")

    accepted = acknowledged(held=False, seen=True)

    assert accepted == CommentAccepted(nonce="n", comment=events.comment_of(99, said))
    assert acknowledged(held=True, seen=False) == CommentHeld(
        nonce="n", hold="99", reason="review", rule=domain.REVIEW_RULE
    )
    assert acknowledged(held=False, seen=False, left_out=True) == msgspec.structs.replace(
        accepted, left_out=True
    )
