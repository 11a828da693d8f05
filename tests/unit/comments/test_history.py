"""Viewers find what viewers have been shown, and do not find the rest by guessing."""

import pytest

from comments import queries
from comments.history import find_comment, is_shown
from livecomments import dbthreads, ids, protocol, redisdb
from livecomments.errors import DomainError
from livecomments.limits import LOOK_UP_WINDOW
from livecomments.protocol import ErrorCode, ReportReason, SetModes
from livecomments.tickets import now_ms
from streams import live
from tests.acting import ANA, BO, MAX, MO, Stand, no_postgres
from tests.rooms import ROOM, comment


@pytest.fixture
async def archive(monkeypatch):
    """The comments that the archive has; it is ahead of what viewers are shown."""
    found = {}

    async def run(function, *args):
        if function is queries.visible_comment:
            return found.get(str(args[1]))
        return await no_postgres()

    monkeypatch.setattr(dbthreads, "run", run)
    return found


@pytest.fixture
async def stand(redis, archive):
    return await Stand(redis).begin(delay=4)


@pytest.fixture
def say(stand, archive):
    """Say something, which the archive has at once. Returns its id."""

    async def say(text, author=ANA):
        comment_id = await stand.say(text, author=author)
        archive[comment_id] = comment(comment_id, text, str(author.user_id))
        return comment_id

    return say


async def finds(comment_id, by):
    return await find_comment(ROOM, comment_id, by=by) is not None


async def test_f10_a_viewer_finds_what_waits_when_viewers_are_shown_it(stand, say):
    first = await say("one")
    assert not await finds(first, BO), "staff are not shown it yet either"
    await stand.publish()
    assert not await finds(first, BO)
    await stand.act(MAX, SetModes(delay=0))
    assert not await finds(first, BO), "it waits all the same"
    await stand.publish()
    assert not await finds(first, BO)

    stand.let_delay_pass()
    await stand.publish()
    assert await finds(first, BO)


async def test_f10_what_waits_is_found_by_its_author_and_by_staff(stand, say):
    first = await say("one")
    await stand.publish()
    assert await finds(first, ANA)
    assert await finds(first, MO)
    assert await find_comment(ROOM, first) is not None


async def test_f10_a_delay_that_was_just_switched_on_holds(stand, say):
    before = await say("before")
    await stand.publish()
    stand.let_delay_pass()
    await stand.act(MAX, SetModes(delay=0))
    await stand.publish()
    assert await finds(before, BO)

    await stand.act(MAX, SetModes(delay=4))
    late = await say("late")
    assert not await finds(late, BO)
    assert await finds(before, BO)


async def test_where_nothing_was_published_rows_older_than_the_delay_are_shown(stand):
    older = ids.first_id_at(now_ms() - 5_000, ROOM.partition)
    younger = ids.first_id_at(now_ms() - 3_000, ROOM.partition)
    assert await is_shown(ROOM, str(older))
    assert not await is_shown(ROOM, str(younger))


async def test_a_room_without_state_says_nothing(redis):
    assert await live.shown_through(ROOM) is None


async def test_f10_nobody_reports_what_viewers_are_not_shown(stand, say):
    first = await say("one")
    await stand.publish()
    report = protocol.ReportComment(id=first, reason=ReportReason.SPAM)
    assert await stand.refusal(BO, report) is ErrorCode.UNKNOWN_COMMENT

    stand.let_delay_pass()
    await stand.publish()
    await stand.act(BO, report)


async def test_f10_what_viewers_are_not_shown_is_not_pinned(stand, say):
    first = await say("one")
    await stand.publish()
    pin = protocol.PinComment(id=first)
    assert await stand.refusal(MO, pin) is ErrorCode.CONFLICT

    stand.let_delay_pass()
    await stand.publish()
    await stand.act(MO, pin)
    await stand.publish()
    assert (await stand.snapshot()).room.pinned.text == "one"


# --- guessing -------------------------------------------------------------------------------------


async def code_of(comment_id, by):
    try:
        await find_comment(ROOM, comment_id, by=by)
    except DomainError as error:
        return error.code
    return None


@pytest.mark.parametrize(("by", "limit"), [(BO, 10), (MO, 100)])
async def test_p11_older_comments_are_looked_up_only_so_often(stand, say, clock, by, limit):
    await clock.at(0)
    unknown = str(ids.make_id(5, ROOM.partition, 1))
    assert [await code_of(unknown, by) for _ in range(limit)] == [None] * limit
    assert await code_of(unknown, by) is ErrorCode.RATE_LIMITED
    assert await code_of(unknown, ANA) is None, "that is somebody else"

    await clock.at(2 * LOOK_UP_WINDOW.span_ms)
    assert await code_of(unknown, by) is None


async def test_p11_what_is_recent_is_found_as_often_as_one_likes(stand, say, clock):
    await clock.at(0)
    first = await say("one")
    await stand.publish()
    stand.let_delay_pass()
    await stand.publish()
    for _ in range(LOOK_UP_WINDOW.count + 5):
        assert await finds(first, BO)


async def test_limits_that_are_off_do_not_count_look_ups(stand, settings, clock):
    settings.NO_LIMITS = True
    unknown = str(ids.make_id(5, ROOM.partition, 1))
    for _ in range(LOOK_UP_WINDOW.count + 5):
        assert await code_of(unknown, BO) is None


async def test_a_look_up_without_redis_is_busy(away):
    assert await code_of(str(ids.make_id(5, ROOM.partition, 1)), BO) is ErrorCode.BUSY
    await redisdb.close()
