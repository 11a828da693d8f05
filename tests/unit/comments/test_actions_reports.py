"""Reports: who is told, what they weigh, when they hide a comment, and what reasons hold."""

import asyncio
from dataclasses import replace

import pytest

from livecomments import dbthreads, eventlog, events, protocol
from livecomments.accounts.queries import is_of_the_house
from livecomments.protocol import Audience, ErrorCode, ReportReason
from tests.acting import ANA, BEA, BO, MO, Stand, no_postgres
from tests.rooms import ROOM, person


@pytest.fixture
async def stand(redis, monkeypatch):
    monkeypatch.setattr(dbthreads, "run", no_postgres)
    return await Stand(redis).begin()


def report(comment_id, reason=ReportReason.SPAM):
    return protocol.ReportComment(id=comment_id, reason=reason)


def reporter(number, standing=1):
    """Somebody of this standing; their reports weigh."""
    return replace(person(100 + number), standing=standing)


async def kinds(stand):
    return [item.action for item in await stand.items(Audience.STAFF) if hasattr(item, "action")]


async def test_a_report_is_told_to_staff_and_to_nobody_else(stand):
    first = await stand.say("rude")
    await stand.publish()
    before = len(await stand.items())
    await stand.act(BO, report(first, ReportReason.HATE))
    await stand.publish()

    (told,) = await stand.items(Audience.STAFF)
    assert (told.comment.id, told.reason, told.reports) == (first, ReportReason.HATE, 1)
    assert len(await stand.items()) == before
    assert await stand.told(ANA) == await stand.told(BO) == []


async def test_nobody_reports_twice_or_themselves(stand):
    first = await stand.say()
    await stand.publish()
    await stand.act(BO, report(first))
    assert await stand.refusal(BO, report(first, ReportReason.HATE)) is ErrorCode.CONFLICT
    assert await stand.refusal(ANA, report(first)) is ErrorCode.FORBIDDEN


async def test_a_hidden_comment_cannot_be_reported(stand):
    first = await stand.say()
    await stand.publish()
    await stand.act(MO, protocol.HideComment(id=first))
    await stand.publish()
    # Only the archive could know more.
    assert await stand.refusal(BO, report(first)) is ErrorCode.UNAVAILABLE


@pytest.mark.parametrize(
    ("standings", "hides"),
    [([0] * 9, False), ([1] * 2, False), ([1] * 3, True), ([2, 1], True), ([2, 0, 0, 0], False)],
)
async def test_m8_reports_of_enough_weight_hide(stand, standings, hides):
    first = await stand.say("rude")
    await stand.publish()
    for number, standing in enumerate(standings):
        await stand.act(reporter(number, standing), report(first))
    await stand.publish()

    assert await stand.recent() == ([] if hides else ["rude"])
    if hides:
        body = (await stand.last()).body
        assert (body.by, body.reason, body.said.text) == (None, events.REPORTED, "rude")
        assert await kinds(stand) == ["comment.hidden"]


@pytest.mark.parametrize(
    ("rules", "hides_after"),
    [
        ('{"report_threshold": 2}', 1),
        ('{"report_threshold": 0}', None),
        ('{"later": 1}', 3),
        ("{broken", 3),
    ],
)
async def test_m8_the_rooms_rules_say_how_many(stand, rules, hides_after):
    body = events.RulesChanged(version=1, rules=rules, by=2)
    operations = [eventlog.set_field("rules", rules)]
    await eventlog.append(ROOM, body, operations=operations)
    first = await stand.say()
    await stand.publish()

    hidden_at = None
    for number in range(1, 8):
        await stand.act(reporter(number), report(first))
        if hidden_at is None and (await stand.last()).kind == "comment.hidden":
            hidden_at = number
    assert hidden_at == hides_after


async def test_m8_reports_at_the_same_moment_hide_once(stand):
    first = await stand.say()
    await stand.publish()
    reports = [stand.act(reporter(number), report(first)) for number in range(9)]
    await asyncio.gather(*reports)

    entries = [entry.kind for entry in await eventlog.entries_after(stand.redis, 0, "0", count=50)]
    assert (entries.count("comment.reported"), entries.count("comment.hidden")) == (9, 1)


async def test_m8_what_a_moderator_restored_is_not_hidden_by_more_reports(stand):
    first = await stand.say()
    await stand.publish()
    for number in range(3):
        await stand.act(reporter(number), report(first))
    hidden = await stand.last()
    await stand.publish()
    await stand.act(MO, protocol.RestoreComment(id=first, hidden_by=str(hidden.id)))
    await stand.publish()
    for number in range(10, 15):
        await stand.act(reporter(number), report(first))
    await stand.publish()

    assert await stand.recent() == ["hello"]


async def test_m8_what_staff_say_is_not_for_viewers_to_hide(stand):
    first = await stand.say("welcome everybody", author=MO)
    await stand.publish()
    for number in range(6):
        await stand.act(reporter(number, 2), report(first))
    await stand.publish()

    assert await stand.recent() == ["welcome everybody"]
    assert (await stand.last()).kind == "comment.reported"


async def test_m8_reports_that_were_dismissed_weigh_nothing_any_more(stand):
    first = await stand.say()
    await stand.publish()
    for number in range(2):
        await stand.act(reporter(number), report(first))
    await stand.act(MO, protocol.DismissReports(id=first))
    for number in range(10, 12):
        await stand.act(reporter(number), report(first))
    await stand.publish()
    assert await stand.recent() == ["hello"]

    assert await stand.refusal(reporter(0), report(first)) is ErrorCode.CONFLICT
    await stand.act(reporter(12), report(first))
    await stand.publish()
    assert await stand.recent() == []


async def test_who_is_banned_reports_nothing(stand):
    first = await stand.say()
    await stand.publish()
    await stand.act(MO, protocol.BanUser(user=str(BO.user_id)))

    assert await stand.refusal(BO, report(first)) is ErrorCode.BANNED


async def test_staff_of_the_house_who_came_later_are_protected(stand, monkeypatch):
    async def asked(function, *args):
        return function is is_of_the_house and args == (ANA.user_id,)

    monkeypatch.setattr(dbthreads, "run", asked)
    ana, bo = str(ANA.user_id), str(BO.user_id)
    for action in (
        protocol.TimeOutUser(user=ana, seconds=60),
        protocol.BanUser(user=ana),
        protocol.WarnUser(user=ana, reason="x"),
        protocol.ClearUser(user=ana),
    ):
        assert await stand.refusal(BEA, action) is ErrorCode.PROTECTED
    await stand.act(BEA, protocol.TimeOutUser(user=bo, seconds=60))


async def test_reasons_are_text_that_can_be_stored(stand):
    first = await stand.say()
    await stand.publish()
    await stand.act(MO, protocol.HideComment(id=first, reason="a\x00b\x1b[31m\nc\x7f "))

    assert (await stand.last()).body.reason == "a b [31m\nc"
    nothing = protocol.WarnUser(user="7", reason="\x00")
    assert await stand.refusal(MO, nothing) is ErrorCode.BAD_MESSAGE


async def test_m8_who_is_often_wrong_weighs_half(stand, monkeypatch):
    async def often_wrong(*args):
        return 0.1

    monkeypatch.setattr(dbthreads, "run", often_wrong)
    first = await stand.say()
    await stand.publish()
    await stand.act(reporter(1, 2), report(first))
    assert (await stand.last()).body.weight == 1
