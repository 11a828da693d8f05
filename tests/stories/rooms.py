"""Stories of the room itself, and of those who are only counted. Async.

Each prepares its room, yields, and acts. What it yields is who watches; None is a stranger.
"""

from livecomments import events
from livecomments.protocol import LinksMode, ReactionKind, StreamStatus
from streams import domain
from tests.rooms import ROOM, set_modes
from tests.transcripts import BOSS, STAFF


async def panicked(story):
    await story.act(set_modes(ROOM, actor=STAFF, slow_seconds=5))
    yield None
    await story.act(domain.begin_panic(ROOM, actor=STAFF))
    await story.publish()
    await story.act(domain.end_panic(ROOM, actor=STAFF))
    await story.act(set_modes(ROOM, actor=BOSS, links=LinksMode.LISTED))


async def rules_changed(story):
    yield STAFF
    await story.append(events.RulesChanged(version=2, rules="{}", by=2))


async def modes_changed(story):
    yield None
    await story.act(set_modes(ROOM, actor=STAFF, closed=True))
    await story.act(set_modes(ROOM, actor=STAFF, slow_seconds=30))
    await story.act(set_modes(ROOM, actor=BOSS, min_account_age_minutes=10))
    await story.act(set_modes(ROOM, actor=BOSS, review=True))
    await story.act(set_modes(ROOM, actor=BOSS, pace=50))
    await story.act(set_modes(ROOM, actor=STAFF, closed=False))


async def status_changed(story):
    await story.comment("bye")
    yield None
    await story.act(domain.set_status(ROOM, actor=STAFF, status=StreamStatus.ENDED))


async def gone_live(story):
    await story.act(domain.set_status(ROOM, actor=STAFF, status=StreamStatus.SCHEDULED))
    yield None
    await story.act(domain.set_status(ROOM, actor=STAFF, status=StreamStatus.LIVE))


async def announced(story):
    await story.say("when does it start?")
    yield None
    await story.act(_announce("We begin in ten minutes", seconds=600))
    await story.publish()
    await story.act(_announce("We have begun"))
    await story.act(set_modes(ROOM, actor=STAFF, slow_seconds=5))


async def announcement_ended(story):
    announced = await story.act(_announce("We begin in ten minutes"))
    yield None
    await story.act(domain.end_announcement(ROOM, actor=STAFF, standing=announced))


async def _announce(text, *, seconds=None):
    standing, _ = await domain.read_announcement(ROOM)
    return await domain.announce(ROOM, actor=STAFF, text=text, seconds=seconds, instead_of=standing)


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
