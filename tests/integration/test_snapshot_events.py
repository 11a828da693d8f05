"""Snapshot + events = fresh snapshot, for every kind of event (docs/PROTOCOL.md, "Joining").

Each story is also kept as a transcript, which the page's own store replays in its tests:
`UPDATE_TRANSCRIPTS=1 pytest tests/integration/test_snapshot_events.py` writes them anew.
"""

import json
import os
from pathlib import Path

import pytest

from comments import moderation
from livecomments import dbthreads, eventlog, events, redisdb
from livecomments.errors import DomainError
from livecomments.protocol import (
    ErrorCode,
    LinksMode,
    ReactionKind,
    ReportReason,
    Role,
    SanctionKind,
    SetModes,
    StreamStatus,
)
from streams import domain, roomstate
from tests.rooms import ROOM, log_entries
from tests.transcripts import ANA, BO, BOSS, STAFF, Page, Story, after, shown

FOLDER = Path(__file__).parents[2] / "frontend/src/transcripts"
HOUR_SECONDS = 3_600


@pytest.fixture
async def story(settings, monkeypatch):
    async def away(*args, **kwargs):
        raise DomainError(ErrorCode.UNAVAILABLE)

    monkeypatch.setattr(dbthreads, "run", away)  # none of this waits for Postgres
    story = Story(redisdb.client())
    yield story
    await redisdb.close()


# Each story: prepare the room, yield, act. What it yields is who watches; None is a stranger.


async def comment_posted(story):
    await story.comment("first")
    yield None
    await story.say("second", author=BO)
    await story.say("third", author=STAFF)


async def comments_left_out(story):
    await story.act(domain.set_pace(ROOM, actor=BOSS, pace=5))
    yield None
    answers = await story.crowd(f"goal {number}" for number in range(8))
    assert [answer.left_out for answer in answers] == [False] * 5 + [True] * 3


async def reply_posted(story):
    first = await story.comment("what is that?")
    yield None
    await story.say("a comet", author=BO, reply_to=first.id)


async def comment_hidden(story):
    first = await story.comment("first")
    await story.comment("second", author=BO)
    yield None
    await story.act(moderation.hide_comment(ROOM, actor=STAFF, comment_id=int(first.id)))


async def quoted_comment_hidden(story):
    first = await story.comment("rude")
    await story.comment("that was rude", author=BO, reply_to=first.id)
    yield None
    await story.say("very rude", author=STAFF, reply_to=first.id)
    await story.act(moderation.hide_comment(ROOM, actor=STAFF, comment_id=int(first.id)))


async def pinned_comment_hidden(story):
    first = await story.comment("first")
    await story.act(moderation.pin_comment(ROOM, actor=STAFF, comment=first))
    await story.publish()
    yield None
    await story.act(moderation.hide_comment(ROOM, actor=STAFF, comment_id=int(first.id)))


async def comment_restored(story):
    await story.comment("welcome", author=STAFF)
    first = await story.comment("first")
    second = await story.comment("second", author=BO, reply_to=first.id)
    await story.comment("third")
    for comment in (first, second):
        await story.act(moderation.hide_comment(ROOM, actor=STAFF, comment_id=int(comment.id)))
    await story.publish()
    yield None
    await story.act(moderation.restore_comment(ROOM, actor=STAFF, comment=second))
    await story.act(moderation.restore_comment(ROOM, actor=STAFF, comment=first))


async def quoted_comment_restored(story):
    await story.comment("welcome", author=STAFF)
    first = await story.comment("a long answer 👨‍👩‍👧 " * 9)
    await story.comment("too long", author=BO, reply_to=first.id)
    await story.act(moderation.hide_comment(ROOM, actor=STAFF, comment_id=int(first.id)))
    yield None
    await story.act(moderation.restore_comment(ROOM, actor=STAFF, comment=first))


async def comment_withdrawn(story):
    first = await story.comment("oops")
    await story.comment("what?", author=BO, reply_to=first.id)
    yield None
    await story.act(moderation.withdraw_comment(ROOM, actor=ANA, comment_id=int(first.id)))


