"""Stories of comments that wait for a moderator. Async.

Each prepares its room, yields, and acts. What it yields is who watches; None is a stranger.
"""

from comments import moderation
from tests.rooms import ROOM, set_modes
from tests.transcripts import ANA, BO, BOSS, STAFF


async def comment_held(story):
    await story.act(set_modes(ROOM, actor=BOSS, review=True))
    await story.hold("may I?")
    yield STAFF
    await story.say("and I?", author=BO)


async def hold_reopened(story):
    await story.act(set_modes(ROOM, actor=BOSS, review=True))
    first = await story.hold("may I?")
    refused = await story.act(moderation.refuse_hold(ROOM, actor=STAFF, hold=first))
    await story.publish()
    yield STAFF
    await story.act(moderation.reopen_hold(ROOM, actor=STAFF, refused_by=refused))


async def hold_approved(story):
    await story.act(set_modes(ROOM, actor=BOSS, review=True))
    first = await story.hold("may I?")
    await story.hold("and I?", author=BO)
    yield STAFF
    await story.act(moderation.approve_hold(ROOM, actor=STAFF, hold=first))


async def own_hold_approved(story):
    await story.act(set_modes(ROOM, actor=BOSS, review=True))
    first = await story.hold("may I?")
    yield ANA
    await story.act(moderation.approve_hold(ROOM, actor=STAFF, hold=first))


async def hold_closed(story):
    await story.act(set_modes(ROOM, actor=BOSS, review=True))
    refused = await story.hold("may I?")
    expired = await story.hold("and I?", author=BO)
    await story.hold("me too")
    yield STAFF
    await story.act(moderation.refuse_hold(ROOM, actor=STAFF, hold=refused, reason="off topic"))
    await story.act(moderation.expire_hold(ROOM, hold=expired))


async def own_hold_refused(story):
    await story.act(set_modes(ROOM, actor=BOSS, review=True))
    refused = await story.hold("may I?")
    yield ANA
    await story.act(moderation.refuse_hold(ROOM, actor=STAFF, hold=refused, reason="off topic"))
