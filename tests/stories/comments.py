"""Stories of comments: shown, hidden, taken back, reported and pinned. Async.

Each prepares its room, yields, and acts. What it yields is who watches; None is a stranger.
"""

from comments import moderation
from comments.review import reports
from livecomments import events
from livecomments.protocol import ReportReason
from tests.rooms import ROOM, set_modes
from tests.transcripts import ANA, BO, BOSS, STAFF


async def comment_posted(story):
    await story.comment("first")
    yield None
    await story.say("second", author=BO)
    await story.say("third", author=STAFF)


async def comments_left_out(story):
    await story.act(set_modes(ROOM, actor=BOSS, pace=5))
    yield None
    answers = await story.crowd(f"goal {number}" for number in range(8))
    assert [answer.left_out for answer in answers] == [False] * 5 + [True] * 3


async def reply_posted(story):
    first = await story.comment("what is that?")
    yield None
    await story.say("a comet", author=BO, reply_to=first.id)


async def comment_delayed(story):
    await story.act(set_modes(ROOM, actor=BOSS, delay=2))
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
    await story.act(set_modes(ROOM, actor=BOSS, delay=2))
    await story.comment("first")
    yield None
    second = await story.say("second", author=BO)
    await story.publish()
    hide = moderation.hide_comment(ROOM, actor=STAFF, comment_id=int(second.comment.id))
    await story.act(hide)
    await story.let_delay_pass()
    await story.publish()
    await story.say("third")


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


async def own_comment_hidden(story):
    first = await story.comment("rude")
    yield ANA
    hide = moderation.hide_comment(ROOM, actor=STAFF, comment_id=int(first.id), reason="rude")
    await story.act(hide)


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


async def comment_reported(story):
    first = await story.comment("rude")
    yield STAFF
    report = reports.report_comment(
        ROOM, actor=BO, comment_id=int(first.id), reason=ReportReason.HATE, note="look"
    )
    await story.act(report)


async def reports_dismissed(story):
    first = await story.comment("fine")
    yield STAFF
    await story.append(events.ReportsDismissed(comment=first.id, author=ANA.user_id, by=1))