async def own_comment_hidden(story):
    first = await story.comment("rude")
    yield ANA
    hide = moderation.hide_comment(ROOM, actor=STAFF, comment_id=int(first.id), reason="rude")
    await story.act(hide)


async def comment_reported(story):
    first = await story.comment("rude")
    yield STAFF
    report = moderation.report_comment(
        ROOM, actor=BO, comment_id=int(first.id), reason=ReportReason.HATE, note="look"
    )
    await story.act(report)


async def reports_dismissed(story):
    first = await story.comment("fine")
    yield STAFF
    await append(story, events.ReportsDismissed(comment=first.id, author=ANA.user_id, by=1))


async def user_cleared(story):
    await story.comment("welcome", author=STAFF)
    first = await story.comment("spam")
    await story.comment("stop it", author=BO, reply_to=first.id)
    await story.comment("more spam")
    yield None
    await story.say("and more")
    await story.act(moderation.clear_user(ROOM, actor=STAFF, user_id=ANA.user_id, reason="spam"))
    await story.say("sorry")


async def user_restored(story):
    await story.comment("welcome", author=STAFF)
    first = await story.comment("a joke")
    await story.comment("what?", author=BO, reply_to=first.id)
    clear = moderation.clear_user(ROOM, actor=STAFF, user_id=ANA.user_id)
    cleared = await story.act(clear)
    await story.publish()
    await story.comment("where is it?", author=BO)
    yield None
    await story.act(moderation.restore_user(ROOM, actor=STAFF, cleared_by=cleared))


async def user_cleared_and_restored_at_once(story):
    await story.comment("welcome", author=STAFF)
    await story.comment("a joke")
    yield ANA
    clear = moderation.clear_user(ROOM, actor=STAFF, user_id=ANA.user_id)
    cleared = await story.act(clear)
    await story.act(moderation.restore_user(ROOM, actor=STAFF, cleared_by=cleared))


async def user_warned(story):
    first = await story.comment("rude")
    yield ANA
    warn = domain.warn_user(
        ROOM, actor=STAFF, user_id=ANA.user_id, reason="be kind", about=first.id
    )
    await story.act(warn)


async def appeal_closed(story):
    yield ANA
    closed = events.AppealClosed(user=ANA.user_id, by=2, appeal=3, outcome="rejected", reason="no")
    await append(story, closed)


async def staff_changed(story):
    yield STAFF
    await story.act(domain.change_staff(ROOM, user_id=BO.user_id, role=Role.MODERATOR, by=2))


async def rules_changed(story):
    yield STAFF
    await append(story, events.RulesChanged(version=2, rules="{}", by=2))


async def comment_delayed(story):
    await story.act(domain.set_modes(ROOM, actor=BOSS, modes=SetModes(delay=2)))
    await story.comment("first")
    yield STAFF
    second = await story.say("second", author=BO)
    await story.say("third")
    await story.publish()
    hide = moderation.hide_comment(ROOM, actor=STAFF, comment_id=int(second.comment.id))
    await story.act(hide)
    await story.publish()
    await story.let_delay_pass()


async def comment_delayed_seen_by_a_viewer(story):
    await story.act(domain.set_modes(ROOM, actor=BOSS, modes=SetModes(delay=2)))
    await story.comment("first")
    yield None
    second = await story.say("second", author=BO)
    await story.publish()
    hide = moderation.hide_comment(ROOM, actor=STAFF, comment_id=int(second.comment.id))
    await story.act(hide)
    await story.let_delay_pass()
    await story.publish()
    await story.say("third")


async def panicked(story):
    await story.act(domain.set_slow_mode(ROOM, actor=STAFF, seconds=5))
    yield None
    await story.act(domain.begin_panic(ROOM, actor=STAFF))
    await story.publish()
    await story.act(domain.end_panic(ROOM, actor=STAFF))
    await story.act(domain.set_modes(ROOM, actor=BOSS, modes=SetModes(links=LinksMode.LISTED)))


async def hold_reopened(story):
    await story.act(domain.set_review(ROOM, actor=BOSS, enabled=True))
    first = await story.hold("may I?")
    refused = await story.act(moderation.refuse_hold(ROOM, actor=STAFF, hold=first))
    await story.publish()
    yield STAFF
    await story.act(moderation.reopen_hold(ROOM, actor=STAFF, refused_by=refused))


async def append(story, body):
    """Let something happen that nobody does by an action of the room."""
    await story.act(eventlog.append(ROOM, body, operations=roomstate.effects(body)))


async def comment_pinned(story):
    first = await story.comment("first")
    yield None
    await story.act(moderation.pin_comment(ROOM, actor=STAFF, comment=first))


async def comment_unpinned(story):
    first = await story.comment("first")
    await story.act(moderation.pin_comment(ROOM, actor=STAFF, comment=first))
    await story.publish()
    yield None
    await story.act(moderation.unpin_comment(ROOM, actor=STAFF))


async def comment_held(story):
    await story.act(domain.set_review(ROOM, actor=BOSS, enabled=True))
    await story.hold("may I?")
    yield STAFF
    await story.say("and I?", author=BO)


async def hold_approved(story):
    await story.act(domain.set_review(ROOM, actor=BOSS, enabled=True))
    first = await story.hold("may I?")
    await story.hold("and I?", author=BO)
    yield STAFF
    await story.act(moderation.approve_hold(ROOM, actor=STAFF, hold=first))


async def own_hold_approved(story):
    await story.act(domain.set_review(ROOM, actor=BOSS, enabled=True))
    first = await story.hold("may I?")
    yield ANA
    await story.act(moderation.approve_hold(ROOM, actor=STAFF, hold=first))


async def hold_closed(story):
    await story.act(domain.set_review(ROOM, actor=BOSS, enabled=True))
    refused = await story.hold("may I?")
    expired = await story.hold("and I?", author=BO)
    await story.hold("me too")
    yield STAFF
    await story.act(moderation.refuse_hold(ROOM, actor=STAFF, hold=refused, reason="off topic"))
    await story.act(moderation.expire_hold(ROOM, hold=expired))


async def own_hold_refused(story):
    await story.act(domain.set_review(ROOM, actor=BOSS, enabled=True))
    refused = await story.hold("may I?")
    yield ANA
    await story.act(moderation.refuse_hold(ROOM, actor=STAFF, hold=refused, reason="off topic"))


async def user_sanctioned(story):
    await story.comment("first")
    yield ANA
    await story.act(
        domain.sanction_user(
            ROOM,
            actor=STAFF,
            user_id=ANA.user_id,
            kind=SanctionKind.TIMEOUT,
            seconds=HOUR_SECONDS,
            reason="calm down",
        )
    )


async def user_banned(story):
    yield ANA
    for user in (ANA, BO):
        await story.act(
            domain.sanction_user(
                ROOM, actor=STAFF, user_id=user.user_id, kind=SanctionKind.BAN, reason="spam"
            )
        )


async def user_sanctioned_seen_by_staff(story):
    await story.comment("first")
    yield STAFF
    await story.act(
        domain.sanction_user(ROOM, actor=STAFF, user_id=ANA.user_id, kind=SanctionKind.BAN)
    )


async def sanction_lifted(story):
    await story.act(
        domain.sanction_user(ROOM, actor=STAFF, user_id=ANA.user_id, kind=SanctionKind.BAN)
    )
    await story.publish()
    yield ANA
    await story.act(domain.lift_sanction(ROOM, actor=STAFF, user_id=ANA.user_id))


async def modes_changed(story):
    yield None
    await story.act(domain.close_room(ROOM, actor=STAFF))
    await story.act(domain.set_slow_mode(ROOM, actor=STAFF, seconds=30))
    await story.act(domain.set_account_age_gate(ROOM, actor=BOSS, minutes=10))
    await story.act(domain.set_review(ROOM, actor=BOSS, enabled=True))
    await story.act(domain.set_pace(ROOM, actor=BOSS, pace=50))
    await story.act(domain.open_room(ROOM, actor=STAFF))


async def status_changed(story):
    await story.comment("bye")
    yield None
    await story.act(domain.set_status(ROOM, actor=STAFF, status=StreamStatus.ENDED))


async def reactions_pressed(story):
    await story.press(ReactionKind.LIKE, 2)
    await story.publish()
    yield None
    await story.press(ReactionKind.LIKE, 3)
    await story.publish()
    await story.press(ReactionKind.WOW, 1)
    await story.press(ReactionKind.LIKE, 1)


async def viewers_counted(story):
    await story.publish(viewers=3)
    yield None
    await story.say("hello")
    await story.publish(viewers=5)
    await story.publish(viewers=0)


STORIES = {
    "comment.posted": comment_posted,
    "comment.posted-left-out": comments_left_out,
    "comment.posted-reply": reply_posted,
    "comment.posted-approved": hold_approved,
    "comment.posted-approved-own": own_hold_approved,
    "comment.posted-delayed": comment_delayed,
    "comment.posted-delayed-viewer": comment_delayed_seen_by_a_viewer,
    "comment.held": comment_held,
    "comment.held-reopened": hold_reopened,
    "hold.closed": hold_closed,
    "hold.closed-own": own_hold_refused,
    "comment.hidden": comment_hidden,
    "comment.hidden-quoted": quoted_comment_hidden,
    "comment.hidden-pinned": pinned_comment_hidden,
    "comment.hidden-own": own_comment_hidden,
    "comment.withdrawn": comment_withdrawn,
    "comment.reported": comment_reported,
    "reports.dismissed": reports_dismissed,
    "comment.restored": comment_restored,
    "comment.restored-quoted": quoted_comment_restored,
    "comment.pinned": comment_pinned,
    "comment.unpinned": comment_unpinned,
    "user.sanctioned": user_sanctioned,
    "user.sanctioned-ban": user_banned,
    "user.sanctioned-staff": user_sanctioned_seen_by_staff,
    "sanction.lifted": sanction_lifted,
    "user.cleared": user_cleared,
    "user.restored": user_restored,
    "user.restored-at-once": user_cleared_and_restored_at_once,
    "user.warned": user_warned,
    "appeal.closed": appeal_closed,
    "staff.changed": staff_changed,
    "rules.changed": rules_changed,
    "modes.changed": modes_changed,
    "modes.changed-panic": panicked,
    "status.changed": status_changed,
    "reactions": reactions_pressed,
    "viewers": viewers_counted,
}


async def told(story, name):
    """Return the transcript of a story, and the kinds of the events that the page was told of."""
    await story.begin()
    telling = STORIES[name](story)
    watcher = await anext(telling)
    await story.publish()
    before = len(await log_entries())
    page = Page(watcher)
    snapshot = await page.join()
    with pytest.raises(StopAsyncIteration):
        await anext(telling)
    await story.publish()
    messages = await page.messages()
    expected = await Page(watcher).join()
    kinds = {entry.kind for entry in (await log_entries())[before:]}
    return {"snapshot": snapshot, "messages": messages, "expected": expected}, kinds


def test_every_kind_of_event_has_a_story():
    assert set(events.KINDS) == {name.partition("-")[0] for name in STORIES} - {
        "reactions",
        "viewers",
    }


@pytest.mark.parametrize("name", STORIES)
async def test_whoever_was_there_sees_what_a_newcomer_sees(story, name):
    transcript, kinds = await told(story, name)

    start = shown(transcript["snapshot"])
    end = after(shown(transcript["snapshot"]), transcript["messages"])

    expected = shown(transcript["expected"])
    # A newcomer's cursor may be further on: what had nothing for this audience made no frame.
    assert end.pop("through") <= expected.pop("through")
    assert end == expected
    assert end != start, "a story in which nothing happens shows nothing"
    if name in events.KINDS:
        assert name in kinds


@pytest.mark.parametrize("name", STORIES)
async def test_the_page_replays_what_the_server_sends_today(story, name):
    transcript, _ = await told(story, name)
    path = FOLDER / f"{name}.json"
    text = json.dumps(transcript, indent=2, ensure_ascii=False) + "\n"

    if os.environ.get("UPDATE_TRANSCRIPTS") == "1":
        path.write_text(text)

    assert path.is_file(), f"{path.name} is missing: run with UPDATE_TRANSCRIPTS=1"
    assert json.loads(path.read_text()) == transcript, (
        f"{path.name} is not what the server sends: run with UPDATE_TRANSCRIPTS=1, "
        "then the tests of the page"
    )
